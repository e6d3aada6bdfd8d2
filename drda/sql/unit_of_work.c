/* RDBCMM and RDBRLLBCK. Source: DDM terms RDBCMM, RDBRLLBCK, ENDUOWRM, UOWDSP. */
#include "drda/sql/request.h"

enum { UOWDSP_COMMITTED = 1, UOWDSP_ROLLED_BACK = 2 };

/* ENDUOWRM comes even when the target failed: requesters wait for it, and SQLCARD tells the rest. */
static bool
end_unit_of_work(struct sql_request *request, void (*end)(struct sql_target *, struct sql_diagnosis *), uint8_t uowdsp)
{
    struct wire_reader none;
    if (!request_read_parameters(request, NULL, 0, &none))
        return false;
    end(request->target, &request->diagnosis);
    if (request->diagnosis.sqlcode == SQLCODE_ROLLED_BACK)
        uowdsp = UOWDSP_ROLLED_BACK;
    size_t mark = request_open_message(request, CP_ENDUOWRM, SVRCOD_WARNING, false);
    ddm_put_u8(request->reply->wire, CP_UOWDSP, uowdsp);
    request_close_message(request, mark);
    request_reply_sqlcard(request);
    return true;
}

bool
request_rdbcmm(struct sql_request *request)
{
    return end_unit_of_work(request, request->target->operations->commit, UOWDSP_COMMITTED);
}

bool
request_rdbrllbck(struct sql_request *request)
{
    return end_unit_of_work(request, request->target->operations->rollback, UOWDSP_ROLLED_BACK);
}
