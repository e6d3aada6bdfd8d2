/* The requester's side of rows. */
#include "drda/sql/row.h"
#include "drda/sql/sqlca.h"

enum { INDICATOR_PRESENT_MAX = 0x7F };

static enum row_read
read_values(struct wire_reader *block, struct wire_reader descriptor, bool little_endian, struct sql_value *values, size_t count,
            struct wire_writer *scratch)
{
    struct fdoca_reader fields = fdoca_reader(descriptor);
    struct fdoca_field field;
    size_t used = 0;
    while (fdoca_next(&fields, &field)) {
        int64_t external;
        if (used == count)
            return ROW_READ_DAMAGED;
        enum fdoca_read outcome = fdoca_value_read(block, field, little_endian, scratch, &values[used++], &external);
        if (block->failed || outcome == FDOCA_INCOMPLETE)
            return ROW_READ_INCOMPLETE;
        if (outcome != FDOCA_VALUE)
            return ROW_READ_DAMAGED;
    }
    return fields.failed || used != count ? ROW_READ_DAMAGED : ROW_READ_VALUES;
}

static enum row_read
read_one(struct wire_reader *block, struct wire_reader descriptor, bool little_endian, struct sql_value *values, size_t count,
         struct wire_writer *scratch, struct sql_diagnosis *diagnosis)
{
    enum { SQLCODE_NO_MORE_ROWS = 100 };
    bool present;
    if (!sqlca_read(block, little_endian, diagnosis, &present))
        return block->left == 0 ? ROW_READ_INCOMPLETE : ROW_READ_DAMAGED;
    bool data = wire_u8(block) <= INDICATOR_PRESENT_MAX;
    if (block->failed)
        return ROW_READ_INCOMPLETE;
    if (diagnosis->sqlcode < 0)
        return ROW_READ_FAILED;
    if (diagnosis->sqlcode == SQLCODE_NO_MORE_ROWS)
        return ROW_READ_END;
    return data ? read_values(block, descriptor, little_endian, values, count, scratch) : ROW_READ_DAMAGED;
}

enum row_read
row_read(struct wire_reader *block, struct wire_reader descriptor, bool little_endian, struct sql_value *values, size_t count,
         struct wire_writer *scratch, struct sql_diagnosis *diagnosis)
{
    struct wire_reader before = *block;
    size_t scratch_before = scratch->used;
    enum row_read outcome = read_one(block, descriptor, little_endian, values, count, scratch, diagnosis);
    if (outcome == ROW_READ_INCOMPLETE) {
        *block = before;
        scratch->used = scratch_before;
        scratch->failed = false;
    }
    return outcome;
}
