/* Large objects among the parameters of a command: EXTDTA, made as they are sent. */
#include <stdlib.h>

#include "drda/requester_private.h"

enum { OUTPUT_SIZE = 65536, /* as much as is worth one sending */ EXTDTA_STATUS_FINE = 0x7F };

static bool
read_with_status(struct sql_lob *lob, uint64_t offset, void *bytes, size_t size)
{
    struct sql_lob *data = ((struct requester_lob *)lob)->data;
    uint64_t left = data->size - offset;
    size_t part = size < left ? size : (size_t)left;
    if (part < size)
        ((uint8_t *)bytes)[part] = EXTDTA_STATUS_FINE;
    return part == 0 || data->read(data, offset, bytes, part);
}

static struct requester_lob
lob_to_send(struct sql_lob *data, bool with_status)
{
    return (struct requester_lob) { .lob = { .size = data->size + (with_status ? 1 : 0), .read = read_with_status }, .data = data };
}

static bool
has_externals(const struct sql_value *value)
{
    return value->kind == SQL_VALUE_LOB && value->lob->size > 0;
}

bool
requester_keep_lobs(struct requester *requester, const struct sql_value *values, size_t count)
{
    size_t lobs = 0;
    for (size_t i = 0; i < count; i++)
        lobs += has_externals(&values[i]);
    if (lobs == 0)
        return true;
    requester->lobs = calloc(lobs, sizeof *requester->lobs);
    for (size_t i = 0; requester->lobs != NULL && i < count; i++)
        if (has_externals(&values[i]))
            requester->lobs[requester->lob_count++] = lob_to_send(values[i].lob, requester->is_derby);
    return requester->lobs != NULL;
}

void
requester_forget_lobs(struct requester *requester)
{
    free(requester->lobs);
    requester->lobs = NULL;
    requester->lob_count = 0;
    requester->lobs_begun = 0;
    requester->lob = (struct extdta_object) { 0 };
}

void
requester_put_lobs(struct requester *requester)
{
    struct wire_writer *output = &requester->output;
    struct dss_writer dss = dss_writer(output);
    while (requester->lobs_begun < requester->lob_count || requester->lob.left > 0) {
        if (requester->lob.left == 0) {
            bool last = requester->lobs_begun + 1 == requester->lob_count;
            const struct sql_lob *next = &requester->lobs[requester->lobs_begun++].lob;
            extdta_object_begin(&requester->lob, &dss, 1, last ? EXTDTA_LAST : EXTDTA_FOLLOWED, next->size, true);
        }
        if (!extdta_object_put(&requester->lob, output, &requester->lobs[requester->lobs_begun - 1].lob, OUTPUT_SIZE))
            break;
    }
    if (!output->failed)
        return;
    (void)requester_fail(requester, "a large object among the parameters cannot be read: what was sent of the statement is void");
    requester_forget_lobs(requester);
    output->used = 0;
}
