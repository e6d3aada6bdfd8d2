/* TYPDEFNAM and TYPDEFOVR: how one side represents the data that it sends, whatever the other writes. They come with ACCRDB and
 * ACCRDBRM, and before the data of a command or reply for which something else holds.
 * Sources: DDM terms TYPDEFNAM, TYPDEFOVR, CCSIDSBC, CCSIDDBC, CCSIDMBC; IBM z/Architecture Principles of Operation, hexadecimal
 * floating point. */
#pragma once

#include "drda/ccsid.h"
#include "drda/reply.h"

/* CCSIDs of single-byte, double-byte and mixed data; 0 when not named. */
struct drda_typdefovr {
    uint16_t sbc;
    uint16_t dbc;
    uint16_t mbc;
};

struct drda_representation {
    bool little_endian;           /* integers and floating-point values (QTDSQLX86) */
    bool hexadecimal_float;       /* floating-point values are those of System/370 (QTDSQL370), else of IEEE 754 */
    struct drda_typdefovr ccsids; /* all named; sbc is that of dates, times and timestamps too */
};

/* What this side writes itself, but for the byte order: QTDSQLASC. */
#define DRDA_OWN_TYPDEFOVR                                       \
    {                                                            \
        .sbc = CCSID_UTF8, .dbc = CCSID_UTF16, .mbc = CCSID_UTF8 \
    }
#define DRDA_OWN_REPRESENTATION      \
    {                                \
        .ccsids = DRDA_OWN_TYPDEFOVR \
    }

/* Data of the object; each CCSID at most once. Faults: those of ddm_parameters_read. */
MUST_CHECK bool drda_typdefovr_decode(struct wire_reader parameters, struct drda_typdefovr *typdefovr, struct drda_fault *fault);
void drda_typdefovr_encode(struct wire_writer *writer, const struct drda_typdefovr *typdefovr);

/* Both by themselves, as they stand before an SQLCARD that comes without ACCRDBRM. */
void drda_typdef_encode(struct wire_writer *writer, const char *typdefnam, const struct drda_typdefovr *typdefovr, enum ccsid ccsid);

/* What ACCRDB or ACCRDBRM says. A CCSID of single-byte data that is not named is 500 where TYPDEFNAM means EBCDIC (QTDSQL370, QTDSQL400),
 * else 1208; mixed data are in that of single-byte data then, double-byte data in 1200. False for a name that is not known: QTDSQLVAX
 * has floating-point values of its own. */
MUST_CHECK bool drda_representation_agree(const struct wire_reader *typdefnam, enum ccsid agreed, const struct drda_typdefovr *typdefovr,
                                          struct drda_representation *representation);

/* What holds for one command or reply instead: the name alone, and the CCSIDs that are named. */
MUST_CHECK bool drda_representation_take_typdefnam(struct drda_representation *representation, const struct wire_reader *typdefnam,
                                                   enum ccsid agreed);
void drda_representation_take_typdefovr(struct drda_representation *representation, const struct drda_typdefovr *typdefovr);

/* CCSIDs that are read: of single-byte and mixed data UTF-8 and those of drda/code_page.h, of double-byte data UTF-16. */
bool drda_reads_ccsid(uint16_t ccsid);
bool drda_reads_double_byte_ccsid(uint16_t ccsid);
/* The side has no such data, as one without double-byte characters says (X'FFFF', X'FFFE'). */
bool drda_is_no_ccsid(uint16_t ccsid);
