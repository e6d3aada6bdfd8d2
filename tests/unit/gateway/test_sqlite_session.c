#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/datastore/sqlite/session.h"
#include "tests/support/suite.h"

static char folder[] = "/tmp/passgate-test-XXXXXX";
static struct datastore_settings datastore = { .name = "SAMPLE", .kind = DATASTORE_SQLITE, .create = true };
static struct sql_diagnosis said;

static void
remove_database(void)
{
    static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char path[CONFIGURATION_PATH_MAX + 16];
        snprintf(path, sizeof path, "%s%s", datastore.path, suffixes[i]);
        unlink(path);
    }
}

static struct sql_target *
new_session(void)
{
    struct sql_target *target = sqlite_session_new(&datastore, "USER0001");
    CU_ASSERT_PTR_NOT_NULL_FATAL(target);
    return target;
}

/* A session on a database that is not there yet. */
static struct sql_target *
fresh_session(void)
{
    remove_database();
    return new_session();
}

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

static struct sql_section *
section(struct sql_target *target, uint16_t number)
{
    struct sql_section_name name = { .package = "SYSLH000", .number = number };
    struct sql_section *found = target->operations->section(target, &name, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    return found;
}

static struct sql_section *
prepared(struct sql_target *target, uint16_t number, const char *text)
{
    struct sql_section *result = section(target, number);
    target->operations->prepare(target, result, text, strlen(text), &said);
    if (said.sqlcode != 0)
        fprintf(stderr, "%s: %d %s\n", text, said.sqlcode, said.tokens);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    CU_ASSERT_EQUAL(result->state, SQL_SECTION_PREPARED);
    return result;
}

static struct sql_section *
opened(struct sql_target *target, uint16_t number, const char *text)
{
    struct sql_section *result = prepared(target, number, text);
    target->operations->open(target, result, NULL, 0, &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    return result;
}

static enum sql_step
fetch(struct sql_target *target, struct sql_section *cursor)
{
    return target->operations->fetch(target, cursor, &said);
}

/* The first column of the first row. */
static int64_t
number_of(struct sql_target *target, const char *text)
{
    struct sql_section *cursor = opened(target, 999, text);
    struct sql_value value = { 0 };
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    target->operations->values(target, cursor, 0, 1, &value);
    CU_ASSERT_EQUAL(value.kind, SQL_VALUE_INTEGER);
    target->operations->close(target, cursor);
    return value.integer;
}

static bool
text_is(struct sql_target *target, struct sql_section *cursor, size_t index, const char *expected)
{
    struct sql_value value;
    target->operations->values(target, cursor, index, 1, &value);
    return value.kind == SQL_VALUE_TEXT && value.data.size == strlen(expected) && memcmp(value.data.bytes, expected, value.data.size) == 0;
}

static struct sql_value
text_value(const char *text)
{
    return (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)text, strlen(text) } };
}

static void
rows_come_back(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, n BIGINT, f DOUBLE, v VARCHAR(40), b BLOB)");
    must_run(target, "INSERT INTO t VALUES (1, 9000000000, 1.5, 'h\xC3\xA9llo', X'00FF'), (2, NULL, NULL, NULL, NULL);");
    CU_ASSERT_EQUAL(said.rows, 2);
    struct sql_section *cursor = opened(target, 1, "SELECT * FROM t ORDER BY id");
    CU_ASSERT_TRUE(cursor->is_query);
    CU_ASSERT_EQUAL(cursor->column_count, 5);
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    struct sql_value value;
    target->operations->values(target, cursor, 1, 1, &value);
    CU_ASSERT_EQUAL(value.integer, 9000000000);
    target->operations->values(target, cursor, 2, 1, &value);
    CU_ASSERT_EQUAL(value.kind, SQL_VALUE_REAL);
    CU_ASSERT_EQUAL(value.real, 1.5);
    CU_ASSERT_TRUE(text_is(target, cursor, 3, "h\xC3\xA9llo"));
    target->operations->values(target, cursor, 4, 1, &value);
    CU_ASSERT_EQUAL(value.kind, SQL_VALUE_BYTES);
    CU_ASSERT_EQUAL(value.data.size, 2);
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    for (size_t i = 1; i < 5; i++) {
        target->operations->values(target, cursor, i, 1, &value);
        CU_ASSERT_EQUAL(value.kind, SQL_VALUE_NULL);
    }
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_END);
    CU_ASSERT_EQUAL(said.sqlcode, 100);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "02000");
    target->operations->close(target, cursor);
    target->operations->close(target, cursor);
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_FAILED);
    CU_ASSERT_EQUAL(said.sqlcode, -501);
    sqlite_session_free(target);
}

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

/* The row that was looked at to learn the types is neither lost nor stale. */
static void
the_row_looked_at_is_not_lost(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    must_run(target, "INSERT INTO t VALUES (1), (2)");
    struct sql_section *cursor = opened(target, 1, "SELECT id + 10 FROM t ORDER BY id");
    struct sql_value value;
    for (int64_t expected = 11; expected <= 12; expected++) {
        CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
        target->operations->values(target, cursor, 0, 1, &value);
        CU_ASSERT_EQUAL(value.integer, expected);
    }
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_END);
    target->operations->close(target, cursor);
    struct sql_section *count = prepared(target, 2, "SELECT count(*) FROM t");
    must_run(target, "INSERT INTO t VALUES (3)");
    target->operations->open(target, count, NULL, 0, &said);
    CU_ASSERT_EQUAL(fetch(target, count), SQL_STEP_ROW);
    target->operations->values(target, count, 0, 1, &value);
    CU_ASSERT_EQUAL(value.integer, 3);
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
a_unit_of_work_is_all_or_nothing(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    must_run(target, "COMMIT WORK;");
    must_run(target, "INSERT INTO t VALUES (1)");
    must_run(target, "SAVEPOINT here ON ROLLBACK RETAIN CURSORS");
    must_run(target, "INSERT INTO t VALUES (2)");
    must_run(target, "ROLLBACK TO SAVEPOINT here");
    must_run(target, "RELEASE SAVEPOINT here");
    target->operations->commit(target, &said);
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    must_run(target, "INSERT INTO t VALUES (3)");
    must_run(target, "CREATE TABLE u (id INTEGER)");
    must_run(target, "ROLLBACK");
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    CU_ASSERT_EQUAL(run(target, "SELECT * FROM u"), -204);
    must_run(target, "INSERT INTO t VALUES (4)");
    sqlite_session_free(target); /* without commit */
    target = new_session();
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    sqlite_session_free(target);
}

static void
held_cursors_survive_commit_and_none_rollback(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    must_run(target, "INSERT INTO t VALUES (1), (2), (3)");
    must_run(target, "COMMIT");
    struct sql_section *held = opened(target, 1, "SELECT id FROM t ORDER BY id");
    struct sql_section *lost = opened(target, 2, "SELECT id FROM t ORDER BY id");
    held->with_hold = true;
    CU_ASSERT_EQUAL(fetch(target, held), SQL_STEP_ROW);
    CU_ASSERT_EQUAL(fetch(target, lost), SQL_STEP_ROW);
    must_run(target, "UPDATE t SET id = id + 0 WHERE id = 3");
    target->operations->commit(target, &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    CU_ASSERT_EQUAL(fetch(target, held), SQL_STEP_ROW);
    CU_ASSERT_EQUAL(fetch(target, lost), SQL_STEP_FAILED);
    CU_ASSERT_EQUAL(said.sqlcode, -501);
    CU_ASSERT_EQUAL(lost->state, SQL_SECTION_PREPARED);
    held->pending = malloc(10);
    held->pending_size = 10;
    target->operations->rollback(target, &said);
    CU_ASSERT_PTR_NULL(held->pending);
    CU_ASSERT_EQUAL(fetch(target, held), SQL_STEP_FAILED);
    CU_ASSERT_EQUAL(said.sqlcode, -501);
    target->operations->open(target, held, NULL, 0, &said);
    CU_ASSERT_EQUAL(fetch(target, held), SQL_STEP_ROW);
    target->operations->open(target, held, NULL, 0, &said);
    CU_ASSERT_EQUAL(said.sqlcode, -502);
    sqlite_session_free(target);
}

static void
a_dropped_table_under_a_cursor_is_in_use(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    must_run(target, "INSERT INTO t VALUES (1), (2)");
    struct sql_section *cursor = opened(target, 1, "SELECT id FROM t");
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    CU_ASSERT_EQUAL(run(target, "DROP TABLE t"), -950);
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    target->operations->close(target, cursor);
    must_run(target, "DROP TABLE t");
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
two_writers_meet_and_one_gives_way(void)
{
    struct sql_target *first = fresh_session();
    must_run(first, "CREATE TABLE t (id INTEGER)");
    must_run(first, "COMMIT");
    struct sql_target *second = new_session();
    must_run(first, "INSERT INTO t VALUES (1)");
    CU_ASSERT_EQUAL(number_of(second, "SELECT count(*) FROM t"), 0); /* readers do not wait */
    must_run(second, "COMMIT");
    struct sql_section *cursor = opened(second, 1, "SELECT 1");
    CU_ASSERT_EQUAL(run(second, "INSERT INTO t VALUES (2)"), -911);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "40001");
    CU_ASSERT_EQUAL(strncmp(said.tokens, "68\xFF", 3), 0);
    CU_ASSERT_EQUAL(fetch(second, cursor), SQL_STEP_FAILED); /* -911 rolled everything back */
    must_run(first, "COMMIT");
    must_run(second, "INSERT INTO t VALUES (2)");
    must_run(second, "COMMIT");
    CU_ASSERT_EQUAL(number_of(first, "SELECT count(*) FROM t"), 2);
    sqlite_session_free(first);
    sqlite_session_free(second);
}

static void *
interrupt_soon(void *context)
{
    nanosleep(&(struct timespec) { .tv_nsec = 50 * 1000000L }, NULL);
    sqlite_session_interrupt(context);
    return NULL;
}

#define ENDLESS "WITH RECURSIVE r(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM r) SELECT max(i) FROM r"

static void
another_thread_interrupts_a_statement(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    must_run(target, "INSERT INTO t VALUES (1)");
    pthread_t thread;
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, interrupt_soon, target), 0);
    CU_ASSERT_EQUAL(run(target, "SELECT count(*) FROM t, (" ENDLESS ")"), -952);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "57014");
    pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1); /* the unit of work lives on */
    must_run(target, "COMMIT");
    /* A writer that is stopped loses its unit of work in SQLite, and is told so. */
    must_run(target, "INSERT INTO t VALUES (2)");
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, interrupt_soon, target), 0);
    CU_ASSERT_EQUAL(run(target, "INSERT INTO t " ENDLESS), -911);
    pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    sqlite_session_interrupt(target);
    CU_ASSERT_EQUAL(run(target, "SELECT 1"), -952);
    must_run(target, "SELECT 1");
    sqlite_session_free(target);
}

static void
an_interrupt_ends_the_wait_for_a_lock(void)
{
    struct sql_target *first = fresh_session();
    must_run(first, "CREATE TABLE t (id INTEGER)");
    must_run(first, "COMMIT");
    must_run(first, "INSERT INTO t VALUES (1)");
    struct sql_target *second = new_session();
    pthread_t thread;
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, interrupt_soon, second), 0);
    CU_ASSERT_EQUAL(run(second, "INSERT INTO t VALUES (2)"), -952);
    pthread_join(thread, NULL);
    sqlite_session_free(second);
    sqlite_session_free(first);
}

static void
a_statement_may_have_a_time_limit(void)
{
    struct sql_target *target = fresh_session();
    static const char set[] = "SET STATEMENT_TIMEOUT 1";
    target->operations->set_register(target, set, sizeof set - 1, &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    sqlite_session_begin_command(target);
    CU_ASSERT_EQUAL(run(target, ENDLESS), -952);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "set by the client"));
    sqlite_session_begin_command(target);
    must_run(target, "SET STATEMENT_TIMEOUT = 0;");
    sqlite_session_free(target);
}

static void
a_read_only_datastore_stays_as_it_is(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    must_run(target, "INSERT INTO t VALUES (1)");
    must_run(target, "COMMIT");
    sqlite_session_free(target);
    struct datastore_settings locked = datastore;
    locked.create = false;
    locked.read_only = true;
    struct problem problem;
    CU_ASSERT_TRUE(sqlite_datastore_check(&locked, &problem));
    target = sqlite_session_new(&locked, "U");
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    CU_ASSERT_EQUAL(run(target, "INSERT INTO t VALUES (2)"), -817);
    CU_ASSERT_EQUAL(run(target, "CREATE TABLE u (id INTEGER)"), -817);
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

static void
sections_are_told_apart_by_package_and_number(void)
{
    struct sql_target *target = fresh_session();
    struct sql_section_name name;
    memset(&name, 0xA5, sizeof name);
    memcpy(name.package, "SYSLH000", 9);
    name.number = 1;
    CU_ASSERT_PTR_NULL(target->operations->section(target, &name, false));
    CU_ASSERT_PTR_EQUAL(target->operations->section(target, &name, true), section(target, 1));
    name.number = 2;
    CU_ASSERT_PTR_NOT_EQUAL(target->operations->section(target, &name, true), section(target, 1));
    struct sql_section_name other = { .package = "SYSLN000", .number = 1 };
    CU_ASSERT_PTR_NULL(target->operations->section(target, &other, false));
    target->operations->execute(target, section(target, 1), NULL, 0, &said);
    CU_ASSERT_EQUAL(said.sqlcode, -514);
    for (uint16_t i = 0; i < 4094; i++)
        section(target, (uint16_t)(100 + i));
    other.number = 3;
    CU_ASSERT_PTR_NULL(target->operations->section(target, &other, true));
    sqlite_session_free(target);
}

static void
a_datastore_is_checked_before_it_is_used(void)
{
    struct datastore_settings other = datastore;
    struct problem problem;
    remove_database();
    CU_ASSERT_TRUE(sqlite_datastore_check(&other, &problem));
    CU_ASSERT_NOT_EQUAL(access(other.path, F_OK), 0); /* checking makes nothing */
    other.create = false;
    CU_ASSERT_FALSE(sqlite_datastore_check(&other, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "does not exist; make it or set create = yes"));
    struct sql_target *target = sqlite_session_new(&other, "U");
    CU_ASSERT_EQUAL(run(target, "SELECT 1"), -904);
    CU_ASSERT_EQUAL(strncmp(said.tokens, "SAMPLE\xFF", 7), 0);
    CU_ASSERT_PTR_NULL(strstr(said.tokens, folder));
    sqlite_session_free(target);
    FILE *file = fopen(other.path, "we");
    fputs("this is no database, whatever its name may say; it is only text of more than one hundred bytes, as a header has", file);
    fclose(file);
    CU_ASSERT_FALSE(sqlite_datastore_check(&other, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "file is not a database"));
    target = sqlite_session_new(&other, "U");
    CU_ASSERT_EQUAL(run(target, "SELECT 1"), -904);
    sqlite_session_free(target);
    snprintf(other.path, sizeof other.path, "/nonexistent/folder/x.db");
    other.create = true;
    CU_ASSERT_FALSE(sqlite_datastore_check(&other, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "cannot be made in /nonexistent/folder/: No such file or directory"));
}

static void *
cancel_soon(void *context)
{
    nanosleep(&(struct timespec) { .tv_nsec = 50000000 }, NULL);
    sqlite_session_cancel(context);
    return NULL;
}

/* What is cancelled between two commands is over; the next one is not meant. */
static void
a_command_is_cancelled_and_no_other(void)
{
    struct sql_target *target = fresh_session();
    pthread_t thread;
    must_run(target, "CREATE TABLE t (id INTEGER)");
    sqlite_session_cancel(target);
    sqlite_session_take_command(target);
    must_run(target, "INSERT INTO t VALUES (1)");
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, cancel_soon, target), 0);
    CU_ASSERT_EQUAL(run(target, ENDLESS), -952);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "57014");
    CU_ASSERT_STRING_EQUAL(said.tokens, "the statement was cancelled");
    pthread_join(thread, NULL);
    /* One that has come and has not begun is one too. */
    sqlite_session_take_command(target);
    sqlite_session_cancel(target);
    sqlite_session_begin_command(target);
    CU_ASSERT_EQUAL(run(target, "SELECT 1"), -952);
    sqlite_session_take_command(target);
    CU_ASSERT_EQUAL(number_of(target, "SELECT COUNT(*) FROM t"), 1);
    sqlite_session_free(target);
}

/* Each limit says which it was. */
static void
limits_of_the_datastore_hold(void)
{
    static char text[5000] = "SELECT 1";
    datastore.limits = (struct datastore_limits) { .statement_timeout_ms = 50, .statement_bytes = 4096, .result_rows = 3 };
    struct sql_target *target = fresh_session();
    sqlite_session_begin_command(target);
    CU_ASSERT_EQUAL(run(target, ENDLESS), -952);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "statement_timeout_ms"));
    sqlite_session_begin_command(target);
    must_run(target, "SET STATEMENT_TIMEOUT 100"); /* longer than what the datastore allows */
    sqlite_session_begin_command(target);
    CU_ASSERT_EQUAL(run(target, ENDLESS), -952);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "statement_timeout_ms"));

    datastore.limits.statement_timeout_ms = 0;
    sqlite_session_begin_command(target);
    must_run(target, "SET STATEMENT_TIMEOUT 0");
    sqlite_session_begin_command(target);
    memset(text + strlen(text), ' ', sizeof text - strlen(text) - 1);
    CU_ASSERT_EQUAL(run(target, text), -101);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "54001");
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "statement_bytes"));
    struct sql_section *cursor = opened(target, 1, "VALUES (1), (2), (3), (4)");
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_FAILED);
    CU_ASSERT_EQUAL(said.sqlcode, -905);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "result_rows"));
    sqlite_session_free(target);
    datastore.limits = (struct datastore_limits) { 0 };
}

static void
memory_of_all_sessions_is_bounded(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    sqlite_datastores_limit_memory(16 << 20);
    CU_ASSERT_EQUAL(run(target, "INSERT INTO t SELECT length(hex(zeroblob(30000000)))"), -904);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "sql_memory_bytes"));
    sqlite_datastores_limit_memory(0);
    CU_ASSERT_EQUAL(number_of(target, "SELECT 1"), 1);
    sqlite_session_free(target);
}

static struct sql_section *
opened_scrollable(struct sql_target *target, uint16_t number, const char *text)
{
    struct sql_section *cursor = prepared(target, number, text);
    cursor->scrollable = true;
    target->operations->open(target, cursor, NULL, 0, &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    return cursor;
}

/* The first column of the row that the move leads to; -1 when there is none. */
static int64_t
move_to(struct sql_target *target, struct sql_section *cursor, enum sql_move move, int64_t rows)
{
    struct sql_value value = { .kind = SQL_VALUE_NULL };
    if (target->operations->move(target, cursor, move, rows, &said) != SQL_STEP_ROW)
        return -1;
    target->operations->values(target, cursor, 0, 1, &value);
    CU_ASSERT_EQUAL(value.kind, SQL_VALUE_INTEGER);
    return value.integer;
}

#define HUNDRED "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100) "

static void
scrollable_cursors_go_both_ways(void)
{
    struct sql_target *target = fresh_session();
    struct sql_section *cursor = opened_scrollable(target, 1, HUNDRED "SELECT i, 'text ' || i, X'00FF', NULL, i / 2.0 FROM n");
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_RELATIVE, 1), 1);
    CU_ASSERT_EQUAL(said.result_rows, 0); /* nobody knows yet */
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_ABSOLUTE, 50), 50);
    CU_ASSERT_TRUE(text_is(target, cursor, 1, "text 50"));
    struct sql_value value;
    target->operations->values(target, cursor, 2, 1, &value);
    CU_ASSERT_EQUAL(value.kind, SQL_VALUE_BYTES);
    target->operations->values(target, cursor, 3, 1, &value);
    CU_ASSERT_EQUAL(value.kind, SQL_VALUE_NULL);
    target->operations->values(target, cursor, 4, 1, &value);
    CU_ASSERT_TRUE(text_is(target, cursor, 4, "25.0000000000000000000"));
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_RELATIVE, -49), 1);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_RELATIVE, -1), -1);
    CU_ASSERT_EQUAL(said.sqlcode, 100);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_RELATIVE, 1), 1);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_ABSOLUTE, -1), 100);
    CU_ASSERT_EQUAL(said.result_rows, 100);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_ABSOLUTE, -100), 1);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_ABSOLUTE, -101), -1);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_BEHIND_LAST, 0), -1);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_RELATIVE, INT64_MAX), -1);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_RELATIVE, -2), 99);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_RELATIVE, INT64_MIN), -1);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_BEFORE_FIRST, 0), -1);
    target->operations->close(target, cursor);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_RELATIVE, 1), -1);
    CU_ASSERT_EQUAL(said.sqlcode, -501);
    sqlite_session_free(target);
}

/* What was read once is read again as it was, whatever has become of the table. */
static void
scrollable_cursors_see_no_later_changes(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER PRIMARY KEY)");
    must_run(target, "INSERT INTO t VALUES (1), (2), (3)");
    target->operations->commit(target, &said);
    struct sql_section *cursor = opened_scrollable(target, 1, "SELECT id FROM t ORDER BY id");
    cursor->with_hold = true;
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_ABSOLUTE, -1), 3);
    must_run(target, "DELETE FROM t");
    target->operations->commit(target, &said);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_ABSOLUTE, 1), 1);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_RELATIVE, 2), 3);
    target->operations->rollback(target, &said);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_RELATIVE, -1), -1);
    CU_ASSERT_EQUAL(said.sqlcode, -501);
    sqlite_session_free(target);
}

static void
rows_of_scrollable_cursors_are_bounded(void)
{
    datastore.limits.scrollable_bytes = 1 << 20;
    struct sql_target *target = fresh_session();
    struct sql_section *cursor = opened_scrollable(target, 1, HUNDRED "SELECT i, zeroblob(100000) FROM n");
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_ABSOLUTE, 5), 5);
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_BEHIND_LAST, 0), -1);
    CU_ASSERT_EQUAL(said.sqlcode, -904);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "scrollable_bytes"));
    CU_ASSERT_EQUAL(move_to(target, cursor, SQL_MOVE_ABSOLUTE, 1), -1);
    sqlite_session_free(target);
    datastore.limits = (struct datastore_limits) { 0 };
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
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(datastore.path, sizeof datastore.path, "%s/test.db", folder);
    static const struct test_case cases[] = {
        { "rows come back", rows_come_back },
        { "parameters are bound by kind", parameters_are_bound_by_kind },
        { "declared types are described", declared_types_are_described },
        { "expressions have types", expressions_have_types },
        { "markers get the type of their column", markers_get_the_type_of_their_column },
        { "the row looked at is not lost", the_row_looked_at_is_not_lost },
        { "mistakes are told as Db2 does", mistakes_are_told_as_db2_does },
        { "a NUL in the text is refused", a_nul_in_the_text_is_refused },
        { "what touches files or safety is refused", what_touches_files_or_safety_is_refused },
        { "a unit of work is all or nothing", a_unit_of_work_is_all_or_nothing },
        { "held cursors survive COMMIT and none ROLLBACK", held_cursors_survive_commit_and_none_rollback },
        { "a table dropped under a cursor is in use", a_dropped_table_under_a_cursor_is_in_use },
        { "a changed table needs a new prepare", a_changed_table_needs_a_new_prepare },
        { "two writers meet and one gives way", two_writers_meet_and_one_gives_way },
        { "another thread interrupts a statement", another_thread_interrupts_a_statement },
        { "an interrupt ends the wait for a lock", an_interrupt_ends_the_wait_for_a_lock },
        { "a command is cancelled, and no other", a_command_is_cancelled_and_no_other },
        { "limits of the datastore hold, and say which they are", limits_of_the_datastore_hold },
        { "statements prepared again are as new", statements_prepared_again_are_as_new },
        { "memory of all sessions is bounded", memory_of_all_sessions_is_bounded },
        { "scrollable cursors go both ways", scrollable_cursors_go_both_ways },
        { "scrollable cursors see no later changes", scrollable_cursors_see_no_later_changes },
        { "rows of scrollable cursors are bounded", rows_of_scrollable_cursors_are_bounded },
        { "a statement may have a time limit", a_statement_may_have_a_time_limit },
        { "a read-only datastore stays as it is", a_read_only_datastore_stays_as_it_is },
        { "Db2's words are understood", db2_words_are_understood },
        { "rows are counted for changes only", rows_are_counted_for_changes_only },
        { "sections are told apart by package and number", sections_are_told_apart_by_package_and_number },
        { "a datastore is checked before it is used", a_datastore_is_checked_before_it_is_used },
    };
    int status = SUITE_RUN("sqlite session", cases);
    remove_database();
    rmdir(folder);
    return status;
}
