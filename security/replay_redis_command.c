#include "security/replay_redis_command.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"

enum { WORDS_MAX = 6, TEXT_SIZE = 96 };

/* Not realloc, which would leave the password behind. */
static bool
grow_output(struct wire_writer *output, size_t needed)
{
    uint8_t *larger = malloc(2 * needed);
    if (larger == NULL)
        return false;
    if (output->used > 0) {
        memcpy(larger, output->start, output->used);
        secret_wipe(output->start, output->used);
    }
    free(output->start);
    output->start = larger;
    output->size = 2 * needed;
    return true;
}

struct wire_writer
redis_command_writer(void)
{
    return (struct wire_writer) { .grow = grow_output };
}

void
redis_command_writer_wipe(struct wire_writer *output)
{
    if (output->start != NULL)
        secret_wipe(output->start, output->used);
    output->used = 0;
}

void
redis_command_writer_free(struct wire_writer *output)
{
    redis_command_writer_wipe(output);
    free(output->start);
    *output = redis_command_writer();
}

void
redis_command_put(struct wire_writer *output, const char *const words[])
{
    const char *all[WORDS_MAX];
    int count = 0;
    for (; words[count] != NULL; count++)
        all[count] = words[count];
    char *command = NULL;
    int size = redisFormatCommandArgv(&command, count, all, NULL);
    if (size < 0) {
        output->failed = true;
        return;
    }
    wire_put_bytes(output, command, (size_t)size);
    secret_wipe(command, (size_t)size);
    redisFreeCommand(command);
}

#define PUT(output, ...) redis_command_put(output, (const char *const[]) { __VA_ARGS__, NULL })

void
redis_command_log_in(struct wire_writer *output, const char *user, const char *password)
{
    if (user[0] != '\0')
        PUT(output, "AUTH", user, password);
    else
        PUT(output, "AUTH", password);
}

void
redis_command_select(struct wire_writer *output, uint32_t database)
{
    char number[16];
    snprintf(number, sizeof number, "%" PRIu32, database);
    PUT(output, "SELECT", number);
}

static void
format_key(const struct replay_claim *claim, char key[TEXT_SIZE])
{
    snprintf(key, TEXT_SIZE, "passgate:replay:%c:%s:%s:%" PRId64, claim->kind, claim->application, claim->userid, claim->ticket_time_s);
}

void
redis_command_claim(struct wire_writer *output, const struct replay_claim *claim, const struct replay_use *use, int lifetime_s)
{
    char key[TEXT_SIZE];
    char value[TEXT_SIZE];
    char lifetime_ms[16];
    format_key(claim, key);
    snprintf(value, sizeof value, "%" PRId64 " %s", use->utc_us, use->address);
    snprintf(lifetime_ms, sizeof lifetime_ms, "%d", lifetime_s * 1000);
    PUT(output, "SET", key, value, "NX", "PX", lifetime_ms);
    PUT(output, "GET", key);
}

void
redis_command_get_claim(struct wire_writer *output, const struct replay_claim *claim)
{
    char key[TEXT_SIZE];
    format_key(claim, key);
    PUT(output, "GET", key);
}

void
redis_command_set_number(struct wire_writer *output, const char *key, int64_t number, bool once)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    if (once)
        PUT(output, "SET", key, text, "NX");
    else
        PUT(output, "SET", key, text);
}
