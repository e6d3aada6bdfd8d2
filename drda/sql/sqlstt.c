#include "drda/sql/sqlstt.h"

#include "drda/ddm.h"

enum { INDICATOR_PRESENT = 0x00, INDICATOR_PRESENT_MAX = 0x7F, INDICATOR_NULL = 0xFF };

/* A nullable string; `at` is NULL when it is null. */
static struct wire_reader
read_string(struct wire_reader *body)
{
    if (wire_u8(body) > INDICATOR_PRESENT_MAX)
        return (struct wire_reader) { 0 };
    return wire_sub(body, wire_u32(body));
}

bool
sqlstt_read(struct wire_reader body, struct wire_reader *text, bool *is_mixed)
{
    struct wire_reader mixed = read_string(&body);
    struct wire_reader single = read_string(&body);
    *is_mixed = mixed.at != NULL;
    *text = *is_mixed ? mixed : single;
    return wire_done(&body) && (mixed.at != NULL) != (single.at != NULL);
}

void
sqlstt_put(struct wire_writer *writer, uint16_t codepoint, const void *text, size_t size)
{
    if (size > UINT32_MAX) {
        writer->failed = true;
        return;
    }
    size_t mark = ddm_open(writer, codepoint);
    wire_put_u8(writer, INDICATOR_PRESENT);
    wire_put_u32(writer, (uint32_t)size);
    wire_put_bytes(writer, text, size);
    wire_put_u8(writer, INDICATOR_NULL);
    ddm_close(writer, mark);
}
