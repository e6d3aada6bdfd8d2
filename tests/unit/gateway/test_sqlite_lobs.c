/* Large objects of a session: temporary ones and their room, those of rows, and both as parameters. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/datastore/sqlite/lob_temporary.h"
#include "tests/support/sqlite_session.h"

enum { LONG = 1000000, LIMIT = 4 * LOB_PIECE_SIZE };

static struct sql_target *target;

/* Byte `i` of what tests write. */
static uint8_t
byte_at(uint64_t i)
{
    return (uint8_t)(i * 7 + i / 251);
}

static void
fill(uint8_t *bytes, size_t size, uint64_t from)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = byte_at(from + i);
}

/* ---- room -------------------------------------------------------------------------------------------------------- */

static void
expect_contents(const struct lob_space *space, const struct lob_contents *contents, uint64_t size)
{
    uint8_t *bytes = malloc(size + 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    CU_ASSERT_TRUE(lob_contents_read(space, contents, 0, bytes, size));
    size_t wrong = 0;
    for (uint64_t i = 0; i < size; i++)
        wrong += bytes[i] != byte_at(i);
    CU_ASSERT_EQUAL(wrong, 0);
    if (size > 0) {
        CU_ASSERT_TRUE(lob_contents_read(space, contents, size - 1, bytes, 1));
        CU_ASSERT_EQUAL(bytes[0], byte_at(size - 1));
    }
    free(bytes);
}

static void
contents_grow_from_memory_into_the_file_and_shrink(void)
{
    static const size_t steps[] = { 1, 255, 4000, LOB_SMALL_MAX - 4256, 1, LOB_PIECE_SIZE, 3, LOB_PIECE_SIZE };
    struct lob_space space;
    struct lob_contents contents = { 0 };
    uint8_t bytes[LOB_PIECE_SIZE];
    uint64_t size = 0;
    lob_space_init(&space, datastore.path, LIMIT);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        fill(bytes, steps[i], size);
        CU_ASSERT_TRUE_FATAL(lob_contents_write(&space, &contents, size, size, bytes, steps[i]));
        size += steps[i];
        expect_contents(&space, &contents, size);
        CU_ASSERT_EQUAL(space.fd >= 0, size > LOB_SMALL_MAX);
        CU_ASSERT_EQUAL(space.memory > 0, size <= LOB_SMALL_MAX);
    }
    for (; size > 0; size /= 3) {
        lob_contents_cut(&space, &contents, size);
        expect_contents(&space, &contents, size);
        fill(bytes, 10, size); /* and it can grow again */
        CU_ASSERT_TRUE(lob_contents_write(&space, &contents, size, size, bytes, 10));
        expect_contents(&space, &contents, size + 10);
    }
    lob_contents_cut(&space, &contents, 0);
    CU_ASSERT_EQUAL(space.pieces, 0);
    CU_ASSERT_EQUAL(space.memory, 0);
    lob_space_clear(&space);
}

static void
values_share_what_room_there_is(void)
{
    struct lob_space space;
    struct lob_contents contents[5] = { 0 };
    uint8_t bytes[LOB_PIECE_SIZE];
    fill(bytes, sizeof bytes, 0);
    lob_space_init(&space, datastore.path, LIMIT);
    for (size_t i = 0; i < 5; i++)
        CU_ASSERT_EQUAL(lob_contents_write(&space, &contents[i], 0, 0, bytes, sizeof bytes), i < 4);
    CU_ASSERT_TRUE(lob_contents_write(&space, &contents[4], 0, 0, bytes, 100)); /* small ones need none of it */
    lob_contents_cut(&space, &contents[1], 0);
    CU_ASSERT_TRUE(lob_contents_write(&space, &contents[4], 100, 0, bytes, sizeof bytes));
    for (size_t i = 0; i < 5; i++) {
        if (i != 1)
            expect_contents(&space, &contents[i], sizeof bytes);
        lob_contents_cut(&space, &contents[i], 0);
    }
    CU_ASSERT_EQUAL(space.pieces, 0);
    lob_space_clear(&space);
}

/* ---- a session --------------------------------------------------------------------------------------------------- */

static int32_t
run_with(const char *text, struct sql_lob *lob)
{
    const struct sql_value value = { .kind = SQL_VALUE_LOB, .lob = lob };
    target->operations->execute(target, prepared(target, 1, text), &value, 1, &said);
    return said.sqlcode;
}

/* The LOB that is the first column of the first row, behind its locator. */
static struct sql_lob *
lob_of(const char *text)
{
    struct sql_section *cursor = prepared(target, 3, text);
    uint32_t locator;
    target->operations->open(target, cursor, NULL, 0, &said);
    CU_ASSERT_EQUAL_FATAL(target->operations->fetch(target, cursor, &said), SQL_STEP_ROW);
    CU_ASSERT_TRUE_FATAL(target->operations->keep_lob(target, cursor, 0, &locator, &said));
    target->operations->close(target, cursor);
    struct sql_lob *lob = target->operations->find_lob(target, locator);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lob);
    return lob;
}

static struct sql_lob *
temporary(bool is_text, uint64_t size)
{
    uint32_t locator;
    uint8_t bytes[10000];
    CU_ASSERT_TRUE_FATAL(target->operations->create_lob(target, is_text, &locator, &said));
    struct sql_lob *lob = target->operations->find_lob(target, locator);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lob);
    while (lob->size < size) {
        size_t some = size - lob->size < sizeof bytes ? (size_t)(size - lob->size) : sizeof bytes;
        fill(bytes, some, lob->size);
        CU_ASSERT_EQUAL_FATAL(lob->write(lob, lob->size, bytes, some), SQL_LOB_FINE);
    }
    return lob;
}

static void
expect_lob(struct sql_lob *lob, uint64_t size)
{
    uint8_t *bytes = malloc(size + 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    CU_ASSERT_EQUAL_FATAL(lob->size, size);
    CU_ASSERT_TRUE(lob->read(lob, 0, bytes, size));
    size_t wrong = 0;
    for (uint64_t i = 0; i < size; i++)
        wrong += bytes[i] != byte_at(i);
    CU_ASSERT_EQUAL(wrong, 0);
    free(bytes);
}

static void
temporary_lobs_go_into_rows(void)
{
    must_run(target, "CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB, c CLOB)");
    CU_ASSERT_EQUAL(run_with("INSERT INTO t (b) VALUES (?)", temporary(false, 0)), 0);
    CU_ASSERT_EQUAL(run_with("INSERT INTO t (b) VALUES (?)", temporary(false, 100)), 0);
    CU_ASSERT_EQUAL(run_with("INSERT INTO t (b) VALUES (?)", temporary(false, LONG)), 0);
    expect_lob(lob_of("SELECT b FROM t WHERE id = 1"), 0);
    expect_lob(lob_of("SELECT b FROM t WHERE id = 2"), 100);
    expect_lob(lob_of("SELECT b FROM t WHERE id = 3"), LONG);
    target->operations->commit(target, &said);
}

static void
lobs_of_rows_go_into_rows(void)
{
    CU_ASSERT_EQUAL(run_with("INSERT INTO t (id, b) VALUES (4, ?)", lob_of("SELECT b FROM t WHERE id = 3")), 0);
    CU_ASSERT_EQUAL(run_with("UPDATE t SET b = ? WHERE id = 2", lob_of("SELECT b FROM t WHERE id = 3")), 0);
    CU_ASSERT_EQUAL(run_with("UPDATE t SET b = ? WHERE id = 3", lob_of("SELECT b FROM t WHERE id = 3")), 0); /* its own row */
    CU_ASSERT_EQUAL(run_with("UPDATE t SET b = ?", lob_of("SELECT b FROM t WHERE id = 3")), 0);
    CU_ASSERT_EQUAL(run_with("REPLACE INTO t (id, b) VALUES (1, ?)", lob_of("SELECT b FROM t WHERE id = 1")), 0);
    for (char query[] = "SELECT b FROM t WHERE id = 1"; query[sizeof query - 2] <= '4'; query[sizeof query - 2]++)
        expect_lob(lob_of(query), LONG);
    target->operations->commit(target, &said);
}

static void
a_changed_lob_leaves_its_row_alone(void)
{
    static const uint8_t other[] = { 1, 2, 3 };
    uint8_t bytes[4];
    struct sql_lob *lob = lob_of("SELECT b FROM t WHERE id = 3");
    CU_ASSERT_EQUAL(lob->write(lob, LONG - 1, other, sizeof other), SQL_LOB_FINE);
    CU_ASSERT_EQUAL(lob->size, LONG + 2);
    CU_ASSERT_TRUE(lob->read(lob, LONG - 2, bytes, 4));
    CU_ASSERT_EQUAL(bytes[0], byte_at(LONG - 2));
    CU_ASSERT_EQUAL(memcmp(bytes + 1, other, sizeof other), 0);
    expect_lob(lob_of("SELECT b FROM t WHERE id = 3"), LONG);
    struct sql_lob *second = lob_of("SELECT b FROM t WHERE id = 3");
    CU_ASSERT_EQUAL(second->cut(second, 70000), SQL_LOB_FINE);
    must_run(target, "UPDATE t SET b = X'00' WHERE id = 3"); /* nor does the row matter to it any more */
    expect_lob(second, 70000);
    CU_ASSERT_EQUAL(lob->size, LONG + 2);
    target->operations->rollback(target, &said);
}

static void
a_lob_whose_row_was_changed_is_gone(void)
{
    struct sql_lob *lob = lob_of("SELECT b FROM t WHERE id = 3");
    must_run(target, "UPDATE t SET b = X'00' WHERE id = 3");
    uint8_t byte = 1;
    CU_ASSERT_FALSE(lob->read(lob, 0, &byte, 1));
    CU_ASSERT_EQUAL(lob->write(lob, 0, &byte, 1), SQL_LOB_GONE);
    CU_ASSERT_EQUAL(run_with("INSERT INTO t (id, b) VALUES (9, ?)", lob), -904);
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t WHERE id = 9"), 0);
    target->operations->rollback(target, &said);
}

static void
temporary_lobs_end_with_the_unit_of_work(void)
{
    uint32_t locators[2];
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_TRUE(target->operations->create_lob(target, i == 0, &locators[i], &said));
        CU_ASSERT_PTR_NOT_NULL(target->operations->find_lob(target, locators[i]));
    }
    target->operations->release_lob(target, locators[1]);
    CU_ASSERT_PTR_NULL(target->operations->find_lob(target, locators[1]));
    target->operations->commit(target, &said);
    CU_ASSERT_PTR_NULL(target->operations->find_lob(target, locators[0]));
    (void)temporary(false, LONG);
    target->operations->rollback(target, &said);
}

static void
their_room_is_bounded(void)
{
    static const uint8_t bytes[LOB_PIECE_SIZE];
    sqlite_session_limit_lobs(target, LIMIT);
    struct sql_lob *lob = temporary(false, LIMIT);
    CU_ASSERT_EQUAL(lob->write(lob, LIMIT, bytes, 1), SQL_LOB_FULL);
    struct sql_lob *of_row = lob_of("SELECT b FROM t WHERE id = 3");
    CU_ASSERT_EQUAL(of_row->write(of_row, 0, bytes, 1), SQL_LOB_FULL);
    expect_lob(of_row, LONG); /* it still is what stands in its row */
    CU_ASSERT_EQUAL(run_with("UPDATE t SET b = ? WHERE id = 3", of_row), -904);
    target->operations->rollback(target, &said);
    lob = temporary(false, LIMIT);
    target->operations->rollback(target, &said);
    sqlite_session_limit_lobs(target, 1 << 30);
}

/* Bytes that may be no text do not become the value of a CLOB. */
static void
types_of_lobs_count(void)
{
    const struct sql_value bytes = { .kind = SQL_VALUE_BYTES, .data = { (const uint8_t *)"\xFF", 1 } };
    CU_ASSERT_EQUAL(run_with("INSERT INTO t (c) VALUES (?)", temporary(false, 10)), -408);
    CU_ASSERT_EQUAL(run_with("INSERT INTO t (c) VALUES (?)", temporary(false, LONG)), -408);
    CU_ASSERT_EQUAL(run_with("UPDATE t SET c = ?", temporary(false, LONG)), -408);
    target->operations->execute(target, prepared(target, 1, "INSERT INTO t (c) VALUES (?)"), &bytes, 1, &said);
    CU_ASSERT_EQUAL(said.sqlcode, -408);
    target->operations->rollback(target, &said);
}

/* A scrollable cursor gives a row again as it was, or not at all. */
static void
a_row_passed_is_not_another_one_later(void)
{
    uint32_t locator;
    must_run(target, "CREATE TABLE s (id INTEGER PRIMARY KEY, b BLOB)");
    must_run(target, "INSERT INTO s VALUES (1, randomblob(40000)), (2, randomblob(40000)), (3, randomblob(40000))");
    struct sql_section *cursor = prepared(target, 3, "SELECT b FROM s ORDER BY id");
    cursor->scrollable = true;
    target->operations->open(target, cursor, NULL, 0, &said);
    CU_ASSERT_EQUAL(target->operations->move(target, cursor, SQL_MOVE_ABSOLUTE, 2, &said), SQL_STEP_ROW);
    must_run(target, "UPDATE s SET b = X'01' WHERE id = 1");
    CU_ASSERT_EQUAL(target->operations->move(target, cursor, SQL_MOVE_ABSOLUTE, 1, &said), SQL_STEP_ROW);
    CU_ASSERT_FALSE(target->operations->keep_lob(target, cursor, 0, &locator, &said));
    CU_ASSERT_EQUAL(said.sqlcode, -423);
    CU_ASSERT_EQUAL(target->operations->move(target, cursor, SQL_MOVE_ABSOLUTE, 2, &said), SQL_STEP_ROW);
    CU_ASSERT_TRUE(target->operations->keep_lob(target, cursor, 0, &locator, &said));
    target->operations->close(target, cursor);
    target->operations->rollback(target, &said);
}

static void
going_back_to_a_savepoint_takes_away_what_was_taken_since(void)
{
    uint8_t byte;
    must_run(target, "CREATE TABLE g (id INTEGER PRIMARY KEY, b BLOB)");
    must_run(target, "INSERT INTO g VALUES (1, randomblob(40000))");
    target->operations->commit(target, &said);
    struct sql_lob *before = lob_of("SELECT b FROM g");
    must_run(target, "SAVEPOINT here ON ROLLBACK RETAIN CURSORS");
    must_run(target, "UPDATE t SET c = 'changed' WHERE id = 1");
    struct sql_lob *meanwhile = lob_of("SELECT b FROM g");
    struct sql_lob *own = lob_of("SELECT b FROM g");
    CU_ASSERT_EQUAL(own->cut(own, 35000), SQL_LOB_FINE);
    must_run(target, "ROLLBACK TO SAVEPOINT here");
    CU_ASSERT_TRUE(before->read(before, 0, &byte, 1));
    CU_ASSERT_FALSE(meanwhile->read(meanwhile, 0, &byte, 1));
    CU_ASSERT_TRUE(own->read(own, 0, &byte, 1));
    target->operations->rollback(target, &said);
}

static void
a_held_cursor_knows_that_others_may_change_its_rows(void)
{
    uint32_t locator;
    must_run(target, "CREATE TABLE h (id INTEGER PRIMARY KEY, b BLOB)");
    must_run(target, "INSERT INTO h VALUES (1, randomblob(40000)), (2, randomblob(40000)), (3, X'03')");
    target->operations->commit(target, &said);
    struct sql_section *cursor = prepared(target, 3, "SELECT b FROM h ORDER BY id");
    cursor->scrollable = true;
    cursor->with_hold = true;
    target->operations->open(target, cursor, NULL, 0, &said);
    CU_ASSERT_EQUAL(target->operations->move(target, cursor, SQL_MOVE_ABSOLUTE, 1, &said), SQL_STEP_ROW);
    target->operations->commit(target, &said);
    CU_ASSERT_EQUAL(target->operations->move(target, cursor, SQL_MOVE_ABSOLUTE, 2, &said), SQL_STEP_ROW);
    CU_ASSERT_TRUE(target->operations->keep_lob(target, cursor, 0, &locator, &said)); /* its query still reads what it began with */
    CU_ASSERT_EQUAL(target->operations->move(target, cursor, SQL_MOVE_ABSOLUTE, -1, &said), SQL_STEP_ROW);
    CU_ASSERT_TRUE(target->operations->keep_lob(target, cursor, 0, &locator, &said));
    CU_ASSERT_EQUAL(target->operations->move(target, cursor, SQL_MOVE_ABSOLUTE, 1, &said), SQL_STEP_ROW);
    CU_ASSERT_FALSE(target->operations->keep_lob(target, cursor, 0, &locator, &said));
    CU_ASSERT_EQUAL(said.sqlcode, -423);
    target->operations->close(target, cursor);
    cursor->scrollable = false;
    cursor->with_hold = false;
    target->operations->rollback(target, &said);
}

/* As the conversation does it that answers a procedure of its own in the section: what was prepared goes all the same. */
static void
a_section_may_be_used_for_something_else_meanwhile(void)
{
    struct sql_section *section = prepared(target, 4, "SELECT b FROM t");
    section->column_count = 0;
    (void)prepared(target, 4, "SELECT c FROM t");
    section->column_count = 0;
}

/* What was read stays in SQLite's cache up to the end of the unit of work. */
static void
large_ones_leave_no_memory_behind(void)
{
    enum { LARGE = 20000000, LITTLE = 256 * 1024 };
    uint8_t piece[LOB_PIECE_SIZE];
    must_run(target, "CREATE TABLE large (b BLOB(1G))");
    must_run(target, "INSERT INTO large VALUES (zeroblob(20000000))");
    target->operations->commit(target, &said);
    sqlite3_int64 before = sqlite3_memory_used();
    struct sql_lob *lob = lob_of("SELECT b FROM large");
    for (uint64_t offset = 0; offset < LARGE; offset += sizeof piece)
        CU_ASSERT_TRUE_FATAL(lob->read(lob, offset, piece, LARGE - offset < sizeof piece ? (size_t)(LARGE - offset) : sizeof piece));
    sqlite3_int64 meanwhile = sqlite3_memory_used();
    target->operations->commit(target, &said);
    CU_ASSERT(sqlite3_memory_used() < meanwhile - 4 * LITTLE);
    CU_ASSERT(sqlite3_memory_used() < before + LITTLE);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "contents grow from memory into the file and shrink", contents_grow_from_memory_into_the_file_and_shrink },
        { "values share what room there is", values_share_what_room_there_is },
        { "temporary LOBs go into rows", temporary_lobs_go_into_rows },
        { "LOBs of rows go into rows", lobs_of_rows_go_into_rows },
        { "a changed LOB leaves its row alone", a_changed_lob_leaves_its_row_alone },
        { "a LOB whose row was changed is gone", a_lob_whose_row_was_changed_is_gone },
        { "temporary LOBs end with the unit of work", temporary_lobs_end_with_the_unit_of_work },
        { "their room is bounded", their_room_is_bounded },
        { "types of LOBs count", types_of_lobs_count },
        { "a row passed is not another one later", a_row_passed_is_not_another_one_later },
        { "a held cursor knows that others may change its rows", a_held_cursor_knows_that_others_may_change_its_rows },
        { "going back to a savepoint takes away what was taken since", going_back_to_a_savepoint_takes_away_what_was_taken_since },
        { "a section may be used for something else meanwhile", a_section_may_be_used_for_something_else_meanwhile },
        { "large ones leave no memory behind", large_ones_leave_no_memory_behind },
    };
    make_datastore();
    target = sqlite_session_new(&datastore, "USER0001");
    int status = target != NULL ? SUITE_RUN("sqlite lobs", cases) : 1;
    sqlite_session_free(target);
    remove_datastore();
    return status;
}
