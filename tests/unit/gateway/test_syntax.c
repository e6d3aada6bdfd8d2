#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/syntax.h"
#include "tests/support/suite.h"

/* The tree as text: parts in brackets behind what they are parts of. */
static void
write_node(const struct syntax_node *node, FILE *output)
{
    static const char *const names[] = {
        [SYNTAX_OTHER] = "other",  [SYNTAX_COLUMN] = "",      [SYNTAX_NUMBER] = "",        [SYNTAX_STRING] = "",
        [SYNTAX_MARKER] = "",      [SYNTAX_NULL] = "",        [SYNTAX_SIGN] = "sign",      [SYNTAX_ARITHMETIC] = "",
        [SYNTAX_COMPARISON] = "?", [SYNTAX_PARENTHESES] = "", [SYNTAX_COLLATE] = "coll",   [SYNTAX_CALL] = "call",
        [SYNTAX_CASE] = "case",    [SYNTAX_QUERY] = "query",  [SYNTAX_ASSIGNMENT] = "set", [SYNTAX_SCHEMA] = "",
    };
    if (node->first == NULL) {
        fprintf(output, "%.*s", (int)node->span.size, node->span.at);
        return;
    }
    if (node->kind == SYNTAX_ARITHMETIC)
        fputc(node->operator, output);
    fprintf(output, "%s[", names[node->kind]);
    for (const struct syntax_node *part = node->first; part != NULL; part = part->next) {
        write_node(part, output);
        fputs(part->next != NULL ? " " : "", output);
    }
    fputc(']', output);
}

static void
expect(const char *text, const char *expected)
{
    char *written = NULL;
    size_t size = 0;
    struct syntax_tree tree;
    FILE *output = open_memstream(&written, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(output);
    bool good = syntax_parse(text, strlen(text), &tree);
    if (good)
        write_node(tree.root, output);
    syntax_clear(&tree);
    fclose(output);
    if (strcmp(written, expected) != 0)
        fprintf(stderr, "%s:\n  is %s\n  not %s\n", text, written, expected);
    CU_ASSERT_STRING_EQUAL(written, expected);
    free(written);
}

static void
operators_bind_as_in_sqlite(void)
{
    expect("SELECT a + b * c - d", "other[-[+[a *[b c]] d]]");
    expect("SELECT a * b || c", "other[*[a other[b c]]]");
    expect("SELECT -a || b", "other[other[sign[a] b]]");
    expect("SELECT a - -1", "other[-[a sign[1]]]");
    expect("SELECT a->'$.x' * 2", "other[*[other[a '$.x'] 2]]");
    expect("SELECT a & b + c", "other[other[a +[b c]]]");
    expect("SELECT a < b = c + 1", "other[?[?[a b] +[c 1]]]");
    expect("SELECT NOT a = b AND c OR d", "other[other[other[other[?[a b]] c] d]]");
    expect("SELECT a BETWEEN b AND c AND d", "other[other[?[a b c] d]]");
    expect("SELECT a NOT IN (1, b) IS NOT NULL", "other[?[?[a other[1 b]] NULL]]");
    expect("SELECT a COLLATE nocase || b", "other[other[coll[a] b]]");
    expect("SELECT a ISNULL + 1", "other[+[other[a] 1]]");
    expect("SELECT 1e-5-2, .5*x, X'00'", "other[-[1e-5 2] *[.5 x] X'00']");
    expect("SELECT(a)", "other[[a]]");
}

static void
calls_and_cases_have_parts(void)
{
    expect("SELECT COUNT(*), SUM(DISTINCT a + 1) FILTER (WHERE b > 2) OVER (PARTITION BY c ORDER BY d DESC ROWS 1 PRECEDING)",
           "other[COUNT(*) call[+[a 1] ?[b 2] c d]]");
    expect("SELECT CASE a WHEN 1 THEN b ELSE c + 2 END", "other[case[a 1 b +[c 2]]]");
    expect("SELECT f(), t.\"x y\", main.t.c", "other[f() t.\"x y\" main.t.c]");
    expect("SELECT a FROM t WHERE EXISTS (SELECT 1) AND (SELECT 2) > ?", "other[a other[other[other[1]] ?[query[2] ?]]]");
}

static void
statements_are_taken_whole(void)
{
    expect("WITH x (p) AS (SELECT 1), y AS (VALUES (2)) SELECT p FROM x JOIN y ON x.p = 3 WHERE q GROUP BY r HAVING s WINDOW w AS (ORDER "
           "BY u) "
           "UNION ALL SELECT v ORDER BY 1 LIMIT 2 OFFSET 3;",
           "other[1 2 p ?[x.p 3] q r s u v 1 2 3]");
    expect("INSERT OR REPLACE INTO t AS z (a, b) VALUES (1, 2), (3, 4) ON CONFLICT (a) DO UPDATE SET b = 5 WHERE c RETURNING *, d AS e",
           "other[1 2 3 4 a set[5] c d]");
    expect("INSERT INTO t DEFAULT VALUES", "INSERT INTO t DEFAULT VALUES");
    expect("UPDATE t AS z SET a = 1, (b, c) = (2, 3) FROM u WHERE z.d RETURNING e", "other[set[1] other[other[2 3]] z.d e]");
    expect("DELETE FROM main.t WHERE a RETURNING b", "other[a b]");
    expect("SELECT a FROM main.t JOIN u ON b", "other[a main. b]");
}

static void
what_is_not_understood_is_left_alone(void)
{
    static const char *const texts[] = { "",
                                         ";",
                                         "CREATE TABLE t (a)",
                                         "EXPLAIN SELECT 1",
                                         "SELECT",
                                         "SELECT a +",
                                         "SELECT (a",
                                         "SELECT a) + 1",
                                         "SELECT CASE a END",
                                         "SELECT a FROM",
                                         "UPDATE t SET",
                                         "SELECT 1; SELECT 2",
                                         "WITH x AS (SELECT 1" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct syntax_tree tree;
        bool good = syntax_parse(texts[i], strlen(texts[i]), &tree);
        if (good && i != 8) /* CASE without WHEN is no error to this parser */
            fprintf(stderr, "taken: %s\n", texts[i]);
        CU_ASSERT(!good || i == 8);
        syntax_clear(&tree);
    }
}

/* Deep nesting ends the parser, not the stack. */
static void
depth_is_bounded(void)
{
    enum { DEPTH = 100000 };
    char *text = malloc(DEPTH + 16);
    struct syntax_tree tree;
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memcpy(text, "SELECT ", 7);
    static const char repeated[] = "(-~";
    for (size_t i = 0; i < sizeof repeated - 1; i++) {
        memset(text + 7, repeated[i], DEPTH);
        text[7 + DEPTH] = '1';
        CU_ASSERT_FALSE(syntax_parse(text, 7 + DEPTH + 1, &tree));
    }
    memcpy(text, "SELECT 1 FROM ", 14);
    memset(text + 14, '(', DEPTH);
    CU_ASSERT_FALSE(syntax_parse(text, 14 + DEPTH, &tree));
    free(text);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "operators bind as in SQLite", operators_bind_as_in_sqlite },
        { "calls and cases have parts", calls_and_cases_have_parts },
        { "statements are taken whole", statements_are_taken_whole },
        { "what is not understood is left alone", what_is_not_understood_is_left_alone },
        { "depth is bounded", depth_is_bounded },
    };
    return SUITE_RUN("syntax", cases);
}
