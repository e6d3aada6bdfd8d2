/* Query blocks: whatever their size, put together they are the rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/codepoint.h"
#include "drda/sql/query.h"
#include "drda/sql/row.h"
#include "tests/support/drda_recorded.h"
#include "tests/support/growing_writer.h"
#include "tests/support/row_described.h"
#include "tests/support/sql_fake_target.h"
#include "tests/support/suite.h"

enum { REPLY_MAX = 1 << 17, CORRELATION_ID = 7, COLUMNS_MANY = 300 };

static const struct sql_column columns[] = {
    { .name = "ID", .table = "T", .schema = "", .type = SQL_TYPE_INTEGER },
    { .name = "V", .table = "T", .schema = "", .type = SQL_TYPE_VARCHAR, .length = 32000, .nullable = true },
};

static uint8_t filler[32000];
static size_t filler_size; /* of the text in every row */

static void
cell(size_t row, size_t column, struct sql_value *value)
{
    if (column == 0)
        *value = (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = (int64_t)row };
    else if (row % 5 != 4)
        *value = (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { filler, filler_size + row % 3 } };
}

static struct fake_target *
open_query(size_t rows)
{
    struct fake_target *fake = fake_target_new(columns, 2, rows, cell);
    struct sql_section_name name = { .package = "P", .number = 1 };
    struct sql_diagnosis diagnosis;
    struct sql_section *section = fake_section(&fake->target, &name, true);
    memset(filler, 'x', sizeof filler);
    sql_diagnosis_clear(&diagnosis);
    fake_prepare(&fake->target, section, "select", 6, &diagnosis);
    fake_open(&fake->target, section, NULL, 0, &diagnosis);
    return fake;
}

static bool reading_ahead; /* after each block */

/* One block: the data of its QRYDTA are appended to `rows`. Returns the size of the DSS. */
static size_t
next_block(struct fake_target *fake, size_t block_size, struct wire_writer *rows)
{
    uint8_t *memory = malloc(REPLY_MAX);
    struct wire_writer wire = wire_writer(memory, REPLY_MAX);
    struct dss_writer reply = dss_writer(&wire);
    struct dss_command command;
    query_put_block(&reply, CORRELATION_ID, &fake->target, &fake->sections[0].section, block_size);
    CU_ASSERT_FALSE_FATAL(wire.failed);
    size_t size = wire.used;
    CU_ASSERT_TRUE_FATAL(dss_read(memory, wire.used, &command));
    CU_ASSERT_EQUAL(command.codepoint, CP_QRYDTA);
    CU_ASSERT_EQUAL(command.correlation_id, CORRELATION_ID);
    wire_put_bytes(rows, command.parameters.at, command.parameters.left);
    CU_ASSERT_FALSE_FATAL(rows->failed);
    free(memory);
    if (reading_ahead && fake->target.continued != NULL)
        query_read_ahead(&fake->target, fake->target.continued, fake->target.block_size);
    return size;
}

static void
put_descriptor(struct wire_writer *writer)
{
    struct fdoca_describer describer = fdoca_describe(writer);
    for (size_t i = 0; i < 2; i++)
        fdoca_describe_field(&describer, fdoca_field_of(&columns[i]));
    fdoca_describe_end_rows(&describer);
}

/* Reads all rows out of what the blocks held, and compares with what the target has. */
static void
expect_rows(const struct wire_writer *rows, size_t count, enum row_read end)
{
    uint8_t memory[64];
    struct wire_writer descriptor = wire_writer(memory, sizeof memory);
    put_descriptor(&descriptor);
    struct wire_reader block = wire_reader(rows->start, rows->used);
    struct wire_writer scratch = { 0 };
    struct sql_value values[2];
    struct sql_diagnosis diagnosis;
    for (size_t row = 0; row <= count; row++) {
        enum row_read outcome = row_read_described(&block, wire_reader(memory, descriptor.used), &own, values, 2, &scratch, &diagnosis);
        CU_ASSERT_EQUAL_FATAL(outcome, row < count ? ROW_READ_VALUES : end);
        if (row == count)
            break;
        CU_ASSERT_EQUAL(values[0].integer, (int64_t)row);
        CU_ASSERT_EQUAL(values[1].kind, row % 5 == 4 ? SQL_VALUE_NULL : SQL_VALUE_TEXT);
        if (row % 5 != 4)
            CU_ASSERT_EQUAL(values[1].data.size, filler_size + row % 3);
    }
    CU_ASSERT_EQUAL(block.left, 0);
}

static void
read_to_the_end(size_t rows, size_t text_size, size_t block_size)
{
    filler_size = text_size;
    struct fake_target *fake = open_query(rows);
    struct wire_writer all = growing_writer();
    const struct sql_section *section = &fake->sections[0].section;
    size_t blocks = 0;
    while (section->state == SQL_SECTION_OPEN || section->pending != NULL) {
        size_t size = next_block(fake, block_size, &all);
        CU_ASSERT_TRUE_FATAL(size <= block_size);
        CU_ASSERT_TRUE_FATAL(blocks++ < 10000);
    }
    CU_ASSERT_EQUAL(section->state, SQL_SECTION_ENDED);
    CU_ASSERT_EQUAL(fake->closed, 1);
    expect_rows(&all, rows, ROW_READ_END);
    free(all.start);
    fake_target_free(fake);
}

static void
blocks_of_every_size_hold_the_rows(void)
{
    for (size_t block_size = 512; block_size <= 700; block_size++)
        read_to_the_end(40, 50, block_size);
    for (size_t block_size = 512; block_size <= 32767; block_size += 257) {
        read_to_the_end(60, 300, block_size);
        read_to_the_end(7, 5000, block_size);
    }
    read_to_the_end(0, 0, 512);
    read_to_the_end(1, 0, 32767);
    read_to_the_end(5, 31998, 512);
    read_to_the_end(5, 31998, 32767);
}

/* The SQLCA of the end is cut like a row when it has to be. */
static void
the_end_may_fall_on_a_border(void)
{
    for (size_t text = 0; text < 600; text++)
        read_to_the_end(1, text, 512);
}

static void
a_block_ends_between_rows_when_it_can(void)
{
    filler_size = 100;
    struct fake_target *fake = open_query(30);
    struct wire_writer all = growing_writer();
    next_block(fake, 512, &all);
    /* head, ID, indicator and length are 9 bytes of a row, NULL has no length: the sixth row would make 557 of 502 */
    CU_ASSERT_EQUAL(all.used, 109 + 110 + 111 + 109 + 7);
    CU_ASSERT_PTR_NOT_NULL(fake->sections[0].section.pending);
    free(all.start);
    fake_target_free(fake);
}

static void
asked_again_after_the_end_it_says_so_again(void)
{
    filler_size = 3;
    struct fake_target *fake = open_query(2);
    struct wire_writer all = growing_writer();
    next_block(fake, 4096, &all);
    expect_rows(&all, 2, ROW_READ_END);
    for (int i = 0; i < 3; i++) {
        all.used = 0;
        next_block(fake, 4096, &all);
        expect_rows(&all, 0, ROW_READ_END);
        CU_ASSERT_EQUAL(fake->sections[0].section.state, SQL_SECTION_ENDED);
    }
    free(all.start);
    fake_target_free(fake);
}

static void
an_error_on_the_way_stands_behind_the_rows_before_it(void)
{
    filler_size = 300;
    struct fake_target *fake = open_query(20);
    struct wire_writer all = growing_writer();
    const struct sql_section *section = &fake->sections[0].section;
    fake->failing_row = 6;
    while (section->state == SQL_SECTION_OPEN || section->pending != NULL)
        next_block(fake, 1000, &all);
    CU_ASSERT_EQUAL(section->state, SQL_SECTION_ENDED);
    expect_rows(&all, 6, ROW_READ_FAILED);
    free(all.start);
    fake_target_free(fake);
}

static void
wrong_cell(size_t row, size_t column, struct sql_value *value)
{
    cell(row, column, value);
    if (row == 3 && column == 0)
        value->integer = (int64_t)1 << 40;
}

static void
a_value_that_does_not_fit_ends_the_query(void)
{
    filler_size = 10;
    struct fake_target *fake = open_query(20);
    struct wire_writer all = growing_writer();
    fake->cell = wrong_cell;
    next_block(fake, 32767, &all);
    expect_rows(&all, 3, ROW_READ_FAILED);
    CU_ASSERT_EQUAL(fake->sections[0].section.state, SQL_SECTION_ENDED);
    CU_ASSERT_EQUAL(fake->closed, 1);
    free(all.start);
    fake_target_free(fake);
}

static void
rows_read_ahead_are_the_same_rows(void)
{
    reading_ahead = true;
    blocks_of_every_size_hold_the_rows();
    an_error_on_the_way_stands_behind_the_rows_before_it();
    reading_ahead = false;
}

/* The sizes of all blocks. */
static size_t
measure_blocks(size_t block_size, bool ahead, size_t *sizes, size_t room)
{
    struct fake_target *fake = open_query(60);
    struct wire_writer all = growing_writer();
    const struct sql_section *section = &fake->sections[0].section;
    size_t count = 0;
    reading_ahead = ahead;
    while (section->state == SQL_SECTION_OPEN || section->pending != NULL) {
        CU_ASSERT_FATAL(count < room);
        sizes[count++] = next_block(fake, block_size, &all);
        CU_ASSERT_TRUE(!ahead || section->state != SQL_SECTION_OPEN || section->pending_size > block_size / 2);
    }
    reading_ahead = false;
    free(all.start);
    fake_target_free(fake);
    return count;
}

static void
rows_read_ahead_come_in_the_same_blocks(void)
{
    enum { BLOCKS_MAX = 100 };
    size_t ahead[BLOCKS_MAX];
    size_t asked[BLOCKS_MAX];
    filler_size = 100;
    for (size_t block_size = 512; block_size < 4096; block_size += 101) {
        size_t count = measure_blocks(block_size, false, asked, BLOCKS_MAX);
        CU_ASSERT_EQUAL_FATAL(measure_blocks(block_size, true, ahead, BLOCKS_MAX), count);
        CU_ASSERT_EQUAL(memcmp(ahead, asked, count * sizeof *asked), 0);
    }
}

static void
rows_read_ahead_are_forgotten_with_their_cursor(void)
{
    filler_size = 300;
    struct fake_target *fake = open_query(100);
    struct sql_section *section = &fake->sections[0].section;
    struct wire_writer all = growing_writer();
    reading_ahead = true;
    next_block(fake, 1000, &all);
    reading_ahead = false;
    CU_ASSERT_PTR_NOT_NULL(section->pending);
    query_close(&fake->target, section);
    CU_ASSERT_PTR_NULL(section->pending);
    free(all.start);
    fake_target_free(fake);
}

static void
integer_cell(size_t row, size_t column, struct sql_value *value)
{
    *value = (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = (int64_t)(1000 * row + column) };
}

static void
many_columns_are_described_and_read(void)
{
    struct sql_column *many = calloc(COLUMNS_MANY, sizeof *many);
    for (size_t i = 0; i < COLUMNS_MANY; i++)
        many[i] = columns[0];
    struct fake_target *fake = open_query(3);
    fake->columns = many;
    fake->column_count = COLUMNS_MANY;
    fake->sections[0].section.column_count = COLUMNS_MANY;
    fake->cell = integer_cell;

    uint8_t *memory = malloc(REPLY_MAX);
    struct wire_writer wire = wire_writer(memory, REPLY_MAX);
    struct dss_writer reply = dss_writer(&wire);
    struct dss_command command;
    query_put_description(&reply, CORRELATION_ID, &fake->target, &fake->sections[0].section);
    CU_ASSERT_TRUE_FATAL(dss_read(memory, wire.used, &command));
    CU_ASSERT_EQUAL(command.codepoint, CP_QRYDSC);

    struct wire_writer all = growing_writer();
    struct sql_value values[COLUMNS_MANY];
    struct wire_writer scratch = { 0 };
    struct sql_diagnosis diagnosis;
    next_block(fake, 32767, &all);
    struct wire_reader block = wire_reader(all.start, all.used);
    for (size_t row = 0; row < 3; row++) {
        CU_ASSERT_EQUAL_FATAL(row_read_described(&block, command.parameters, &own, values, COLUMNS_MANY, &scratch, &diagnosis),
                              ROW_READ_VALUES);
        for (size_t i = 0; i < COLUMNS_MANY; i++)
            CU_ASSERT_EQUAL(values[i].integer, (int64_t)(1000 * row + i));
    }
    free(all.start);
    free(memory);
    free(many);
    fake_target_free(fake);
}

/* One rowset: how many IDs it has, or -1 when it is not made as it should be; *behind says what stands behind the rows. */
static int
read_rowset(struct fake_target *fake, size_t block_size, const struct query_move *move, int64_t ids[], struct sql_diagnosis *behind)
{
    struct wire_writer all = growing_writer();
    struct wire_writer descriptor = growing_writer();
    struct wire_writer scratch = growing_writer();
    struct sql_value values[2];
    uint8_t *memory = malloc(REPLY_MAX);
    struct wire_writer wire = wire_writer(memory, REPLY_MAX);
    struct dss_writer reply = dss_writer(&wire);
    struct dss_command command;
    int count = 0;
    query_put_rowset(&reply, CORRELATION_ID, &fake->target, &fake->sections[0].section, block_size, move);
    CU_ASSERT(wire.used <= block_size);
    CU_ASSERT_TRUE_FATAL(dss_read(memory, wire.used, &command));
    wire_put_bytes(&all, command.parameters.at, command.parameters.left);
    put_descriptor(&descriptor);
    (void)wire_room(&scratch, 64);
    struct wire_reader block = wire_reader(all.start, all.used);
    sql_diagnosis_clear(behind);
    if (!move->with_data) { /* an SQLCA, and no row */
        CU_ASSERT_EQUAL(block.at[0], 0x00);
        CU_ASSERT_EQUAL(block.at[block.left - 1], 0xFF);
        block.left = 0;
    }
    while (count >= 0 && block.left > 0) {
        switch (row_read_described(&block, wire_reader(descriptor.start, descriptor.used), &own, values, 2, &scratch, behind)) {
        case ROW_READ_VALUES:
            ids[count++] = values[0].integer;
            break;
        case ROW_READ_END:
        case ROW_READ_FAILED:
            CU_ASSERT_EQUAL(block.left, 0);
            block.left = 0;
            break;
        case ROW_READ_INCOMPLETE:
        case ROW_READ_DAMAGED:
            count = -1;
            break;
        }
    }
    free(all.start);
    free(descriptor.start);
    free(scratch.start);
    free(memory);
    return count;
}

static struct fake_target *
open_scrollable(size_t rows, uint32_t rowset)
{
    filler_size = 10;
    struct fake_target *fake = open_query(rows);
    fake->sections[0].section.scrollable = true;
    fake->sections[0].section.rowset = rowset;
    return fake;
}

static void
a_rowset_begins_where_the_move_leads(void)
{
    static const struct {
        struct query_move move;
        int count;
        int64_t first;
        int32_t sqlcode;
    } steps[] = {
        { { SQL_MOVE_RELATIVE, 1, true, false }, 10, 0, 0 },          { { SQL_MOVE_RELATIVE, 1, true, false }, 10, 10, 0 },
        { { SQL_MOVE_ABSOLUTE, -3, true, false }, 3, 22, 100 },       { { SQL_MOVE_RELATIVE, -5, true, false }, 5, 20, 100 },
        { { SQL_MOVE_ABSOLUTE, 26, true, false }, 0, 0, 100 },        { { SQL_MOVE_RELATIVE, -10, true, false }, 10, 15, 0 },
        { { SQL_MOVE_ABSOLUTE, 0, true, false }, 0, 0, 100 },         { { SQL_MOVE_RELATIVE, 1, true, false }, 10, 0, 0 },
        { { SQL_MOVE_BEHIND_LAST, 0, false, false }, 0, 0, 0 },       { { SQL_MOVE_RELATIVE, -1, true, false }, 1, 24, 100 },
        { { SQL_MOVE_BEFORE_FIRST, 0, false, false }, 0, 0, 0 },      { { SQL_MOVE_RELATIVE, -1, true, false }, 0, 0, 100 },
        { { SQL_MOVE_ABSOLUTE, INT64_MIN, true, false }, 0, 0, 100 },
    };
    struct fake_target *fake = open_scrollable(25, 10);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int64_t ids[32];
        struct sql_diagnosis behind;
        int count = read_rowset(fake, 32767, &steps[i].move, ids, &behind);
        CU_ASSERT_EQUAL(count, steps[i].count);
        for (int row = 0; row < count; row++)
            CU_ASSERT_EQUAL(ids[row], steps[i].first + row);
        CU_ASSERT_EQUAL(behind.sqlcode, steps[i].sqlcode);
        CU_ASSERT_EQUAL(fake->sections[0].section.state, SQL_SECTION_OPEN);
    }
    fake_target_free(fake);
}

/* Blocks too small for the rowset end between rows, and the next one begins with the row that was left out. */
static void
a_block_that_is_full_leaves_the_cursor_on_its_last_row(void)
{
    struct fake_target *fake = open_scrollable(100, 0);
    int64_t next = 0;
    struct sql_diagnosis behind = { .sqlcode = 0 };
    while (behind.sqlcode == 0) {
        int64_t ids[128];
        int count = read_rowset(fake, 512, &(struct query_move) { SQL_MOVE_RELATIVE, 1, true, false }, ids, &behind);
        CU_ASSERT_FATAL(count > 0);
        for (int row = 0; row < count; row++)
            CU_ASSERT_EQUAL(ids[row], next++);
    }
    CU_ASSERT_EQUAL(next, 100);
    CU_ASSERT_EQUAL(behind.sqlcode, 100);
    fake_target_free(fake);
}

/* Until the requester says that it begins anew. */
static void
a_row_that_no_block_holds_goes_on_in_the_next(void)
{
    static const struct query_move first = { SQL_MOVE_RELATIVE, 1, true, false };
    static const struct query_move rest = { SQL_MOVE_RELATIVE, 1, true, true };
    struct fake_target *fake = open_scrollable(3, 1);
    struct sql_section *section = &fake->sections[0].section;
    uint8_t *memory = malloc(REPLY_MAX);
    filler_size = 1000;
    struct wire_writer wire = wire_writer(memory, REPLY_MAX);
    struct dss_writer reply = dss_writer(&wire);
    query_put_rowset(&reply, CORRELATION_ID, &fake->target, section, 512, &first);
    CU_ASSERT_EQUAL(wire.used, 512);
    CU_ASSERT_PTR_NOT_NULL(section->pending);
    while (section->pending != NULL)
        query_put_rowset(&reply, CORRELATION_ID, &fake->target, section, 512, &rest);
    CU_ASSERT_EQUAL(fake_section_of(section)->next_row, 1);
    query_put_rowset(&reply, CORRELATION_ID, &fake->target, section, 512, &first);
    CU_ASSERT_PTR_NOT_NULL(section->pending);
    query_put_rowset(&reply, CORRELATION_ID, &fake->target, section, 512, &first);
    CU_ASSERT_EQUAL(fake_section_of(section)->next_row, 3);
    free(memory);
    fake_target_free(fake);
}

static void
an_error_in_a_rowset_ends_the_query(void)
{
    struct fake_target *fake = open_scrollable(25, 10);
    int64_t ids[32];
    struct sql_diagnosis behind;
    fake->failing_row = 4;
    CU_ASSERT_EQUAL(read_rowset(fake, 32767, &(struct query_move) { SQL_MOVE_RELATIVE, 1, true, false }, ids, &behind), 4);
    CU_ASSERT_EQUAL(behind.sqlcode, -952);
    CU_ASSERT_EQUAL(fake->sections[0].section.state, SQL_SECTION_ENDED);
    fake_target_free(fake);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "blocks of every size hold the rows", blocks_of_every_size_hold_the_rows },
        { "the end may fall on a border", the_end_may_fall_on_a_border },
        { "a block ends between rows when it can", a_block_ends_between_rows_when_it_can },
        { "asked again after the end, it says so again", asked_again_after_the_end_it_says_so_again },
        { "an error on the way stands behind the rows before it", an_error_on_the_way_stands_behind_the_rows_before_it },
        { "a value that does not fit ends the query", a_value_that_does_not_fit_ends_the_query },
        { "rows read ahead are the same rows", rows_read_ahead_are_the_same_rows },
        { "rows read ahead come in the same blocks", rows_read_ahead_come_in_the_same_blocks },
        { "rows read ahead are forgotten with their cursor", rows_read_ahead_are_forgotten_with_their_cursor },
        { "many columns are described and read", many_columns_are_described_and_read },
        { "a rowset begins where the move leads", a_rowset_begins_where_the_move_leads },
        { "a block that is full leaves the cursor on its last row", a_block_that_is_full_leaves_the_cursor_on_its_last_row },
        { "a row that no block holds goes on in the next", a_row_that_no_block_holds_goes_on_in_the_next },
        { "an error in a rowset ends the query", an_error_in_a_rowset_ends_the_query },
    };
    return SUITE_RUN("sql-query", cases);
}
