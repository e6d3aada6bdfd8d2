/* The result set of a CALL. Sources: DDM terms EXCSQLSTT, RSLSETRM, PKGSNLST, SQLRSLRD, SQLCINRD. */
#include "drda/sql/query.h"
#include "drda/sql/request.h"
#include "drda/sql/sqldard.h"

enum { ROWS_EXPECTED = 1 };

static void
put_rslsetrm(struct sql_request *request, struct wire_reader pkgnamcsn)
{
    struct wire_writer *writer = request->reply->wire;
    size_t message = request_open_message(request, CP_RSLSETRM, SVRCOD_INFO, false);
    size_t list = ddm_open(writer, CP_PKGSNLST);
    ddm_put_bytes(writer, CP_PKGNAMCSN, pkgnamcsn.at, pkgnamcsn.left);
    ddm_close(writer, list);
    request_close_message(request, message);
}

/* One result set, without locator and cursor name. */
static void
put_sqlrslrd(struct sql_request *request)
{
    struct wire_writer *writer = request->reply->wire;
    dss_begin(request->reply, DSS_OBJECT, request->command->correlation_id);
    size_t mark = ddm_open(writer, CP_SQLRSLRD);
    wire_put_value(writer, 1, 2);
    wire_put_u32(writer, 0);
    wire_put_u16(writer, 0);
    wire_put_u16(writer, 0);
    wire_put_value(writer, ROWS_EXPECTED, 4);
    ddm_close(writer, mark);
    dss_end(request->reply);
}

static void
put_sqlcinrd(struct sql_request *request, struct sql_section *section)
{
    struct wire_writer *writer = request->reply->wire;
    dss_begin(request->reply, DSS_OBJECT, request->command->correlation_id);
    size_t mark = ddm_open(writer, CP_SQLCINRD);
    sqldard_put_group(writer, section->with_hold, section->column_count);
    for (size_t i = 0; i < section->column_count; i++) {
        struct sql_column column = { .name = "", .table = "", .schema = "" };
        request->target->operations->describe_column(request->target, section, i, &column);
        sqldard_put_column(writer, &column, SQLDARD_COLUMN);
    }
    ddm_close(writer, mark);
    dss_end(request->reply);
}

void
request_reply_result_set(struct sql_request *request, struct sql_section *section, struct wire_reader pkgnamcsn, size_t block_size)
{
    put_rslsetrm(request, pkgnamcsn);
    request_reply_sqlcard(request);
    put_sqlrslrd(request);
    section->has_lobs = false; /* procedures give none */
    request_reply_opened(request, section, true);
    put_sqlcinrd(request, section);
    query_put_description(request->reply, request->command->correlation_id, request->target, section);
    query_put_block(request->reply, request->command->correlation_id, request->target, section, block_size);
}
