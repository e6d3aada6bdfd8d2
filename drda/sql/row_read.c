/* The requester's side of rows. */
#include "drda/sql/row.h"
#include "drda/sql/sqlca.h"

enum { INDICATOR_PRESENT_MAX = 0x7F };

/* What a row is read from, and where to. */
struct source {
    struct wire_reader *block;
    struct wire_reader descriptor;
    struct wire_reader *externals;
    bool little_endian;
    struct wire_writer *scratch;
};

/* The data of a LOB, an indicator before them when it is nullable. */
static enum fdoca_read
read_external(const struct source *source, struct fdoca_field field, struct sql_value *value)
{
    size_t size = wire_u32(source->externals);
    struct wire_reader body = wire_sub(source->externals, size);
    if (body.failed)
        return FDOCA_INCOMPLETE;
    if ((field.type & FDOCA_NULLABLE) != 0 && wire_u8(&body) > INDICATOR_PRESENT_MAX)
        return FDOCA_VALUE;
    return body.failed ? FDOCA_UNSUPPORTED : fdoca_external_read(body, field, source->scratch, value);
}

static enum row_read
read_values(const struct source *source, struct sql_value *values, size_t count)
{
    struct fdoca_reader fields = fdoca_reader(source->descriptor);
    struct fdoca_field field;
    size_t used = 0;
    while (fdoca_next(&fields, &field)) {
        int64_t external;
        if (used == count)
            return ROW_READ_DAMAGED;
        struct sql_value *value = &values[used++];
        enum fdoca_read outcome = fdoca_value_read(source->block, field, source->little_endian, source->scratch, value, &external);
        if (outcome == FDOCA_EXTERNAL && !source->block->failed)
            outcome = read_external(source, field, value);
        if (source->block->failed || outcome == FDOCA_INCOMPLETE)
            return ROW_READ_INCOMPLETE;
        if (outcome != FDOCA_VALUE)
            return ROW_READ_DAMAGED;
    }
    return fields.failed || used != count ? ROW_READ_DAMAGED : ROW_READ_VALUES;
}

static enum row_read
read_one(const struct source *source, struct sql_value *values, size_t count, struct sql_diagnosis *diagnosis)
{
    enum { SQLCODE_NO_MORE_ROWS = 100 };
    struct wire_reader *block = source->block;
    bool present;
    if (!sqlca_read(block, source->little_endian, diagnosis, &present))
        return block->left == 0 ? ROW_READ_INCOMPLETE : ROW_READ_DAMAGED;
    bool data = wire_u8(block) <= INDICATOR_PRESENT_MAX;
    if (block->failed)
        return ROW_READ_INCOMPLETE;
    if (diagnosis->sqlcode < 0)
        return ROW_READ_FAILED;
    if (diagnosis->sqlcode == SQLCODE_NO_MORE_ROWS)
        return ROW_READ_END;
    return data ? read_values(source, values, count) : ROW_READ_DAMAGED;
}

enum row_read
row_read_externals(struct wire_reader *block, struct wire_reader descriptor, bool little_endian, struct wire_reader *externals,
                   struct sql_value *values, size_t count, struct wire_writer *scratch, struct sql_diagnosis *diagnosis)
{
    struct wire_reader before = *block;
    struct wire_reader externals_before = *externals;
    size_t scratch_before = scratch->used;
    struct source source = {
        .block = block,
        .descriptor = descriptor,
        .externals = externals,
        .little_endian = little_endian,
        .scratch = scratch,
    };
    enum row_read outcome = read_one(&source, values, count, diagnosis);
    if (outcome == ROW_READ_INCOMPLETE) {
        *block = before;
        *externals = externals_before;
        scratch->used = scratch_before;
        scratch->failed = false;
    }
    return outcome;
}

enum row_read
row_read(struct wire_reader *block, struct wire_reader descriptor, bool little_endian, struct sql_value *values, size_t count,
         struct wire_writer *scratch, struct sql_diagnosis *diagnosis)
{
    struct wire_reader none = wire_reader(NULL, 0);
    return row_read_externals(block, descriptor, little_endian, &none, values, count, scratch, diagnosis);
}
