#include <stdio.h>
#include <stdlib.h>

#include "security/racf/generic.h"
#include "security/racf/operand.h"
#include "security/racf/racf.h"
#include "security/racf/syntax.h"
#include "tests/support/suite.h"

/* Words as they are, strings in quotes, lists in parentheses: the tree as one line. */
static void
show(const struct syntax_node *node, char *text, size_t size)
{
    for (const struct syntax_node *first = node; node != NULL; node = node->next) {
        size_t used = strlen(text);
        const char *blank = node == first ? "" : " ";
        if (node->kind == SYNTAX_WORD)
            snprintf(text + used, size - used, "%s%s", blank, node->text);
        else if (node->kind == SYNTAX_STRING)
            snprintf(text + used, size - used, "%s'%s'", blank, node->text);
        else
            snprintf(text + used, size - used, "%s(", blank);
        if (node->kind != SYNTAX_LIST)
            continue;
        show(node->first, text, size);
        used = strlen(text);
        snprintf(text + used, size - used, ")");
    }
}

static bool
parse(struct syntax *syntax, const char *text, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, text, size);
    bool parsed = syntax_parse(syntax, copy, size);
    free(copy);
    return parsed;
}

static void
good_texts_become_trees(void)
{
    static const struct {
        const char *text;
        const char *tree;
    } cases[] = {
        { "", "" },
        { "   ,  \t", "" },
        { "/* only a comment */", "" },
        { "setropts list", "SETROPTS LIST" },
        { "SETROPTS RACLIST (PTKTDATA) REFRESH", "SETROPTS RACLIST (PTKTDATA) REFRESH" },
        { "PERMIT A.B CLASS(APPL),ID(U1,U2 U3)ACCESS(READ)", "PERMIT A.B CLASS (APPL) ID (U1 U2 U3) ACCESS (READ)" },
        { "RDEF APPL X DATA('it''s /* no comment */ (here)')", "RDEF APPL X DATA ('it's /* no comment */ (here)')" },
        { "A ( B ( C ) D )", "A (B (C) D)" },
        { "A()", "A ()" },
        { "A /* x */B/*y*/ C", "A B C" },
        { "A/* * / ** */B", "A B" },
        { "RALT PTKTDATA X -\n  UACC(NONE)", "RALT PTKTDATA X UACC (NONE)" },
        { "RALT PTKT+\n   DATA X", "RALT PTKTDATA X" },
        { "RALT PTKT-  \r\nDATA X\r\n", "RALT PTKTDATA X" },
        { "A +\n\n", "A" },
        { "A-B C+", "A-B C+" },
        { "DATA('one -\n   two')", "DATA ('one    two')" },
        { "NAME('\xC3\xA9t\xC3\xA9 \xE2\x80\x93 \xF0\x9F\x94\x91')", "NAME ('\xC3\xA9t\xC3\xA9 \xE2\x80\x93 \xF0\x9F\x94\x91')" },
        { "A '' B", "A '' B" },
        { "X/Y", "X/Y" },
        { "((((((((A))))))))", "((((((((A))))))))" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct syntax syntax;
        char text[256] = "";
        CU_ASSERT_TRUE(parse(&syntax, cases[i].text, strlen(cases[i].text)));
        show(syntax.first, text, sizeof text);
        if (strcmp(text, cases[i].tree) != 0)
            printf("# %s: %s\n", cases[i].text, text);
        CU_ASSERT_STRING_EQUAL(text, cases[i].tree);
        syntax_clear(&syntax);
    }
}

static void
bad_texts_are_refused_with_a_message(void)
{
    static const struct {
        const char *text;
        size_t size;
        const char *message;
    } cases[] = {
        { "A 'b", 4, "PGR002I" },
        { "A ''' B", 7, "PGR002I" },
        { "A (b", 4, "PGR004I" },
        { "A b)", 4, "PGR008I" },
        { "A /* b", 6, "PGR005I" },
        { "A\nB", 3, "PGR006I" },
        { "A\0B", 3, "PGR001I" },
        { "A \x1B[2J", 6, "PGR001I" },
        { "A '\xC2\x9B'", 6, "PGR001I" },
        { "A '\xC3'", 5, "PGR001I" },
        { "A '\xC0\xAF'", 6, "PGR001I" },
        { "A '\xED\xA0\x80'", 7, "PGR001I" },
        { "A '\xF4\x90\x80\x80'", 8, "PGR001I" },
        { "A '\xE2\x80", 5, "PGR001I" },
        { "A \x7F", 3, "PGR001I" },
        { "(((((((((A)))))))))", 19, "PGR003I" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct syntax syntax;
        CU_ASSERT_FALSE(parse(&syntax, cases[i].text, cases[i].size));
        CU_ASSERT_PTR_NOT_NULL_FATAL(syntax.fault);
        if (strncmp(syntax.fault, cases[i].message, 7) != 0)
            printf("# %zu: %s\n", i, syntax.fault);
        CU_ASSERT_EQUAL(strncmp(syntax.fault, cases[i].message, 7), 0);
        syntax_clear(&syntax);
    }
}

static void
every_prefix_and_every_changed_byte_is_survived(void)
{
    static const char good[] = "RDEF PTKTDATA (A.B C) SSIGNON(KEYMASKED(0011223344556677)) /* c */ DATA('it''s \xE2\x80\x93') -\n UACC(N)";
    const size_t size = sizeof good - 1;
    struct syntax syntax;
    for (size_t n = 0; n <= size; n++) {
        CU_ASSERT_EQUAL(parse(&syntax, good, n), syntax.fault == NULL);
        syntax_clear(&syntax);
    }
    char changed[sizeof good];
    for (size_t i = 0; i < size; i++) {
        for (int byte = 0; byte < 256; byte++) {
            memcpy(changed, good, sizeof good);
            changed[i] = (char)byte;
            CU_ASSERT_EQUAL(parse(&syntax, changed, size), syntax.fault == NULL);
            syntax_clear(&syntax);
        }
    }
}

static void
a_command_ends_with_its_logical_line(void)
{
    static const struct {
        const char *text;
        size_t extent;
    } cases[] = {
        { "", 0 },    { "A\nB\n", 2 }, { "A -\nB\nC", 6 }, { "A +  \r\n B\r\nC", 11 },
        { "A -", 3 }, { "\nA", 1 },    { "A", 1 },         { "-\n-\n-\nX\nY", 8 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CU_ASSERT_EQUAL(racf_command_extent(cases[i].text, strlen(cases[i].text)), cases[i].extent);
}

static void
generic_names_match_by_qualifiers(void)
{
    static const struct {
        const char *pattern;
        const char *resource;
        bool matches;
    } cases[] = {
        { "IMSCON1", "IMSCON1", true },
        { "IMSCON1", "IMSCON2", false },
        { "IMSCON%", "IMSCON2", true },
        { "IMSCON%", "IMSCON", false },
        { "IMSCON%", "IMSCON12", false },
        { "IMS*", "IMS", true },
        { "IMS*", "IMSCON1", true },
        { "IMS*", "IMS.CON1", false },
        { "IMS.*", "IMS.CON1", true },
        { "IMS.*", "IMS", false },
        { "IMS.*", "IMS.A.B", false },
        { "IMS.*.UPD.IMSCON", "IMS.PLEX1.UPD.IMSCON", true },
        { "IMS.*.UPD.IMSCON", "IMS.PLEX1.QRY.IMSCON", false },
        { "IMS.**", "IMS", true },
        { "IMS.**", "IMS.A.B.C", true },
        { "IMS.**", "IMSA.B", false },
        { "**", "ANY.THING", true },
        { "*", "ANY.THING", false },
        { "*", "ANY", true },
        { "**.IMSCON", "IMS.PLEX1.UPD.IMSCON", true },
        { "**.IMSCON", "IMSCON", true },
        { "**.IMSCON", "IMS.IMSCON.X", false },
        { "A.**.B.**.C", "A.X.B.Y.B.Z.C", true },
        { "A.**.B.**.C", "A.B.C", true },
        { "A.**.B.**.C", "A.X.C", false },
        { "A.**.B*", "A.X.Y.BCD", true },
        { "**.**", "A", true },
        { "A.%%.C", "A.BB.C", true },
        { "A.%%.C", "A.B.C", false },
        { "A.B%*", "A.BX", true },
        { "A.B%*", "A.B", false },
        { "EZB.IOCTL.*.*.PARTNERINFO", "EZB.IOCTL.SYS1.TCPIP.PARTNERINFO", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool matches = racf_generic_matches(cases[i].pattern, cases[i].resource);
        if (matches != cases[i].matches)
            printf("# %s %s\n", cases[i].pattern, cases[i].resource);
        CU_ASSERT_EQUAL(matches, cases[i].matches);
    }
}

/* Many ** over many qualifiers is the slow case of naive matchers. */
static void
matching_takes_no_exponential_time(void)
{
    char pattern[RACF_PROFILE_MAX + 1] = "";
    char resource[RACF_PROFILE_MAX + 1] = "";
    for (int i = 0; i < 40; i++)
        memcpy(pattern + 5 * i, "**.A.", 6);
    memcpy(pattern + 200, "B", 2);
    for (int i = 0; i < 120; i++)
        memcpy(resource + 2 * i, "A.", 3);
    memcpy(resource + 240, "C", 2);
    CU_ASSERT_FALSE(racf_generic_matches(pattern, resource));
}

static void
the_more_specific_generic_comes_first(void)
{
    static const char *const ordered[] = {
        "IMS.PLEX1.UPD.IMSCON",
        "IMS.PLEX1.UPD.IMS%ON",
        "IMS.PLEX1.UPD.IMS*",
        "IMS.PLEX1.UPD.*",
        "IMS.PLEX1.*.IMSCON",
        "IMS.PLEX1.**",
        "IMS.PLEX%.**",
        "IMS.PLEX*.**",
        "IMS.*.UPD.IMSCON",
        "IMS.*.**",
        "IMS.**",
        "IM%.**",
        "*.**",
        "**",
    };
    enum { COUNT = sizeof ordered / sizeof ordered[0] };
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < COUNT; j++)
            CU_ASSERT_EQUAL(racf_generic_compare(ordered[i], ordered[j]) < 0, i < j);
}

static void
asterisks_stand_only_where_they_mean_something(void)
{
    static const char *const good[] = { "A", "A*", "*", "**", "A.*.B", "A.**.B", "A.B*.C", "%*" };
    static const char *const bad[] = { "A**", "***", "*A", "A*B", "A.**B", "**A.B" };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CU_ASSERT_TRUE(racf_generic_is_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_FALSE(racf_generic_is_valid(bad[i]));
}

static void
numbers_are_checked(void)
{
    uint32_t number = 7;
    CU_ASSERT_TRUE(operand_number("600", 1, 600, &number));
    CU_ASSERT_EQUAL(number, 600);
    static const char *const bad[] = { "", "0", "601", "-1", "1x", " 1", "99999999999999999999", "+1" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_FALSE(operand_number(bad[i], 1, 600, &number));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "good texts become trees", good_texts_become_trees },
        { "bad texts are refused with a message", bad_texts_are_refused_with_a_message },
        { "every prefix and every changed byte is survived", every_prefix_and_every_changed_byte_is_survived },
        { "a command ends with its logical line", a_command_ends_with_its_logical_line },
        { "generic names match by qualifiers", generic_names_match_by_qualifiers },
        { "matching takes no exponential time", matching_takes_no_exponential_time },
        { "the more specific generic comes first", the_more_specific_generic_comes_first },
        { "asterisks stand only where they mean something", asterisks_stand_only_where_they_mean_something },
        { "numbers are checked", numbers_are_checked },
    };
    return SUITE_RUN("racf syntax", cases);
}
