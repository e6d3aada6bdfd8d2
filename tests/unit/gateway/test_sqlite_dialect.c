/* What Db2 and Derby write otherwise than SQLite: texts are translated, and SQLite runs them. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/dialect.h"
#include "tests/support/suite.h"

/* A text, and its rows or "error". */
struct answered {
    const char *text;
    const char *rows;
};

static sqlite3 *database;
static char answer[1024];

static void
append(const char *text)
{
    size_t used = strlen(answer);
    CU_ASSERT_FATAL(strlen(text) < sizeof answer - used);
    snprintf(answer + used, sizeof answer - used, "%s", text);
}

static int
append_row(void *context, int count, char **values, char **names)
{
    (void)context;
    (void)names;
    for (int i = 0; i < count; i++) {
        append(i > 0 ? "," : "");
        append(values[i] != NULL ? values[i] : "NULL");
    }
    append(";");
    return 0;
}

/* The rows of the text, or "error" when SQLite does not take it. */
static const char *
rows_of(const char *text)
{
    char *translated = dialect_translate(text, strlen(text));
    CU_ASSERT_PTR_NOT_NULL_FATAL(translated);
    answer[0] = '\0';
    if (sqlite3_exec(database, translated, append_row, NULL, NULL) != SQLITE_OK) {
        printf("# %s: %s\n", translated, sqlite3_errmsg(database));
        snprintf(answer, sizeof answer, "error");
    }
    free(translated);
    return answer;
}

static void
expect_answers(const struct answered *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *rows = rows_of(cases[i].text);
        if (strcmp(rows, cases[i].rows) != 0)
            printf("# %s: %s\n", cases[i].text, rows);
        CU_ASSERT_STRING_EQUAL(rows, cases[i].rows);
    }
}

static void
values_need_no_parentheses(void)
{
    static const struct answered cases[] = {
        { "VALUES 1", "1;" },
        { "values 1, 2", "1;2;" },
        { "VALUES 1, 2;", "1;2;" },
        { "VALUES (1, 2), (3, 4)", "1,2;3,4;" },
        { "VALUES 1, (2), 3", "1;2;3;" },
        { "VALUES (1) + 2, 3 * (4), (5)", "3;12;5;" },
        { "VALUES ABS(-1), CAST('7' || '8' AS VARCHAR(5)) || 'x'", "error" }, /* SQL_CAST is the gateway's */
        { "VALUES ABS(-1), CASE WHEN 1 IN (2, 3) THEN 1 ELSE 2 END", "1;2;" },
        { "VALUES 1, 2 UNION VALUES 2, 3", "1;2;3;" },
        { "VALUES 1, 2 UNION ALL SELECT 3", "1;2;3;" },
        { "SELECT 9 UNION ALL VALUES 1, 2", "9;1;2;" },
        { "VALUES 1, 2 EXCEPT VALUES 2", "1;" },
        { "VALUES (1, 2), (3, 4) INTERSECT VALUES (3, 4)", "3,4;" },
        { "VALUES 1 -- no more, or UNION", "1;" },
        { "VALUES 1 /* , 2 */ , 3 -- x\n", "1;3;" },
        { "VALUES ','", ",;" },
        { "VALUES 2, 3, 1 ORDER BY 1", "1;2;3;" },
        { "VALUES 2, 1 UNION VALUES 3 ORDER BY 1 DESC", "3;2;1;" },
        { "VALUES 1, 2, 3 FETCH FIRST 2 ROWS ONLY", "1;2;" },
        { "VALUES (1, 2), (3, 4), (5, 6) OFFSET 1 ROW FETCH NEXT 1 ROWS ONLY", "3,4;" },
        { "VALUES 1, 2 WITH UR", "1;2;" },
        { "VALUES 1, 2 FOR READ ONLY", "1;2;" },
        { "SELECT COUNT(*) FROM (VALUES 1, 2, 3) AS T", "3;" },
        { "SELECT * FROM (VALUES 1, 2) UNION SELECT * FROM (VALUES (2), (3)) ORDER BY 1", "1;2;3;" },
        { "SELECT 1 WHERE 2 IN (VALUES 1, 2)", "1;" },
        { "VALUES (VALUES 1), (SELECT 2)", "1;2;" },
        { "VALUES (VALUES 3, 4 ORDER BY 1 DESC), 2", "4;2;" },
        { "WITH T (A) AS (VALUES 1, 2) SELECT SUM(A) FROM T", "3;" },
        { "VALUES", "error" },
        { "VALUES ORDER BY 1", "error" },
        { "VALUES 1,", "error" },
        { "VALUES , 1", "error" },
        { "VALUES (1", "error" },
        { "VALUES 1)", "error" },
    };
    expect_answers(cases, sizeof cases / sizeof cases[0]);
}

static void
queries_of_union_may_have_parentheses(void)
{
    static const struct answered cases[] = {
        { "(SELECT 1) UNION (SELECT 2)", "1;2;" },
        { "(SELECT 1)UNION ALL(SELECT 1)UNION ALL(SELECT 2)", "1;1;2;" },
        { "SELECT 2 UNION (SELECT 1) ORDER BY 1", "1;2;" },
        { "(VALUES 1, 2) EXCEPT (VALUES 2)", "1;" },
        { "(SELECT 3)", "3;" },
        { "(SELECT (SELECT 1) + (2) AS A) INTERSECT SELECT 3 ORDER BY A", "3;" },
        { "(VALUES 3, 1, 2 ORDER BY 1 FETCH FIRST 2 ROWS ONLY) UNION ALL (SELECT 0)", "1;2;0;" },
        { "(SELECT 1 UNION SELECT 2) EXCEPT SELECT 2", "1;" },
        { "((SELECT 1) UNION (SELECT 2)) EXCEPT (SELECT 2)", "1;" },
        { "(WITH T (A) AS (VALUES 5) SELECT A FROM T) UNION SELECT 6", "5;6;" },
        { "SELECT COUNT(*) FROM ((SELECT 1) UNION (SELECT 2)) AS X", "2;" },
        { "SELECT 1 WHERE 2 IN (SELECT 2) UNION SELECT 3", "1;3;" },
        { "SELECT 1 WHERE 2 IN ((SELECT 2) UNION (SELECT 4)) UNION (SELECT 3)", "1;3;" },
        { "SELECT COUNT(DISTINCT (SELECT 1)), (SELECT 2), ((SELECT 3)) UNION ALL SELECT 4, 5, 6", "1,2,3;4,5,6;" },
        { "SELECT DISTINCT (SELECT 1)", "1;" },
        { "WITH T (A) AS ((SELECT 1) UNION (SELECT 2)) SELECT SUM(A) FROM T", "3;" },
        { "(SELECT 1", "error" },
        { "(SELECT 1) UNION", "error" },
        { "(SELECT 1) 2", "error" },
        { "(1)", "error" },
    };
    expect_answers(cases, sizeof cases / sizeof cases[0]);
}

static void
rows_of_insert_need_none_either(void)
{
    static const char *const texts[] = {
        "CREATE TABLE T (A INTEGER DEFAULT 7, B INTEGER)",
        "INSERT INTO T (A) VALUES 1, 2",
        "INSERT INTO T VALUES (3, 4), (5, 6)",
        "INSERT INTO T DEFAULT VALUES",
        "INSERT INTO T (A) VALUES 8 UNION VALUES 9",
        "INSERT INTO T (A) VALUES 10, 11 ORDER BY 1 FETCH FIRST ROW ONLY",
        "CREATE UNIQUE INDEX I ON T (A)",
        "INSERT INTO T (A) VALUES 1 ON CONFLICT (A) DO UPDATE SET B = 100",
        "CREATE VIEW V (X) AS VALUES 1, 2",
        "CREATE VIEW W (X) AS (SELECT 1 UNION SELECT 2)",
        "CREATE VIEW Z (X) AS (SELECT B FROM T WHERE A IN (SELECT 3))",
        "CREATE TABLE U (A INTEGER, B INTEGER DEFAULT (3))",
        "INSERT INTO U (SELECT A, B FROM T WHERE A IN (SELECT 3))",
        "INSERT INTO U (A) (VALUES 7, 8)",
        "INSERT INTO U (A) WITH X (N) AS (SELECT 9) SELECT N FROM X",
        "INSERT INTO U SELECT (SELECT 10), (SELECT 11)",
        "CREATE TRIGGER G AFTER DELETE ON T BEGIN INSERT INTO T (A) VALUES 1000 + OLD.A; END",
        "DELETE FROM T WHERE A = 2",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CU_ASSERT_STRING_EQUAL(rows_of(texts[i]), "");
    CU_ASSERT_STRING_EQUAL(rows_of("SELECT A, B FROM T ORDER BY A"), "1,100;3,4;5,6;7,NULL;8,NULL;9,NULL;10,NULL;1002,NULL;");
    CU_ASSERT_STRING_EQUAL(rows_of("SELECT X FROM V"), "1;2;");
    CU_ASSERT_STRING_EQUAL(rows_of("SELECT X FROM W"), "1;2;");
    CU_ASSERT_STRING_EQUAL(rows_of("SELECT X FROM Z"), "4;");
    CU_ASSERT_STRING_EQUAL(rows_of("SELECT A, B FROM U ORDER BY A"), "3,4;7,3;8,3;9,3;10,11;");
    CU_ASSERT_STRING_EQUAL(rows_of("INSERT INTO T (A) VALUES 20 RETURNING A"), "20;");
}

/* More lists in lists than are told apart are left to SQLite, which takes the innermost as it is. */
static void
nested_lists_are_bounded(void)
{
    enum { LEVELS_MAX = 12 };
    for (int levels = 1; levels <= LEVELS_MAX; levels++) {
        char text[LEVELS_MAX * 10 + 16] = "";
        for (int i = 0; i < levels; i++)
            strcat(text, "VALUES (");
        strcat(text, "1");
        for (int i = 0; i < levels; i++)
            strcat(text, ")");
        CU_ASSERT_STRING_EQUAL(rows_of(text), levels <= 9 ? "1;" : "error");
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "VALUES need no parentheses", values_need_no_parentheses },
        { "rows of INSERT need none either", rows_of_insert_need_none_either },
        { "queries of UNION may have parentheses", queries_of_union_may_have_parentheses },
        { "nested lists are bounded", nested_lists_are_bounded },
    };
    if (sqlite3_open(":memory:", &database) != SQLITE_OK)
        return 1;
    int result = SUITE_RUN("sqlite-dialect", cases);
    sqlite3_close(database);
    return result;
}
