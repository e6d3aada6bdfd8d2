#include <stdio.h>
#include <string.h>

#include "clients/sqlbatch/diagnosis.h"
#include "tests/support/suite.h"

static const char *
describe(const char *tokens, struct problem *description)
{
    struct sql_diagnosis diagnosis = { .sqlcode = -204, .sqlstate = "42704" };
    snprintf(diagnosis.tokens, sizeof diagnosis.tokens, "%s", tokens);
    *description = (struct problem) { 0 };
    diagnosis_describe(&diagnosis, description);
    return description->text;
}

static void
tokens_stand_between_commas(void)
{
    struct problem text;
    CU_ASSERT_STRING_EQUAL(describe("A.T\xFF"
                                    "42X05\xFF\xFF",
                                    &text),
                           "SQLCODE=-204, SQLSTATE=42704, tokens 'A.T, 42X05': the statement is wrong or names what is not there: "
                           "correct it");
    CU_ASSERT_STRING_EQUAL(describe("\xFF", &text),
                           "SQLCODE=-204, SQLSTATE=42704: the statement is wrong or names what is not there: correct it");
}

/* A server may quote what anybody stored there: colours, a title, or an answer to a question of the terminal's status. */
static void
tokens_do_nothing_to_a_terminal(void)
{
    struct problem text;
    CU_ASSERT_PTR_NOT_NULL(strstr(describe("a\x1b[2Jb", &text), "'a\\x1B[2Jb'"));
    CU_ASSERT_PTR_NOT_NULL(strstr(describe("a\xC2\x9b"
                                           "2Jb",
                                           &text),
                                  "'a\\xC2\\x9B2Jb'"));
    CU_ASSERT_PTR_NOT_NULL(strstr(describe("a\x9b"
                                           "2Jb",
                                           &text),
                                  "'a\\x9B2Jb'"));
    CU_ASSERT_PTR_NOT_NULL(strstr(describe("\xC3\xA4\x7f", &text), "'\xC3\xA4\\x7F'"));
}

static void
long_tokens_leave_room_for_the_rest(void)
{
    struct problem text;
    char tokens[SQL_TOKENS_MAX + 1];
    memset(tokens, 0xFF, SQL_TOKENS_MAX);
    tokens[SQL_TOKENS_MAX - 1] = 'x';
    tokens[SQL_TOKENS_MAX] = '\0';
    CU_ASSERT_PTR_NOT_NULL(strstr(describe(tokens, &text), "correct it"));
    memset(tokens, '\x01', SQL_TOKENS_MAX);
    CU_ASSERT_PTR_NOT_NULL(strstr(describe(tokens, &text), "correct it"));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "tokens stand between commas", tokens_stand_between_commas },
        { "tokens do nothing to a terminal", tokens_do_nothing_to_a_terminal },
        { "long tokens leave room for the rest", long_tokens_leave_room_for_the_rest },
    };
    return SUITE_RUN("sqlbatch diagnosis", cases);
}
