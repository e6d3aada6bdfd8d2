/* What a requester sends: commands, parameters, large objects. */
#include <stdlib.h>
#include <string.h>

#include "drda/codepoint.h"
#include "drda/sql/package.h"
#include "drda/sql/parameters.h"
#include "drda/sql/sqlstt.h"
#include "tests/support/representations.h"
#include "tests/unit/drda/requester_play.h"

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
        { "commands carry their statement and section", commands_carry_their_statement_and_section },
        { "parameters arrive as they were given", parameters_arrive_as_they_were_given },
        { "large objects follow their command", large_objects_follow_their_command },
        { "a large object that cannot be read ends the conversation", a_large_object_that_cannot_be_read_ends_the_conversation },
        { "a large object may be too large", a_large_object_may_be_too_large },
    };
    return SUITE_RUN("requester command", cases);
}
