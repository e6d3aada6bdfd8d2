/* EXTDTA that are taken while they come: the first byte says in what pieces, the rest is what comes behind a head. Whatever it is, the
 * spool gets no more than came, and nothing is read beyond it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/memory_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t head[] = { 0, 10, 0xD0, 0x51, 0, 1, 0, 4, 0x20, 0x0B };
    if (size == 0)
        return 0;
    size_t piece = (size_t)data[0] + 1;
    struct drda_stream *stream = memory_stream_new();
    assert(drda_stream_begin(stream, head, sizeof head));
    enum drda_stream_state state = DRDA_STREAM_GOES_ON;
    for (size_t offset = 1; offset < size && state == DRDA_STREAM_GOES_ON;) {
        size_t part = size - offset < piece ? size - offset : piece;
        size_t taken = 0;
        uint8_t fault = 0;
        uint8_t *exact = malloc(part);
        memcpy(exact, data + offset, part);
        state = drda_stream_take(stream, exact, part, &taken, &fault);
        free(exact);
        assert(taken <= part && (taken == part || state != DRDA_STREAM_GOES_ON));
        assert(state != DRDA_STREAM_DAMAGED || fault != 0);
        offset += taken;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < stream->count; i++)
        sum += stream->externals[i].size;
    assert(sum == stream->written && sum < size);
    if (state == DRDA_STREAM_COMPLETE) {
        static struct dss_command command;
        size_t command_size;
        uint8_t *bytes = drda_stream_command(stream, &command_size);
        assert(dss_read(bytes, command_size, &command) && command.codepoint == 0x200B);
    }
    drda_stream_free(stream);
    return 0;
}
