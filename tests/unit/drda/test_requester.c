/* What a requester makes of replies, however they come. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/codepoint.h"
#include "drda/sql/sqlca.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/drda_recorded_replies.h"
#include "tests/unit/drda/requester_play.h"

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

/* Derby's answer, but with CCSID 930 for single-byte text. */
static void
text_that_cannot_be_read_is_refused(void)
{
    char *accrdbrm = strdup(REPLY_DERBY_SECCHKRM_ACCRDBRM);
    char *ccsidsbc = strstr(accrdbrm, "119c04b8");
    CU_ASSERT_PTR_NOT_NULL_FATAL(ccsidsbc);
    memcpy(ccsidsbc, "119c03a2", 8);
    const char *const replies[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, accrdbrm, NULL };
    struct play *play = play_new(WHOLE);
    play->reply = replies;
    requester_log_on(play->requester, &login);
    CU_ASSERT_EQUAL(play_on(play), REQUESTER_FAILED);
    CU_ASSERT_PTR_NOT_NULL(strstr(play->log, "CCSID 930"));
    play_free(play);
    free(accrdbrm);
}

/* Derby's answer, but as from a mainframe. */
static void
servers_on_mainframes_are_understood(void)
{
    static const char accrdbrm[] = "0015d0420001000f1219000611490000000511a400"
                                   "0039d0020002"
                                   "00332201"
                                   "000611490000"
                                   "000c112e44534e3132303135"
                                   "000d002f51544453514c333730"
                                   "00100035"
                                   "0006119c0025"
                                   "0006119e0474";
    const char *const replies[] = { REPLY_DERBY_EXCSATRD_ACCSECRD, accrdbrm, NULL };
    struct play *play = play_new(WHOLE);
    play->reply = replies;
    requester_log_on(play->requester, &login);
    CU_ASSERT_EQUAL(play_on(play), REQUESTER_COMPLETED);
    play->logged = 0;
    start_query(play->requester);
    play_reply(play, REPLY_MAINFRAME_QUERY);
    CU_ASSERT_STRING_EQUAL(play->log, query_log);
    play_free(play);
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

int
main(void)
{
    static const struct test_case cases[] = {
        { "replies mean the same however they are cut", replies_mean_the_same_however_they_are_cut },
        { "every truncation waits or fails", every_truncation_waits_or_fails },
        { "every changed bit is survived", every_changed_bit_is_survived },
        { "a prepared statement is opened", a_prepared_statement_is_opened },
        { "text that cannot be read is refused", text_that_cannot_be_read_is_refused },
        { "servers on mainframes are understood", servers_on_mainframes_are_understood },
        { "rows go on in the next block", rows_go_on_in_the_next_block },
        { "a query that ends inside a row fails", a_query_that_ends_inside_a_row_fails },
        { "a reply without end is refused", a_reply_without_end_is_refused },
    };
    return SUITE_RUN("requester", cases);
}
