/* Cursors whose rows are changed by UPDATE and DELETE WHERE CURRENT OF, and those whose are not. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/sqlite_session.h"

static struct sql_target *
session_with_rows(void)
{
    struct sql_target *target = new_session();
    must_run(target, "DROP TABLE IF EXISTS rows");
    must_run(target, "CREATE TABLE rows (id INTEGER NOT NULL PRIMARY KEY, v INTEGER NOT NULL, w VARCHAR(9) DEFAULT 'none')");
    must_run(target, "INSERT INTO rows (id, v) VALUES (1, 10), (2, 20), (3, 30), (4, 40)");
    return target;
}

static void
the_row_of_a_cursor_is_changed(void)
{
    struct sql_target *target = session_with_rows();
    struct sql_section *cursor = opened(target, 7, "SELECT v, id FROM main.rows AS r WHERE id > 1 ORDER BY id FOR UPDATE OF v");
    CU_ASSERT_TRUE(cursor->updatable);
    CU_ASSERT_EQUAL(cursor->column_count, 2);
    CU_ASSERT_EQUAL(run(target, "DELETE FROM rows WHERE CURRENT OF SQL_CURLH000C7"), -508); /* before the first */
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    must_run(target, "UPDATE rows SET v = v + 1 WHERE CURRENT OF SQL_CURLH000C7");
    CU_ASSERT_EQUAL(said.rows, 1);
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    must_run(target, "delete from \"MAIN\".\"ROWS\" where current of \"SQL_CURLH000C7\" ;");
    CU_ASSERT_EQUAL(run(target, "UPDATE rows SET v = 0 WHERE CURRENT OF SQL_CURLH000C7"), -508); /* there is no row any more */
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "24504");
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    struct sql_value value;
    target->operations->values(target, cursor, 1, 1, &value);
    CU_ASSERT_TRUE(is_value(&value, "4"));
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_END);
    CU_ASSERT_EQUAL(run(target, "DELETE FROM rows WHERE CURRENT OF SQL_CURLH000C7"), -508);
    target->operations->close(target, cursor);
    CU_ASSERT_EQUAL(run(target, "DELETE FROM rows WHERE CURRENT OF SQL_CURLH000C7"), -507);
    expect(target, "SELECT group_concat(id || ':' || v, ' ') FROM (SELECT * FROM rows ORDER BY id)", "1:10 2:21 4:40");
    sqlite_session_free(target);
}

/* As JDBC has it: the attribute of the section, one statement for all rows. */
static void
a_prepared_statement_follows_the_cursor(void)
{
    struct sql_target *target = session_with_rows();
    struct sql_section_name name = { .package = "SYSLN000", .number = 2 };
    struct sql_section *cursor = target->operations->section(target, &name, true);
    cursor->for_update = true;
    target->operations->prepare(target, cursor, "SELECT * FROM rows", strlen("SELECT * FROM rows"), &said);
    CU_ASSERT_TRUE(cursor->updatable);
    CU_ASSERT_EQUAL(cursor->column_count, 3);
    target->operations->open(target, cursor, NULL, 0, &said);
    struct sql_section *update = prepared(target, 3, "UPDATE rows SET w = ?, v = v + ? WHERE CURRENT OF SQL_CURLN000C2");
    CU_ASSERT_EQUAL(update->parameter_count, 2);
    const struct sql_value values[] = { { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)"x", 1 } },
                                        { .kind = SQL_VALUE_INTEGER, .integer = 5 } };
    for (int i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
        target->operations->execute(target, update, values, 2, &said);
        CU_ASSERT_EQUAL(said.sqlcode, 0);
    }
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_END);
    target->operations->execute(target, update, values, 2, &said);
    CU_ASSERT_EQUAL(said.sqlcode, -508);
    target->operations->close(target, cursor);
    target->operations->execute(target, update, values, 2, &said);
    CU_ASSERT_EQUAL(said.sqlcode, -507);
    expect(target, "SELECT group_concat(v || w, ' ') FROM (SELECT * FROM rows ORDER BY id)", "15x 25x 35x 45x");
    /* The same text without that wish is another statement. */
    cursor->for_update = false;
    target->operations->prepare(target, cursor, "SELECT * FROM rows", strlen("SELECT * FROM rows"), &said);
    CU_ASSERT_FALSE(cursor->updatable);
    sqlite_session_free(target);
}

static void
rows_that_belong_to_no_table_are_not_changed(void)
{
    static const char *const queries[] = {
        "SELECT id FROM rows",
        "SELECT id + 1 FROM rows FOR UPDATE",
        "SELECT count(*) FROM rows FOR UPDATE",
        "SELECT DISTINCT v FROM rows FOR UPDATE",
        "SELECT v FROM rows GROUP BY v FOR UPDATE",
        "SELECT a.v FROM rows a, rows b FOR UPDATE",
        "SELECT a.v FROM rows a JOIN rows b ON a.id = b.id FOR UPDATE",
        "SELECT a.v FROM rows NATURAL JOIN rows a FOR UPDATE",
        "SELECT v FROM (SELECT * FROM rows) FOR UPDATE",
        "SELECT v FROM seen FOR UPDATE",
        "SELECT k FROM keyed FOR UPDATE",
        "SELECT id FROM rows UNION SELECT v FROM rows FOR UPDATE",
        "VALUES 1",
    };
    struct sql_target *target = session_with_rows();
    must_run(target, "CREATE VIEW seen AS SELECT * FROM rows");
    must_run(target, "CREATE TABLE keyed (k INTEGER NOT NULL PRIMARY KEY) WITHOUT ROWID");
    must_run(target, "INSERT INTO keyed VALUES (1)");
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        struct sql_section *cursor = prepared(target, 7, queries[i]);
        CU_ASSERT_FALSE(cursor->updatable);
        CU_ASSERT_EQUAL(run(target, "UPDATE rows SET v = 2 WHERE CURRENT OF SQL_CURLH000C7"), -507);
        CU_ASSERT_STRING_EQUAL(said.sqlstate, "24501");
        target->operations->open(target, cursor, NULL, 0, &said);
        CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
        CU_ASSERT_EQUAL(run(target, "UPDATE rows SET v = 2 WHERE CURRENT OF SQL_CURLH000C7"), -510);
        CU_ASSERT_STRING_EQUAL(said.sqlstate, "42828");
        target->operations->close(target, cursor);
    }
    must_run(target, "DROP VIEW seen");
    must_run(target, "DROP TABLE keyed");
    sqlite_session_free(target);
}

static void
cursors_and_tables_that_are_not_meant_are_told(void)
{
    struct sql_target *target = session_with_rows();
    struct sql_section *cursor = opened(target, 7, "SELECT id FROM rows FOR UPDATE");
    must_run(target, "CREATE TABLE IF NOT EXISTS others (id INTEGER)");
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    CU_ASSERT_EQUAL(run(target, "DELETE FROM rows WHERE CURRENT OF SQL_CURLH000C8"), -504);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "34000");
    CU_ASSERT_STRING_EQUAL(said.tokens, "SQL_CURLH000C8");
    CU_ASSERT_EQUAL(run(target, "DELETE FROM others WHERE CURRENT OF SQL_CURLH000C7"), -509);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "42827");
    CU_ASSERT_EQUAL(run(target, "DELETE FROM rows WHERE CURRENT OF"), -104);
    CU_ASSERT_EQUAL(run(target, "DELETE FROM rows WHERE CURRENT OF a b"), -104);
    CU_ASSERT_EQUAL(run(target, "UPDATE rows SET nosuch = 1 WHERE CURRENT OF SQL_CURLH000C7"), -206);
    CU_ASSERT_EQUAL(run(target, "UPDATE rows SET v = NULL WHERE CURRENT OF SQL_CURLH000C7"), -407);
    must_run(target, "UPDATE rows SET v = length('WHERE CURRENT OF x') WHERE CURRENT OF SQL_CURLH000C7");
    expect(target, "SELECT v FROM rows WHERE id = 1", "18");
    target->operations->close(target, cursor);
    sqlite_session_free(target);
}

/* What JDBC makes of insertRow(), too. */
static void
default_is_a_value(void)
{
    struct sql_target *target = session_with_rows();
    must_run(target, "INSERT INTO \"MAIN\".\"ROWS\" (id, v, w) VALUES (5, (1 + 1), DEFAULT)");
    expect(target, "SELECT v || w FROM rows WHERE id = 5", "2none");
    must_run(target, "insert into rows (id, w, v) values (default, default , 7);");
    expect(target, "SELECT id || w FROM rows WHERE v = 7", "6none");
    must_run(target, "CREATE TABLE IF NOT EXISTS defaults (a INTEGER DEFAULT 4, b VARCHAR(9) DEFAULT 'DEFAULT')");
    must_run(target, "INSERT INTO defaults (a, b) VALUES (DEFAULT, DEFAULT)");
    expect(target, "SELECT a || b FROM defaults", "4DEFAULT");
    must_run(target, "DELETE FROM defaults");
    must_run(target, "INSERT INTO defaults (a, b) VALUES (1, 'DEFAULT')");
    expect(target, "SELECT a || b FROM defaults", "1DEFAULT");
    CU_ASSERT_EQUAL(run(target, "INSERT INTO defaults (a, b) VALUES (DEFAULT)"), -104);
    sqlite_session_free(target);
}

static void
only_the_columns_named_are_changed(void)
{
    static const struct {
        const char *assignments;
        int32_t sqlcode;
    } updates[] = {
        { "v = 1", 0 },
        { "v = 1, w = 'x'", 0 },
        { "(v, w) = (2, 'y')", 0 },
        { "\"V\" = id", 0 },
        { "id = 9", -503 },
        { "v = 1, id = 9", -503 },
        { "(w, id) = ('z', 9)", -503 },
        { "w = 'z', (id, v) = (9, 9)", -503 },
        { "v = (id + 1) * id", 0 },
        { "v = length('id, id'), w = id", 0 },
    };
    struct sql_target *target = session_with_rows();
    struct sql_section *cursor = opened(target, 7, "SELECT id, v FROM rows FOR UPDATE OF v, \"W\"");
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    struct sql_column column;
    target->operations->describe_column(target, cursor, 0, &column);
    CU_ASSERT_FALSE(column.updatable);
    target->operations->describe_column(target, cursor, 1, &column);
    CU_ASSERT_TRUE(column.updatable);
    for (size_t i = 0; i < sizeof updates / sizeof updates[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "UPDATE rows SET %s WHERE CURRENT OF SQL_CURLH000C7", updates[i].assignments);
        if (run(target, text) != updates[i].sqlcode)
            fprintf(stderr, "%s: %d %s\n", text, said.sqlcode, said.tokens);
        CU_ASSERT_EQUAL(said.sqlcode, updates[i].sqlcode);
    }
    target->operations->close(target, cursor);
    sqlite_session_free(target);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the row of a cursor is changed", the_row_of_a_cursor_is_changed },
        { "a prepared statement follows the cursor", a_prepared_statement_follows_the_cursor },
        { "rows that belong to no table are not changed", rows_that_belong_to_no_table_are_not_changed },
        { "cursors and tables that are not meant are told", cursors_and_tables_that_are_not_meant_are_told },
        { "only the columns named are changed", only_the_columns_named_are_changed },
        { "DEFAULT is a value", default_is_a_value },
    };
    make_datastore();
    int status = SUITE_RUN("sqlite_updatable", cases);
    remove_datastore();
    return status;
}
