/* Expressions of type DECIMAL: their described types and their exact values. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drda/sql/number.h"
#include "gateway/datastore/sqlite/session.h"
#include "tests/support/suite.h"

static char folder[] = "/tmp/passgate-test-XXXXXX";
static struct datastore_settings datastore = { .name = "SAMPLE", .kind = DATASTORE_SQLITE, .create = true };
static struct sql_diagnosis said;

static int32_t
run(struct sql_target *target, const char *text)
{
    target->operations->execute_immediate(target, text, strlen(text), &said);
    return said.sqlcode;
}

static void
must_run(struct sql_target *target, const char *text)
{
    if (run(target, text) != 0)
        fprintf(stderr, "%s: %d %s\n", text, said.sqlcode, said.tokens);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
}

static void
remove_database(void)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char path[CONFIGURATION_PATH_MAX + 16];
        snprintf(path, sizeof path, "%s%s", datastore.path, suffixes[i]);
        unlink(path);
    }
}

/* A: DECIMAL(9,2) is a number to SQLite, W: DECIMAL(28,10) is text. */
static struct sql_target *
sample(void)
{
    remove_database();
    struct sql_target *target = sqlite_session_new(&datastore, "USER0001");
    CU_ASSERT_PTR_NOT_NULL_FATAL(target);
    must_run(target, "CREATE TABLE T (ID INTEGER NOT NULL PRIMARY KEY, A DECIMAL(9,2), B DECIMAL(5,3), W DECIMAL(28,10), N INTEGER, "
                     "S SMALLINT, L BIGINT, D DOUBLE, C CHAR(4), V VARCHAR(9), DAY DATE, AT TIMESTAMP)");
    must_run(target, "INSERT INTO T VALUES (1, 0.10, 0.333, 123456789012345678.0000000001, 3, 2, 5, 1.5, 'ab', 'xyz', '2024-02-29', "
                     "'2024-02-29 12:00:00'), (2, 0.20, 1.500, 0.0000000001, 7, 3, 9, 2.5, 'cd', 'x', '2023-01-01', NULL), "
                     "(3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)");
    return target;
}

static void
write_type(const struct sql_column *column, char *text, size_t size)
{
    static const char *const names[SQL_TYPE_COUNT] = {
        [SQL_TYPE_SMALLINT] = "SMALLINT", [SQL_TYPE_INTEGER] = "INTEGER",     [SQL_TYPE_BIGINT] = "BIGINT",   [SQL_TYPE_REAL] = "REAL",
        [SQL_TYPE_DOUBLE] = "DOUBLE",     [SQL_TYPE_CHAR] = "CHAR",           [SQL_TYPE_VARCHAR] = "VARCHAR", [SQL_TYPE_DATE] = "DATE",
        [SQL_TYPE_TIME] = "TIME",         [SQL_TYPE_TIMESTAMP] = "TIMESTAMP",
    };
    if (column->type == SQL_TYPE_DECIMAL)
        snprintf(text, size, "%d,%d", column->precision, column->scale);
    else if (column->type == SQL_TYPE_CHAR || column->type == SQL_TYPE_VARCHAR)
        snprintf(text, size, "%s(%u)", names[column->type], (unsigned)column->length);
    else
        snprintf(text, size, "%s", names[column->type] != NULL ? names[column->type] : "?");
}

static void
write_value(const struct sql_value *value, char *text, size_t size)
{
    char number[NUMBER_TEXT_MAX];
    if (value->kind == SQL_VALUE_INTEGER || value->kind == SQL_VALUE_REAL)
        snprintf(text, size, "%.*s", (int)number_text(value, number), number);
    else if (value->kind == SQL_VALUE_TEXT)
        snprintf(text, size, "%.*s", (int)value->data.size, (const char *)value->data.bytes);
    else
        snprintf(text, size, "%s", "-");
}

static struct sql_column
column_of(struct sql_target *target, struct sql_section *section, size_t index)
{
    struct sql_column column;
    target->operations->describe_column(target, section, index, &column);
    return column;
}

/* Compares the first column: its type, and its values in all rows with a blank between them, or the SQLCODE that there is instead. */
static void
check_with(struct sql_target *target, const char *text, const struct sql_value *parameters, size_t count, const char *type,
           const char *values)
{
    static const struct sql_section_name name = { .package = "SYSLH000", .number = 1 };
    struct sql_section *section = target->operations->section(target, &name, true);
    char got_type[64] = "";
    char got[1024] = "";
    CU_ASSERT_PTR_NOT_NULL_FATAL(section);
    target->operations->prepare(target, section, text, strlen(text), &said);
    if (said.sqlcode == 0) {
        struct sql_column column = column_of(target, section, 0);
        write_type(&column, got_type, sizeof got_type);
    }
    if (said.sqlcode == 0)
        target->operations->open(target, section, parameters, count, &said);
    bool open = said.sqlcode == 0;
    enum sql_step step = SQL_STEP_FAILED;
    for (size_t used = 0; open && (step = target->operations->fetch(target, section, &said)) == SQL_STEP_ROW; used = strlen(got)) {
        struct sql_value value;
        if (used > 0 && used + 1 < sizeof got)
            got[used++] = ' ';
        target->operations->values(target, section, 0, 1, &value);
        write_value(&value, got + used, sizeof got - used);
    }
    if (step == SQL_STEP_FAILED)
        snprintf(got, sizeof got, "%d", said.sqlcode);
    if (open)
        target->operations->close(target, section);
    if (strcmp(got_type, type) != 0 || strcmp(got, values) != 0)
        fprintf(stderr, "%s:\n  is %s: %s\n  not %s: %s (%s)\n", text, got_type, got, type, values, said.tokens);
    CU_ASSERT_STRING_EQUAL(got_type, type);
    CU_ASSERT_STRING_EQUAL(got, values);
}

static void
check(struct sql_target *target, const char *text, const char *type, const char *values)
{
    check_with(target, text, NULL, 0, type, values);
}

static void
operators_are_exact(void)
{
    struct sql_target *target = sample();
    check(target, "SELECT A + 0.2 FROM T WHERE ID = 1", "10,2", "0.3");
    check(target, "SELECT A + B FROM T WHERE ID = 1", "11,3", "0.433");
    check(target, "SELECT A * B FROM T WHERE ID = 1", "14,5", "0.0333");
    check(target, "SELECT A - W FROM T WHERE ID = 1", "29,10", "-123456789012345677.9000000001");
    check(target, "SELECT W + 1 FROM T WHERE ID = 1", "29,10", "123456789012345679.0000000001");
    check(target, "SELECT A / B FROM T WHERE ID = 1", "31,21", "0.300300300300300300300");
    check(target, "SELECT -W FROM T WHERE ID = 1", "28,10", "-123456789012345678.0000000001");
    check(target, "SELECT ABS(-W) FROM T WHERE ID = 1", "28,10", "123456789012345678.0000000001");
    check(target, "SELECT A * N + S * (A - 1) FROM T WHERE ID = 1", "21,2", "-1.50");
    check(target, "SELECT ROUND(B, 1) FROM T", "6,3", "0.3 1.5 -");
    check(target, "SELECT FLOOR(-W) FROM T WHERE ID < 3 ORDER BY ID", "28,0", "-123456789012345679 -1");
    check(target, "SELECT CEIL(W) FROM T WHERE ID < 3 ORDER BY ID", "28,0", "123456789012345679 1");
    check(target, "SELECT CEILING(B * 2) FROM T", "16,0", "1 3 -");
    check(target, "SELECT TRUNC(-W) FROM T WHERE ID < 3 ORDER BY ID", "28,10", "-123456789012345678.0000000000 0.0000000000");
    check(target, "SELECT FLOOR(N) FROM T WHERE ID = 1", "INTEGER", "3");
    check(target, "SELECT A * NULL FROM T WHERE ID = 1", "18,4", "-");
    check(target, "SELECT 0.1 + 0.2 FROM SYSIBM.SYSDUMMY1", "3,1", "0.3");
    check(target, "VALUES 0.1 + 0.2", "3,1", "0.3");
    check(target, "VALUES 0.2 + 0.1, 0.7 UNION ALL VALUES 1.25", "4,2", "0.3 0.7 1.25");
    check(target, "VALUES 0.2 + 0.1, 0.1 ORDER BY 1", "3,1", "0.1 0.3");
    check(target, "(SELECT A + 0.2 FROM T WHERE ID = 1) UNION ALL (SELECT B * 2 FROM T WHERE ID = 1)", "16,3", "0.3 0.666");
    check(target, "SELECT * FROM (SELECT 0.1 + 0.2 AS A FROM T WHERE ID = 1) AS X", "3,1", "0.3");
    check(target, "SELECT column1 FROM (VALUES 0.1 + 0.2) AS X", "3,1", "0.3");
    check(target, "SELECT N + 1 FROM T WHERE ID = 1", "INTEGER", "4");
    check(target, "SELECT N * L FROM T WHERE ID = 1", "BIGINT", "15");
    check(target, "SELECT A * D FROM T WHERE ID = 2", "DOUBLE", "0.5");
    check(target, "SELECT MOD(W, A) FROM T WHERE ID = 1", "17,10", "0.0000000001");
    check(target, "SELECT MOD(-W, 0.7) FROM T WHERE ID = 1", "11,10", "-0.3000000001");
    check(target, "SELECT MOD(W, N) + MOD(N, 2) FROM T WHERE ID = 1", "22,10", "1.0000000001");
    check(target, "SELECT MOD(N, 2) FROM T WHERE ID = 1", "INTEGER", "1");
    check(target, "SELECT MOD(A, 0) FROM T WHERE ID = 1", "9,2", "-801");
    check(target, "SELECT MOD(A, NULL) FROM T WHERE ID = 1", "9,2", "-");
    check(target, "SELECT ID FROM T WHERE MOD(A, 0.1) = 0 ORDER BY ID", "INTEGER", "1 2");
    check(target, "SELECT A / 0 FROM T WHERE ID = 1", "31,24", "-801");
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "22012");
    check(target, "SELECT W * W FROM T WHERE ID = 1", "31,20", "-802");
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "22003");
    sqlite_session_free(target);
}

static void
aggregates_are_exact(void)
{
    struct sql_target *target = sample();
    check(target, "SELECT SUM(A) FROM T", "31,2", "0.30");
    check(target, "SELECT SUM(W) FROM T", "31,10", "123456789012345678.0000000002");
    check(target, "SELECT AVG(A) FROM T", "31,24", "0.150000000000000000000000");
    check(target, "SELECT SUM(A) FROM T WHERE ID > 2", "31,2", "-");
    check(target, "SELECT SUM(A) FROM T WHERE ID > 5", "31,2", "-");
    check(target, "SELECT SUM(DISTINCT A * 0) FROM T", "31,2", "0.00");
    check(target, "SELECT SUM(A) FILTER (WHERE A > 0.1) FROM T", "31,2", "0.20");
    check(target, "SELECT SUM(A) OVER (ORDER BY ID ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM T ORDER BY ID", "31,2", "0.10 0.30 0.20");
    check(target, "SELECT SUM(A * N) FROM T", "31,2", "1.70");
    check(target, "SELECT SUM(A) / COUNT(A) FROM T", "31,2", "0.15");
    check(target, "SELECT SUM(N) FROM T", "BIGINT", "10");
    check(target, "SELECT AVG(N) FROM T", "DOUBLE", "5");
    check(target, "SELECT COUNT(*) FROM T GROUP BY A * 2 ORDER BY 1", "BIGINT", "1 1 1");
    check(target, "SELECT MAX(W) FROM T", "28,10", "123456789012345678.0000000001");
    check(target, "SELECT N FROM T GROUP BY N HAVING SUM(A) > 0.1 ORDER BY N", "INTEGER", "7");
    check(target, "SELECT N FROM T GROUP BY N HAVING SUM(W) > 5 ORDER BY N", "INTEGER", "3");
    /* All 31 digits are needed; SQLite keeps the small one as 1.0e-15, whose last zero is not one of them. */
    must_run(target, "CREATE TABLE U (W DECIMAL(31,15))");
    must_run(target, "INSERT INTO U VALUES (1234567890123456.123456789012345), (0.000000000000001)");
    check(target, "SELECT SUM(W) FROM U", "31,15", "1234567890123456.123456789012346");
    check(target, "SELECT AVG(W) FROM U", "31,15", "617283945061728.061728394506173");
    sqlite_session_free(target);
}

static void
other_expressions_keep_their_types(void)
{
    struct sql_target *target = sample();
    check(target, "SELECT MAX(A) FROM T", "9,2", "0.2");
    check(target, "SELECT COALESCE(A, 0) FROM T", "13,2", "0.1 0.2 0");
    check(target, "SELECT COALESCE(W, 0) FROM T WHERE ID = 3", "28,10", "0");
    check(target, "SELECT CASE WHEN ID = 1 THEN A ELSE B END FROM T", "10,3", "0.1 1.5 -");
    check(target, "SELECT NULLIF(A, 0.2) FROM T", "9,2", "0.1 - -");
    check(target, "SELECT (SELECT MAX(A) FROM T) FROM T WHERE ID = 1", "9,2", "0.2");
    check(target, "SELECT MAX(DAY) FROM T", "DATE", "2024-02-29");
    check(target, "SELECT COALESCE(DAY, '2020-01-01') FROM T WHERE ID = 3", "DATE", "2020-01-01");
    check(target, "SELECT MIN(AT) FROM T", "TIMESTAMP", "2024-02-29 12:00:00");
    check(target, "SELECT MAX(C) FROM T", "CHAR(4)", "cd");
    check(target, "SELECT COALESCE(V, 'none') FROM T WHERE ID = 3", "VARCHAR(9)", "none");
    check(target, "SELECT MAX(N) FROM T", "INTEGER", "7");
    check(target, "SELECT CAST(A AS DECIMAL(3,1)) FROM T UNION ALL SELECT B FROM T ORDER BY 1 DESC", "5,3", "1.5 0.333 0.2 0.1 - -");
    check(target, "SELECT A FROM T UNION ALL SELECT B FROM T ORDER BY 1 DESC", "10,3", "1.5 0.333 0.2 0.1 - -");
    sqlite_session_free(target);
}

static void
results_compare_by_value(void)
{
    struct sql_target *target = sample();
    check(target, "SELECT ID FROM T WHERE A * 2 = 0.2", "INTEGER", "1");
    check(target, "SELECT ID FROM T WHERE A + 0.2 = 0.3", "INTEGER", "1");
    check(target, "SELECT ID FROM T WHERE W * 1 > 5", "INTEGER", "1");
    check(target, "SELECT ID FROM T WHERE W * 1 < A", "INTEGER", "2");
    check(target, "SELECT ID FROM T WHERE A > W * 1", "INTEGER", "2");
    check(target, "SELECT ID FROM T WHERE W + 1 BETWEEN N - 7 AND N", "INTEGER", "2");
    check(target, "SELECT ID FROM T WHERE W * 1.0 IN (1, 0.0000000001)", "INTEGER", "2");
    check(target, "SELECT ID FROM T WHERE W IS NOT NULL ORDER BY W * 10", "INTEGER", "2 1");
    check(target, "SELECT W * 10 AS X FROM T WHERE W IS NOT NULL ORDER BY X", "31,10", "0.0000000010 1234567890123456780.0000000010");
    check(target, "SELECT S FROM (SELECT ID, W * 10 AS S FROM T) WHERE S > 5", "31,10", "1234567890123456780.0000000010");
    check(target, "SELECT X.S + 1 FROM (SELECT ID, A * 10 AS S FROM T) X WHERE ID = 1", "21,2", "2.00");
    check(target, "WITH X (S) AS (SELECT SUM(A) FROM T) SELECT S * 2 FROM X", "31,2", "0.60");
    check(target, "SELECT ID FROM T X WHERE A = (SELECT MAX(A) FROM T Y WHERE Y.A + X.A < 0.5)", "INTEGER", "2");
    check(target, "SELECT T1.A + T2.A FROM T T1 JOIN T T2 ON T1.A * 2 = T2.A", "10,2", "0.3");
    check(target, "SELECT(A+W)FROM T WHERE(A+0.1)IN(0.1*2)AND-A<1", "29,10", "123456789012345678.1000000001");
    check(target, "SELECT ID FROM T WHERE N IN (SELECT W * 1 + 2.9999999999 FROM T WHERE ID = 2)", "INTEGER", "1");
    check(target, "SELECT W FROM T WHERE ID = 2 UNION ALL SELECT A FROM T UNION ALL SELECT 5 FROM T WHERE ID = 1 ORDER BY 1", "28,10",
          "- 1.0e-10 0.1 0.2 5");
    check(target, "SELECT * FROM (SELECT SUM(A) AS S FROM T)", "31,2", "0.30");
    must_run(target, "INSERT INTO T (ID, A, W) VALUES (30, 9.13, 9.1300000000000000001)");
    must_run(target, "INSERT INTO T (ID, A, W) VALUES (31, 9.14, 9.140)");
    must_run(target, "INSERT INTO T (ID, N, W) VALUES (32, 1234567, 1234567.0000000001)");
    check(target, "SELECT ID FROM T WHERE W = A", "INTEGER", "30 31"); /* digits behind the scale of W were cut off */
    check(target, "SELECT ID FROM T WHERE N IN (SELECT W FROM T)", "INTEGER", "");
    check(target, "SELECT ID FROM T WHERE N < W AND N > 9", "INTEGER", "32");
    check(target, "SELECT CASE N WHEN W THEN 1 WHEN 3 THEN 2 ELSE 3 END FROM T WHERE ID IN (1, 32) ORDER BY ID", "INTEGER", "2 3");
    check(target, "SELECT CASE A WHEN W THEN A + 1 ELSE W END FROM T WHERE ID IN (2, 30) ORDER BY ID", "28,10", "1.0e-10 10.13");
    check(target, "WITH Z AS (SELECT * FROM (SELECT A * 2 AS S FROM T WHERE ID = 1)) SELECT S + 1 FROM (SELECT * FROM Z)", "21,2", "1.20");
    check(target, "SELECT MAX(A, W) FROM T WHERE ID = 2", "28,10", "0.2");
    sqlite_session_free(target);
}

static void
views_are_exact(void)
{
    struct sql_target *target = sample();
    must_run(target, "CREATE VIEW TOTALS AS SELECT N, SUM(A) AS TOTAL FROM T GROUP BY N");
    must_run(target, "CREATE VIEW \"Taxed\" (ID, TAX, W2) AS SELECT ID, A * 0.19, W * 2 FROM T");
    must_run(target, "CREATE VIEW OUTERMOST AS SELECT X.TOTAL + 1 AS MORE, Y.TAX FROM TOTALS X JOIN \"Taxed\" Y ON Y.ID = 1");
    must_run(target, "CREATE VIEW PLAIN AS SELECT ID, A FROM T");
    check(target, "SELECT TOTAL FROM TOTALS ORDER BY N", "31,2", "- 0.10 0.20");
    check(target, "SELECT * FROM TOTALS WHERE N = 3", "INTEGER", "3");
    check(target, "SELECT SUM(TOTAL) FROM MAIN.TOTALS", "31,2", "0.30");
    check(target, "SELECT TOTAL FROM \"MAIN\".TOTALS WHERE N = 7", "31,2", "0.20");
    check(target, "SELECT SUM(TOTAL) FROM TOTALS", "31,2", "0.30");
    check(target, "SELECT TAX FROM \"Taxed\" X ORDER BY ID", "12,4", "0.019 0.038 -");
    check(target, "SELECT W2 FROM TAXED WHERE W2 > 5", "31,10", "246913578024691356.0000000002");
    check(target, "SELECT MORE FROM OUTERMOST ORDER BY 1", "31,2", "- 1.10 1.20");
    check(target, "WITH Z AS (SELECT TAX FROM TAXED) SELECT SUM(TAX) FROM Z", "31,4", "0.0570");
    check(target, "SELECT A * 2 FROM PLAIN WHERE ID = 1", "20,2", "0.20");
    check(target, "SELECT ID FROM T WHERE A IN (SELECT TOTAL FROM TOTALS)", "INTEGER", "1 2");
    must_run(
        target,
        "CREATE VIEW CASTED AS SELECT ID, CAST(A AS DECIMAL(20,8)) * 3 AS X, CAST (W AS decimal ( 25 , 5 )) AS C, CAST(N AS TEXT) AS S, "
        "12345678901234567.12 + A AS L, -12345678901234567.12 AS M, CAST(A + W AS NUMERIC(31,12)) AS Y FROM T");
    check(target, "SELECT X FROM CASTED WHERE ID < 3 ORDER BY ID", "31,8", "0.30000000 0.60000000");
    check(target, "SELECT C FROM CASTED WHERE ID = 1", "25,5", "123456789012345678.00000");
    check(target, "SELECT S || 'x' FROM CASTED WHERE ID = 1", "VARCHAR(32672)", "3x");
    check(target, "SELECT L FROM CASTED WHERE ID = 1", "20,2", "12345678901234567.22");
    check(target, "SELECT M FROM CASTED WHERE ID = 1", "19,2", "-12345678901234567.12");
    check(target, "SELECT Y FROM CASTED WHERE ID = 1", "31,12", "123456789012345678.100000000100");
    check(target, "SELECT SUM(X) FROM CASTED WHERE X > 0.30000000", "31,8", "0.60000000");
    must_run(target, "INSERT INTO T (ID, A) SELECT ID + 50, TAX FROM TAXED WHERE ID = 2");
    check(target, "SELECT A FROM T WHERE A = 0.03", "9,2", "0.03");
    sqlite_session_free(target);
}

/* A statement that stays prepared while its table gets a column of another scale. */
static void
tables_may_change(void)
{
    static const struct sql_section_name name = { .package = "SYSLH000", .number = 8 };
    struct sql_target *target = sample();
    struct sql_target *other = sqlite_session_new(&datastore, "USER0002");
    must_run(target, "CREATE TABLE X (P DECIMAL(5,1))");
    target->operations->commit(target, &said);
    struct sql_section *section = target->operations->section(target, &name, true);
    const char *change = "UPDATE T SET W = (SELECT P * 2 FROM X) WHERE ID = 1";
    target->operations->prepare(target, section, change, strlen(change), &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    must_run(other, "DROP TABLE X");
    must_run(other, "CREATE TABLE X (P DECIMAL(9,4))");
    must_run(other, "INSERT INTO X VALUES (1.2345)");
    other->operations->commit(other, &said);
    target->operations->execute(target, section, NULL, 0, &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    check(target, "SELECT W FROM T WHERE ID = 1", "28,10", "2.4690");
    check(target, "SELECT P * 2 FROM X", "20,4", "2.4690");
    sqlite_session_free(other);
    sqlite_session_free(target);
}

/* A statement that stays prepared while its view becomes another one. */
static void
views_may_change(void)
{
    static const struct sql_section_name name = { .package = "SYSLH000", .number = 7 };
    struct sql_target *target = sample();
    struct sql_target *other = sqlite_session_new(&datastore, "USER0002");
    struct sql_value value;
    must_run(target, "CREATE VIEW V AS SELECT SUM(A) AS TOTAL FROM T");
    target->operations->commit(target, &said);
    struct sql_section *section = target->operations->section(target, &name, true);
    const char *text = "SELECT TOTAL FROM V";
    target->operations->prepare(target, section, text, strlen(text), &said);
    static const struct {
        const char *view;
        const char *expected;
        int32_t sqlcode;
    } views[] = {
        { NULL, "0.30", 0 },
        { "CREATE VIEW V AS SELECT SUM(A * 2) AS TOTAL FROM T", "0.60", 0 },
        { "CREATE VIEW V AS SELECT MAX(A) * 2 AS TOTAL FROM T", "", -518 },
        { "CREATE VIEW V AS SELECT 1 AS OTHER", "", -206 },
        { "CREATE VIEW V AS SELECT SUM(A) * 3 AS TOTAL FROM T", "0.90", 0 },
    };
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        char got[64] = "";
        if (views[i].view != NULL) {
            must_run(other, "DROP VIEW V");
            must_run(other, views[i].view);
            other->operations->commit(other, &said);
        }
        target->operations->open(target, section, NULL, 0, &said);
        CU_ASSERT_EQUAL(said.sqlcode, views[i].sqlcode);
        if (said.sqlcode != 0) {
            target->operations->commit(target, &said);
            continue;
        }
        CU_ASSERT_EQUAL(target->operations->fetch(target, section, &said), SQL_STEP_ROW);
        target->operations->values(target, section, 0, 1, &value);
        write_value(&value, got, sizeof got);
        CU_ASSERT_STRING_EQUAL(got, views[i].expected);
        target->operations->close(target, section);
        target->operations->commit(target, &said);
    }
    sqlite_session_free(other);
    sqlite_session_free(target);
}

static void
changes_are_exact(void)
{
    struct sql_target *target = sample();
    must_run(target, "UPDATE T SET A = A * 1.15, W = W + 0.5, N = N * 2.0 WHERE ID = 1");
    check(target, "SELECT A FROM T WHERE ID = 1", "9,2", "0.11");
    check(target, "SELECT W FROM T WHERE ID = 1", "28,10", "123456789012345678.5000000001");
    check(target, "SELECT N FROM T WHERE ID = 1", "INTEGER", "6");
    CU_ASSERT_EQUAL(run(target, "UPDATE T SET N = N * 1.25 WHERE ID = 1"), -420);
    must_run(target, "INSERT INTO T (ID, A, W) SELECT ID + 10, A * 1.255, W * 2 FROM T WHERE ID = 2");
    check(target, "SELECT A FROM T WHERE ID = 12", "9,2", "0.25");
    must_run(target, "INSERT INTO T (ID, A) VALUES (1, 1) ON CONFLICT (ID) DO UPDATE SET A = T.A + EXCLUDED.A");
    check(target, "SELECT A FROM T WHERE ID = 1", "9,2", "1.11");
    must_run(target, "DELETE FROM T WHERE A * 2 = 0.4");
    check(target, "SELECT COUNT(*) FROM T", "BIGINT", "3");
    must_run(target, "INSERT INTO T (ID, A, W) VALUES (20, 13.579, 13.123456789099), (21, -.999, 1)");
    check(target, "SELECT ID FROM T WHERE A = 13.57 AND W = 13.1234567890", "INTEGER", "20");
    check(target, "SELECT ID FROM T WHERE A = -0.99", "INTEGER", "21");
    must_run(target, "INSERT INTO T (ID, A) SELECT ID + 30, B FROM T WHERE ID = 1");
    check(target, "SELECT ID FROM T WHERE A = 0.33", "INTEGER", "31");
    must_run(target, "INSERT INTO T (ID, B) VALUES (40, 1.239)");
    must_run(target, "UPDATE T SET A = B WHERE ID = 40");
    check(target, "SELECT ID FROM T WHERE A = 1.23", "INTEGER", "40");
    must_run(target, "UPDATE T SET A = 13.589 WHERE ID = 20");
    check(target, "SELECT A FROM T WHERE A = 13.58", "9,2", "13.58");
    CU_ASSERT_EQUAL(run(target, "UPDATE T SET A = A * 10000000.0 WHERE ID = 1"), -413);
    sqlite_session_free(target);
}

static void
rows_of_cursors_are_changed_exactly(void)
{
    static const struct sql_section_name name = { .package = "SYSLH000", .number = 9 };
    struct sql_target *target = sample();
    struct sql_section *section = target->operations->section(target, &name, true);
    const char *text = "SELECT ID, A FROM T WHERE A * 3 = 0.6 FOR UPDATE";
    target->operations->prepare(target, section, text, strlen(text), &said);
    CU_ASSERT_TRUE(section->updatable);
    target->operations->open(target, section, NULL, 0, &said);
    CU_ASSERT_EQUAL(target->operations->fetch(target, section, &said), SQL_STEP_ROW);
    must_run(target, "UPDATE T SET A = A * 1.199 WHERE CURRENT OF SQL_CURLH000C9");
    target->operations->close(target, section);
    check(target, "SELECT ID FROM T WHERE A = 0.23", "INTEGER", "2");
    sqlite_session_free(target);
}

static void
parameters_take_part(void)
{
    struct sql_target *target = sample();
    const struct sql_value value = { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)"1.255", 5 } };
    check_with(target, "SELECT A * ? FROM T WHERE ID = 1", &value, 1, "18,4", "0.1255");
    check_with(target, "SELECT ID FROM T WHERE W + 1 < ? ORDER BY ID", &value, 1, "INTEGER", "2");
    check_with(target, "SELECT ID FROM T WHERE A * 10 < ?", &value, 1, "INTEGER", "1");
    check_with(target, "SELECT N FROM T GROUP BY N HAVING SUM(A) < ? ORDER BY N", &value, 1, "INTEGER", "3 7");
    check_with(target, "SELECT COALESCE(A, ?) FROM T WHERE ID = 3", &value, 1, "9,2", "1.255");
    sqlite_session_free(target);
}

static void
columns_keep_their_names(void)
{
    struct sql_target *target = sample();
    static const struct sql_section_name name = { .package = "SYSLH000", .number = 2 };
    struct sql_section *section = target->operations->section(target, &name, true);
    const char *text = "SELECT A * 1.1, SUM(A) AS TOTAL, T.*, A+B FROM T";
    target->operations->prepare(target, section, text, strlen(text), &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    CU_ASSERT_EQUAL(section->column_count, 15);
    CU_ASSERT_STRING_EQUAL(column_of(target, section, 0).name, "A * 1.1");
    CU_ASSERT_STRING_EQUAL(column_of(target, section, 1).name, "TOTAL");
    CU_ASSERT_STRING_EQUAL(column_of(target, section, 3).name, "A");
    CU_ASSERT_STRING_EQUAL(column_of(target, section, 14).name, "A+B");
    CU_ASSERT_EQUAL(column_of(target, section, 14).type, SQL_TYPE_DECIMAL);
    CU_ASSERT_EQUAL(column_of(target, section, 14).scale, 3);
    text = "SELECT A, T.A, 1 FROM T UNION ALL SELECT W, W, 2 FROM T";
    target->operations->prepare(target, section, text, strlen(text), &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    CU_ASSERT_STRING_EQUAL(column_of(target, section, 0).name, "A");
    CU_ASSERT_STRING_EQUAL(column_of(target, section, 1).name, "A");
    sqlite_session_free(target);
}

/* A function of SQLite has 127 arguments. */
static void
long_chains_are_exact(void)
{
    enum { TERMS = 200 };
    struct sql_target *target = sample();
    char text[32 + TERMS * 8] = "SELECT A";
    size_t used = strlen(text);
    for (int i = 1; i < TERMS; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, " + A");
    snprintf(text + used, sizeof text - used, " FROM T WHERE ID = 1");
    check(target, text, "31,2", "20.00");
    sqlite_session_free(target);
}

/* The time that a statement takes to be examined must not grow with the square of its rows. */
static void
long_lists_of_values_are_examined(void)
{
    enum { ROWS = 20000, ROW_TEXT = 32 };
    struct sql_target *target = sample();
    char *text = malloc((size_t)ROWS * ROW_TEXT + 64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    size_t size = (size_t)snprintf(text, 64, "INSERT INTO T (ID, A) VALUES (1000, 0.009)");
    for (int i = 1; i < ROWS; i++)
        size += (size_t)snprintf(text + size, ROW_TEXT, ", (%d, %d.129)", 1000 + i, i);
    must_run(target, text);
    CU_ASSERT_EQUAL(said.rows, ROWS);
    check(target, "SELECT SUM(A) FROM T WHERE ID >= 1000", "31,2", "199992399.88");
    check(target, "SELECT COUNT(*) FROM T WHERE A = 7.12", "BIGINT", "1");
    free(text);
    sqlite_session_free(target);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "operators are exact", operators_are_exact },
        { "aggregates are exact", aggregates_are_exact },
        { "other expressions keep their types", other_expressions_keep_their_types },
        { "results compare by value", results_compare_by_value },
        { "views are exact", views_are_exact },
        { "tables may change", tables_may_change },
        { "views may change", views_may_change },
        { "changes are exact", changes_are_exact },
        { "rows of cursors are changed exactly", rows_of_cursors_are_changed_exactly },
        { "parameters take part", parameters_take_part },
        { "columns keep their names", columns_keep_their_names },
        { "long chains are exact", long_chains_are_exact },
        { "long lists of values are examined", long_lists_of_values_are_examined },
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(datastore.path, sizeof datastore.path, "%s/test.db", folder);
    int status = SUITE_RUN("sqlite decimal", cases);
    remove_database();
    rmdir(folder);
    return status;
}
