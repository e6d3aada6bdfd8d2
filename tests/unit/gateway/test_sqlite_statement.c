/* One statement: its parameters and columns, what it changed, and what is refused. */
#include <string.h>

#include "tests/support/sqlite_session.h"

static void
parameters_are_bound_by_kind(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER, f DOUBLE, v VARCHAR(40), b BLOB, d DATE)");
    struct sql_section *insert = prepared(target, 1, "INSERT INTO t VALUES (?, ?, ?, ?, ?)");
    CU_ASSERT_FALSE(insert->is_query);
    CU_ASSERT_EQUAL(insert->parameter_count, 5);
    for (int64_t i = 1; i <= 3; i++) {
        struct sql_value values[5] = { { .kind = SQL_VALUE_INTEGER, .integer = i },
                                       { .kind = SQL_VALUE_REAL, .real = 0.5 },
                                       text_value(""),
                                       { .kind = SQL_VALUE_NULL },
                                       text_value("2024-01-02") };
        target->operations->execute(target, insert, values, 5, &said);
        CU_ASSERT_EQUAL(said.sqlcode, 0);
        CU_ASSERT_EQUAL(said.rows, 1);
    }
    target->operations->execute(target, insert, NULL, 0, &said);
    CU_ASSERT_EQUAL(said.sqlcode, -313);
    struct sql_section *cursor = prepared(target, 2, "SELECT id, v, b, d FROM t WHERE id >= ? ORDER BY id");
    struct sql_value *least = malloc(sizeof *least);
    *least = (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = 2 };
    target->operations->open(target, cursor, least, 1, &said);
    free(least);
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    CU_ASSERT_TRUE(text_is(target, cursor, 1, ""));
    CU_ASSERT_TRUE(text_is(target, cursor, 3, "2024-01-02"));
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_END);
    sqlite_session_free(target);
}

static const struct {
    const char *declared;
    enum sql_type type;
    uint32_t length;
    uint8_t precision;
    uint8_t scale;
} types[] = {
    { "INTEGER", SQL_TYPE_INTEGER, 0, 0, 0 },
    { "int", SQL_TYPE_INTEGER, 0, 0, 0 },
    { "BIGINT", SQL_TYPE_BIGINT, 0, 0, 0 },
    { "SMALLINT", SQL_TYPE_SMALLINT, 0, 0, 0 },
    { "DOUBLE", SQL_TYPE_DOUBLE, 0, 0, 0 },
    { "DOUBLE PRECISION", SQL_TYPE_DOUBLE, 0, 0, 0 },
    { "FLOAT", SQL_TYPE_DOUBLE, 0, 0, 0 },
    { "FLOAT(24)", SQL_TYPE_REAL, 0, 0, 0 },
    { "FLOAT(25)", SQL_TYPE_DOUBLE, 0, 0, 0 },
    { "DECFLOAT(16)", SQL_TYPE_DOUBLE, 0, 0, 0 },
    { "REAL", SQL_TYPE_REAL, 0, 0, 0 },
    { "DECIMAL(10,2)", SQL_TYPE_DECIMAL, 0, 10, 2 },
    { "DECIMAL(31)", SQL_TYPE_DECIMAL, 0, 31, 0 },
    { "DEC", SQL_TYPE_DECIMAL, 0, 5, 0 },
    { "NUMERIC(99, 50)", SQL_TYPE_DECIMAL, 0, 31, 31 },
    { "CHAR", SQL_TYPE_CHAR, 1, 0, 0 },
    { "CHARACTER(8)", SQL_TYPE_CHAR, 8, 0, 0 },
    { "CHAR(255)", SQL_TYPE_VARCHAR, 255, 0, 0 },
    { "CHAR(8) FOR BIT DATA", SQL_TYPE_CHAR_BIT, 8, 0, 0 },
    { "VARCHAR(40)", SQL_TYPE_VARCHAR, 40, 0, 0 },
    { "CHARACTER VARYING(7)", SQL_TYPE_VARCHAR, 7, 0, 0 },
    { "VARCHAR(32672)", SQL_TYPE_VARCHAR, 32672, 0, 0 },
    { "VARCHAR(32673)", SQL_TYPE_CLOB, 32673, 0, 0 },
    { "VARCHAR(99999999999999)", SQL_TYPE_CLOB, INT32_MAX, 0, 0 },
    { "VARCHAR(10) FOR BIT DATA", SQL_TYPE_VARCHAR_BIT, 10, 0, 0 },
    { "LONG VARCHAR", SQL_TYPE_LONG_VARCHAR, 32700, 0, 0 },
    { "LONG VARCHAR FOR BIT DATA", SQL_TYPE_LONG_VARCHAR_BIT, 32700, 0, 0 },
    { "VARBINARY(16)", SQL_TYPE_VARCHAR_BIT, 16, 0, 0 },
    { "TEXT", SQL_TYPE_VARCHAR, 32672, 0, 0 },
    { "DATE", SQL_TYPE_DATE, 0, 0, 0 },
    { "TIME", SQL_TYPE_TIME, 0, 0, 0 },
    { "TIMESTAMP(6)", SQL_TYPE_TIMESTAMP, 0, 0, 0 },
    { "DATETIME", SQL_TYPE_TIMESTAMP, 0, 0, 0 },
    { "BOOLEAN", SQL_TYPE_BOOLEAN, 0, 0, 0 },
    { "BLOB(2M)", SQL_TYPE_BLOB, 2 << 20, 0, 0 },
    { "CLOB", SQL_TYPE_CLOB, INT32_MAX, 0, 0 },
    { "CHARACTER LARGE OBJECT(10K)", SQL_TYPE_CLOB, 10240, 0, 0 },
    { "UNSIGNED BIG INT", SQL_TYPE_BIGINT, 0, 0, 0 },
    { "NATIVE CHARACTER(70)", SQL_TYPE_VARCHAR, 70, 0, 0 },
    { "STRANGE", SQL_TYPE_VARCHAR, 32672, 0, 0 },
};

static void
declared_types_are_described(void)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct sql_target *target = fresh_session();
        char text[200];
        snprintf(text, sizeof text, "CREATE TABLE t (c %s, d %s NOT NULL)", types[i].declared, types[i].declared);
        must_run(target, text);
        struct sql_section *query = prepared(target, 1, "SELECT c AS name, d FROM t");
        struct sql_column column;
        target->operations->describe_column(target, query, 0, &column);
        if (column.type != types[i].type || column.length != types[i].length)
            fprintf(stderr, "%s: type %d length %u\n", types[i].declared, (int)column.type, column.length);
        CU_ASSERT_EQUAL(column.type, types[i].type);
        CU_ASSERT_EQUAL(column.length, types[i].length);
        CU_ASSERT_EQUAL(column.precision, types[i].precision);
        CU_ASSERT_EQUAL(column.scale, types[i].scale);
        CU_ASSERT_STRING_EQUAL(column.name, "NAME");
        CU_ASSERT_STRING_EQUAL(column.table, "T");
        CU_ASSERT_TRUE(column.nullable);
        target->operations->describe_column(target, query, 1, &column);
        CU_ASSERT_FALSE(column.nullable);
        sqlite_session_free(target);
    }
}

static const struct {
    const char *text;
    enum sql_type type;
} expressions[] = {
    { "SELECT count(*) FROM t", SQL_TYPE_BIGINT },
    { "SELECT count(*) AS n FROM t", SQL_TYPE_BIGINT },
    { "SELECT id + 1 FROM t", SQL_TYPE_INTEGER },
    { "SELECT sum(id) FROM t", SQL_TYPE_BIGINT },
    { "SELECT avg(id) FROM t", SQL_TYPE_DOUBLE },
    { "SELECT 'a' || v FROM t", SQL_TYPE_VARCHAR },
    { "SELECT max(v) FROM t", SQL_TYPE_VARCHAR },
    { "SELECT NULL", SQL_TYPE_VARCHAR },
    { "SELECT X'00'", SQL_TYPE_VARCHAR_BIT },
    { "VALUES (1)", SQL_TYPE_INTEGER },
    { "SELECT 1, 2.50 FROM t", SQL_TYPE_INTEGER },
    { "SELECT 2.50", SQL_TYPE_DECIMAL },
    { "SELECT id + 1 FROM t WHERE 0", SQL_TYPE_INTEGER },
    { "SELECT id % 2 FROM t", SQL_TYPE_BIGINT },
    { "SELECT id % 2 FROM t WHERE 0", SQL_TYPE_VARCHAR },
    { "SELECT count(*) FROM t WHERE id > ?", SQL_TYPE_BIGINT },
    { "SELECT CURRENT TIMESTAMP FROM SYSIBM.SYSDUMMY1", SQL_TYPE_TIMESTAMP },
};

static void
expressions_have_types(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER, v VARCHAR(3))");
    must_run(target, "INSERT INTO t VALUES (1, 'x'), (2, 'y')");
    for (size_t i = 0; i < sizeof expressions / sizeof expressions[0]; i++) {
        struct sql_section *query = prepared(target, 1, expressions[i].text);
        struct sql_column column;
        target->operations->describe_column(target, query, 0, &column);
        if (column.type != expressions[i].type)
            fprintf(stderr, "%s: %d\n", expressions[i].text, (int)column.type);
        CU_ASSERT_EQUAL(column.type, expressions[i].type);
    }
    sqlite_session_free(target);
}

static const struct {
    const char *text;
    enum sql_type types[4];
} markers[] = {
    { "INSERT INTO t VALUES (?, ?, ?, ?)", { SQL_TYPE_INTEGER, SQL_TYPE_VARCHAR, SQL_TYPE_DATE, SQL_TYPE_DECIMAL } },
    { "INSERT INTO t (d, id) VALUES (?, ?), (?, ?)", { SQL_TYPE_DATE, SQL_TYPE_INTEGER, SQL_TYPE_DATE, SQL_TYPE_INTEGER } },
    { "insert into main.t (\"x y\", v) values (1 + ?, ?)", { SQL_TYPE_VARCHAR, SQL_TYPE_VARCHAR } },
    { "INSERT INTO t SELECT id, v, d, ? FROM t WHERE id = ?", { SQL_TYPE_VARCHAR, SQL_TYPE_INTEGER } },
    { "UPDATE t SET d = ?, \"x y\" = ? WHERE id BETWEEN ? AND ?", { SQL_TYPE_DATE, SQL_TYPE_DECIMAL, SQL_TYPE_INTEGER, SQL_TYPE_INTEGER } },
    { "DELETE FROM t WHERE id IN (?, ?) OR v LIKE ?", { SQL_TYPE_INTEGER, SQL_TYPE_INTEGER, SQL_TYPE_VARCHAR } },
    { "SELECT * FROM u JOIN t a ON a.id = u.big WHERE u.big > ? AND a.d < ? LIMIT ? OFFSET ?",
      { SQL_TYPE_BIGINT, SQL_TYPE_DATE, SQL_TYPE_BIGINT, SQL_TYPE_BIGINT } },
    { "SELECT ?", { SQL_TYPE_VARCHAR } },
};

static void
markers_get_the_type_of_their_column(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER, v VARCHAR(3), d DATE, \"x y\" DECIMAL(9,2))");
    must_run(target, "CREATE TABLE u (big BIGINT)");
    for (size_t i = 0; i < sizeof markers / sizeof markers[0]; i++) {
        struct sql_section *statement = prepared(target, 1, markers[i].text);
        for (size_t n = 0; n < statement->parameter_count; n++) {
            struct sql_column column;
            target->operations->describe_parameter(target, statement, n, &column);
            if (column.type != markers[i].types[n])
                fprintf(stderr, "%s: %zu: %d\n", markers[i].text, n, (int)column.type);
            CU_ASSERT_EQUAL(column.type, markers[i].types[n]);
            CU_ASSERT_STRING_EQUAL(column.name, "");
        }
    }
    sqlite_session_free(target);
}

static const struct {
    const char *text;
    int32_t sqlcode;
    const char *sqlstate;
    const char *token; /* what the tokens begin with */
} mistakes[] = {
    { "SELEC 1", -104, "42601", "SELEC\xFF" },
    { "SELECT 1 FROM", -104, "42601", "incomplete input" },
    { "SELECT 'a", -104, "42601", "\"'a\"" },
    { "SELECT 1; SELECT 2", -104, "42601", ";" },
    { "", -198, "42617", "" },
    { " ; -- nothing", -198, "42617", "" },
    { "SELECT * FROM nosuch", -204, "42704", "NOSUCH\xFF" },
    { "DROP TABLE nosuch", -204, "42704", "NOSUCH" },
    { "SELECT nosuch FROM t", -206, "42703", "NOSUCH" },
    { "SELECT \"nosuch\" FROM t", -206, "42703", "nosuch" },
    { "INSERT INTO t (nosuch) VALUES (1)", -206, "42703", "T" },
    { "SELECT id FROM t a, t b", -203, "42702", "ID" },
    { "INSERT INTO t VALUES (1)", -117, "42802", "T" },
    { "SELECT nosuch(1)", -440, "42884", "NOSUCH" },
    { "SELECT length()", -440, "42884", "LENGTH" },
    { "CREATE TABLE t (a INT)", -601, "42710", "T" },
    { "CREATE TABLE u (a INT, a INT)", -612, "42711", "A" },
    { "INSERT INTO t VALUES (1, 'twice', 1)", -803, "23505", "T.ID\xFF" },
    { "INSERT INTO t VALUES (5, NULL, 1)", -407, "23502", "T.V\xFF" },
    { "INSERT INTO t VALUES (5, 'x', -1)", -545, "23513", "N > 0\xFF" },
    { "INSERT INTO child VALUES (77)", -530, "23503", "" },
    { "UPDATE t SET n = 5 WHERE id = 77", 100, "02000", "" },
    { "DELETE FROM t WHERE id = 77", 100, "02000", "" },
    { "SELECT abs(-9223372036854775807 - 1)", -802, "22003", "integer overflow" },
    { "ROLLBACK TO SAVEPOINT nosuch", -880, "3B001", "nosuch" },
    { "SET NOSUCH = 1", -104, "42601", "NOSUCH" },
    { "SET STATEMENT_TIMEOUT = soon", -104, "42601", "soon\xFF" },
};

static void
mistakes_are_told_as_db2_does(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(9) NOT NULL, n INTEGER CHECK (n > 0))");
    must_run(target, "CREATE TABLE child (id INTEGER REFERENCES t)");
    must_run(target, "INSERT INTO t VALUES (1, 'one', 1)");
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        run(target, mistakes[i].text);
        if (said.sqlcode != mistakes[i].sqlcode || strncmp(said.tokens, mistakes[i].token, strlen(mistakes[i].token)) != 0)
            fprintf(stderr, "%s: %d %s\n", mistakes[i].text, said.sqlcode, said.tokens);
        CU_ASSERT_EQUAL(said.sqlcode, mistakes[i].sqlcode);
        CU_ASSERT_STRING_EQUAL(said.sqlstate, mistakes[i].sqlstate);
        CU_ASSERT_EQUAL(strncmp(said.tokens, mistakes[i].token, strlen(mistakes[i].token)), 0);
    }
    /* None of them ended the unit of work. */
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    target->operations->commit(target, &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    sqlite_session_free(target);
    target = new_session();
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    sqlite_session_free(target);
}

static void
a_nul_in_the_text_is_refused(void)
{
    struct sql_target *target = fresh_session();
    target->operations->execute_immediate(target, "SELECT 1\0;DROP", 14, &said);
    CU_ASSERT_EQUAL(said.sqlcode, -7);
    sqlite_session_free(target);
}

static void
what_touches_files_or_safety_is_refused(void)
{
    static const char *const refused[] = {
        "ATTACH '/tmp/other.db' AS other",
        "ATTACH ':memory:' AS other",
        "DETACH main",
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA writable_schema = ON",
        "PRAGMA temp_store_directory = '/tmp'",
        "PRAGMA database_list",
        "PRAGMA user_version = 7",
        "PRAGMA busy_timeout = 0",
        "SELECT load_extension('/tmp/x.so')",
        "SELECT * FROM pragma_database_list",
        "BEGIN",
        "END",
        "COMMIT TRANSACTION",
    };
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (run(target, refused[i]) != -551)
            fprintf(stderr, "%s: %d %s\n", refused[i], said.sqlcode, said.tokens);
        CU_ASSERT_EQUAL(said.sqlcode, -551);
        CU_ASSERT_STRING_EQUAL(said.sqlstate, "42501");
        CU_ASSERT_EQUAL(strncmp(said.tokens, "USER0001\xFF", 9), 0);
    }
    CU_ASSERT_TRUE(run(target, "VACUUM INTO '/tmp/passgate-test-copy.db'") < 0);
    CU_ASSERT_NOT_EQUAL(access("/tmp/passgate-test-copy.db", F_OK), 0);
    must_run(target, "PRAGMA table_info(t)");
    must_run(target, "PRAGMA user_version");
    must_run(target, "SELECT name FROM pragma_table_info('t')");
    sqlite_session_free(target);
}

static void
a_changed_table_needs_a_new_prepare(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    must_run(target, "INSERT INTO t VALUES (1)");
    struct sql_section *cursor = prepared(target, 1, "SELECT * FROM t");
    must_run(target, "ALTER TABLE t ADD COLUMN more INTEGER");
    target->operations->open(target, cursor, NULL, 0, &said);
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_FAILED);
    CU_ASSERT_EQUAL(said.sqlcode, -518);
    sqlite_session_free(target);
}

static void
db2_words_are_understood(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER PRIMARY KEY, \"CURRENT\" INTEGER)");
    must_run(target, "INSERT INTO t VALUES (7, 70), (8, 80)");
    CU_ASSERT_EQUAL(number_of(target, "SELECT IDENTITY_VAL_LOCAL() FROM SYSIBM.SYSDUMMY1"), 8);
    CU_ASSERT_EQUAL(number_of(target, "SELECT id FROM t ORDER BY id DESC FETCH FIRST 1 ROWS ONLY FOR READ ONLY WITH UR"), 8);
    CU_ASSERT_EQUAL(number_of(target, "SELECT length('CURRENT USER')"), 12);
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t WHERE t.\"CURRENT\" /* CURRENT USER */ = 70"), 1);
    struct sql_section *cursor = opened(target, 1, "SELECT current user, IBMREQD FROM sysibm.sysdummy1");
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    CU_ASSERT_TRUE(text_is(target, cursor, 0, "USER0001"));
    CU_ASSERT_TRUE(text_is(target, cursor, 1, "Y"));
    sqlite_session_free(target);
}

static void
rows_are_counted_for_changes_only(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    must_run(target, "INSERT INTO t VALUES (1), (2), (3)");
    CU_ASSERT_EQUAL(said.rows, 3);
    must_run(target, "CREATE TABLE u (id INTEGER)");
    CU_ASSERT_EQUAL(said.rows, 0);
    must_run(target, "UPDATE t SET id = 9 WHERE id > 1");
    CU_ASSERT_EQUAL(said.rows, 2);
    must_run(target, "CREATE INDEX i ON t (id)");
    CU_ASSERT_EQUAL(said.rows, 0);
    must_run(target, "DROP TABLE u");
    CU_ASSERT_EQUAL(said.rows, 0);
    must_run(target, "DELETE FROM t");
    CU_ASSERT_EQUAL(said.rows, 3);
    sqlite_session_free(target);
}

/* The same text again, in the same section and in others, with and without a change of the schema between. */
static void
statements_prepared_again_are_as_new(void)
{
    struct sql_target *target = fresh_session();
    static const char text[] = "SELECT * FROM t WHERE id > ? ORDER BY id";
    const struct sql_value one = { .kind = SQL_VALUE_INTEGER, .integer = 1 };
    must_run(target, "CREATE TABLE t (id INTEGER PRIMARY KEY)");
    must_run(target, "INSERT INTO t VALUES (1), (2), (3)");
    for (uint16_t i = 0; i < 50; i++) {
        struct sql_section *cursor = prepared(target, i % 3, text);
        CU_ASSERT_EQUAL(cursor->column_count, 1);
        CU_ASSERT_EQUAL(cursor->parameter_count, 1);
        target->operations->open(target, cursor, &one, 1, &said);
        CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
        struct sql_value value;
        target->operations->values(target, cursor, 0, 1, &value);
        CU_ASSERT_EQUAL(value.integer, 2);
        char other[64];
        snprintf(other, sizeof other, "SELECT %d FROM t", i);
        CU_ASSERT_EQUAL(number_of(target, other), i);
    }
    /* As when the conversation answers CALL SYSIBM.SQLCAMESSAGE in the section. */
    struct sql_section *other_use = prepared(target, 1, text);
    other_use->is_query = false;
    other_use->column_count = 0;
    other_use->parameter_count = 16;
    struct sql_section *again = prepared(target, 1, text);
    CU_ASSERT_TRUE(again->is_query);
    CU_ASSERT_EQUAL(again->column_count, 1);
    CU_ASSERT_EQUAL(again->parameter_count, 1);
    must_run(target, "ALTER TABLE t ADD COLUMN v VARCHAR(10) DEFAULT 'new'");
    struct sql_section *cursor = prepared(target, 1, text);
    CU_ASSERT_EQUAL(cursor->column_count, 2);
    target->operations->open(target, cursor, &one, 1, &said);
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    CU_ASSERT_TRUE(text_is(target, cursor, 1, "new"));
    target->operations->rollback(target, &said);
    target->operations->prepare(target, section(target, 1), text, sizeof text - 1, &said);
    CU_ASSERT_EQUAL(said.sqlcode, -204); /* the table went with the unit of work */
    sqlite_session_free(target);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "parameters are bound by kind", parameters_are_bound_by_kind },
        { "declared types are described", declared_types_are_described },
        { "expressions have types", expressions_have_types },
        { "markers get the type of their column", markers_get_the_type_of_their_column },
        { "mistakes are told as Db2 does", mistakes_are_told_as_db2_does },
        { "a NUL in the text is refused", a_nul_in_the_text_is_refused },
        { "what touches files or safety is refused", what_touches_files_or_safety_is_refused },
        { "a changed table needs a new prepare", a_changed_table_needs_a_new_prepare },
        { "Db2's words are understood", db2_words_are_understood },
        { "rows are counted for changes only", rows_are_counted_for_changes_only },
        { "statements prepared again are as new", statements_prepared_again_are_as_new },
    };
    make_datastore();
    int status = SUITE_RUN("sqlite statement", cases);
    remove_datastore();
    return status;
}
