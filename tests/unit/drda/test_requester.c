#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/requester.h"
#include "drda/sql/package.h"
#include "drda/sql/parameters.h"
#include "drda/sql/sqlca.h"
#include "drda/sql/sqlstt.h"
#include "security/encryption.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/drda_recorded_replies.h"
#include "tests/support/suite.h"

enum { LOG_SIZE = 8192, WHOLE = 1 << 30, REPLY_BYTES_MAX = 1 << 20 };

static const struct requester_settings settings = {
    .identity = { "test", "test", "TEST", "1" },
    .product_id = "TST01000",
    .reply_bytes_max = REPLY_BYTES_MAX,
};

static const struct drda_representation own = DRDA_OWN_REPRESENTATION;
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

static struct play *
play_new(size_t chunk)
{
    struct play *play = calloc(1, sizeof *play);
    play->requester = requester_new(&settings);
    play->chunk = chunk;
    return play;
}

static void
play_free(struct play *play)
{
    requester_free(play->requester);
    free(play->bytes);
    free(play);
}

static void note(struct play *play, const char *format, ...) PRINTF_LIKE(2, 3);

static void
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

static void
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

static void
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
static void
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
static bool
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
static enum requester_event
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

#define CMDCMPRM_2 "0010d0020002000a124b000611490000"
#define INTTKNRM_2 "0010d0020002000a2210000611490008"
#define SECCHKRM_OK "0015d0420001000f1219000611490000000511a400"

/* EXCSAT and ACCSEC, then SECCHK and INTRDBRQS: no RDB is opened. */
static void
another_connection_is_interrupted(void)
{
    static const struct {
        const char *second;
        enum requester_event event;
        const char *log;
    } ends[] = {
        { SECCHKRM_OK CMDCMPRM_2, REQUESTER_COMPLETED, "COMPLETED 0 00000 rows 0 \n" },
        { SECCHKRM_OK INTTKNRM_2, REQUESTER_FAILED,
          "FAILED the server answered SECCHK and INTRDBRQS with INTTKNRM: it cannot go on; see its log\n" },
        { REPLY_DERBY_SECCHKRM_REFUSED, REQUESTER_REFUSED, "REFUSED 1 13 1219\n" },
        { "0015d0020001000f1219000611490000000511a400", REQUESTER_FAILED, "FAILED the reply to SECCHK and INTRDBRQS is not complete\n" },
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const char *replies[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, ends[i].second, NULL };
        struct play *play = play_new(WHOLE);
        play->reply = replies;
        requester_interrupt(play->requester, &login, (struct drda_token) { (const uint8_t *)"tkn", 3 });
        CU_ASSERT_EQUAL(play_on(play), ends[i].event);
        CU_ASSERT_STRING_EQUAL(play->log, ends[i].log);
        static const uint8_t rdbinttkn[] = { 0x00, 0x07, 0x21, 0x03, 't', 'k', 'n' };
        static const uint8_t accrdb[] = { 0x20, 0x01 };
        CU_ASSERT_PTR_NOT_NULL(memmem(play->sent, play->sent_size, rdbinttkn, sizeof rdbinttkn));
        CU_ASSERT_PTR_NULL(memmem(play->sent, play->sent_size, accrdb, sizeof accrdb));
        play_free(play);
    }
}

static struct play *
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

/* ACCRDBRM as Derby writes it, and with an RDBINTTKN. */
static void
the_servers_token_is_kept(void)
{
    struct play *play = logged_on(WHOLE);
    CU_ASSERT_EQUAL(requester_interrupt_token(play->requester).size, 0);
    play_free(play);
    static const char accrdbrm[] = SECCHKRM_OK "0044d0020002"
                                               "003e2201"
                                               "000611490000"
                                               "000c112e5047543030303130"
                                               "000d002f51544453514c415343"
                                               "00160035"
                                               "0006119c04b8"
                                               "0006119d04b0"
                                               "0006119e04b8"
                                               "00052103aa";
    const char *replies[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, accrdbrm, NULL };
    play = play_new(WHOLE);
    play->reply = replies;
    requester_log_on(play->requester, &login);
    CU_ASSERT_EQUAL(play_on(play), REQUESTER_COMPLETED);
    struct drda_token token = requester_interrupt_token(play->requester);
    CU_ASSERT(token.size == 1 && token.bytes[0] == 0xaa);
    play_free(play);
}

static void
play_reply(struct play *play, const char *reply)
{
    const char *replies[] = { reply, NULL };
    play->reply = replies;
    (void)play_on(play);
    play->reply = NULL;
}

static void
start_query(struct requester *requester)
{
    requester_query(requester, "select * from t1", 16);
}

static void
start_immediate(struct requester *requester)
{
    requester_execute_immediate(requester, "insert into t1", 14);
}

static void
start_prepare(struct requester *requester)
{
    requester_prepare(requester, "select * from t", 15);
}

static void
start_open(struct requester *requester)
{
    requester_open(requester, NULL, 0);
}

static const char query_log[] = "ID:1|N:2|D:5|V:7|F:4|DT:12|TS:14|\n"
                                "1|9000000000|12.34|hello|1.5|2024-01-02|2024-01-02 03:04:05.678901|\n"
                                "2|NULL|NULL|NULL|NULL|NULL|NULL|\n"
                                "COMPLETED 100 02000 rows 0 \n";

/* Recorded answers, and what must come of them however the network cuts them. */
static const struct exchange {
    const char *name;
    void (*start)(struct requester *requester);
    const char *reply;
    const char *log;
} exchanges[] = {
    { "query", start_query, REPLY_DERBY_QUERY, query_log },
    { "failing query", start_query, REPLY_DERBY_QUERY_FAILED,
      "COMPLETED -20001 42X05 rows 0 NOSUCH\xFF"
      "42X05\n" },
    { "immediate", start_immediate, REPLY_DERBY_EXCSQLIMM, "COMPLETED 0 00000 rows 1 \n" },
    { "commit", requester_commit, REPLY_DERBY_RDBCMM, "COMPLETED 0 00000 rows 0 \n" },
    { "rollback", requester_rollback, REPLY_DERBY_RDBRLLBCK, "COMPLETED 0 00000 rows 0 \n" },
    { "commit that was undone", requester_commit, REPLY_DERBY_RDBRLLBCK, "COMPLETED -911 40001 rows 0 \n" },
    { "syntax error", requester_commit, REPLY_DERBY_SYNTAXRM,
      "FAILED the server answered RDBCMM with SYNTAXRM, SYNERRCD X'0E', CODPNT RDBCMM: it cannot go on; see its log\n" },
    { "conversational error", requester_commit, REPLY_DERBY_PRCCNVRM,
      "FAILED the server answered RDBCMM with PRCCNVRM, PRCCNVCD X'06': it cannot go on; see its log\n" },
    { "no DRDA", requester_commit, RECORDED_HTTP_REQUEST,
      "FAILED the reply to RDBCMM is no DRDA or damaged (SYNERRCD X'03'): is this the DRDA port?\n" },
    { "query data for a commit", requester_commit, REPLY_DERBY_OPENED, "FAILED OPNQRYRM is no reply to RDBCMM\n" },
    { "a request", requester_commit, RECORDED_RDBCMM, "FAILED the server sent a request\n" },
    { "an incomplete reply", start_immediate, "0026d0020001002022180006114900000016211064656d6f64623b6372656174653d74727565",
      "FAILED the reply to EXCSQLIMM is not complete\n" },
};

enum { EXCHANGE_COUNT = sizeof exchanges / sizeof exchanges[0] };

static bool
known_private(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(0x0123456789ABCDEFu >> (56 - 8 * (i % 8)));
    return true;
}

static const struct drda_cryptography known_cryptography = {
    .random = known_private,
    .power = encryption_power,
    .des_cbc = encryption_des_cbc,
};

/* Derby's answers to EXCSAT (no UNICODEMGR: text stays EBCDIC) and ACCSEC; the numbers are those of a recorded exchange. */
#define EXCSATRD_EBCDIC \
    "0012d0420001"      \
    "000c1443"          \
    "00081404"          \
    "1c080000"
#define ACCSECRD_9         \
    "0034d0020002"         \
    "002e14ac000611a20009" \
    "002411dc"
#define SERVER_PUBLIC "226dc7207fd75c1f2715d6fda26af1d35fadfd87afeea3f2291d5cd4fde85d48"
#define ONE "0000000000000000000000000000000000000000000000000000000000000001"

static struct play *
log_on_encrypted(const char *accsecrd, enum requester_event event)
{
    static struct requester_settings encrypting;
    static struct requester_login encrypted;
    const char *const replies[] = { accsecrd, REPLY_DERBY_SECCHKRM_ACCRDBRM, NULL };
    encrypting = settings;
    encrypting.cryptography = &known_cryptography;
    encrypted = login;
    encrypted.encrypted = true;
    struct play *play = play_new(WHOLE);
    requester_free(play->requester);
    play->requester = requester_new(&encrypting);
    play->reply = replies;
    requester_log_on(play->requester, &encrypted);
    CU_ASSERT_EQUAL(play_on(play), event);
    play->reply = NULL;
    return play;
}

static bool
was_sent(const struct play *play, const char *hex)
{
    size_t size;
    uint8_t *bytes = recorded_bytes(hex, &size);
    bool sent = memmem(play->sent, play->sent_size, bytes, size) != NULL;
    free(bytes);
    return sent;
}

static void
an_encrypted_login_sends_the_recorded_tokens(void)
{
    struct play *play = log_on_encrypted(EXCSATRD_EBCDIC ACCSECRD_9 SERVER_PUBLIC, REQUESTER_COMPLETED);
    CU_ASSERT_TRUE(was_sent(play, "106e"
                                  "000611a20009"));
    CU_ASSERT_TRUE(was_sent(play, "000c11dc24f51760cfc068de"
                                  "000c11dc6749b92e60826611"));
    CU_ASSERT_FALSE(was_sent(play, "c1d7d7d7e6")); /* APPPW */
    play_free(play);
}

/* Nothing makes it send a password in clear that was to be encrypted. */
static void
an_encrypted_login_never_falls_back(void)
{
    static const struct {
        const char *accsecrd;
        enum requester_event event;
        const char *log;
    } rows[] = {
        { EXCSATRD_EBCDIC "0015d0020002"
                          "000f14ac000611a20003000511a401",
          REQUESTER_REFUSED, "REFUSED 0 01 14AC\n" },
        { EXCSATRD_EBCDIC "0010d0020002"
                          "000a14ac000611a20003",
          REQUESTER_REFUSED, "REFUSED 0 00 14AC\n" },
        { EXCSATRD_EBCDIC "0010d0020002"
                          "000a14ac000611a20009",
          REQUESTER_FAILED, "FAILED the server's public number (SECTKN of ACCSECRD) is missing or gives the key away\n" },
        { EXCSATRD_EBCDIC ACCSECRD_9 ONE, REQUESTER_FAILED,
          "FAILED the server's public number (SECTKN of ACCSECRD) is missing or gives the key away\n" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct play *play = log_on_encrypted(rows[i].accsecrd, rows[i].event);
        CU_ASSERT_STRING_EQUAL(play->log, rows[i].log);
        CU_ASSERT_FALSE(was_sent(play, "106e"));
        play_free(play);
    }
}

static void
replies_mean_the_same_however_they_are_cut(void)
{
    static const size_t chunks[] = { 1, 2, 3, 5, 6, 7, 10, 16, 31, 64, 100, 163, 200, 255, 512, 800, 816, WHOLE };
    for (size_t i = 0; i < EXCHANGE_COUNT; i++) {
        for (size_t c = 0; c < sizeof chunks / sizeof chunks[0]; c++) {
            struct play *play = logged_on(chunks[c]);
            exchanges[i].start(play->requester);
            play_reply(play, exchanges[i].reply);
            CU_ASSERT_STRING_EQUAL(play->log, exchanges[i].log);
            if (strcmp(play->log, exchanges[i].log) != 0)
                printf("# %s, chunks of %zu: %s\n", exchanges[i].name, chunks[c], play->log);
            play_free(play);
        }
    }
}

static void
every_truncation_waits_or_fails(void)
{
    for (size_t i = 0; i < EXCHANGE_COUNT; i++) {
        size_t digits = strlen(exchanges[i].reply);
        for (size_t size = 0; size < digits; size += 2) {
            char *cut = strndup(exchanges[i].reply, size);
            struct play *play = logged_on(WHOLE);
            exchanges[i].start(play->requester);
            play_reply(play, cut);
            CU_ASSERT_PTR_NOT_NULL(strstr(play->log, strncmp(exchanges[i].log, "FAILED", 6) == 0 ? "" : "HUNGRY"));
            CU_ASSERT_PTR_NULL(strstr(play->log, "COMPLETED"));
            play_free(play);
            free(cut);
        }
    }
}

/* No bit can make it read outside, loop or complain about itself; sanitizers watch. */
static void
every_changed_bit_is_survived(void)
{
    for (size_t i = 0; i < EXCHANGE_COUNT; i++) {
        size_t size;
        uint8_t *bytes = recorded_bytes(exchanges[i].reply, &size);
        char *text = malloc(2 * size + 1);
        for (size_t bit = 0; bit < 8 * size; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            hex_encode(bytes, size, text);
            struct play *play = logged_on(WHOLE);
            exchanges[i].start(play->requester);
            play_reply(play, text);
            CU_ASSERT_TRUE(play->logged > 0);
            play_free(play);
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        free(text);
        free(bytes);
    }
}

static void
a_prepared_statement_is_opened(void)
{
    for (size_t chunk = 1; chunk < 1000; chunk += 37) {
        struct play *play = logged_on(chunk);
        start_prepare(play->requester);
        play_reply(play, REPLY_DERBY_PREPARED);
        CU_ASSERT_STRING_EQUAL(play->log, "COMPLETED 0 00000 rows 0 \n");
        CU_ASSERT_TRUE(requester_is_query(play->requester));
        play->logged = 0;
        start_open(play->requester);
        play_reply(play, REPLY_DERBY_OPENED);
        CU_ASSERT_PTR_NOT_NULL(strstr(play->log, "|-12.345|h\xC3\xA9llo|1.5|2.5|7|2024-01-02|03:04:05|2024-01-02 03:04:05.123456|"));
        CU_ASSERT_PTR_NOT_NULL(strstr(play->log, "|x010203|1|\n"));
        CU_ASSERT_PTR_NOT_NULL(strstr(play->log, "COMPLETED 100 02000"));
        play_free(play);
    }
}

static void
a_login_is_spoken_in_the_agreed_encoding(void)
{
    static const char *const utf8[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, REPLY_DERBY_SECCHKRM_ACCRDBRM, NULL };
    static const char *const ebcdic[] = { REPLY_DERBY_EBCDIC_EXCSATRD_ACCSECRD, REPLY_DERBY_EBCDIC_SECCHKRM_ACCRDBRM, NULL };
    static const uint8_t ebcdic_password[] = { 0xC1, 0xD7, 0xD7, 0xD7, 0xE6 };
    for (size_t chunk = 1; chunk < 160; chunk++) {
        struct play *play = play_new(chunk);
        play->reply = utf8;
        requester_log_on(play->requester, &login);
        CU_ASSERT_EQUAL(play_on(play), REQUESTER_COMPLETED);
        CU_ASSERT_PTR_NOT_NULL(memmem(play->sent, play->sent_size, "APPPW", 5));
        play_free(play);

        play = play_new(chunk);
        play->reply = ebcdic;
        requester_log_on(play->requester, &login);
        CU_ASSERT_EQUAL(play_on(play), REQUESTER_COMPLETED);
        CU_ASSERT_PTR_NOT_NULL(memmem(play->sent, play->sent_size, ebcdic_password, sizeof ebcdic_password));
        CU_ASSERT_PTR_NULL(memmem(play->sent, play->sent_size, "APPPW", 5));
        play_free(play);
    }
}

static void
a_sent_password_is_wiped(void)
{
    static const char *const replies[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, NULL };
    struct play *play = play_new(WHOLE);
    play->reply = replies;
    requester_log_on(play->requester, &login);
    CU_ASSERT_EQUAL(play_on(play), REQUESTER_NEEDS_INPUT);
    CU_ASSERT_PTR_NOT_NULL(memmem(play->sent, play->sent_size, "APPPW", 5));
    size_t size;
    const uint8_t *memory = requester_output(play->requester, &size);
    CU_ASSERT_EQUAL(size, 0);
    CU_ASSERT_PTR_NULL(memmem(memory, play->sent_size, "APPPW", 5));
    play_free(play);
}

static void
refusals_say_why(void)
{
    static const struct {
        const char *replies[3];
        const char *log;
    } refusals[] = {
        { { REPLY_DERBY_EXCSATRD_ACCSECRD, REPLY_DERBY_SECCHKRM_REFUSED, NULL }, "REFUSED 1 13 1219\n" },
        { { REPLY_DERBY_SECMEC_REFUSED, NULL }, "REFUSED 0 01 14AC\n" },
        { { REPLY_DERBY_EXCSATRD_ACCSECRD, REPLY_DERBY_RDBNFNRM, NULL }, "REFUSED 2 00 2211\n" },
        { { REPLY_DERBY_PRCCNVRM, NULL },
          "FAILED the server answered EXCSAT and ACCSEC with PRCCNVRM, PRCCNVCD X'06': it cannot go on; see its log\n" },
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        for (size_t chunk = 1; chunk < 200; chunk += 11) {
            struct play *play = play_new(chunk);
            play->reply = refusals[i].replies;
            requester_log_on(play->requester, &login);
            (void)play_on(play);
            CU_ASSERT_STRING_EQUAL(play->log, refusals[i].log);
            play_free(play);
        }
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(requester_secchkcd_text(0x0F), "PassTicket"));
    for (unsigned code = 0; code < 256; code++)
        CU_ASSERT_PTR_NOT_NULL(requester_secchkcd_text((uint8_t)code));
}

/* Derby's answer, but with CCSID 500 for single-byte text. */
static void
text_that_cannot_be_read_is_refused(void)
{
    char *accrdbrm = strdup(REPLY_DERBY_SECCHKRM_ACCRDBRM);
    char *ccsidsbc = strstr(accrdbrm, "119c04b8");
    CU_ASSERT_PTR_NOT_NULL_FATAL(ccsidsbc);
    memcpy(ccsidsbc, "119c01f4", 8);
    const char *const replies[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, accrdbrm, NULL };
    struct play *play = play_new(WHOLE);
    play->reply = replies;
    requester_log_on(play->requester, &login);
    CU_ASSERT_EQUAL(play_on(play), REQUESTER_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(play->log, "CCSID 500"));
    play_free(play);
    free(accrdbrm);
}

/* The bodies of objects of a recorded reply. */
static struct ddm_object
find_object(uint8_t *reply, size_t size, uint16_t codepoint)
{
    struct ddm_object found = { 0 };
    for (size_t offset = 0; offset < size;) {
        size_t taken = 0;
        enum dss_fault fault;
        struct dss_command command;
        CU_ASSERT_EQUAL_FATAL(dss_scan(reply + offset, size - offset, &taken, &fault), DSS_SCAN_COMPLETE);
        CU_ASSERT_TRUE_FATAL(dss_read(reply + offset, taken, &command));
        if (command.codepoint == codepoint)
            found = (struct ddm_object) { codepoint, command.parameters };
        for (size_t i = 0; i < command.object_count; i++)
            if (command.objects[i].codepoint == codepoint)
                found = command.objects[i];
        offset += taken;
    }
    return found;
}

static char *
hex_of(const struct wire_writer *writer)
{
    char *hex = malloc(2 * writer->used + 1);
    CU_ASSERT_FALSE(writer->failed);
    hex_encode(writer->start, writer->used, hex);
    return hex;
}

static void
put_object(struct dss_writer *dss, struct ddm_object object)
{
    dss_begin(dss, DSS_OBJECT, 1);
    ddm_put_bytes(dss->wire, object.codepoint, object.body.at, object.body.left);
    dss_end(dss);
}

static void
put_reply(struct dss_writer *dss, uint16_t codepoint, uint16_t svrcod)
{
    dss_begin(dss, DSS_REPLY, 1);
    size_t mark = ddm_open(dss->wire, codepoint);
    ddm_put_u16(dss->wire, CP_SVRCOD, svrcod);
    ddm_close(dss->wire, mark);
    dss_end(dss);
}

/* One CNTQRY with these rows, and behind the last of them the end as Db2 tells it. */
static char *
next_block(struct wire_reader rows, bool is_last)
{
    uint8_t memory[4096];
    struct wire_writer wire = wire_writer(memory, sizeof memory);
    struct dss_writer dss = dss_writer(&wire);
    put_object(&dss, (struct ddm_object) { CP_QRYDTA, rows });
    if (is_last) {
        struct sql_diagnosis end;
        sql_diagnosis_clear(&end);
        sql_diagnosis_set(&end, 100, "02000", "");
        put_reply(&dss, CP_ENDQRYRM, 4);
        dss_begin(&dss, DSS_OBJECT, 1);
        sqlcard_put(&wire, &end);
        dss_end(&dss);
    }
    return hex_of(&wire);
}

/* The first `cut` bytes of the rows in the answer to OPNQRY, the rest in answers to CNTQRY with `step` bytes each. */
static void
play_blocks(struct play *play, const char *recorded, size_t cut, size_t step)
{
    size_t size;
    uint8_t memory[4096];
    uint8_t *reply = recorded_bytes(recorded, &size);
    struct ddm_object sqldard = find_object(reply, size, CP_SQLDARD);
    struct ddm_object qrydsc = find_object(reply, size, CP_QRYDSC);
    struct ddm_object qrydta = find_object(reply, size, CP_QRYDTA);
    enum { END_OF_DATA_SIZE = 62 }; /* the SQLCA +100 and a null indicator */
    struct wire_reader rows = wire_sub(&qrydta.body, qrydta.body.left - END_OF_DATA_SIZE);

    struct wire_writer wire = wire_writer(memory, sizeof memory);
    struct dss_writer dss = dss_writer(&wire);
    put_object(&dss, sqldard);
    put_reply(&dss, CP_OPNQRYRM, 0);
    put_object(&dss, qrydsc);
    put_object(&dss, (struct ddm_object) { CP_QRYDTA, wire_sub(&rows, cut) });
    char *block = hex_of(&wire);
    start_query(play->requester);
    for (bool is_last = false; !is_last;) {
        const char *replies[] = { block, NULL };
        play->reply = replies;
        CU_ASSERT_EQUAL(play_on(play), REQUESTER_BLOCK_ENDED);
        requester_continue(play->requester);
        free(block);
        is_last = rows.left <= step;
        block = next_block(wire_sub(&rows, is_last ? rows.left : step), is_last);
    }
    const char *replies[] = { block, NULL };
    play->reply = replies;
    CU_ASSERT_EQUAL(play_on(play), REQUESTER_COMPLETED);
    play->reply = NULL;
    free(block);
    free(reply);
}

static void
rows_go_on_in_the_next_block(void)
{
    enum { ROWS_SIZE = 92 };
    for (size_t cut = 0; cut <= ROWS_SIZE; cut++) {
        struct play *play = logged_on(WHOLE);
        play_blocks(play, REPLY_DERBY_QUERY, cut, cut % 7 == 0 ? ROWS_SIZE : 1 + cut / 3);
        for (char *block; (block = strstr(play->log, "BLOCK\n")) != NULL;)
            memmove(block, block + 6, strlen(block + 6) + 1);
        CU_ASSERT_STRING_EQUAL(play->log, query_log);
        play_free(play);
    }
}

static void
a_query_that_ends_inside_a_row_fails(void)
{
    size_t size;
    uint8_t memory[4096];
    uint8_t *reply = recorded_bytes(REPLY_DERBY_QUERY, &size);
    struct ddm_object sqldard = find_object(reply, size, CP_SQLDARD);
    struct ddm_object qrydsc = find_object(reply, size, CP_QRYDSC);
    struct ddm_object rows = find_object(reply, size, CP_QRYDTA);
    rows.body.left = 20;
    struct wire_writer wire = wire_writer(memory, sizeof memory);
    struct dss_writer dss = dss_writer(&wire);
    put_object(&dss, sqldard);
    put_reply(&dss, CP_OPNQRYRM, 0);
    put_object(&dss, qrydsc);
    put_object(&dss, rows);
    put_reply(&dss, CP_ENDQRYRM, 4);
    char *hex = hex_of(&wire);
    struct play *play = logged_on(WHOLE);
    start_query(play->requester);
    play_reply(play, hex);
    CU_ASSERT_PTR_NOT_NULL(strstr(play->log, "FAILED the query ended inside a row"));
    play_free(play);
    free(hex);
    free(reply);
}

/* A DSS whose continuation never ends must not be collected for ever. */
static void
a_reply_without_end_is_refused(void)
{
    struct play *play = logged_on(WHOLE);
    requester_commit(play->requester);
    CU_ASSERT_EQUAL(requester_step(play->requester), REQUESTER_NEEDS_INPUT);
    size_t fed = 0;
    enum requester_event event = REQUESTER_NEEDS_INPUT;
    static const uint8_t header[] = { 0xFF, 0xFF, 0xD0, 0x03, 0x00, 0x01 };
    static const uint8_t segment[] = { 0xFF, 0xFF };
    while (event == REQUESTER_NEEDS_INPUT && fed < 4 * REPLY_BYTES_MAX) {
        size_t room;
        uint8_t *input = requester_room(play->requester, &room);
        if (input != NULL) {
            for (size_t i = 0; i < room; i++, fed++)
                input[i] = fed < 6 ? header[fed] : fed % 32767 < 2 ? segment[fed % 32767] : 0;
            requester_received(play->requester, room);
        }
        event = requester_step(play->requester);
    }
    CU_ASSERT_EQUAL(event, REQUESTER_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(requester_failure(play->requester), "more than 1048576 bytes"));
    play_free(play);
}

/* Reads a chain that was sent, command by command. */
static size_t
read_sent(struct play *play, size_t offset, struct dss_command *command)
{
    size_t size = 0;
    enum dss_fault fault;
    CU_ASSERT_EQUAL_FATAL(dss_scan(play->sent + offset, play->sent_size - offset, &size, &fault), DSS_SCAN_COMPLETE);
    CU_ASSERT_TRUE_FATAL(dss_read(play->sent + offset, size, command));
    return offset + size;
}

static void
commands_carry_their_statement_and_section(void)
{
    struct play *play = logged_on(WHOLE);
    start_query(play->requester);
    CU_ASSERT_EQUAL(play_on(play), REQUESTER_NEEDS_INPUT);
    struct dss_command *command = malloc(sizeof *command);
    size_t offset = read_sent(play, 0, command);
    CU_ASSERT_EQUAL(command->codepoint, CP_PRPSQLSTT);
    CU_ASSERT_TRUE(command->chained);
    CU_ASSERT_EQUAL_FATAL(command->object_count, 1);
    struct wire_reader text;
    bool mixed;
    CU_ASSERT_TRUE(sqlstt_read(command->objects[0].body, &text, &mixed));
    CU_ASSERT_EQUAL(text.left, 16);
    CU_ASSERT_EQUAL(memcmp(text.at, "select * from t1", 16), 0);
    struct ddm_object pkgnamcsn;
    enum ddm_fault fault;
    struct sql_section_name section;
    CU_ASSERT_TRUE_FATAL(ddm_next(&command->parameters, &pkgnamcsn, &fault));
    CU_ASSERT_EQUAL(pkgnamcsn.codepoint, CP_PKGNAMCSN);
    CU_ASSERT_TRUE(package_section_read(pkgnamcsn.body, CCSID_UTF8, &section));
    CU_ASSERT_STRING_EQUAL(section.package, "SYSLN000");
    CU_ASSERT_EQUAL(read_sent(play, offset, command), play->sent_size);
    CU_ASSERT_EQUAL(command->codepoint, CP_OPNQRY);
    CU_ASSERT_FALSE(command->chained);
    free(command);
    play_free(play);
}

static void
parameters_arrive_as_they_were_given(void)
{
    static const struct sql_value values[] = {
        { .kind = SQL_VALUE_INTEGER, .integer = INT64_MIN },
        { .kind = SQL_VALUE_REAL, .real = -0.5 },
        { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)"h\xC3\xA9", 3 } },
        { .kind = SQL_VALUE_BYTES, .data = { (const uint8_t *)"\0\xFF", 2 } },
        { .kind = SQL_VALUE_NULL },
    };
    struct play *play = logged_on(WHOLE);
    requester_execute(play->requester, values, 5);
    CU_ASSERT_EQUAL(play_on(play), REQUESTER_NEEDS_INPUT);
    struct dss_command *command = malloc(sizeof *command);
    struct parameters *parameters = malloc(sizeof *parameters);
    struct drda_fault fault;
    CU_ASSERT_EQUAL(read_sent(play, 0, command), play->sent_size);
    CU_ASSERT_EQUAL(command->codepoint, CP_EXCSQLSTT);
    struct sql_diagnosis diagnosis;
    CU_ASSERT_TRUE_FATAL(parameters_read(command, &own, NULL, parameters, &diagnosis, &fault));
    CU_ASSERT_EQUAL_FATAL(parameters->count, 5);
    play->logged = 0;
    for (size_t i = 0; i < 5; i++)
        note_value(play, &parameters->values[i]);
    CU_ASSERT_STRING_EQUAL(play->log, "-9223372036854775808|-0.5|h\xC3\xA9|x00FF|NULL|");
    parameters_clear(parameters);
    free(parameters);
    free(command);
    play_free(play);
}

enum { LOB_SIZE = 200000 };

/* What a large object says at each place; the second half of it only when it is whole. */
static bool
read_pattern(struct sql_lob *lob, uint64_t offset, void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)('a' + (offset + i) % 26);
    return lob->measured || offset + size <= lob->size / 2;
}

/* All that is to be sent, taken `chunk` bytes at a time. */
static uint8_t *
take_all_output(struct requester *requester, size_t chunk, size_t *size)
{
    uint8_t *all = malloc(4 * LOB_SIZE);
    *size = 0;
    for (;;) {
        size_t ready;
        const uint8_t *bytes = requester_output(requester, &ready);
        if (ready == 0)
            return all;
        size_t taken = ready < chunk ? ready : chunk;
        CU_ASSERT_TRUE_FATAL(*size + taken <= 4 * LOB_SIZE);
        memcpy(all + *size, bytes, taken);
        *size += taken;
        requester_sent(requester, taken);
    }
}

static void
large_objects_follow_their_command(void)
{
    static const size_t chunks[] = { 1000, 65536, WHOLE };
    struct sql_lob bytes = { .size = LOB_SIZE, .read = read_pattern, .measured = true };
    struct sql_lob text = { .size = 40000, .is_text = true, .read = read_pattern, .measured = true };
    struct sql_lob nothing = { .size = 0, .is_text = true, .read = read_pattern };
    const struct sql_value values[] = {
        { .kind = SQL_VALUE_LOB, .lob = &bytes },
        { .kind = SQL_VALUE_INTEGER, .integer = 7 },
        { .kind = SQL_VALUE_LOB, .lob = &nothing },
        { .kind = SQL_VALUE_LOB, .lob = &text },
    };
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        struct play *play = logged_on(WHOLE);
        size_t size;
        size_t whole = 0;
        enum dss_fault damage;
        requester_execute(play->requester, values, 4);
        CU_ASSERT_EQUAL(requester_step(play->requester), REQUESTER_NEEDS_INPUT);
        uint8_t *sent = take_all_output(play->requester, chunks[i], &size);
        struct dss_command *command = malloc(sizeof *command);
        struct parameters *parameters = malloc(sizeof *parameters);
        struct sql_diagnosis diagnosis;
        struct drda_fault fault;
        CU_ASSERT_EQUAL_FATAL(dss_scan(sent, size, &whole, &damage), DSS_SCAN_COMPLETE);
        CU_ASSERT_EQUAL_FATAL(whole, size);
        CU_ASSERT_TRUE_FATAL(dss_read(sent, size, command));
        CU_ASSERT_FALSE(command->chained);
        CU_ASSERT_TRUE_FATAL(parameters_read(command, &own, NULL, parameters, &diagnosis, &fault));
        CU_ASSERT_EQUAL_FATAL(parameters->count, 4);
        CU_ASSERT_EQUAL(parameters->values[0].kind, SQL_VALUE_BYTES);
        CU_ASSERT_EQUAL_FATAL(parameters->values[0].data.size, LOB_SIZE);
        CU_ASSERT_EQUAL(parameters->values[0].data.bytes[LOB_SIZE - 1], 'a' + (LOB_SIZE - 1) % 26);
        CU_ASSERT_EQUAL(parameters->values[1].integer, 7);
        CU_ASSERT_EQUAL(parameters->values[2].kind, SQL_VALUE_TEXT);
        CU_ASSERT_EQUAL(parameters->values[2].data.size, 0);
        CU_ASSERT_EQUAL(parameters->values[3].kind, SQL_VALUE_TEXT);
        CU_ASSERT_EQUAL(parameters->values[3].data.size, 40000);
        parameters_clear(parameters);
        free(parameters);
        free(command);
        free(sent);
        play_free(play);
    }
}

/* The server still waits for the rest: only the end of the connection tells it that there is none. */
static void
a_large_object_that_cannot_be_read_ends_the_conversation(void)
{
    struct sql_lob lob = { .size = LOB_SIZE, .read = read_pattern };
    const struct sql_value value = { .kind = SQL_VALUE_LOB, .lob = &lob };
    struct play *play = logged_on(WHOLE);
    size_t size;
    requester_execute(play->requester, &value, 1);
    free(take_all_output(play->requester, WHOLE, &size));
    CU_ASSERT(size < LOB_SIZE);
    CU_ASSERT_PTR_NULL(requester_room(play->requester, &size));
    CU_ASSERT_EQUAL(requester_step(play->requester), REQUESTER_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(requester_failure(play->requester), "cannot be read"));
    play_free(play);
}

static void
a_large_object_may_be_too_large(void)
{
    struct sql_lob lob = { .size = (uint64_t)1 << 31, .read = read_pattern };
    const struct sql_value value = { .kind = SQL_VALUE_LOB, .lob = &lob };
    struct play *play = logged_on(WHOLE);
    requester_execute(play->requester, &value, 1);
    CU_ASSERT_EQUAL(requester_step(play->requester), REQUESTER_FAILED);
    play_free(play);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "another connection is interrupted", another_connection_is_interrupted },
        { "the server's token is kept", the_servers_token_is_kept },
        { "an encrypted login sends the recorded tokens", an_encrypted_login_sends_the_recorded_tokens },
        { "an encrypted login never falls back", an_encrypted_login_never_falls_back },
        { "replies mean the same however they are cut", replies_mean_the_same_however_they_are_cut },
        { "every truncation waits or fails", every_truncation_waits_or_fails },
        { "every changed bit is survived", every_changed_bit_is_survived },
        { "a prepared statement is opened", a_prepared_statement_is_opened },
        { "a login is spoken in the agreed encoding", a_login_is_spoken_in_the_agreed_encoding },
        { "a sent password is wiped", a_sent_password_is_wiped },
        { "refusals say why", refusals_say_why },
        { "text that cannot be read is refused", text_that_cannot_be_read_is_refused },
        { "rows go on in the next block", rows_go_on_in_the_next_block },
        { "a query that ends inside a row fails", a_query_that_ends_inside_a_row_fails },
        { "a reply without end is refused", a_reply_without_end_is_refused },
        { "commands carry their statement and section", commands_carry_their_statement_and_section },
        { "parameters arrive as they were given", parameters_arrive_as_they_were_given },
        { "large objects follow their command", large_objects_follow_their_command },
        { "a large object that cannot be read ends the conversation", a_large_object_that_cannot_be_read_ends_the_conversation },
        { "a large object may be too large", a_large_object_may_be_too_large },
    };
    return SUITE_RUN("requester", cases);
}
