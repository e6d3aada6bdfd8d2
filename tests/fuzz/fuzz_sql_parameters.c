/* Values of a hostile client. The first byte is how it represents them: bit 0 little-endian, bit 1 hexadecimal floating point, the others
 * the CCSIDs; the rest is the data of a DSS: DDM objects as they may stand behind EXCSQLSTT, SQLDTA and EXTDTA among them. What was read is
 * written and read again. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "drda/codepoint.h"
#include "drda/sql/parameters.h"
#include "tests/support/representations.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUTPUT_MAX = 1 << 22 };

static bool
is_same(const struct sql_value *one, const struct sql_value *other)
{
    if (one->kind != other->kind)
        return false;
    switch (one->kind) {
    case SQL_VALUE_LOB: /* of parameters of servers only */
    case SQL_VALUE_NULL:
        return true;
    case SQL_VALUE_INTEGER:
        return one->integer == other->integer;
    case SQL_VALUE_REAL:
        return memcmp(&one->real, &other->real, sizeof one->real) == 0;
    case SQL_VALUE_TEXT:
    case SQL_VALUE_BYTES:
        break;
    }
    return one->data.size == other->data.size && (one->data.size == 0 || memcmp(one->data.bytes, other->data.bytes, one->data.size) == 0);
}

/* UTF-8, EBCDIC, ASCII, none, and one that is not known. */
static struct drda_representation
representation_of(uint8_t choice)
{
    static const uint16_t ccsids[] = { CCSID_UTF8, CCSID_EBCDIC_500, 1148, 1252, 367, 37, 0xFFFF, 939 };
    return (struct drda_representation) {
        .little_endian = (choice & 1) != 0,
        .hexadecimal_float = (choice & 2) != 0,
        .ccsids = { .sbc = ccsids[choice >> 2 & 7], .dbc = (choice & 0x80) == 0 ? CCSID_UTF16 : 300, .mbc = ccsids[choice >> 5 & 3] },
    };
}

static void
check_round_trip(const struct parameters *read)
{
    static uint8_t output[OUTPUT_MAX];
    static struct dss_command command;
    struct wire_writer writer = wire_writer(output, sizeof output);
    if (!parameters_put(&writer, read->values, read->count) || writer.failed)
        return;
    struct wire_reader reader = wire_reader(output, writer.used);
    struct parameters back;
    struct sql_diagnosis diagnosis;
    struct drda_fault fault;
    enum ddm_fault damage;
    command.object_count = 1;
    bool good = ddm_next(&reader, &command.objects[0], &damage) && parameters_read(&command, &own, NULL, &back, &diagnosis, &fault);
    assert(good && back.count == read->count);
    for (size_t i = 0; i < back.count; i++)
        assert(is_same(&back.values[i], &read->values[i]));
    parameters_clear(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dss_command command;
    struct wire_reader reader = wire_reader(data, size);
    struct drda_representation from = representation_of(wire_u8(&reader));
    enum ddm_fault damage;
    command.object_count = 0;
    while (command.object_count < DSS_OBJECTS_MAX && ddm_next(&reader, &command.objects[command.object_count], &damage))
        command.object_count++;

    struct parameters parameters;
    struct sql_diagnosis diagnosis;
    struct drda_fault fault;
    if (parameters_read(&command, &from, NULL, &parameters, &diagnosis, &fault))
        check_round_trip(&parameters);
    else
        assert((fault.reply != 0) != (diagnosis.sqlcode < 0));
    parameters_clear(&parameters);
    return 0;
}
