/* Bytes as either side of a DRDA conversation gets them from a socket: commands and replies one after the other, each taken apart,
 * written again and compared. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "drda/dss.h"
#include "tests/support/growing_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dss_command command;
static struct dss_command again;

static void
put(struct dss_writer *writer, enum dss_type type, uint16_t codepoint, const struct wire_reader *body)
{
    dss_begin(writer, type, command.correlation_id);
    ddm_put_bytes(writer->wire, codepoint, body->at, body->left);
    dss_end(writer);
}

static void
assert_same(const struct wire_reader *one, const struct wire_reader *other)
{
    assert(one->left == other->left && (one->left == 0 || memcmp(one->at, other->at, one->left) == 0));
}

/* What was read must come back when it is written and read again, whatever segments and length forms it had. */
static void
write_and_read_again(void)
{
    struct wire_writer wire = growing_writer();
    struct dss_writer writer = dss_writer(&wire);
    put(&writer, (enum dss_type)(command.format & DSS_TYPE_MASK), command.codepoint, &command.parameters);
    for (size_t i = 0; i < command.object_count; i++)
        put(&writer, DSS_OBJECT, command.objects[i].codepoint, &command.objects[i].body);
    bool read = !wire.failed && dss_read(wire.start, wire.used, &again);
    assert(read && again.codepoint == command.codepoint && again.object_count == command.object_count);
    assert_same(&again.parameters, &command.parameters);
    for (size_t i = 0; i < command.object_count; i++) {
        assert(again.objects[i].codepoint == command.objects[i].codepoint);
        assert_same(&again.objects[i].body, &command.objects[i].body);
    }
    free(wire.start);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = malloc(size > 0 ? size : 1);
    if (bytes == NULL)
        return 0;
    if (size > 0)
        memcpy(bytes, data, size);
    size_t taken = 0;
    enum dss_fault fault;
    for (size_t offset = 0; dss_scan(bytes + offset, size - offset, &taken, &fault) == DSS_SCAN_COMPLETE; offset += taken) {
        assert(taken >= DSS_HEADER_SIZE && taken <= size - offset);
        if (dss_read(bytes + offset, taken, &command))
            write_and_read_again();
        else
            assert(command.fault != 0);
    }
    free(bytes);
    return 0;
}
