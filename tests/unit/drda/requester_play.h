/* A requester in a conversation whose server answers what was recorded; its events become a log. */
#pragma once
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/dss.h"
#include "drda/requester.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/drda_recorded_replies.h"
#include "tests/support/suite.h"

enum { LOG_SIZE = 8192, WHOLE = 1 << 30, REPLY_BYTES_MAX = 1 << 20 };

static const struct requester_settings settings = {
    .identity = { "test", "test", "TEST", "1" },
    .product_id = "TST01000",
    .reply_bytes_max = REPLY_BYTES_MAX,
};

static const struct requester_login login = { .rdbnam = "demodb;create=true", .userid = "APP", .password = "APPPW", .correlation = 42 };

/* A conversation whose server answers what was recorded. */
struct play {
    struct requester *requester;
    size_t chunk;             /* bytes fed at a time */
    const char *const *reply; /* in hexadecimal, one for each chain sent; ends with NULL */
    uint8_t *bytes;           /* of the present reply */
    size_t size;
    size_t fed;
    uint8_t sent[4096]; /* the last chain sent */
    size_t sent_size;
    char log[LOG_SIZE]; /* events */
    size_t logged;
};

static inline struct play *
play_new(size_t chunk)
{
    struct play *play = calloc(1, sizeof *play);
    play->requester = requester_new(&settings);
    play->chunk = chunk;
    return play;
}

static inline void
play_free(struct play *play)
{
    requester_free(play->requester);
    free(play->bytes);
    free(play);
}

static inline void note(struct play *play, const char *format, ...) PRINTF_LIKE(2, 3);

static inline void
note(struct play *play, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(play->log + play->logged, LOG_SIZE - play->logged, format, arguments);
    va_end(arguments);
    play->logged += size > 0 ? (size_t)size : 0;
    if (play->logged >= LOG_SIZE)
        play->logged = LOG_SIZE - 1;
}

static inline void
note_value(struct play *play, const struct sql_value *value)
{
    switch (value->kind) {
    case SQL_VALUE_LOB: /* of parameters of servers only */
    case SQL_VALUE_NULL:
        note(play, "NULL|");
        break;
    case SQL_VALUE_INTEGER:
        note(play, "%" PRId64 "|", value->integer);
        break;
    case SQL_VALUE_REAL:
        note(play, "%g|", value->real);
        break;
    case SQL_VALUE_TEXT:
        note(play, "%.*s|", (int)value->data.size, (const char *)value->data.bytes);
        break;
    case SQL_VALUE_BYTES:
        note(play, "x");
        for (size_t i = 0; i < value->data.size; i++)
            note(play, "%02X", (unsigned)value->data.bytes[i]);
        note(play, "|");
        break;
    }
}

static inline void
note_event(struct play *play, enum requester_event event)
{
    const struct sql_diagnosis *diagnosis = requester_diagnosis(play->requester);
    const struct sql_column *columns = NULL;
    struct requester_refusal refusal = requester_refusal(play->requester);
    size_t count = 0;
    columns = requester_columns(play->requester, &count);
    switch (event) {
    case REQUESTER_NEEDS_INPUT:
        note(play, "HUNGRY\n");
        break;
    case REQUESTER_COLUMNS:
        for (size_t i = 0; i < count; i++)
            note(play, "%s:%d|", columns[i].name, columns[i].type);
        note(play, "\n");
        break;
    case REQUESTER_ROW:
        for (size_t i = 0; i < count; i++)
            note_value(play, &requester_row(play->requester)[i]);
        note(play, "\n");
        break;
    case REQUESTER_BLOCK_ENDED:
        note(play, "BLOCK\n");
        break;
    case REQUESTER_COMPLETED:
        note(play, "COMPLETED %d %s rows %" PRId64 " %s\n", diagnosis->sqlcode, diagnosis->sqlstate, diagnosis->rows, diagnosis->tokens);
        break;
    case REQUESTER_REFUSED:
        note(play, "REFUSED %d %02X %04X\n", refusal.kind, (unsigned)refusal.secchkcd, (unsigned)refusal.reply);
        break;
    case REQUESTER_FAILED:
        note(play, "FAILED %s\n", requester_failure(play->requester));
        break;
    }
}

/* Takes what the requester wants to send; a chain asks for the next reply. */
static inline void
take_output(struct play *play)
{
    size_t size;
    const uint8_t *output = requester_output(play->requester, &size);
    if (size == 0)
        return;
    CU_ASSERT_FATAL(size <= sizeof play->sent);
    memcpy(play->sent, output, size);
    play->sent_size = size;
    requester_sent(play->requester, size);
    free(play->bytes);
    play->bytes = NULL;
    play->size = 0;
    play->fed = 0;
    if (play->reply != NULL && *play->reply != NULL)
        play->bytes = recorded_bytes(*play->reply++, &play->size);
}

/* False when the reply is used up. */
static inline bool
feed(struct play *play)
{
    size_t room;
    uint8_t *input = requester_room(play->requester, &room);
    size_t size = play->size - play->fed;
    if (input == NULL)
        return true;
    CU_ASSERT_FATAL(room > 0);
    size = size < play->chunk ? size : play->chunk;
    size = size < room ? size : room;
    if (size > 0)
        memcpy(input, play->bytes + play->fed, size);
    play->fed += size;
    requester_received(play->requester, size);
    return size > 0;
}

/* Goes on with the command that has been started until it is over, or a query block is. */
static inline enum requester_event
play_on(struct play *play)
{
    for (;;) {
        enum requester_event event = requester_step(play->requester);
        if (event == REQUESTER_NEEDS_INPUT) {
            take_output(play);
            if (feed(play))
                continue;
        }
        note_event(play, event);
        if (event != REQUESTER_COLUMNS && event != REQUESTER_ROW)
            return event;
    }
}

static inline struct play *
logged_on(size_t chunk)
{
    static const char *const replies[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, REPLY_DERBY_SECCHKRM_ACCRDBRM, NULL };
    struct play *play = play_new(chunk);
    play->reply = replies;
    requester_log_on(play->requester, &login);
    CU_ASSERT_EQUAL_FATAL(play_on(play), REQUESTER_COMPLETED);
    play->logged = 0;
    play->log[0] = '\0';
    return play;
}

static inline void
play_reply(struct play *play, const char *reply)
{
    const char *replies[] = { reply, NULL };
    play->reply = replies;
    (void)play_on(play);
    play->reply = NULL;
}

static inline void
start_query(struct requester *requester)
{
    requester_query(requester, "select * from t1", 16);
}
