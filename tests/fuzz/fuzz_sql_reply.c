/* What a hostile server answers to a query. The first byte: bit 0 little-endian, bit 3 as a mainframe, bits 1 and 2 what comes: an SQLCA,
 * an SQLDARD, or a QRYDSC (its size in the next two bytes) and a query block. */
#include <assert.h>
#include <stdlib.h>

#include "drda/sql/row.h"
#include "drda/sql/sqlca.h"
#include "drda/sql/sqldard.h"
#include "tests/support/row_described.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_sqldard(struct wire_reader reader, const struct drda_representation *from)
{
    struct sql_diagnosis diagnosis;
    struct sqldard_column column;
    size_t count;
    if (!sqldard_read_head(&reader, from, &diagnosis, &count))
        return;
    for (size_t i = 0; i < count && sqldard_read_column(&reader, from, &column); i++)
        assert(column.column.type < SQL_TYPE_COUNT && column.column.scale <= column.column.precision);
}

static void
read_rows(struct wire_reader reader, const struct drda_representation *from)
{
    struct wire_reader descriptor = wire_counted(&reader);
    struct wire_reader block = reader;
    struct fdoca_reader fields = fdoca_reader(descriptor);
    struct fdoca_field field;
    size_t count = 0;
    while (fdoca_next(&fields, &field))
        count++;
    if (count >= ROW_DESCRIBED_FIELDS_MAX)
        return;
    size_t scratch_size = fdoca_scratch_size(descriptor, from, block.left);
    struct wire_writer scratch = wire_writer(malloc(scratch_size + 1), scratch_size);
    struct sql_value *values = calloc(count + 1, sizeof *values);
    struct sql_diagnosis diagnosis;
    assert(scratch.start != NULL && values != NULL);
    size_t left = block.left + 1;
    while (block.left < left && row_read_described(&block, descriptor, from, values, count, &scratch, &diagnosis) == ROW_READ_VALUES) {
        left = block.left;
        scratch.used = 0;
    }
    assert(!scratch.failed);
    free(values);
    free(scratch.start);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_reader reader = wire_reader(data, size);
    uint8_t control = wire_u8(&reader);
    const struct drda_representation *from = (control & 8) != 0 ? &mainframe : (control & 1) != 0 ? &little : &own;
    struct sql_diagnosis diagnosis;
    bool present;
    switch (control >> 1 & 3) {
    case 0:
        (void)!sqlca_read(&reader, from, &diagnosis, &present);
        break;
    case 1:
        read_sqldard(reader, from);
        break;
    default:
        read_rows(reader, from);
        break;
    }
    return 0;
}
