#include "drda/typdef.h"

#include "drda/code_page.h"
#include "drda/parameter.h"

/* What the names stand for. */
static const struct {
    const char *name;
    bool little_endian;
    bool hexadecimal_float;
    uint16_t sbc; /* where TYPDEFOVR does not name it */
} typdefs[] = {
    { "QTDSQLASC", false, false, CCSID_UTF8 },      { "QTDSQLX86", true, false, CCSID_UTF8 },
    { "QTDSQLJVM", false, false, CCSID_UTF8 },      { "QTDSQL400", false, false, CCSID_EBCDIC_500 },
    { "QTDSQL370", false, true, CCSID_EBCDIC_500 },
};

enum { TYPDEFS = sizeof typdefs / sizeof typdefs[0] };

bool
drda_typdefovr_decode(struct wire_reader parameters, struct drda_typdefovr *typdefovr, struct drda_fault *fault)
{
    enum { SBC, DBC, MBC, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [SBC] = { CP_CCSIDSBC, 2, 2, false },
        [DBC] = { CP_CCSIDDBC, 2, 2, false },
        [MBC] = { CP_CCSIDMBC, 2, 2, false },
    };
    struct wire_reader values[COUNT];
    *typdefovr = (struct drda_typdefovr) { 0 };
    if (!ddm_parameters_read(parameters, table, COUNT, values, fault))
        return false;
    typdefovr->sbc = ddm_value_u16(values[SBC]);
    typdefovr->dbc = ddm_value_u16(values[DBC]);
    typdefovr->mbc = ddm_value_u16(values[MBC]);
    return true;
}

void
drda_typdefovr_encode(struct wire_writer *writer, const struct drda_typdefovr *typdefovr)
{
    size_t mark = ddm_open(writer, CP_TYPDEFOVR);
    if (typdefovr->sbc != 0)
        ddm_put_u16(writer, CP_CCSIDSBC, typdefovr->sbc);
    if (typdefovr->dbc != 0)
        ddm_put_u16(writer, CP_CCSIDDBC, typdefovr->dbc);
    if (typdefovr->mbc != 0)
        ddm_put_u16(writer, CP_CCSIDMBC, typdefovr->mbc);
    ddm_close(writer, mark);
}

void
drda_typdef_encode(struct wire_writer *writer, const char *typdefnam, const struct drda_typdefovr *typdefovr, enum ccsid ccsid)
{
    ccsid_put_object(writer, CP_TYPDEFNAM, ccsid, typdefnam);
    drda_typdefovr_encode(writer, typdefovr);
}

/* TYPDEFS when the name is not known. */
static size_t
position_of(const struct wire_reader *typdefnam, enum ccsid agreed)
{
    char name[32];
    size_t i = 0;
    if (!ccsid_string(ccsid_sniff(typdefnam, agreed), typdefnam, name, sizeof name))
        return TYPDEFS;
    while (i < TYPDEFS && strcmp(name, typdefs[i].name) != 0)
        i++;
    return i;
}

static void
set_numbers(struct drda_representation *representation, size_t i)
{
    representation->little_endian = typdefs[i].little_endian;
    representation->hexadecimal_float = typdefs[i].hexadecimal_float;
}

bool
drda_representation_agree(const struct wire_reader *typdefnam, enum ccsid agreed, const struct drda_typdefovr *typdefovr,
                          struct drda_representation *representation)
{
    static const struct drda_representation own = DRDA_OWN_REPRESENTATION;
    size_t i = position_of(typdefnam, agreed);
    *representation = own;
    if (i == TYPDEFS)
        return false;
    uint16_t sbc = typdefovr->sbc != 0 ? typdefovr->sbc : typdefs[i].sbc;
    representation->ccsids.sbc = sbc;
    representation->ccsids.mbc = sbc;
    set_numbers(representation, i);
    drda_representation_take_typdefovr(representation, typdefovr);
    return true;
}

bool
drda_representation_take_typdefnam(struct drda_representation *representation, const struct wire_reader *typdefnam, enum ccsid agreed)
{
    size_t i = position_of(typdefnam, agreed);
    if (i == TYPDEFS)
        return false;
    set_numbers(representation, i);
    return true;
}

void
drda_representation_take_typdefovr(struct drda_representation *representation, const struct drda_typdefovr *typdefovr)
{
    struct drda_typdefovr *ccsids = &representation->ccsids;
    ccsids->sbc = typdefovr->sbc != 0 ? typdefovr->sbc : ccsids->sbc;
    ccsids->dbc = typdefovr->dbc != 0 ? typdefovr->dbc : ccsids->dbc;
    ccsids->mbc = typdefovr->mbc != 0 ? typdefovr->mbc : ccsids->mbc;
}

bool
drda_reads_ccsid(uint16_t ccsid)
{
    return ccsid == CCSID_UTF8 || code_page_is_known(ccsid);
}

bool
drda_reads_double_byte_ccsid(uint16_t ccsid)
{
    enum { CCSID_UCS2 = 13488, CCSID_UTF16_OF_UNICODE_4 = 17584 }; /* big-endian, as 1200 is */
    return ccsid == CCSID_UTF16 || ccsid == CCSID_UCS2 || ccsid == CCSID_UTF16_OF_UNICODE_4;
}

bool
drda_is_no_ccsid(uint16_t ccsid)
{
    return ccsid >= 0xFFFE;
}
