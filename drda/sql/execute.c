#include "drda/sql/query.h"
#include "drda/sql/request.h"

#include <assert.h>
#include <stdlib.h>

static const struct {
    uint16_t codepoint;
    unsigned accepted; /* enum request_objects */
    unsigned required;
    bool (*handle)(struct sql_request *request);
} commands[] = {
    { CP_PRPSQLSTT, REQUEST_SQLSTT | REQUEST_SQLATTR, REQUEST_SQLSTT, request_prpsqlstt },
    { CP_DSCSQLSTT, 0, 0, request_dscsqlstt },
    { CP_EXCSQLIMM, REQUEST_SQLSTT, REQUEST_SQLSTT, request_excsqlimm },
    { CP_EXCSQLSTT, REQUEST_SQLDTA, 0, request_excsqlstt },
    { CP_EXCSQLSET, REQUEST_SQLSTTS, REQUEST_SQLSTTS, request_excsqlset },
    { CP_OPNQRY, REQUEST_SQLDTA, 0, request_opnqry },
    { CP_CNTQRY, REQUEST_OUTOVR, 0, request_cntqry },
    { CP_CLSQRY, 0, 0, request_clsqry },
    { CP_RDBCMM, 0, 0, request_rdbcmm },
    { CP_RDBRLLBCK, 0, 0, request_rdbrllbck },
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static size_t
position_of(uint16_t codepoint)
{
    size_t i = 0;
    while (i < COMMANDS && commands[i].codepoint != codepoint)
        i++;
    return i;
}

bool
sql_is_command(uint16_t codepoint)
{
    return position_of(codepoint) < COMMANDS;
}

void
sql_read_ahead(struct sql_target *target)
{
    if (target->continued != NULL)
        query_read_ahead(target, target->continued, target->block_size);
    target->continued = NULL;
}

uint16_t
sql_execute(const struct dss_command *command, const struct sql_encoding *encoding, struct sql_target *target, struct dss_writer *reply)
{
    size_t i = position_of(command->codepoint);
    assert(i < COMMANDS);
    target->continued = NULL;
    struct sql_request request = {
        .command = command,
        .encoding = encoding,
        .target = target,
        .reply = reply,
        .ccsid = encoding->ebcdic ? CCSID_EBCDIC_500 : CCSID_UTF8,
        .from = encoding->client,
    };
    reply->wire->little_endian = encoding->server_little_endian;
    sql_diagnosis_clear(&request.diagnosis);
    bool good = request_read_objects(&request, commands[i].accepted, commands[i].required) && commands[i].handle(&request);
    free(request.converted.start);
    if (good)
        return SVRCOD_INFO;
    dss_begin(reply, DSS_REPLY, command->correlation_id);
    drda_fault_encode(reply->wire, &request.fault, encoding->rdbnam, request.ccsid);
    dss_end(reply);
    return drda_fault_svrcod(&request.fault);
}
