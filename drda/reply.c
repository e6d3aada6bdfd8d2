#include "drda/reply.h"

#include "drda/parameter.h"

enum { HAS_MGRLVLLS = 1, HAS_RDBNAM = 2, HAS_CODPNT = 4, HAS_SYNERRCD = 8, HAS_PRCCNVCD = 16, HAS_DEPERRCD = 32 };

static const struct reply_shape {
    uint16_t codepoint;
    uint16_t svrcod;
    unsigned parameters;
} shapes[] = {
    { CP_SYNTAXRM, SVRCOD_ERROR, HAS_CODPNT | HAS_SYNERRCD },
    { CP_PRCCNVRM, SVRCOD_ERROR, HAS_PRCCNVCD },
    { CP_CMDNSPRM, SVRCOD_ERROR, HAS_CODPNT },
    { CP_PRMNSPRM, SVRCOD_ERROR, HAS_CODPNT },
    { CP_VALNSPRM, SVRCOD_ERROR, HAS_CODPNT },
    { CP_OBJNSPRM, SVRCOD_ERROR, HAS_CODPNT },
    { CP_MGRLVLRM, SVRCOD_ERROR, HAS_MGRLVLLS },
    { CP_MGRDEPRM, SVRCOD_ERROR, HAS_DEPERRCD },
    { CP_RDBNFNRM, SVRCOD_ERROR, HAS_RDBNAM },
    { CP_INTTKNRM, SVRCOD_ERROR, HAS_RDBNAM },
    { CP_RDBNACRM, SVRCOD_ERROR, HAS_RDBNAM },
    { CP_RDBACCRM, SVRCOD_ERROR, HAS_RDBNAM },
    { CP_RDBATHRM, SVRCOD_ERROR, HAS_RDBNAM },
    { CP_RDBAFLRM, SVRCOD_ERROR, HAS_RDBNAM },
    { CP_AGNPRMRM, SVRCOD_PRMDMG, HAS_RDBNAM },
    { CP_CMDCHKRM, SVRCOD_ERROR, HAS_RDBNAM },
    { CP_RSCLMTRM, SVRCOD_ERROR, HAS_RDBNAM },
};

static const struct reply_shape *
shape_of(uint16_t codepoint)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (shapes[i].codepoint == codepoint)
            return &shapes[i];
    return NULL;
}

struct drda_fault
drda_fault_syntax(uint8_t synerrcd, uint16_t codpnt)
{
    return (struct drda_fault) { .reply = CP_SYNTAXRM, .code = synerrcd, .codpnt = codpnt };
}

struct drda_fault
drda_fault_conversation(uint8_t prccnvcd)
{
    return (struct drda_fault) { .reply = CP_PRCCNVRM, .code = prccnvcd };
}

struct drda_fault
drda_fault_reply(uint16_t reply, uint16_t codpnt)
{
    return (struct drda_fault) { .reply = reply, .codpnt = codpnt };
}

uint16_t
drda_fault_svrcod(const struct drda_fault *fault)
{
    const struct reply_shape *shape = shape_of(fault->reply);
    return shape != NULL ? shape->svrcod : 0;
}

void
drda_fault_encode(struct wire_writer *writer, const struct drda_fault *fault, const char *rdbnam, enum ccsid ccsid)
{
    const struct reply_shape *shape = shape_of(fault->reply);
    if (shape == NULL) {
        writer->failed = true;
        return;
    }
    size_t mark = ddm_open(writer, shape->codepoint);
    ddm_put_u16(writer, CP_SVRCOD, shape->svrcod);
    if ((shape->parameters & HAS_MGRLVLLS) != 0)
        ddm_put_u32(writer, CP_MGRLVLLS, (uint32_t)fault->codpnt << 16 | fault->level);
    if ((shape->parameters & HAS_RDBNAM) != 0 && rdbnam[0] != '\0')
        ccsid_put_rdbnam(writer, ccsid, rdbnam);
    if ((shape->parameters & HAS_CODPNT) != 0)
        ddm_put_u16(writer, CP_CODPNT, fault->codpnt);
    if ((shape->parameters & HAS_SYNERRCD) != 0)
        ddm_put_u8(writer, CP_SYNERRCD, fault->code);
    if ((shape->parameters & HAS_PRCCNVCD) != 0)
        ddm_put_u8(writer, CP_PRCCNVCD, fault->code);
    if ((shape->parameters & HAS_DEPERRCD) != 0)
        ddm_put_u8(writer, CP_DEPERRCD, fault->code);
    ddm_close(writer, mark);
}

bool
drda_is_reply_message(uint16_t codepoint)
{
    /* DDM numbers its reply messages 12xx and 22xx; two objects of the sync point manager stand between them. */
    uint8_t class = (uint8_t)(codepoint >> 8);
    bool object = codepoint == CP_SYNCCRD || codepoint == CP_SYNCRRD;
    return ((class == 0x12 || class == 0x22) && !object) || codepoint == CP_IMSCALLRM;
}

bool
drda_reply_decode(uint16_t codepoint, struct wire_reader parameters, struct drda_reply *reply)
{
    enum { SVRCOD, SYNERRCD, PRCCNVCD, SECCHKCD, UOWDSP, CODPNT, RDBNAM, MGRLVLLS, SRVDGN, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [SVRCOD] = { CP_SVRCOD, 2, 2, false },     [SYNERRCD] = { CP_SYNERRCD, 1, 1, false },    [PRCCNVCD] = { CP_PRCCNVCD, 1, 1, false },
        [SECCHKCD] = { CP_SECCHKCD, 1, 1, false }, [UOWDSP] = { CP_UOWDSP, 1, 1, false },        [CODPNT] = { CP_CODPNT, 2, 2, false },
        [RDBNAM] = { CP_RDBNAM, 0, 1024, false },  [MGRLVLLS] = { CP_MGRLVLLS, 0, 1024, false }, [SRVDGN] = { CP_SRVDGN, 0, 32767, false },
    };
    struct wire_reader values[COUNT];
    struct drda_fault fault;
    *reply = (struct drda_reply) { .codepoint = codepoint };
    if (!ddm_parameters_read(parameters, table, COUNT, values, &fault))
        return false;
    reply->svrcod = ddm_value_u16(values[SVRCOD]);
    reply->synerrcd = ddm_value_u8(values[SYNERRCD]);
    reply->prccnvcd = ddm_value_u8(values[PRCCNVCD]);
    reply->secchkcd = ddm_value_u8(values[SECCHKCD]);
    reply->has_secchkcd = values[SECCHKCD].at != NULL;
    reply->uowdsp = ddm_value_u8(values[UOWDSP]);
    reply->codpnt = ddm_value_u16(values[CODPNT]);
    reply->rdbnam = values[RDBNAM];
    reply->mgrlvlls = values[MGRLVLLS];
    reply->srvdgn = values[SRVDGN];
    return true;
}
