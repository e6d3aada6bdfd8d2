/* The requester's side of rows. */
#include "drda/sql/row.h"
#include "drda/sql/sqlca.h"

enum { INDICATOR_PRESENT_MAX = 0x7F };

/* The data of a LOB, an indicator before them when it is nullable. */
static enum fdoca_read
read_external(const struct row_reader *reader, struct fdoca_field field, struct sql_value *value)
{
    size_t size = wire_u32(reader->externals);
    struct wire_reader body = wire_sub(reader->externals, size);
    if (body.failed)
        return FDOCA_INCOMPLETE;
    if ((field.type & FDOCA_NULLABLE) != 0 && wire_u8(&body) > INDICATOR_PRESENT_MAX)
        return FDOCA_VALUE;
    return body.failed ? FDOCA_UNSUPPORTED : fdoca_external_read(body, field, reader->from, reader->scratch, value);
}

static enum row_read
read_values(const struct row_reader *reader, struct wire_reader *block, struct sql_value *values)
{
    for (size_t i = 0; i < reader->count; i++) {
        int64_t external;
        const struct fdoca_field *field = &reader->fields[i];
        enum fdoca_read outcome = fdoca_value_read(block, field, reader->from, reader->scratch, &values[i], &external);
        if (outcome == FDOCA_EXTERNAL && !block->failed)
            outcome = read_external(reader, *field, &values[i]);
        if (block->failed || outcome == FDOCA_INCOMPLETE)
            return ROW_READ_INCOMPLETE;
        if (outcome != FDOCA_VALUE)
            return ROW_READ_DAMAGED;
    }
    return ROW_READ_VALUES;
}

static enum row_read
read_one(const struct row_reader *reader, struct wire_reader *block, struct sql_value *values, struct sql_diagnosis *diagnosis)
{
    enum { SQLCODE_NO_MORE_ROWS = 100 };
    bool present;
    if (!sqlca_read(block, reader->from, diagnosis, &present))
        return block->left == 0 ? ROW_READ_INCOMPLETE : ROW_READ_DAMAGED;
    bool data = wire_u8(block) <= INDICATOR_PRESENT_MAX;
    if (block->failed)
        return ROW_READ_INCOMPLETE;
    if (diagnosis->sqlcode < 0)
        return ROW_READ_FAILED;
    if (diagnosis->sqlcode == SQLCODE_NO_MORE_ROWS)
        return ROW_READ_END;
    return data ? read_values(reader, block, values) : ROW_READ_DAMAGED;
}

enum row_read
row_read(const struct row_reader *reader, struct wire_reader *block, struct sql_value *values, struct sql_diagnosis *diagnosis)
{
    struct wire_reader before = *block;
    struct wire_reader externals_before = *reader->externals;
    size_t scratch_before = reader->scratch->used;
    enum row_read outcome = read_one(reader, block, values, diagnosis);
    if (outcome == ROW_READ_INCOMPLETE) {
        *block = before;
        *reader->externals = externals_before;
        reader->scratch->used = scratch_before;
        reader->scratch->failed = false;
    }
    return outcome;
}
