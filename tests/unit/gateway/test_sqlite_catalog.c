/* CALL of the SYSIBM procedures: what SQLite's schema looks like through them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/datastore/sqlite/session.h"
#include "tests/support/suite.h"

enum { ANSWER_SIZE = 16384 };

static char folder[] = "/tmp/passgate-test-XXXXXX";
static struct datastore_settings datastore = { .name = "SAMPLE", .kind = DATASTORE_SQLITE, .create = true };
static struct sql_target *target;
static struct sql_section *section;
static struct sql_diagnosis said;
static char answer[ANSWER_SIZE];
static size_t answer_size;

static void
run(const char *text)
{
    target->operations->execute_immediate(target, text, strlen(text), &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
}

static void
add(const void *text, size_t size)
{
    CU_ASSERT_FATAL(size < sizeof answer - answer_size);
    memcpy(answer + answer_size, text, size);
    answer_size += size;
    answer[answer_size] = '\0';
}

static void
add_value(size_t index)
{
    struct sql_value value = { 0 };
    char number[32];
    target->operations->values(target, section, index, 1, &value);
    switch (value.kind) {
    case SQL_VALUE_LOB: /* of parameters of servers only */
    case SQL_VALUE_NULL:
        add("-", 1);
        break;
    case SQL_VALUE_INTEGER:
        add(number, (size_t)snprintf(number, sizeof number, "%lld", (long long)value.integer));
        break;
    case SQL_VALUE_TEXT:
    case SQL_VALUE_BYTES:
        add(value.data.bytes, value.data.size);
        break;
    case SQL_VALUE_REAL:
        CU_FAIL("no catalog has floating point numbers");
        break;
    }
}

static int32_t
prepare(const char *text)
{
    struct sql_section_name name = { .package = "SYSLN000", .number = 1 };
    section = target->operations->section(target, &name, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(section);
    target->operations->prepare(target, section, text, strlen(text), &said);
    return said.sqlcode;
}

/* Opens what was prepared; `answer` is then its rows, "value value ;", of the columns named in `columns`. */
static void
read_rows(const struct sql_value *parameters, size_t count, const char *columns)
{
    answer_size = 0;
    answer[0] = '\0';
    target->operations->open(target, section, parameters, count, &said);
    CU_ASSERT_EQUAL_FATAL(said.sqlcode, 0);
    enum sql_step step;
    while ((step = target->operations->fetch(target, section, &said)) == SQL_STEP_ROW) {
        for (size_t i = 0; i < section->column_count; i++) {
            struct sql_column column;
            char wanted[SQL_NAME_MAX + 3];
            target->operations->describe_column(target, section, i, &column);
            snprintf(wanted, sizeof wanted, "[%s]", column.name);
            if (strstr(columns, wanted) == NULL)
                continue;
            add_value(i);
            add(" ", 1);
        }
        add(";", 1);
    }
    CU_ASSERT_EQUAL(step, SQL_STEP_END);
    target->operations->close(target, section);
}

static void
expect(const char *text, const char *columns, const char *rows)
{
    CU_ASSERT_EQUAL_FATAL(prepare(text), 0);
    CU_ASSERT_TRUE(section->is_call);
    CU_ASSERT_FALSE(section->is_query);
    read_rows(NULL, 0, columns);
    CU_ASSERT_STRING_EQUAL(answer, rows);
    if (strcmp(answer, rows) != 0)
        printf("# %s: %s\n", text, answer);
}

static void
tables_and_views_are_listed(void)
{
    expect("CALL SYSIBM.SQLTABLES(NULL, NULL, 'T%', NULL, NULL)", "[TABLE_SCHEM][TABLE_NAME][TABLE_TYPE]",
           "MAIN T1 TABLE ;MAIN T2 TABLE ;");
    expect("call sysibm . sqltables('', 'MA%', '%', '''VIEW''', '') ;", "[TABLE_NAME]", "BROKEN ;V1 ;");
    expect("CALL SYSIBM.SQLTABLES(NULL, 'OTHER', '%', NULL, NULL)", "[TABLE_NAME]", "");
    expect("CALL SYSIBM.SQLTABLES(NULL, NULL, 'T\\_', NULL, NULL)", "[TABLE_NAME]", "");
    expect("CALL SYSIBM.SQLTABLES('', '', '', '', 'GETSCHEMAS=1')", "[TABLE_SCHEM]", "MAIN ;");
    expect("CALL SYSIBM.SQLTABLES('', '', '', '', 'GETCATALOGS=1')", "[TABLE_CAT]", "");
    expect("CALL SYSIBM.SQLTABLES('', '', '', '', 'X;GETTABLETYPES=1')", "[TABLE_TYPE]", "SYSTEM TABLE ;TABLE ;VIEW ;");
}

/* The view that cannot be read must not hide the columns of all others. */
static void
columns_are_listed(void)
{
    expect("CALL SYSIBM.SQLCOLUMNS(NULL, 'MAIN', 'T1', '%', NULL)",
           "[COLUMN_NAME][DATA_TYPE][COLUMN_SIZE][DECIMAL_DIGITS][NULLABLE][COLUMN_DEF][ORDINAL_POSITION][IS_AUTOINCREMENT]",
           "ID 4 10 0 0 - 1 YES ;NAME 12 40 - 0 'x' 2 NO ;AMOUNT 3 9 2 1 - 3 NO ;");
    expect("CALL SYSIBM.SQLCOLUMNS(NULL, NULL, '%', 'I_', NULL)", "[TABLE_NAME][COLUMN_NAME]", "T1 ID ;V1 ID ;");
    expect("CALL SYSIBM.SQLCOLUMNS(NULL, NULL, 'BROKEN', NULL, NULL)", "[COLUMN_NAME]", "");
}

static void
keys_and_indexes_are_listed(void)
{
    expect("CALL SYSIBM.SQLPRIMARYKEYS(NULL, NULL, 't2', NULL)", "[COLUMN_NAME][KEY_SEQ]", "A 2 ;B 1 ;");
    expect("CALL SYSIBM.SQLFOREIGNKEYS(NULL, NULL, NULL, NULL, NULL, 'T2', 'IMPORTEDKEY=1')",
           "[PKTABLE_NAME][PKCOLUMN_NAME][FKTABLE_NAME][FKCOLUMN_NAME][UPDATE_RULE][DELETE_RULE]", "T1 ID T2 A 3 0 ;");
    expect("CALL SYSIBM.SQLFOREIGNKEYS(NULL, NULL, 'T1', NULL, NULL, 'nobody', 'EXPORTEDKEY=1')", "[FKTABLE_NAME]", "T2 ;");
    expect("CALL SYSIBM.SQLFOREIGNKEYS(NULL, NULL, 'T2', NULL, NULL, 'T1', '')", "[FKTABLE_NAME]", "");
    expect("CALL SYSIBM.SQLSTATISTICS(NULL, NULL, 'T1', 1, 0, NULL)",
           "[NON_UNIQUE][INDEX_NAME][ORDINAL_POSITION][COLUMN_NAME][ASC_OR_DESC]", "1 T1X 1 NAME A ;1 T1X 2 AMOUNT D ;1 T1Y 1 - A ;");
    expect("CALL SYSIBM.SQLSTATISTICS(NULL, NULL, 'T1', 0, 0, NULL)", "[INDEX_NAME]", "");
    expect("CALL SYSIBM.SQLSPECIALCOLUMNS(1, NULL, NULL, 'T1', 0, 0, NULL)", "[COLUMN_NAME]", "ID ;");
    expect("CALL SYSIBM.SQLSPECIALCOLUMNS(2, NULL, NULL, 'T1', 0, 0, NULL)", "[COLUMN_NAME]", "");
    expect("CALL SYSIBM.SQLGETTYPEINFO(12, NULL)", "[TYPE_NAME][PRECISION]", "VARCHAR 32672 ;");
}

/* Derby's client counts the columns and takes them by their places. */
static void
properties_are_told(void)
{
    CU_ASSERT_EQUAL_FATAL(prepare("CALL SYSIBM.MetaData()"), 0);
    read_rows(NULL, 0, "[nullsAreSortedHigh][nullsAreSortedLow][supportsBatchUpdates][getMaxTablesInSelect]");
    CU_ASSERT_STRING_EQUAL(answer, "0 1 64 1 ;");
    CU_ASSERT_EQUAL(section->column_count, 107);
}

static void
what_sqlite_has_not_is_empty(void)
{
    static const char *const calls[] = {
        "CALL SYSIBM.SQLPROCEDURES(NULL, NULL, NULL, NULL)",          "CALL SYSIBM.SQLPROCEDURECOLS(NULL, NULL, NULL, NULL, NULL)",
        "CALL SYSIBM.SQLFUNCTIONS(NULL, NULL, NULL, NULL)",           "CALL SYSIBM.SQLFUNCTIONPARAMS(NULL, NULL, NULL, NULL, NULL)",
        "CALL SYSIBM.SQLUDTS(NULL, NULL, NULL, NULL, NULL)",          "CALL SYSIBM.SQLTABLEPRIVILEGES(NULL, NULL, NULL, NULL)",
        "CALL SYSIBM.SQLCOLPRIVILEGES(NULL, NULL, NULL, NULL, NULL)",
    };
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        expect(calls[i], "", "");
}

static struct sql_value
text_value(const char *text)
{
    return (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)text, strlen(text) } };
}

static void
arguments_may_be_parameters(void)
{
    CU_ASSERT_EQUAL_FATAL(prepare("CALL SYSIBM.SQLTABLES(?, ?, ?, 'TABLE', ?)"), 0);
    CU_ASSERT_EQUAL(section->parameter_count, 4);
    CU_ASSERT_EQUAL(section->column_count, 0);
    struct sql_value parameters[4] = { 0 };
    parameters[2] = text_value("T2");
    read_rows(parameters, 4, "[TABLE_NAME]");
    CU_ASSERT_STRING_EQUAL(answer, "T2 ;");
    parameters[2] = text_value("T1");
    read_rows(parameters, 4, "[TABLE_NAME]");
    CU_ASSERT_STRING_EQUAL(answer, "T1 ;");
    parameters[3] = text_value("GETTABLETYPES=1");
    read_rows(parameters, 4, "[TABLE_TYPE]");
    CU_ASSERT_STRING_EQUAL(answer, "SYSTEM TABLE ;TABLE ;VIEW ;");
}

static void
other_calls_are_refused(void)
{
    static const struct {
        const char *text;
        int32_t sqlcode;
    } refused[] = {
        { "CALL NOSUCH()", -440 },
        { "CALL SYSIBM.NOSUCH(1)", -440 },
        { "CALL SYSIBM.SQLTABLES(1, 2, 3, 4)", -440 },
        { "CALL SYSIBM.SQLTABLES()", -440 },
        { "CALL SYSIBM.METADATA(1)", -440 },
        { "CALL SYSIBM.SQLTABLES", -440 },
        { "CALL SYSIBM.SQLTABLES(1, 2, 3, 4, 5) AND MORE", -440 },
        { "CALL", -440 },
        { "CALL SYSIBM.SQLTABLES(1, 2, 3, 4, 5); SELECT (1)", -104 },
        { "CALL SYSIBM.SQLTABLES(1, 2, 3, 4, NOSUCH)", -206 },
        { "CALL SYSIBM.SQLTABLES(1, 2, 3, 4, load_extension('x'))", -551 },
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        CU_ASSERT_EQUAL(prepare(refused[i].text), refused[i].sqlcode);
        if (said.sqlcode != refused[i].sqlcode)
            printf("# %s: %d %s\n", refused[i].text, said.sqlcode, said.tokens);
        CU_ASSERT_EQUAL(section->state, SQL_SECTION_EMPTY);
    }
}

static void
each_call_counts_its_rows_from_nothing(void)
{
    datastore.limits.result_rows = 3;
    CU_ASSERT_EQUAL_FATAL(prepare("CALL SYSIBM.SQLTABLES(NULL, NULL, 'T%', NULL, NULL)"), 0);
    for (int i = 0; i < 3; i++)
        read_rows(NULL, 0, "[TABLE_NAME]"); /* two of them, to the end */
    datastore.limits.result_rows = 0;
}

static void
make_schema(void)
{
    run("CREATE TABLE t1 (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL DEFAULT 'x', amount DECIMAL(9,2))");
    run("CREATE INDEX t1x ON t1 (name, amount DESC)");
    run("CREATE INDEX t1y ON t1 (length(name))");
    run("CREATE TABLE t2 (a INTEGER REFERENCES t1 ON DELETE CASCADE, b CHAR(3), PRIMARY KEY (b, a))");
    run("CREATE VIEW v1 AS SELECT id, name FROM t1");
    run("CREATE TABLE gone (x INTEGER)");
    run("CREATE VIEW broken AS SELECT x FROM gone");
    run("DROP TABLE gone");
    target->operations->commit(target, &said);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a schema can be made", make_schema },
        { "tables and views are listed", tables_and_views_are_listed },
        { "columns are listed", columns_are_listed },
        { "keys and indexes are listed", keys_and_indexes_are_listed },
        { "properties are told", properties_are_told },
        { "what SQLite has not is empty", what_sqlite_has_not_is_empty },
        { "arguments may be parameters", arguments_may_be_parameters },
        { "other calls are refused", other_calls_are_refused },
        { "each call counts its rows from nothing", each_call_counts_its_rows_from_nothing },
    };
    if (mkdtemp(folder) == NULL)
        return EXIT_FAILURE;
    snprintf(datastore.path, sizeof datastore.path, "%s/sample.db", folder);
    target = sqlite_session_new(&datastore, "USER0001");
    if (target == NULL)
        return EXIT_FAILURE;
    int status = SUITE_RUN("sqlite catalog", cases);
    sqlite_session_free(target);
    unlink(datastore.path);
    rmdir(folder);
    return status;
}
