/* Runs one SQL command of a conversation against a target and writes its replies: the sequences of SQLCARD, SQLDARD, OPNQRYRM,
 * QRYDSC, QRYDTA, ENDUOWRM ... that an application requester expects. It may block as long as the target does. */
#pragma once

#include "drda/dss.h"
#include "drda/sql/target.h"
#include "drda/typdef.h"

/* How data are written and read in this conversation; agreed in ACCRDB. */
struct sql_encoding {
    struct drda_representation client; /* of what the requester sends */
    bool server_little_endian;         /* our TYPDEFNAM is QTDSQLX86, in answer to the requester's */
    bool ebcdic;                       /* DDM character parameters are CCSID 500, else UTF-8 */
    uint16_t sqlam_level;              /* agreed SQLAM level; 7 has the SQLDARD form of Derby */
    char rdbnam[256];                  /* as ACCRDB named it, for replies that carry RDBNAM */
};

/* True for the code points that sql_execute answers. */
bool sql_is_command(uint16_t codepoint);

/* After the replies to a query block have been sent: prepares the block that the requester will ask for next, if there is one. Takes
 * as long as that one's rows do. */
void sql_read_ahead(struct sql_target *target);

/* Executes `command` and writes the replies with its correlation ID. Returns the highest severity code (SVRCOD) of a *protocol*
 * reply (SYNTAXRM, PRMNSPRM, CMDNSPRM ...): at 8 and above the conversation must end. SQL errors count as 0.
 * When target->externals is set afterwards, the reply goes on with extdta_put (drda/sql/extdta.h). */
uint16_t sql_execute(const struct dss_command *command, const struct sql_encoding *encoding, struct sql_target *target,
                     struct dss_writer *reply);
