#include "drda/sql/package.h"

#include "drda/codepoint.h"
#include "drda/ddm.h"

enum { NAME_SIZE = 18, TOKEN_SIZE = 8 };

static const char collection[] = "NULLID";
static const char consistency_token[TOKEN_SIZE + 1] = "SYSLVL01";

/* Blanks and NULs; the blank of EBCDIC is the @ of ASCII, in which a name may end. */
static void
trim(struct wire_reader *name, enum ccsid ccsid)
{
    enum { EBCDIC_BLANK = 0x40 };
    uint8_t blank = ccsid == CCSID_UTF8 ? ' ' : EBCDIC_BLANK;
    while (name->left > 0 && (name->at[name->left - 1] == blank || name->at[name->left - 1] == '\0'))
        name->left--;
}

bool
package_section_read(struct wire_reader pkgnamcsn, enum ccsid agreed, struct sql_section_name *section)
{
    bool fixed = pkgnamcsn.left == PKGNAMCSN_FIXED_SIZE;
    *section = (struct sql_section_name) { 0 };
    struct wire_reader names[3]; /* RDBNAM, RDBCOLID, PKGID */
    for (size_t i = 0; i < 3; i++)
        names[i] = fixed ? wire_sub(&pkgnamcsn, NAME_SIZE) : wire_counted(&pkgnamcsn);
    (void)wire_take(&pkgnamcsn, TOKEN_SIZE);
    section->number = wire_u16(&pkgnamcsn);
    if (!wire_done(&pkgnamcsn))
        return false;
    struct wire_reader *package = &names[2];
    enum ccsid ccsid = ccsid_sniff(package, agreed);
    trim(package, ccsid);
    return package->left > 0 && ccsid_string(ccsid, package, section->package, sizeof section->package);
}

struct wire_reader
package_rdbnam(struct wire_reader pkgnamcsn)
{
    return pkgnamcsn.left == PKGNAMCSN_FIXED_SIZE ? wire_sub(&pkgnamcsn, NAME_SIZE) : wire_counted(&pkgnamcsn);
}

/* A name with its length (SCLDTA), counted in the encoding it is sent in. */
static void
put_counted(struct wire_writer *writer, enum ccsid ccsid, const char *name)
{
    size_t length = writer->used;
    wire_put_u16(writer, 0);
    ccsid_put_padded(writer, ccsid, name, NAME_SIZE);
    wire_patch_u16(writer, length, (uint16_t)(writer->used - length - 2));
}

void
package_section_put(struct wire_writer *writer, enum ccsid ccsid, const char *rdbnam, const struct sql_section_name *section)
{
    bool fixed = strlen(rdbnam) <= NAME_SIZE;
    const char *names[] = { rdbnam, collection, section->package };
    size_t mark = ddm_open(writer, CP_PKGNAMCSN);
    for (size_t i = 0; i < 3; i++) {
        if (fixed)
            ccsid_put_padded(writer, ccsid, names[i], NAME_SIZE);
        else
            put_counted(writer, ccsid, names[i]);
    }
    ccsid_put(writer, ccsid, consistency_token);
    wire_put_u16(writer, section->number);
    ddm_close(writer, mark);
}
