#include "security/replay_redis_reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_SIZE = 96 };

#if HIREDIS_MAJOR >= 1
typedef size_t element_count;
#else
typedef int element_count;
#endif

static redisReplyObjectFunctions bounded;
static void *(*create_any_array)(const redisReadTask *task, element_count count);

/* NULL is an error to hiredis. */
static void *
create_array(const redisReadTask *task, element_count count)
{
    return count <= REDIS_REPLY_ELEMENTS_MAX ? create_any_array(task, count) : NULL;
}

redisReader *
redis_reply_reader_new(void)
{
    redisReader *reader = redisReaderCreate();
    if (reader == NULL)
        return NULL;
    create_any_array = reader->fn->createArray;
    bounded = *reader->fn;
    bounded.createArray = create_array;
    reader->fn = &bounded;
    return reader;
}

bool
redis_reply_number(const redisReply *reply, int64_t *number)
{
    char *end = NULL;
    *number = 0;
    if (reply == NULL || reply->type != REDIS_REPLY_STRING || reply->len == 0 || reply->len > 18)
        return false;
    *number = strtoll(reply->str, &end, 10);
    return *end == '\0';
}

bool
redis_reply_time(const redisReply *reply, int64_t *seconds)
{
    return reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 && redis_reply_number(reply->element[0], seconds);
}

void
redis_reply_first_use(const redisReply *reply, struct replay_use *use)
{
    char *end = NULL;
    use->utc_us = strtoll(reply->str, &end, 10);
    if (*end != ' ' || strlen(end + 1) >= sizeof use->address || strspn(end + 1, "0123456789abcdefABCDEF.:%") != strlen(end + 1))
        *use = (struct replay_use) { 0 };
    else
        memcpy(use->address, end + 1, strlen(end + 1) + 1);
}

bool
redis_reply_is_ok(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STATUS && strcmp(reply->str, "OK") == 0;
}

/* Redis' own words, as much as is fit for a line of the log. */
static void
copy_words(const redisReply *reply, char words[WORDS_SIZE])
{
    snprintf(words, WORDS_SIZE, "%s", reply->type == REDIS_REPLY_ERROR ? reply->str : "a reply of another kind");
    for (char *c = words; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

bool
redis_reply_fail(struct problem *problem, const char *what, const redisReply *reply)
{
    char words[WORDS_SIZE];
    copy_words(reply, words);
    problem_set(problem, "%s: %s", what, words);
    return false;
}

const char *
redis_reply_info(const char *info, const char *name)
{
    const char *line = strstr(info, name);
    return line != NULL ? line + strlen(name) : "";
}
