/* Chains of SQL commands of a hostile client, against a target in memory with a column of every type. The first byte says how wrong the
 * values of the target are, the second how many rows it has; the rest is the chain. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "drda/sql/execute.h"
#include "tests/support/growing_writer.h"
#include "tests/support/sql_fake_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t wrongness;
static struct sql_column columns[SQL_TYPE_COUNT];

static void
describe_columns(void)
{
    for (int i = 0; i < SQL_TYPE_COUNT; i++)
        columns[i] = (struct sql_column) { .name = "C",
                                           .table = "T",
                                           .schema = "S",
                                           .type = (enum sql_type)i,
                                           .length = 20,
                                           .precision = 9,
                                           .scale = 2,
                                           .nullable = i % 3 != 0 };
}

static void
cell(size_t row, size_t column, struct sql_value *value)
{
    static const char *const texts[] = {
        "1", "2024-01-02", "03:04:05", "2024-01-02 03:04:05", "-1.5e3", "\xff", "a text of more than twenty"
    };
    size_t choice = row * 7 + column * (wrongness % 8 + 1u);
    size_t kind = wrongness < 64 ? (column < SQL_TYPE_CHAR || column == SQL_TYPE_BOOLEAN ? 1 : 3) : choice % 5;
    if (kind == 1)
        *value = (struct sql_value) { .kind = SQL_VALUE_INTEGER, .integer = (int64_t)(row % 2) };
    else if (kind == 2)
        *value = (struct sql_value) { .kind = SQL_VALUE_REAL, .real = (double)choice / 3 };
    else if (kind > 2) {
        const char *text = texts[choice % (sizeof texts / sizeof texts[0])];
        value->kind = kind == 3 ? SQL_VALUE_TEXT : SQL_VALUE_BYTES;
        value->data.bytes = (const uint8_t *)text;
        value->data.size = strlen(text);
    }
}

/* Executes the commands as far as they are whole. */
static void
execute_chain(uint8_t *bytes, size_t size, struct sql_target *target, struct wire_writer *output)
{
    static struct dss_command command;
    static const struct sql_encoding encoding = { .client = DRDA_OWN_REPRESENTATION, .sqlam_level = 7, .rdbnam = "demodb" };
    struct dss_writer reply = dss_writer(output);
    size_t taken;
    enum dss_fault fault;
    for (size_t offset = 0; offset < size; offset += taken) {
        if (dss_scan(bytes + offset, size - offset, &taken, &fault) != DSS_SCAN_COMPLETE || !dss_read(bytes + offset, taken, &command) ||
            !sql_is_command(command.codepoint))
            return;
        size_t before = output->used;
        uint16_t svrcod = sql_execute(&command, &encoding, target, &reply);
        assert(output->used > before); /* no command is left without an answer */
        if (svrcod >= 8)
            return;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    wrongness = data[0];
    describe_columns();
    uint8_t *bytes = malloc(size);
    struct fake_target *fake = fake_target_new(columns, SQL_TYPE_COUNT, data[1], cell);
    struct wire_writer output = growing_writer();
    assert(bytes != NULL);
    memcpy(bytes, data + 2, size - 2);
    execute_chain(bytes, size - 2, &fake->target, &output);
    assert(!output.failed);
    size_t taken;
    enum dss_fault fault;
    for (size_t offset = 0; offset < output.used; offset += taken) {
        enum dss_scan scan = dss_scan(output.start + offset, output.used - offset, &taken, &fault);
        assert(scan == DSS_SCAN_COMPLETE);
    }
    fake_target_free(fake);
    free(output.start);
    free(bytes);
    return 0;
}
