#include "drda/sql/query.h"

#include <stdlib.h>

#include "drda/codepoint.h"
#include "drda/sql/extdta.h"
#include "drda/sql/row.h"

enum {
    BLOCK_HEADERS_SIZE = 6 + 4, /* DSS, and LL with code point */
    COLUMNS_FEW = 16,
    SQLCODE_NO_MORE_ROWS = 100,
};

/* Of queries with few columns. */
struct few_columns {
    struct sql_column columns[COLUMNS_FEW];
    struct sql_value values[COLUMNS_FEW];
};

struct query {
    struct sql_target *target;
    struct sql_section *section;
    struct wire_writer *wire;
    struct sql_column *columns; /* described once for a block */
    struct sql_value *values;   /* of a row, one for each column */
    bool has_lobs;
    struct few_columns *few;
    struct sql_diagnosis diagnosis;
};

static void
forget_rest(struct sql_target *target, struct sql_section *section)
{
    extdta_drop_waiting(target, section);
    sql_section_drop_rest(section);
}

void
query_close(struct sql_target *target, struct sql_section *section)
{
    extdta_drop_waiting(target, section);
    target->operations->close(target, section);
    sql_section_drop_rest(section);
    section->state = SQL_SECTION_PREPARED;
}

static void
end_query(struct query *query)
{
    query_close(query->target, query->section);
    query->section->state = SQL_SECTION_ENDED;
}

void
query_put_description(struct dss_writer *reply, uint16_t correlation_id, struct sql_target *target, struct sql_section *section)
{
    dss_begin(reply, DSS_OBJECT, correlation_id);
    size_t mark = ddm_open(reply->wire, CP_QRYDSC);
    struct fdoca_describer describer = fdoca_describe(reply->wire);
    for (size_t i = 0; i < section->column_count; i++) {
        struct sql_column column = { .name = "", .table = "", .schema = "" };
        target->operations->describe_column(target, section, i, &column);
        fdoca_describe_field(&describer, fdoca_field_of(&column));
    }
    fdoca_describe_end_rows(&describer);
    ddm_close(reply->wire, mark);
    dss_end(reply);
}

/* A LOB goes as its locator, or as its length with the data behind the row. */
static bool
put_lob(struct query *query, size_t index)
{
    struct sql_target *target = query->target;
    const struct sql_column *column = &query->columns[index];
    uint32_t locator;
    if (!target->operations->keep_lob(target, query->section, index, &locator, &query->diagnosis))
        return false;
    if (query->section->by_locator)
        return row_put_locator(query->wire, column, locator != 0, locator, &query->diagnosis);
    const struct sql_lob *lob = locator != 0 ? target->operations->find_lob(target, locator) : NULL;
    if (!row_put_lob_length(query->wire, column, lob != NULL, lob != NULL ? lob->size : 0, &query->diagnosis))
        return false;
    if (lob != NULL && lob->size == 0) { /* of nothing nothing follows */
        target->operations->release_lob(target, locator);
        return true;
    }
    if (lob == NULL || extdta_add(target, locator, column->nullable))
        return true;
    sql_diagnosis_set(&query->diagnosis, -904, "57011", "memory for the large objects of a row");
    return false;
}

static bool
put_values_and_lobs(struct query *query)
{
    for (size_t i = 0; i < query->section->column_count; i++) {
        bool put;
        if (fdoca_is_lob(query->columns[i].type)) {
            put = put_lob(query, i);
        } else {
            query->target->operations->values(query->target, query->section, i, 1, query->values);
            put = row_put_value(query->wire, &query->columns[i], query->values, &query->diagnosis);
        }
        if (!put)
            return false;
    }
    return true;
}

static bool
put_values(struct query *query)
{
    size_t count = query->section->column_count;
    row_put_head(query->wire);
    if (query->has_lobs)
        return put_values_and_lobs(query);
    query->target->operations->values(query->target, query->section, 0, count, query->values);
    return row_put_values(query->wire, query->columns, query->values, count, &query->diagnosis);
}

/* Writes the next row, or what stands in its place when there is none. */
static void
put_next(struct query *query)
{
    size_t start = query->wire->used;
    switch (query->target->operations->fetch(query->target, query->section, &query->diagnosis)) {
    case SQL_STEP_ROW:
        if (put_values(query))
            return;
        query->wire->used = start;
        extdta_drop(query->target);
        break;
    case SQL_STEP_END:
        if (query->diagnosis.sqlcode != SQLCODE_NO_MORE_ROWS)
            sql_diagnosis_set(&query->diagnosis, SQLCODE_NO_MORE_ROWS, "02000", "");
        break;
    case SQL_STEP_FAILED:
        break;
    }
    row_put_sqlca(query->wire, &query->diagnosis);
    end_query(query);
}

/* Moves what was written from `from` on to the section. Without memory for it the query fails there. */
static void
keep_rest(struct query *query, size_t from)
{
    struct sql_section *section = query->section;
    size_t size = query->wire->used - from;
    section->pending = malloc(size);
    query->wire->used = from;
    if (section->pending != NULL) {
        memcpy(section->pending, query->wire->start + from, size);
        section->pending_size = size;
        section->pending_block = size;
        extdta_wait(query->target, section);
        return;
    }
    extdta_drop(query->target);
    sql_diagnosis_set(&query->diagnosis, -904, "57011", "memory for a row that crosses query blocks");
    row_put_sqlca(query->wire, &query->diagnosis);
    end_query(query);
}

/* Writes what waits for this block, as far as `room` goes. */
static void
put_pending(struct query *query, size_t room)
{
    struct sql_section *section = query->section;
    size_t size = section->pending_block < room ? section->pending_block : room;
    wire_put_bytes(query->wire, section->pending, size);
    section->pending_size -= size;
    section->pending_block = section->pending_block > size ? section->pending_block - size : section->pending_size;
    if (section->pending_size > 0) {
        memmove(section->pending, section->pending + size, section->pending_size);
        return;
    }
    extdta_follow(query->target, section);
    sql_section_drop_rest(section);
}

/* The most that a block may hold. Where the server chooses, it is as many as there is room for. */
static uint32_t
rows_at_a_time(const struct sql_section *section)
{
    if (section->has_lobs || (section->fixed_row && section->rowset == 0))
        return 1;
    bool by_rowset = (section->scrollable || section->fixed_row) && section->rowset > 0;
    return by_rowset ? section->rowset : UINT32_MAX;
}

static void
put_rows(struct query *query, size_t room)
{
    struct wire_writer *wire = query->wire;
    size_t start = wire->used;
    uint32_t left = rows_at_a_time(query->section);
    if (query->section->pending != NULL) {
        put_pending(query, room);
        left--;
    }
    while (left-- > 0 && query->section->pending == NULL && query->section->state == SQL_SECTION_OPEN && wire->used - start < room &&
           !wire->failed) {
        size_t row = wire->used;
        put_next(query);
        if (wire->failed || wire->used - start <= room)
            continue;
        keep_rest(query, row > start ? row : start + room);
    }
}

/* A requester that asks again after the end is told again. */
static void
put_end(struct query *query)
{
    sql_diagnosis_set(&query->diagnosis, SQLCODE_NO_MORE_ROWS, "02000", "");
    row_put_sqlca(query->wire, &query->diagnosis);
}

static void
forget_columns(struct query *query)
{
    if (query->columns != query->few->columns)
        free(query->columns);
    if (query->values != query->few->values)
        free(query->values);
}

/* All columns described once for the block; without memory the query fails. */
static bool
describe_columns(struct query *query)
{
    size_t count = query->section->column_count;
    query->columns = count <= COLUMNS_FEW ? query->few->columns : calloc(count, sizeof *query->columns);
    query->values = count <= COLUMNS_FEW ? query->few->values : calloc(count, sizeof *query->values);
    if (query->columns == NULL || query->values == NULL) {
        forget_columns(query);
        sql_diagnosis_set(&query->diagnosis, -904, "57011", "memory for the columns of the query");
        row_put_sqlca(query->wire, &query->diagnosis);
        end_query(query);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        query->columns[i] = (struct sql_column) { .name = "", .table = "", .schema = "" };
        query->target->operations->describe_column(query->target, query->section, i, &query->columns[i]);
        query->has_lobs = query->has_lobs || fdoca_is_lob(query->columns[i].type);
    }
    return true;
}

bool
query_has_lobs(struct sql_target *target, struct sql_section *section)
{
    section->has_lobs = false;
    for (size_t i = 0; i < section->column_count && !section->has_lobs; i++) {
        struct sql_column column = { .name = "", .table = "", .schema = "" };
        target->operations->describe_column(target, section, i, &column);
        section->has_lobs = fdoca_is_lob(column.type);
    }
    return section->has_lobs;
}

void
query_put_block(struct dss_writer *reply, uint16_t correlation_id, struct sql_target *target, struct sql_section *section,
                size_t block_size)
{
    SET_BEFORE_READ struct few_columns few;
    struct query query = { .target = target, .section = section, .wire = reply->wire, .few = &few };
    dss_begin(reply, DSS_OBJECT, correlation_id);
    size_t mark = ddm_open(reply->wire, CP_QRYDTA);
    if (section->state == SQL_SECTION_ENDED && section->pending == NULL) {
        put_end(&query);
    } else if (describe_columns(&query)) {
        put_rows(&query, block_size - BLOCK_HEADERS_SIZE);
        forget_columns(&query);
    }
    ddm_close(reply->wire, mark);
    dss_end(reply);
    bool goes_on = section->state == SQL_SECTION_OPEN && section->pending_size < block_size - BLOCK_HEADERS_SIZE;
    target->continued = goes_on && rows_at_a_time(section) == UINT32_MAX ? section : NULL;
    target->block_size = block_size;
}

static bool
grow(struct wire_writer *writer, size_t needed)
{
    size_t size = needed > 2 * writer->size ? needed : 2 * writer->size;
    uint8_t *larger = realloc(writer->start, size);
    if (larger == NULL)
        return false;
    writer->start = larger;
    writer->size = size;
    return true;
}

/* Rows were taken and could not be kept. */
static void
fail_read_ahead(struct query *query)
{
    uint8_t memory[SQL_TOKENS_MAX];
    struct wire_writer instead = wire_writer(memory, sizeof memory);
    struct sql_section *section = query->section;
    end_query(query);
    sql_diagnosis_set(&query->diagnosis, -904, "57011", "memory for rows of the query");
    row_put_sqlca(&instead, &query->diagnosis);
    section->pending = malloc(instead.used);
    if (section->pending != NULL)
        memcpy(section->pending, memory, instead.used);
    section->pending_size = section->pending != NULL ? instead.used : 0;
    section->pending_block = section->pending_size;
}

/* Rows up to the first that does not fit behind what is there; how many bytes of them go into the block, 0 when not even one does. */
static size_t
put_rows_ahead(struct query *query, size_t room)
{
    struct wire_writer *rows = query->wire;
    size_t whole = rows->used;
    while (query->section->state == SQL_SECTION_OPEN && rows->used < room && !rows->failed) {
        whole = rows->used;
        put_next(query);
    }
    return rows->used <= room ? rows->used : whole;
}

void
query_read_ahead(struct sql_target *target, struct sql_section *section, size_t block_size)
{
    struct wire_writer rows = { .start = malloc(block_size), .size = block_size, .grow = grow };
    SET_BEFORE_READ struct few_columns few;
    struct query query = { .target = target, .section = section, .wire = &rows, .few = &few };
    if (rows.start == NULL || section->state != SQL_SECTION_OPEN) {
        free(rows.start);
        return;
    }
    wire_put_bytes(&rows, section->pending, section->pending_size); /* the row that the block before had no room for */
    sql_section_drop_rest(section);
    size_t whole = 0;
    if (describe_columns(&query)) {
        whole = put_rows_ahead(&query, block_size - BLOCK_HEADERS_SIZE);
        forget_columns(&query);
    }
    section->pending = rows.start;
    section->pending_size = rows.used;
    section->pending_block = whole > 0 ? whole : rows.used;
    if (rows.failed)
        fail_read_ahead(&query);
}

/* What stands behind the last row of a rowset that is not full. A move that no data was wanted of has done what it should. */
static void
put_outside(struct query *query, bool with_data)
{
    int64_t result_rows = query->diagnosis.result_rows;
    if (with_data)
        sql_diagnosis_set(&query->diagnosis, SQLCODE_NO_MORE_ROWS, "02000", "");
    else
        sql_diagnosis_clear(&query->diagnosis);
    query->diagnosis.result_rows = result_rows;
    row_put_sqlca(query->wire, &query->diagnosis);
}

/* Writes the row that a move leads to; false when there is none, or no more are to follow. */
static bool
put_moved(struct query *query, enum sql_move move, int64_t rows, bool with_data)
{
    size_t start = query->wire->used;
    sql_diagnosis_clear(&query->diagnosis);
    enum sql_step step = query->target->operations->move(query->target, query->section, move, rows, &query->diagnosis);
    if (step == SQL_STEP_ROW && !with_data) {
        row_put_without_data(query->wire);
        return false;
    }
    if (step == SQL_STEP_ROW && put_values(query))
        return true;
    query->wire->used = start;
    extdta_drop(query->target);
    if (step == SQL_STEP_END) {
        put_outside(query, with_data);
    } else {
        row_put_sqlca(query->wire, &query->diagnosis);
        end_query(query);
    }
    return false;
}

/* A row that does not fit behind others is left to the next block; one that no block can hold goes on there. */
static void
put_rowset(struct query *query, size_t room, const struct query_move *move)
{
    struct wire_writer *wire = query->wire;
    struct sql_section *section = query->section;
    size_t start = wire->used;
    uint32_t rowset = rows_at_a_time(section);
    for (uint32_t i = 0; i < rowset && !wire->failed; i++) {
        size_t row = wire->used;
        bool more = put_moved(query, i == 0 ? move->move : SQL_MOVE_RELATIVE, i == 0 ? move->rows : 1, move->with_data);
        bool full = !wire->failed && wire->used - start > room;
        if (full && row > start) {
            wire->used = row;
            (void)query->target->operations->move(query->target, section, SQL_MOVE_RELATIVE, -1, &query->diagnosis);
        } else if (full) {
            keep_rest(query, start + room);
        }
        if (full || !more)
            break;
    }
}

void
query_put_rowset(struct dss_writer *reply, uint16_t correlation_id, struct sql_target *target, struct sql_section *section,
                 size_t block_size, const struct query_move *move)
{
    SET_BEFORE_READ struct few_columns few;
    struct query query = { .target = target, .section = section, .wire = reply->wire, .few = &few };
    size_t room = block_size - BLOCK_HEADERS_SIZE;
    if (!move->goes_on)
        forget_rest(target, section);
    dss_begin(reply, DSS_OBJECT, correlation_id);
    size_t mark = ddm_open(reply->wire, CP_QRYDTA);
    if (section->pending != NULL) {
        put_pending(&query, room);
    } else if (describe_columns(&query)) {
        put_rowset(&query, room, move);
        forget_columns(&query);
    }
    ddm_close(reply->wire, mark);
    dss_end(reply);
}
