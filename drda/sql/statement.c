/* PRPSQLSTT, DSCSQLSTT, EXCSQLIMM, EXCSQLSTT, EXCSQLSET. Sources: the DDM terms of these names; RTNSQLDA, TYPSQLDA. */
#include <stdlib.h>

#include "drda/sql/parameters.h"
#include "drda/sql/procedure.h"
#include "drda/sql/query.h"
#include "drda/sql/request.h"
#include "drda/sql/sqldard.h"

enum { TYPSQLDA_MAX = 5, TYPSQLDA_INPUT = 1, BLOCK_SIZE_DEFAULT = 32767 };

/* What EXCSQLSTT says of the result set that a CALL may have. */
struct execution {
    struct wire_reader pkgnamcsn;
    size_t block_size;
};

/* Attributes are words in any order; this is the only one that changes what a section does. */
static bool
has_words(struct wire_reader text, const char *words)
{
    size_t size = strlen(words);
    for (; text.left >= size; (void)wire_u8(&text)) {
        size_t i = 0;
        while (i < size && (text.at[i] == (uint8_t)words[i] || text.at[i] == (uint8_t)(words[i] | 0x20)))
            i++;
        if (i == size)
            return true;
    }
    return false;
}

static void
put_column(struct sql_request *request, struct sql_section *section, size_t index)
{
    const struct sql_target_operations *operations = request->target->operations;
    struct sql_column column = { .name = "", .table = "", .schema = "" };
    operations->describe_column(request->target, section, index, &column);
    sqldard_put_column(request->reply->wire, &column, SQLDARD_COLUMN);
}

static void
put_parameter(struct sql_request *request, struct sql_section *section, size_t index)
{
    const struct sql_target_operations *operations = request->target->operations;
    struct sql_column column = { .name = "", .table = "", .schema = "" };
    enum sqldard_mode mode = SQLDARD_IN;
    if (section->procedure != PROCEDURE_NONE)
        procedure_describe((enum procedure)section->procedure, index, &column, &mode);
    else
        operations->describe_parameter(request->target, section, index, &column);
    sqldard_put_column(request->reply->wire, &column, mode);
}

static void
reply_sqldard(struct sql_request *request, struct sql_section *section, bool parameters)
{
    struct wire_writer *writer = request->reply->wire;
    size_t count = parameters ? section->parameter_count : section->column_count;
    dss_begin(request->reply, DSS_OBJECT, request->command->correlation_id);
    size_t mark = ddm_open(writer, CP_SQLDARD);
    sqldard_put_head(writer, &request->diagnosis, section->with_hold, count);
    for (size_t i = 0; i < count; i++) {
        if (parameters)
            put_parameter(request, section, i);
        else
            put_column(request, section, i);
    }
    ddm_close(writer, mark);
    dss_end(request->reply);
}

/* The packages of dynamic SQL tell in their fifth letter whether cursors are held: SYSLH200 and SYSLN200, for example. */
static bool
is_held_package(const char *package)
{
    return strncmp(package, "SYSLH", 5) == 0 || strncmp(package, "SYSSH", 5) == 0;
}

/* Fills the section with a statement of the target's, or with a procedure of ours. */
static void
prepare(struct sql_request *request, struct sql_section *section)
{
    const struct sql_target_operations *operations = request->target->operations;
    enum procedure procedure = procedure_recognise(request->sqlstt);
    bool scrollable = has_words(request->sqlattr, "SCROLL") && !has_words(request->sqlattr, "NO SCROLL");
    section->scrollable = scrollable;
    section->for_update = has_words(request->sqlattr, "FOR UPDATE");
    section->updatable = false;
    if (procedure == PROCEDURE_NONE) {
        operations->prepare(request->target, section, (const char *)request->sqlstt.at, request->sqlstt.left, &request->diagnosis);
    } else {
        operations->close(request->target, section);
        section->state = SQL_SECTION_PREPARED;
        section->is_query = false;
        section->is_call = false;
        section->column_count = 0;
        section->parameter_count = procedure_parameter_count(procedure);
    }
    sql_section_drop_rest(section);
    section->procedure = (uint8_t)procedure;
    section->scrollable = section->is_query && scrollable;
    section->with_hold = is_held_package(section->name.package) || has_words(request->sqlattr, "WITH HOLD");
}

bool
request_prpsqlstt(struct sql_request *request)
{
    enum { PKGNAMCSN, RTNSQLDA, TYPSQLDA, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [PKGNAMCSN] = { CP_PKGNAMCSN, 1, PKGNAMCSN_SIZE_MAX, true },
        [RTNSQLDA] = { CP_RTNSQLDA, 1, 1, false },
        [TYPSQLDA] = { CP_TYPSQLDA, 1, 1, false },
    };
    struct wire_reader values[COUNT];
    struct sql_section_name name;
    bool describe;
    if (!request_read_parameters(request, table, COUNT, values) || !request_section_name(request, values[PKGNAMCSN], &name) ||
        !request_flag(request, values[RTNSQLDA], CP_RTNSQLDA, &describe))
        return false;
    uint8_t sqlda = ddm_value_u8(values[TYPSQLDA]);
    if (sqlda > TYPSQLDA_MAX)
        return request_refuse_value(request, CP_TYPSQLDA);

    struct sql_section *section = request->target->operations->section(request->target, &name, true);
    if (section != NULL)
        prepare(request, section);
    else
        sql_diagnosis_set(&request->diagnosis, -904, "57011", "a section for one more statement");
    if (request->diagnosis.sqlcode < 0)
        request_reply_sqlerrrm(request);
    else if (describe)
        reply_sqldard(request, section, (sqlda & TYPSQLDA_INPUT) != 0);
    else
        request_reply_outcome(request);
    return true;
}

bool
request_dscsqlstt(struct sql_request *request)
{
    enum { PKGNAMCSN, TYPSQLDA, COUNT };
    static const struct ddm_parameter table[COUNT] = {
        [PKGNAMCSN] = { CP_PKGNAMCSN, 1, PKGNAMCSN_SIZE_MAX, true },
        [TYPSQLDA] = { CP_TYPSQLDA, 1, 1, false },
    };
    struct wire_reader values[COUNT];
    struct sql_section_name name;
    if (!request_read_parameters(request, table, COUNT, values) || !request_section_name(request, values[PKGNAMCSN], &name))
        return false;
    uint8_t sqlda = ddm_value_u8(values[TYPSQLDA]);
    if (sqlda > TYPSQLDA_MAX)
        return request_refuse_value(request, CP_TYPSQLDA);

    struct sql_section *section = request_find_section(request, &name);
    if (section != NULL && section->state != SQL_SECTION_EMPTY) {
        reply_sqldard(request, section, (sqlda & TYPSQLDA_INPUT) != 0);
        return true;
    }
    /* An empty section is one whose PRPSQLSTT failed and has said why; the requester counts on a reply that adds nothing. */
    if (section == NULL)
        sql_diagnosis_set(&request->diagnosis, -516, "26501", "the section holds no prepared statement");
    request_reply_sqlerrrm(request);
    return true;
}

bool
request_excsqlimm(struct sql_request *request)
{
    static const struct ddm_parameter table[] = {
        { CP_PKGNAMCSN, 1, PKGNAMCSN_SIZE_MAX, true },
        { CP_RDBCMTOK, 1, 1, false },
    };
    struct wire_reader values[2];
    struct sql_section_name name;
    bool may_commit;
    if (!request_read_parameters(request, table, 2, values) || !request_section_name(request, values[0], &name) ||
        !request_flag(request, values[1], CP_RDBCMTOK, &may_commit))
        return false;
    request->target->operations->execute_immediate(request->target, (const char *)request->sqlstt.at, request->sqlstt.left,
                                                   &request->diagnosis);
    request_reply_outcome(request);
    return true;
}

/* A CALL opens a result set; an earlier one that was not read to its end goes. */
static void
call(struct sql_request *request, struct sql_section *section, const struct parameters *parameters, const struct execution *execution)
{
    query_close(request->target, section);
    request->target->operations->open(request->target, section, parameters->values, parameters->count, &request->diagnosis);
    if (request->diagnosis.sqlcode < 0) {
        request_reply_outcome(request);
        return;
    }
    section->state = SQL_SECTION_OPEN;
    section->rowset = 0;
    section->fixed_row = false;
    request_reply_result_set(request, section, execution->pkgnamcsn, execution->block_size);
}

/* A procedure of the conversation's own: answered with an SQLDTARD, or an SQLCARD where there is nothing to give. */
static void
call_own(struct sql_request *request, struct sql_section *section, const struct parameters *parameters)
{
    enum procedure procedure = (enum procedure)section->procedure;
    struct procedure_answer answer;
    if (!procedure_execute(procedure, parameters, request->target, &answer, &request->diagnosis)) {
        request_reply_outcome(request);
        return;
    }
    dss_begin(request->reply, DSS_OBJECT, request->command->correlation_id);
    procedure_put_answer(request->reply->wire, procedure, &answer);
    dss_end(request->reply);
}

/* Runs a section with parameters that have been read. */
static void
execute(struct sql_request *request, struct sql_section *section, const struct parameters *parameters, const struct execution *execution)
{
    if (parameters->count != section->parameter_count) {
        sql_diagnosis_set(&request->diagnosis, -313, "07001", "the number of values is not the number of parameter markers");
    } else if (section->is_call) {
        call(request, section, parameters, execution);
        return;
    } else if (section->procedure == PROCEDURE_NONE)
        request->target->operations->execute(request->target, section, parameters->values, parameters->count, &request->diagnosis);
    if (section->procedure == PROCEDURE_NONE || request->diagnosis.sqlcode != 0) {
        request_reply_outcome(request);
        return;
    }
    call_own(request, section, parameters);
}

bool
request_excsqlstt(struct sql_request *request)
{
    static const struct ddm_parameter table[] = {
        { CP_PKGNAMCSN, 1, PKGNAMCSN_SIZE_MAX, true },
        { CP_RDBCMTOK, 1, 1, false },
        { CP_OUTEXP, 1, 1, false },
        { CP_QRYBLKSZ, 4, 4, false },
        { CP_MAXRSLCNT, 2, 2, false },
        { CP_MAXBLKEXT, 2, 2, false },
        { CP_RSLSETFLG, 1, 1, false },
        { CP_QRYROWSET, 4, 4, false },
        { CP_NBRROW, 4, 4, false },
    };
    enum { QRYBLKSZ = 3, NBRROW = 8, COUNT = sizeof table / sizeof table[0] };
    struct wire_reader values[COUNT];
    struct sql_section_name name;
    struct execution execution = { .block_size = BLOCK_SIZE_DEFAULT };
    if (!request_read_parameters(request, table, COUNT, values) || !request_section_name(request, values[0], &name) ||
        (values[QRYBLKSZ].at != NULL && !request_block_size(request, values[QRYBLKSZ], &execution.block_size)))
        return false;
    /* Values of many rows in one command: what came would be taken for one row. */
    if (values[NBRROW].at != NULL && wire_u32(&values[NBRROW]) > 1) {
        request->fault = drda_fault_reply(CP_VALNSPRM, CP_NBRROW);
        return false;
    }
    execution.pkgnamcsn = values[0];

    SET_BEFORE_READ struct parameters parameters;
    struct sql_section *section = request_find_section(request, &name);
    bool prepared = section != NULL && section->state != SQL_SECTION_EMPTY && !section->is_query;
    bool readable = parameters_read(request->command, &request->from, request->target, &parameters, &request->diagnosis, &request->fault);
    bool damaged = request->fault.reply != 0;
    if (!damaged && !prepared)
        sql_diagnosis_set(&request->diagnosis, -518, "07003", "the section holds no prepared statement that can be executed");
    if (readable && prepared)
        execute(request, section, &parameters, &execution);
    else if (!damaged)
        request_reply_outcome(request);
    parameters_clear(&parameters);
    return !damaged;
}

/* The first thing that went wrong is what the requester hears; a register that was not recognised does not stop the others. */
bool
request_excsqlset(struct sql_request *request)
{
    static const struct ddm_parameter table[] = { { CP_PKGNAMCSN, 1, PKGNAMCSN_SIZE_MAX, false } };
    struct wire_reader value;
    if (!request_read_parameters(request, table, 1, &value))
        return false;
    struct sql_diagnosis diagnosis = request->diagnosis;
    for (size_t i = 0; i < request->command->object_count && diagnosis.sqlcode >= 0; i++) {
        const struct ddm_object *object = &request->command->objects[i];
        struct wire_reader text;
        if (object->codepoint != CP_SQLSTT)
            continue;
        request->converted.used = 0;
        if (!request_read_text(request, object, &text))
            return false;
        sql_diagnosis_clear(&diagnosis);
        request->target->operations->set_register(request->target, (const char *)text.at, text.left, &diagnosis);
        if (request->diagnosis.sqlcode == 0 || diagnosis.sqlcode < 0)
            request->diagnosis = diagnosis;
    }
    request_reply_outcome(request);
    return true;
}
