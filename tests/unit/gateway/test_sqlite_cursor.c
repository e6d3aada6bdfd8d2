/* Rows of a query: forwards, both ways, and across the ends of units of work. */
#include <string.h>

#include "tests/support/sqlite_session.h"

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

int
main(void)
{
    static const struct test_case cases[] = {
        { "rows come back", rows_come_back },
        { "the row looked at is not lost", the_row_looked_at_is_not_lost },
        { "held cursors survive COMMIT and none ROLLBACK", held_cursors_survive_commit_and_none_rollback },
        { "a table dropped under a cursor is in use", a_dropped_table_under_a_cursor_is_in_use },
        { "scrollable cursors go both ways", scrollable_cursors_go_both_ways },
        { "scrollable cursors see no later changes", scrollable_cursors_see_no_later_changes },
        { "rows of scrollable cursors are bounded", rows_of_scrollable_cursors_are_bounded },
    };
    make_datastore();
    int status = SUITE_RUN("sqlite cursor", cases);
    remove_datastore();
    return status;
}
