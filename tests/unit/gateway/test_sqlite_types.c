/* What columns are declared to hold: kept exactly or refused, in tables of Passgate and of others. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/sqlite_session.h"

static struct sql_target *target;

/* Runs statements as another program would. */
static void
elsewhere(const char *text)
{
    sqlite3 *database;
    target->operations->commit(target, &said);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(datastore.path, &database), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(database, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

static void
commit(void)
{
    target->operations->commit(target, &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
}

static int32_t
run_with(struct sql_section *section, const char *text)
{
    struct sql_value value = { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)text, strlen(text) } };
    target->operations->execute(target, section, &value, 1, &said);
    return said.sqlcode;
}

/* The first column of all rows, parted by blanks. */
static void
expect_column(const char *query, const char *expected)
{
    char got[512] = "";
    struct sql_section *section = prepared(target, 900, query);
    target->operations->open(target, section, NULL, 0, &said);
    enum sql_step step;
    while ((step = target->operations->fetch(target, section, &said)) == SQL_STEP_ROW) {
        struct sql_value value;
        size_t used = strlen(got);
        target->operations->values(target, section, 0, 1, &value);
        if (value.kind == SQL_VALUE_TEXT)
            snprintf(got + used, sizeof got - used, "%s%.*s", used > 0 ? " " : "", (int)value.data.size, (const char *)value.data.bytes);
        else if (value.kind == SQL_VALUE_INTEGER)
            snprintf(got + used, sizeof got - used, "%s%lld", used > 0 ? " " : "", (long long)value.integer);
        else if (value.kind == SQL_VALUE_REAL)
            snprintf(got + used, sizeof got - used, "%s%.17g", used > 0 ? " " : "", value.real);
    }
    CU_ASSERT_EQUAL(step, SQL_STEP_END);
    target->operations->close(target, section);
    CU_ASSERT_STRING_EQUAL(got, expected);
    if (strcmp(got, expected) != 0)
        fprintf(stderr, "%s: %s\n", query, got);
}

static void
decimals_of_31_digits_are_exact(void)
{
    must_run(target, "CREATE TABLE money (id INTEGER PRIMARY KEY, d DECIMAL(31,15) UNIQUE)");
    must_run(target,
             "INSERT INTO money VALUES (1, 9999999999999999.999999999999999), (2, -1234567890123456.789012345678901), (3, 10), (4, 9.5)");
    CU_ASSERT_EQUAL(run_with(prepared(target, 1, "INSERT INTO money (id, d) VALUES (5, ?)"), "0.1234567890123459"), 0);
    expect_column("SELECT d FROM money ORDER BY d",
                  "-1234567890123456.789012345678901 0.123456789012345 9.5 10 9999999999999999.999999999999999");
    expect_column("SELECT id FROM money WHERE d = 9.50", "4");
    expect_column("SELECT id FROM money WHERE d = -1234567890123456.789012345678901", "2");
    expect_column("SELECT id FROM money WHERE d > 1234567890123456.789012345678901", "1");
    expect_column("SELECT id FROM money WHERE d BETWEEN 9 AND 10 ORDER BY d DESC", "3 4");
    CU_ASSERT_EQUAL(run(target, "INSERT INTO money VALUES (6, '10.000')"), -803);
    expect_column("SELECT CAST('1234567890123456.7890123456789019' AS DECIMAL(31,15)) FROM money WHERE id = 1",
                  "1234567890123456.789012345678901");
}

static void
what_does_not_fit_is_refused(void)
{
    static const struct {
        const char *type;
        const char *value;
        int32_t sqlcode;
    } misfits[] = {
        { "SMALLINT", "32768", -413 },
        { "SMALLINT", "'x'", -420 },
        { "INTEGER", "2147483648", -413 },
        { "INTEGER", "1.5", -420 },
        { "BIGINT", "9223372036854775808", -413 },
        { "REAL", "1e300", -413 },
        { "REAL", "1e-60", -413 },
        { "DOUBLE", "'x'", -420 },
        { "DECIMAL(5,2)", "1000", -413 },
        { "DECIMAL(31,15)", "10000000000000000", -413 },
        { "DECIMAL(31,2)", "12345678901234567.12 * 1.5e0", -413 },
        { "DECIMAL(18,2)", "12345678901234567.12 * 1.5", -413 },
        { "CHAR(3)", "'abcd'", -433 },
        { "VARCHAR(3)", "'abcd'", -433 },
        { "VARCHAR(3)", "X'00'", -420 },
        { "CHAR(2) FOR BIT DATA", "X'010203'", -433 },
        { "VARCHAR(2) FOR BIT DATA", "X'010203'", -433 },
        { "DATE", "'2023-02-29'", -180 },
        { "TIME", "'25:00:00'", -180 },
        { "TIMESTAMP", "'yesterday'", -180 },
        { "BOOLEAN", "2", -413 },
        { "CLOB(4)", "'abcde'", -433 },
        { "BLOB(4)", "X'0102030405'", -433 },
    };
    for (size_t i = 0; i < sizeof misfits / sizeof misfits[0]; i++) {
        char text[256];
        (void)run(target, "DROP TABLE misfit");
        snprintf(text, sizeof text, "CREATE TABLE misfit (id INTEGER, v %s)", misfits[i].type);
        must_run(target, text);
        must_run(target, "INSERT INTO misfit VALUES (1, NULL)");
        snprintf(text, sizeof text, "INSERT INTO misfit VALUES (2, %s)", misfits[i].value);
        CU_ASSERT_EQUAL(run(target, text), misfits[i].sqlcode);
        if (said.sqlcode != misfits[i].sqlcode)
            fprintf(stderr, "%s: %s: %d %s\n", misfits[i].type, text, said.sqlcode, said.tokens);
        snprintf(text, sizeof text, "UPDATE misfit SET v = %s", misfits[i].value);
        CU_ASSERT_EQUAL(run(target, text), misfits[i].sqlcode);
        expect_column("SELECT count(*) FROM misfit WHERE v IS NULL", "1");
    }
}

static void
a_statement_that_fails_for_one_row_changes_none(void)
{
    must_run(target, "CREATE TABLE s (v SMALLINT)");
    must_run(target, "CREATE TABLE wide (v INTEGER)");
    must_run(target, "INSERT INTO wide VALUES (1), (2), (70000)");
    CU_ASSERT_EQUAL(run(target, "INSERT INTO s SELECT v FROM wide ORDER BY v"), -413);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "column V"));
    expect_column("SELECT count(*) FROM s", "0");
}

static void
parameters_take_the_form_of_their_column(void)
{
    must_run(target, "CREATE TABLE forms (c CHAR(3), d DECIMAL(9,2), t TIMESTAMP, w TIME)");
    CU_ASSERT_EQUAL(run_with(prepared(target, 1, "INSERT INTO forms (c) VALUES (?)"), "ab     "), 0);
    CU_ASSERT_EQUAL(run_with(prepared(target, 1, "UPDATE forms SET d = ?"), "1.239"), 0);
    CU_ASSERT_EQUAL(run_with(prepared(target, 1, "UPDATE forms SET t = ?"), "2024-01-02-03.04.05.5"), 0);
    CU_ASSERT_EQUAL(run_with(prepared(target, 1, "UPDATE forms SET w = ? WHERE c = 'ab'"), "03.04.05"), 0);
    expect_column("SELECT c || '|' || d || '|' || t || '|' || w FROM forms", "ab |1.23|2024-01-02 03:04:05.500000|03:04:05");
    expect_column("SELECT d FROM forms WHERE c = 'ab                '", "1.23");
    /* An expression is no value of the column. */
    CU_ASSERT_EQUAL(run_with(prepared(target, 1, "UPDATE forms SET d = ? * 1"), "1.625"), 0);
    expect_column("SELECT d FROM forms", "1.625");
}

static void
casts_are_exact_or_fail(void)
{
    static const struct {
        const char *cast;
        const char *result; /* NULL: an error */
    } casts[] = {
        { "CAST(1.9 AS INTEGER)", "1" },
        { "CAST('12abc' AS INTEGER)", NULL },
        { "CAST(40000 AS SMALLINT)", NULL },
        { "CAST('abcdef' AS VARCHAR(3))", "abc" },
        { "CAST(CAST(1.999 AS DECIMAL(5,2)) AS CHAR(9))", "1.99" },
        { "CAST('12345678901234567890.12345' AS DECIMAL(31,4))", "12345678901234567890.1234" },
        { "CAST('2024-02-30' AS DATE)", NULL },
        { "CAST('2024-01-02-03.04.05' AS TIMESTAMP)", "2024-01-02 03:04:05.000000" },
        { "CAST('true' AS BOOLEAN)", "1" },
    };
    for (size_t i = 0; i < sizeof casts / sizeof casts[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "VALUES (%s)", casts[i].cast);
        if (casts[i].result != NULL)
            expect_column(text, casts[i].result);
        struct sql_section *section = prepared(target, 1, text);
        target->operations->open(target, section, NULL, 0, &said);
        CU_ASSERT_EQUAL(target->operations->fetch(target, section, &said), casts[i].result != NULL ? SQL_STEP_ROW : SQL_STEP_FAILED);
        CU_ASSERT(casts[i].result != NULL || said.sqlcode == -420 || said.sqlcode == -413 || said.sqlcode == -180);
        target->operations->close(target, section);
    }
}

static void
casts_tell_their_types(void)
{
    struct sql_section *section =
        prepared(target, 1, "SELECT CAST(? AS DECIMAL(31,7)) AS x, 1, CAST(? AS CHAR(4)), CAST(? AS SMALLINT) + 1 FROM sysibm.sysdummy1");
    struct sql_column parameter;
    target->operations->describe_parameter(target, section, 0, &parameter);
    CU_ASSERT(parameter.type == SQL_TYPE_DECIMAL && parameter.precision == 31 && parameter.scale == 7);
    target->operations->describe_parameter(target, section, 2, &parameter);
    CU_ASSERT_EQUAL(parameter.type, SQL_TYPE_SMALLINT);
    static const enum sql_type types[] = { SQL_TYPE_DECIMAL, SQL_TYPE_COUNT, SQL_TYPE_CHAR, SQL_TYPE_COUNT };
    for (size_t i = 0; i < 4; i++) {
        struct sql_column column;
        target->operations->describe_column(target, section, i, &column);
        CU_ASSERT(types[i] == SQL_TYPE_COUNT || column.type == types[i]);
        CU_ASSERT(i != 0 || (column.precision == 31 && column.scale == 7));
        CU_ASSERT(i != 3 || column.type != SQL_TYPE_SMALLINT);
    }
}

static void
tables_of_others_are_checked_too(void)
{
    elsewhere("CREATE TABLE foreigner (s SMALLINT, d DECIMAL(31,15), v VARCHAR(3), x)");
    CU_ASSERT_EQUAL(run(target, "INSERT INTO foreigner (s) VALUES (32768)"), -413);
    CU_ASSERT_EQUAL(run_with(prepared(target, 1, "INSERT INTO foreigner (d) VALUES (?)"), "1000000000000000.000000000000001"), -413);
    CU_ASSERT_EQUAL(run(target, "INSERT INTO foreigner (d) VALUES (1234567890123456.75)"), -413);
    CU_ASSERT_EQUAL(run(target, "INSERT INTO foreigner (d, x) VALUES (12.5, 'anything')"), 0);
    commit();
    elsewhere("SELECT v FROM foreigner; INSERT INTO foreigner (s) VALUES (99999)"); /* nothing of ours is in the way */
    CU_ASSERT_EQUAL(run(target, "UPDATE foreigner SET x = 1"), 0);                  /* and what was there already stays */
    commit();
}

static void
checks_follow_their_table(void)
{
    must_run(target, "CREATE TABLE changing (v VARCHAR(3))");
    commit();
    struct sql_section *insert = prepared(target, 1, "INSERT INTO changing VALUES (?)");
    CU_ASSERT_EQUAL(run_with(insert, "abcd"), -433);
    target->operations->rollback(target, &said);
    CU_ASSERT_EQUAL(run_with(insert, "abcd"), -433); /* the checks went with the unit of work, and came back */
    CU_ASSERT_EQUAL(run_with(insert, "abc"), 0);
    commit();
    elsewhere("DROP TABLE changing; CREATE TABLE changing (w VARCHAR(8))");
    CU_ASSERT_EQUAL(run_with(insert, "abcd"), 0);
    CU_ASSERT_EQUAL(run_with(insert, "abcdefghi"), -433);
    commit();
    must_run(target, "ALTER TABLE changing ADD COLUMN n SMALLINT");
    CU_ASSERT_EQUAL(run(target, "INSERT INTO changing VALUES ('a', 99999)"), -413);
    must_run(target, "ALTER TABLE changing DROP COLUMN w");
    must_run(target, "INSERT INTO changing VALUES (1)");
    must_run(target, "SAVEPOINT p ON ROLLBACK RETAIN CURSORS");
    must_run(target, "DROP TABLE changing");
    must_run(target, "ROLLBACK TO SAVEPOINT p");
    CU_ASSERT_EQUAL(run(target, "INSERT INTO changing VALUES (99999)"), -413);
    commit();
}

/* A large object of `size` bytes that says the same everywhere. */
static bool
read_pattern(struct sql_lob *lob, uint64_t offset, void *bytes, size_t size)
{
    (void)lob;
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)('a' + (offset + i) % 26);
    return true;
}

static bool
read_half(struct sql_lob *lob, uint64_t offset, void *bytes, size_t size)
{
    return offset < lob->size / 2 && read_pattern(lob, offset, bytes, size);
}

static int32_t
run_with_lob(const char *text, struct sql_lob lob, size_t count)
{
    struct sql_value values[2] = { { .kind = SQL_VALUE_LOB, .lob = &lob }, { .kind = SQL_VALUE_LOB, .lob = &lob } };
    target->operations->execute(target, prepared(target, 1, text), values, count, &said);
    return said.sqlcode;
}

static void
large_objects_go_in_by_pieces(void)
{
    const struct sql_lob bytes = { .size = 1000000, .read = read_pattern };
    const struct sql_lob characters = { .size = 10000000, .is_text = true, .read = read_pattern };
    must_run(target, "CREATE TABLE big (id INTEGER PRIMARY KEY, c CLOB, b BLOB)");
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO big (b) VALUES (?)", bytes, 1), 0);
    CU_ASSERT_EQUAL(said.rows, 1);
    must_run(target, "ALTER TABLE big ADD COLUMN second BLOB");
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO big (id, b, second) VALUES (2, ?, ?)", bytes, 2), 0);
    CU_ASSERT_EQUAL(run_with_lob("UPDATE big SET c = ?", characters, 1), 0);
    CU_ASSERT_EQUAL(said.rows, 2);
    expect_column("SELECT length(c) || ' ' || length(b) || ' ' || CAST(substr(b, 999999) AS TEXT) FROM big ORDER BY id",
                  "10000000 1000000 mn 10000000 1000000 mn");
    expect_column("SELECT count(DISTINCT hex(substr(c, 5000000, 30))) FROM big", "1");
}

static void
a_large_object_that_breaks_off_changes_nothing(void)
{
    must_run(target, "CREATE TABLE half (id INTEGER PRIMARY KEY, b BLOB)");
    must_run(target, "INSERT INTO half VALUES (1, X'01')");
    const struct sql_lob lob = { .size = 1000000, .read = read_half };
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO half (b) VALUES (?)", lob, 1), -904);
    CU_ASSERT_EQUAL(run_with_lob("UPDATE half SET b = ?", lob, 1), -904);
    expect_column("SELECT id || hex(b) FROM half", "101");
    const struct sql_lob whole = { .size = 1000000, .read = read_pattern };
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO half VALUES (1, ?)", whole, 1), -803);
    const struct sql_lob too_long = { .size = 1000000000, .read = read_pattern };
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO half (b) VALUES (?)", too_long, 1), -101);
    expect_column("SELECT count(*) FROM half", "1");
    must_run(target, "CREATE TABLE narrow (b BLOB(999999))");
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO narrow VALUES (?)", whole, 1), -433);
}

/* Where pieces cannot be written, the value is bound as a whole. */
static void
large_objects_elsewhere_are_bound_whole(void)
{
    const struct sql_lob lob = { .size = 100000, .read = read_pattern };
    must_run(target, "CREATE TABLE keyed (k VARCHAR(9) PRIMARY KEY, b BLOB) WITHOUT ROWID");
    must_run(target, "CREATE TABLE triggered (b BLOB)");
    must_run(target, "CREATE TABLE log (b BLOB)");
    must_run(target, "CREATE TRIGGER copies AFTER INSERT ON triggered BEGIN INSERT INTO log VALUES (NEW.b); END");
    must_run(target, "CREATE TABLE several (b BLOB)");
    must_run(target, "CREATE TABLE in_the_middle (b BLOB, n VARCHAR(9))");
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO keyed VALUES ('a', ?)", lob, 1), 0);
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO triggered VALUES (?)", lob, 1), 0);
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO in_the_middle VALUES (?, 'x')", lob, 1), 0);
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO log SELECT ?", lob, 1), 0);
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO several (b) VALUES (?), (?)", lob, 2), 0);
    expect_column("SELECT length(b) FROM several", "100000 100000");
    expect_column("SELECT CAST(substr(b, 99999) AS TEXT) FROM keyed", "cd");
    expect_column("SELECT CAST(substr(b, 99999) AS TEXT) FROM log", "cd cd");
    expect_column("SELECT CAST(substr(b, 99999) AS TEXT) FROM in_the_middle", "cd");
    const struct sql_lob too_long = { .size = 100 << 20, .read = read_pattern };
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO in_the_middle VALUES (?, 'x')", too_long, 1), -904);
}

/* The first large object of the first row of a query; 0 when it cannot be kept. */
static uint32_t
locator_of(const char *query, size_t column)
{
    uint32_t locator = 0;
    struct sql_section *section = prepared(target, 2, query);
    target->operations->open(target, section, NULL, 0, &said);
    CU_ASSERT_EQUAL_FATAL(target->operations->fetch(target, section, &said), SQL_STEP_ROW);
    CU_ASSERT_TRUE(target->operations->keep_lob(target, section, column, &locator, &said));
    target->operations->close(target, section);
    return locator;
}

static void
expect_lob(uint32_t locator, uint64_t size)
{
    char end[2];
    struct sql_lob *lob = target->operations->find_lob(target, locator);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lob);
    CU_ASSERT_EQUAL(lob->size, size);
    CU_ASSERT_TRUE(lob->read(lob, size - 2, end, 2));
    CU_ASSERT_EQUAL(end[1], (char)('a' + (size - 1) % 26));
}

static void
locators_say_the_same_as_long_as_they_live(void)
{
    const struct sql_lob lob = { .size = 1000000, .read = read_pattern };
    must_run(target, "CREATE TABLE kept (id INTEGER PRIMARY KEY, b BLOB)");
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO kept (b) VALUES (?)", lob, 1), 0);
    CU_ASSERT_EQUAL(run_with_lob("INSERT INTO kept (b) VALUES (?)", lob, 1), 0);
    commit();
    static const char *const queries[] = {
        "SELECT b FROM kept WHERE id = 1",
        "SELECT b AS other FROM kept AS k WHERE k.id = 1",
        "SELECT k.b FROM kept k JOIN kept l ON l.id = k.id + 1",
        "SELECT b FROM kept WHERE id = 1 UNION ALL SELECT b FROM kept WHERE id = 2", /* whole, as all that follow */
        "SELECT b || '' FROM kept WHERE id = 1",
        "SELECT b FROM (SELECT id, b FROM kept) WHERE id = 1",
    };
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++)
        if (i != 4)
            expect_lob(locator_of(queries[i], 0), 1000000);
    uint32_t first = locator_of("SELECT * FROM kept WHERE id = 1", 1);
    uint32_t second = locator_of("SELECT * FROM kept WHERE id = 2", 1);
    must_run(target, "UPDATE kept SET b = X'00' WHERE id = 1");
    CU_ASSERT_PTR_NULL(target->operations->find_lob(target, first));
    expect_lob(second, 1000000);
    target->operations->release_lob(target, second);
    CU_ASSERT_PTR_NULL(target->operations->find_lob(target, second));
    second = locator_of("SELECT b FROM kept WHERE id = 2", 0);
    commit();
    CU_ASSERT_PTR_NULL(target->operations->find_lob(target, second));
    CU_ASSERT_EQUAL(locator_of("SELECT NULL, b FROM kept WHERE id = 99 UNION ALL SELECT 1, NULL", 1), 0);
}

/* What clients call with codes of their own making is refused, and reaches no type that there is not. */
static void
misfit_codes_of_clients_are_refused(void)
{
    static const char *const calls[] = {
        "SELECT SQL_MISFIT(18, 'C', 1)", "SELECT SQL_MISFIT(200, 'C', 'text')",        "SELECT SQL_MISFIT(255, 'C', x'00')",
        "SELECT SQL_MISFIT(-1, 'C', 1)", "SELECT SQL_MISFIT('C', 'C', 1, 99, 'D', 1)", "SELECT SQL_MISFIT(NULL, 'C', 1, 200, NULL, 1)",
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct sql_section *section = prepared(target, 901, calls[i]);
        target->operations->open(target, section, NULL, 0, &said);
        CU_ASSERT_EQUAL(target->operations->fetch(target, section, &said), SQL_STEP_FAILED);
        target->operations->close(target, section);
    }
    expect_column("SELECT SQL_MISFIT(0, 'C', 1)", "0");
}

/* Texts come out of the middle of what was received: what stands behind them is not theirs, and may not be there at all. */
static void
texts_are_read_up_to_their_ends(void)
{
    static const char *const texts[] = { "CREATE TABLE cut (d DECIMAL(31", "CREATE TABLE cut (d CHAR(3", "SELECT * FROM cut FETCH FIRST 1",
                                         "VALUES 12345678901234567890",    "SET CURRENT LOCK TIMEOUT 1", "SELECT CAST(1 AS DECIMAL(31" };
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CU_ASSERT_FATAL(pages != MAP_FAILED && mprotect(pages + page, page, PROT_NONE) == 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t size = strlen(texts[i]);
        char *text = pages + page - size;
        memcpy(text, texts[i], size);
        target->operations->execute_immediate(target, text, size, &said);
    }
    munmap(pages, 2 * page);
}

/* SQLite has no limit for names: tables of others may have longer ones than Db2 would take. */
static void
names_may_be_long(void)
{
    char name[300];
    char text[512];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(text, sizeof text, "CREATE TABLE %s (id INTEGER PRIMARY KEY, s SMALLINT, d DECIMAL(5,2))", name);
    elsewhere(text);
    snprintf(text, sizeof text, "INSERT INTO %s VALUES (1, 40000, 1)", name);
    CU_ASSERT_EQUAL(run(target, text), -413);
    snprintf(text, sizeof text, "INSERT INTO %s VALUES (1, 4, 123456)", name);
    CU_ASSERT_EQUAL(run(target, text), -413);
    target->operations->rollback(target, &said);
}

static void
all_tables_that_a_statement_writes_are_checked(void)
{
    enum { TABLES = 20 };
    char text[4096] = "CREATE TABLE many (id INTEGER PRIMARY KEY); ";
    size_t used = strlen(text);
    for (int i = 0; i < TABLES; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "CREATE TABLE many%d (s SMALLINT); ", i);
    used += (size_t)snprintf(text + used, sizeof text - used, "CREATE TRIGGER many_more AFTER INSERT ON many BEGIN ");
    for (int i = 0; i < TABLES; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "INSERT INTO many%d VALUES (%d); ", i, i + 1 < TABLES ? i : 40000);
    snprintf(text + used, sizeof text - used, "END");
    elsewhere(text);
    CU_ASSERT_EQUAL(run(target, "INSERT INTO many VALUES (1)"), -413);
    target->operations->rollback(target, &said);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "decimals of 31 digits are exact", decimals_of_31_digits_are_exact },
        { "what does not fit is refused", what_does_not_fit_is_refused },
        { "a statement that fails for one row changes none", a_statement_that_fails_for_one_row_changes_none },
        { "parameters take the form of their column", parameters_take_the_form_of_their_column },
        { "casts are exact or fail", casts_are_exact_or_fail },
        { "casts tell their types", casts_tell_their_types },
        { "tables of others are checked too", tables_of_others_are_checked_too },
        { "checks follow their table", checks_follow_their_table },
        { "large objects go in by pieces", large_objects_go_in_by_pieces },
        { "a large object that breaks off changes nothing", a_large_object_that_breaks_off_changes_nothing },
        { "large objects elsewhere are bound whole", large_objects_elsewhere_are_bound_whole },
        { "locators say the same as long as they live", locators_say_the_same_as_long_as_they_live },
        { "misfit codes of clients are refused", misfit_codes_of_clients_are_refused },
        { "texts are read up to their ends", texts_are_read_up_to_their_ends },
        { "names may be long", names_may_be_long },
        { "all tables that a statement writes are checked", all_tables_that_a_statement_writes_are_checked },
    };
    make_datastore();
    target = sqlite_session_new(&datastore, "USER0001");
    int status = SUITE_RUN("sqlite types", cases);
    sqlite_session_free(target);
    remove_datastore();
    return status;
}
