/* Rows whose fields have not been read before: those of one descriptor, the data of QRYDSC, each time anew. */
#pragma once
#include <assert.h>

#include "drda/sql/row.h"
#include "tests/support/representations.h"

enum { ROW_DESCRIBED_FIELDS_MAX = 1024 };

/* DAMAGED also when the descriptor is, or does not have `count` fields. */
static inline enum row_read
row_read_described(struct wire_reader *block, struct wire_reader descriptor, const struct drda_representation *from,
                   struct sql_value *values, size_t count, struct wire_writer *scratch, struct sql_diagnosis *diagnosis)
{
    struct fdoca_field fields[ROW_DESCRIBED_FIELDS_MAX];
    struct fdoca_reader described = fdoca_reader(descriptor);
    struct wire_reader externals = wire_reader(NULL, 0);
    struct row_reader reader = { .fields = fields, .from = from, .scratch = scratch, .externals = &externals };
    assert(count < ROW_DESCRIBED_FIELDS_MAX);
    while (reader.count <= count && fdoca_next(&described, &fields[reader.count]))
        reader.count++;
    if (described.failed || reader.count != count)
        return ROW_READ_DAMAGED;
    return row_read(&reader, block, values, diagnosis);
}
