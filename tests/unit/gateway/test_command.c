#include <stdlib.h>
#include <string.h>

#include "gateway/operator/command.h"
#include "tests/support/suite.h"

/* Parses a copy on an exactly sized heap block. */
static bool
parse(const char *text, struct command *command, struct problem *problem)
{
    size_t size = strlen(text);
    char *copy = malloc(size > 0 ? size : 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    memcpy(copy, text, size);
    bool good = command_parse(copy, size, command, problem);
    free(copy);
    return good;
}

static void
good_commands_are_found(void)
{
    static const struct {
        const char *text;
        const char *authority;
    } good[] = {
        { "QUERY IMSCON TYPE(CONFIG)", "QRY.IMSCON" },
        { "qry imscon type(config) show(all)", "QRY.IMSCON" },
        { "QRY IMSCON SHOW(ODBMAPPL,RACF) TYPE(CONFIG)", "QRY.IMSCON" },
        { "  UPDATE\tIMSCON , TYPE( CONFIG ) SET(ODBMAPPL(IMSCON2))  ", "UPD.IMSCON" },
        { "UPD IMSCON TYPE(CONFIG) SET(RACF(ON) RACFGENRC(OFF))", "UPD.IMSCON" },
        { "UPD IMSCON TYPE(CONFIG) SET()", "UPD.IMSCON" },
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct command command;
        struct problem problem = { "" };
        CU_ASSERT_TRUE_FATAL(parse(good[i].text, &command, &problem));
        const struct command_row *row = command_find(&command, &problem);
        CU_ASSERT_PTR_NOT_NULL_FATAL(row);
        CU_ASSERT_STRING_EQUAL(row->authority, good[i].authority);
    }
}

static void
bad_commands_are_refused_with_a_reason(void)
{
    static const struct {
        const char *text;
        const char *reason; /* part of the problem's text */
    } bad[] = {
        { "", "empty" },
        { "  , ", "empty" },
        { "UPD IMSCON TYPE(CONFIG", ") is missing" },
        { "UPD IMSCON TYPE(CONFIG) SET(RACF(ON)", ") is missing" },
        { "UPD IMSCON TYPE(CONFIG))", ") too many" },
        { "(UPD)", "not expected" },
        { "UPD IMSCON TYPE(CONFIG) SET(RACF='ON')", "not expected" },
        { "UPD IMSCON TYPE(CONFIG) \x01", "X'01'" },
        { "UPD IMSCON TYPE(CONFIG) \xff", "X'FF'" },
        { "A(B(C(D(E(F)))))", "nested" },
        { "DELETE IMSCON TYPE(CONFIG)", "verb DELETE" },
        { "UPDATE(X) IMSCON TYPE(CONFIG)", "verb UPDATE" },
        { "UPDATE", "must be IMSCON" },
        { "UPDATE TRAN NAME(A)", "must be IMSCON" },
        { "UPDATE IMSCON(X) TYPE(CONFIG)", "must be IMSCON" },
        { "UPDATE IMSCON", "TYPE() is required" },
        { "UPDATE IMSCON TYPE(PORT)", "TYPE(PORT) is not supported" },
        { "UPDATE IMSCON TYPE", "TYPE must have one value" },
        { "UPDATE IMSCON TYPE(A,B)", "TYPE must have one value" },
        { "UPDATE IMSCON TYPE(A(B))", "TYPE must have one value" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct command command;
        struct problem problem = { "" };
        bool found = parse(bad[i].text, &command, &problem) && command_find(&command, &problem) != NULL;
        CU_ASSERT_FALSE(found);
        if (strstr(problem.text, bad[i].reason) == NULL)
            printf("# %s: %s\n", bad[i].text, problem.text);
        CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, bad[i].reason));
    }
}

static void
sizes_are_bounded(void)
{
    static char text[64 * 1024];
    static struct command command;
    struct problem problem;
    memset(text, 'A', COMMAND_WORD_MAX);
    text[COMMAND_WORD_MAX] = '\0';
    CU_ASSERT_TRUE(parse(text, &command, &problem));
    text[COMMAND_WORD_MAX] = 'A';
    text[COMMAND_WORD_MAX + 1] = '\0';
    CU_ASSERT_FALSE(parse(text, &command, &problem));
    for (size_t words = COMMAND_WORDS_MAX; words <= COMMAND_WORDS_MAX + 1; words++) {
        for (size_t i = 0; i < words; i++)
            memcpy(text + 2 * i, "A ", 3);
        CU_ASSERT_EQUAL(parse(text, &command, &problem), words == COMMAND_WORDS_MAX);
    }
    memset(text, '(', sizeof text - 1);
    text[0] = 'A';
    CU_ASSERT_FALSE(parse(text, &command, &problem));
}

static void
words_form_a_tree(void)
{
    struct command command;
    struct problem problem;
    const char *value;
    CU_ASSERT_TRUE_FATAL(parse("upd imscon type(config) set(odbmappl(ims$con),racf(on))", &command, &problem));
    const struct command_word *set = command_keyword(&command, "SET");
    CU_ASSERT_PTR_NOT_NULL_FATAL(set);
    CU_ASSERT_STRING_EQUAL(set->first->text, "ODBMAPPL");
    CU_ASSERT_TRUE(command_single_value(set->first, &value));
    CU_ASSERT_STRING_EQUAL(value, "IMS$CON");
    CU_ASSERT_STRING_EQUAL(set->first->next->text, "RACF");
    CU_ASSERT_PTR_NULL(set->first->next->next);
    CU_ASSERT_FALSE(command_single_value(set, &value));
    CU_ASSERT_PTR_NULL(command_keyword(&command, "UPD"));
    CU_ASSERT_PTR_NULL(command_keyword(&command, "IMSCON"));
    CU_ASSERT_PTR_NULL(command_keyword(&command, "SHOW"));
}

static void
every_command_has_authority_handler_and_help(void)
{
    for (size_t i = 0; i < command_row_count; i++) {
        CU_ASSERT_PTR_NOT_NULL(command_rows[i].run);
        CU_ASSERT_TRUE(command_rows[i].access == 2 || command_rows[i].access == 4);
        CU_ASSERT_TRUE(strlen(command_rows[i].authority) > 0);
        CU_ASSERT_TRUE(strlen(command_rows[i].help) > 0);
    }
}

static void
the_profile_names_the_plex(void)
{
    static struct hwscfg hws = { .imsplex_tmember = "PLEX1", .odaccess_tmember = "PLEX2" };
    char profile[COMMAND_PROFILE_SIZE];
    command_profile(&hws, &command_rows[1], profile);
    CU_ASSERT_STRING_EQUAL(profile, "IMS.CSLPLEX1.UPD.IMSCON");
    hws.imsplex_tmember[0] = '\0';
    command_profile(&hws, &command_rows[0], profile);
    CU_ASSERT_STRING_EQUAL(profile, "IMS.CSLPLEX2.QRY.IMSCON");
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "good commands are found", good_commands_are_found },
        { "bad commands are refused with a reason", bad_commands_are_refused_with_a_reason },
        { "sizes are bounded", sizes_are_bounded },
        { "words form a tree", words_form_a_tree },
        { "every command has authority, handler and help", every_command_has_authority_handler_and_help },
        { "the profile names the plex", the_profile_names_the_plex },
    };
    return SUITE_RUN("operator command", cases);
}
