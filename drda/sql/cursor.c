/* OPNQRY, CNTQRY, CLSQRY. Sources: the DDM terms of these names; OPNQRYRM, OPNQFLRM, QRYNOPRM, QRYPOPRM. */
#include "drda/sql/extdta.h"
#include "drda/sql/parameters.h"
#include "drda/sql/query.h"
#include "drda/sql/request.h"
#include "drda/sql/sqlca.h"

enum { QRYINSID_SIZE = 8, RTNEXTALL = 2 };

/* Parameters of CNTQRY, as its table has them. */
enum {
    CNTQRY_PKGNAMCSN,
    CNTQRY_QRYBLKSZ,
    CNTQRY_QRYINSID,
    CNTQRY_QRYSCRORN,
    CNTQRY_QRYROWNBR,
    CNTQRY_QRYROWSNS,
    CNTQRY_QRYBLKRST,
    CNTQRY_QRYRTNDTA,
    CNTQRY_QRYROWSET,
    CNTQRY_RTNEXTDTA,
    CNTQRY_OUTOVROPT,
    CNTQRY_MAXBLKEXT,
    CNTQRY_COUNT
};

static bool
is_open_for_requester(const struct sql_section *section)
{
    return section != NULL && (section->state == SQL_SECTION_OPEN || section->state == SQL_SECTION_ENDED);
}

/* QRYNOPRM and QRYPOPRM: the cursor is not in the state that the command needs. */
static bool
reply_state(struct sql_request *request, uint16_t codepoint, struct wire_reader pkgnamcsn)
{
    size_t mark = request_open_message(request, codepoint, SVRCOD_WARNING, true);
    ddm_put_bytes(request->reply->wire, CP_PKGNAMCSN, pkgnamcsn.at, pkgnamcsn.left);
    request_close_message(request, mark);
    return true;
}

/* OPNQFLRM with its SQLCARD in one DSS. */
static void
reply_failure(struct sql_request *request)
{
    struct wire_writer *writer = request->reply->wire;
    if (request_reply_abnuowrm(request)) {
        request_reply_sqlcard(request);
        return;
    }
    size_t mark = request_open_message(request, CP_OPNQFLRM, SVRCOD_ERROR, true);
    ddm_close(writer, mark);
    sqlcard_put(writer, &request->diagnosis);
    dss_end(request->reply);
}

/* Opens the cursor, or leaves in the diagnosis why not. An empty section is one whose PRPSQLSTT failed and has said why: the
 * diagnosis stays clear, and false is all there is to say. */
static bool
open_cursor(struct sql_request *request, struct sql_section *section)
{
    SET_BEFORE_READ struct parameters parameters;
    bool open = false;
    bool readable = parameters_read(request->command, &request->from, request->target, &parameters, &request->diagnosis, &request->fault);
    if (!readable) {
        parameters_clear(&parameters);
        return false;
    }
    if (section == NULL)
        sql_diagnosis_set(&request->diagnosis, -514, "26501", "the section holds no prepared statement");
    else if (section->state != SQL_SECTION_EMPTY && !section->is_query)
        sql_diagnosis_set(&request->diagnosis, -517, "07005", "the statement returns no rows");
    else if (section->state != SQL_SECTION_EMPTY && parameters.count != section->parameter_count)
        sql_diagnosis_set(&request->diagnosis, -313, "07001", "the number of values is not the number of parameter markers");
    else if (section->state != SQL_SECTION_EMPTY) {
        query_close(request->target, section); /* what an earlier query has left */
        request->target->operations->open(request->target, section, parameters.values, parameters.count, &request->diagnosis);
        open = request->diagnosis.sqlcode >= 0;
    }
    if (open)
        section->state = SQL_SECTION_OPEN;
    parameters_clear(&parameters);
    return open;
}

static void
put_rows(struct sql_request *request, struct sql_section *section, size_t block_size, const struct query_move *move)
{
    uint16_t correlation_id = request->command->correlation_id;
    if (section->scrollable && section->state == SQL_SECTION_OPEN)
        query_put_rowset(request->reply, correlation_id, request->target, section, block_size, move);
    else
        query_put_block(request->reply, correlation_id, request->target, section, block_size);
}

/* How a server sends rows is its choice, unless the requester insists on having them as it asks for them. */
static bool
read_block_control(struct sql_request *request, struct wire_reader value, bool *fixed_row)
{
    uint16_t control = value.at != NULL ? ddm_value_u16(value) : CP_LMTBLKPRC;
    *fixed_row = control == CP_FRCFIXROW;
    if (*fixed_row || control == CP_LMTBLKPRC)
        return true;
    request->fault = drda_fault_reply(CP_VALNSPRM, CP_QRYBLKCTL);
    return false;
}

bool
request_opnqry(struct sql_request *request)
{
    enum { PKGNAMCSN, QRYBLKSZ, QRYBLKCTL, QRYCLSIMP, MAXBLKEXT, QRYROWSET, RTNEXTDTA, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [PKGNAMCSN] = { CP_PKGNAMCSN, 1, PKGNAMCSN_SIZE_MAX, true },
        [QRYBLKSZ] = { CP_QRYBLKSZ, 4, 4, true },
        [QRYBLKCTL] = { CP_QRYBLKCTL, 2, 2, false },
        [QRYCLSIMP] = { CP_QRYCLSIMP, 1, 1, false },
        [MAXBLKEXT] = { CP_MAXBLKEXT, 2, 2, false },
        [QRYROWSET] = { CP_QRYROWSET, 4, 4, false },
        [RTNEXTDTA] = { CP_RTNEXTDTA, 1, 1, false },
    };
    struct wire_reader values[COUNT];
    struct sql_section_name name;
    size_t block_size;
    if (!request_read_parameters(request, table, COUNT, values) || !request_section_name(request, values[PKGNAMCSN], &name) ||
        !request_block_size(request, values[QRYBLKSZ], &block_size))
        return false;
    bool fixed_row;
    if (!read_block_control(request, values[QRYBLKCTL], &fixed_row))
        return false;

    struct sql_section *section = request_find_section(request, &name);
    if (section != NULL && section->state == SQL_SECTION_OPEN)
        return reply_state(request, CP_QRYPOPRM, values[PKGNAMCSN]);
    bool open = open_cursor(request, section);
    if (request->fault.reply != 0)
        return false;
    if (!open) {
        reply_failure(request);
        return true;
    }
    /* With LOBs a requester says first how it wants them, with CNTQRY, if it does not say here that EXTDTA may follow. */
    bool has_lobs = query_has_lobs(request->target, section);
    section->rowset = wire_u32(&values[QRYROWSET]);
    section->fixed_row = fixed_row || section->updatable; /* so that both sides stand on the same row */
    bool at_once = !section->fixed_row && (!has_lobs || (values[RTNEXTDTA].at != NULL && ddm_value_u8(values[RTNEXTDTA]) == RTNEXTALL));
    section->by_locator = false;
    request_reply_opened(request, section, at_once);
    query_put_description(request->reply, request->command->correlation_id, request->target, section);
    if (at_once)
        put_rows(request, section, block_size, &(struct query_move) { SQL_MOVE_RELATIVE, 1, true, false });
    extdta_begin(request->target, request->command->correlation_id, request->command->chained);
    return true;
}

/* QRYSCRORN, QRYROWNBR, QRYRTNDTA, QRYBLKRST: where a scrollable cursor goes. Without them, to the next row. */
static bool
read_move(struct sql_request *request, const struct wire_reader values[CNTQRY_COUNT], struct query_move *move)
{
    enum { RELATIVE = 1, ABSOLUTE = 2, BEHIND_LAST = 3, BEFORE_FIRST = 4 };
    struct wire_reader rows = values[CNTQRY_QRYROWNBR];
    uint8_t orientation = values[CNTQRY_QRYSCRORN].at != NULL ? ddm_value_u8(values[CNTQRY_QRYSCRORN]) : RELATIVE;
    *move = (struct query_move) { .rows = rows.at != NULL ? (int64_t)wire_u64(&rows) : 1 };
    if (orientation < RELATIVE || orientation > BEFORE_FIRST)
        return request_refuse_value(request, CP_QRYSCRORN);
    static const enum sql_move moves[] = { [RELATIVE] = SQL_MOVE_RELATIVE,
                                           [ABSOLUTE] = SQL_MOVE_ABSOLUTE,
                                           [BEHIND_LAST] = SQL_MOVE_BEHIND_LAST,
                                           [BEFORE_FIRST] = SQL_MOVE_BEFORE_FIRST };
    move->move = moves[orientation];
    bool restart = true;
    bool with_data = true;
    if ((values[CNTQRY_QRYBLKRST].at != NULL && !request_flag(request, values[CNTQRY_QRYBLKRST], CP_QRYBLKRST, &restart)) ||
        (values[CNTQRY_QRYRTNDTA].at != NULL && !request_flag(request, values[CNTQRY_QRYRTNDTA], CP_QRYRTNDTA, &with_data)))
        return false;
    move->goes_on = values[CNTQRY_QRYBLKRST].at == NULL || !restart;
    move->with_data = with_data;
    return true;
}

/* OUTOVR: columns in its order; type 0 leaves one as it is. All LOBs of a query go one way, as requesters ask for them. */
static bool
read_outovr(struct sql_request *request, struct sql_section *section)
{
    struct fdoca_reader fields = fdoca_reader(request->outovr);
    struct fdoca_field field;
    if (request->outovr.at == NULL)
        return true;
    while (fdoca_next(&fields, &field)) {
        uint8_t type = (uint8_t)(field.type & ~(unsigned)FDOCA_NULLABLE);
        if (type == FDOCA_BLOB_LOCATOR || type == FDOCA_CLOB_LOCATOR || type == FDOCA_DBCLOB_LOCATOR)
            section->by_locator = true;
    }
    if (fields.failed)
        request->fault = drda_fault_syntax(SYNERRCD_LENGTH_MISMATCH, CP_OUTOVR);
    return !fields.failed;
}

bool
request_cntqry(struct sql_request *request)
{
    static const struct ddm_parameter table[CNTQRY_COUNT] = {
        [CNTQRY_PKGNAMCSN] = { CP_PKGNAMCSN, 1, PKGNAMCSN_SIZE_MAX, true },
        [CNTQRY_QRYBLKSZ] = { CP_QRYBLKSZ, 4, 4, true },
        [CNTQRY_QRYINSID] = { CP_QRYINSID, QRYINSID_SIZE, QRYINSID_SIZE, false },
        [CNTQRY_QRYSCRORN] = { CP_QRYSCRORN, 1, 1, false },
        [CNTQRY_QRYROWNBR] = { CP_QRYROWNBR, 8, 8, false },
        [CNTQRY_QRYROWSNS] = { CP_QRYROWSNS, 1, 1, false },
        [CNTQRY_QRYBLKRST] = { CP_QRYBLKRST, 1, 1, false },
        [CNTQRY_QRYRTNDTA] = { CP_QRYRTNDTA, 1, 1, false },
        [CNTQRY_QRYROWSET] = { CP_QRYROWSET, 4, 4, false },
        [CNTQRY_RTNEXTDTA] = { CP_RTNEXTDTA, 1, 1, false },
        [CNTQRY_OUTOVROPT] = { CP_OUTOVROPT, 1, 1, false },
        [CNTQRY_MAXBLKEXT] = { CP_MAXBLKEXT, 2, 2, false },
    };
    struct wire_reader values[CNTQRY_COUNT];
    struct sql_section_name name;
    struct query_move move;
    size_t block_size;
    if (!request_read_parameters(request, table, CNTQRY_COUNT, values) || !request_section_name(request, values[CNTQRY_PKGNAMCSN], &name) ||
        !request_block_size(request, values[CNTQRY_QRYBLKSZ], &block_size) || !read_move(request, values, &move))
        return false;
    struct sql_section *section = request_find_section(request, &name);
    if (!is_open_for_requester(section))
        return reply_state(request, CP_QRYNOPRM, values[CNTQRY_PKGNAMCSN]);
    if (values[CNTQRY_QRYSCRORN].at != NULL && !section->scrollable) {
        request->fault = drda_fault_reply(CP_VALNSPRM, CP_QRYSCRORN);
        return false;
    }
    if (!read_outovr(request, section))
        return false;
    if (values[CNTQRY_QRYROWSET].at != NULL)
        section->rowset = wire_u32(&values[CNTQRY_QRYROWSET]);
    put_rows(request, section, block_size, &move);
    extdta_begin(request->target, request->command->correlation_id, request->command->chained);
    return true;
}

bool
request_clsqry(struct sql_request *request)
{
    enum { PKGNAMCSN, QRYINSID, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [PKGNAMCSN] = { CP_PKGNAMCSN, 1, PKGNAMCSN_SIZE_MAX, true },
        [QRYINSID] = { CP_QRYINSID, QRYINSID_SIZE, QRYINSID_SIZE, false },
    };
    struct wire_reader values[COUNT];
    struct sql_section_name name;
    if (!request_read_parameters(request, table, COUNT, values) || !request_section_name(request, values[PKGNAMCSN], &name))
        return false;
    struct sql_section *section = request_find_section(request, &name);
    if (!is_open_for_requester(section))
        return reply_state(request, CP_QRYNOPRM, values[PKGNAMCSN]);
    query_close(request->target, section);
    request_reply_sqlcard(request);
    return true;
}
