/* Commands of SQL. Each carries PKGNAMCSN, the name of the package section that holds the statement; one section is enough, since
 * there is one statement at a time. */
#include "drda/requester_private.h"
#include "drda/sql/package.h"
#include "drda/sql/parameters.h"
#include "drda/sql/sqlstt.h"

enum {
    QUERY_BLOCK_SIZE = 32767,
    TYPSQLDA_OUTPUT = 4, /* extended description of the result columns */
    DDM_TRUE = 0xF1,
};

/* L: large, N: cursors are closed by COMMIT. The dynamic packages of Derby and Db2 are named like this. */
static const struct sql_section_name section = { .package = "SYSLN000", .number = 1 };

/* Opens a command with its PKGNAMCSN; close it with end_command. */
static size_t
open_command(struct requester *requester, struct dss_writer *dss, uint16_t correlation_id, uint16_t codepoint)
{
    dss_begin(dss, DSS_REQUEST, correlation_id);
    size_t mark = ddm_open(&requester->output, codepoint);
    package_section_put(&requester->output, requester->ccsid, requester->rdbnam, &section);
    return mark;
}

static void
end_command(struct requester *requester, struct dss_writer *dss, size_t mark)
{
    ddm_close(&requester->output, mark);
    dss_end(dss);
}

static void
put_statement(struct requester *requester, struct dss_writer *dss, uint16_t correlation_id, const char *text, size_t size)
{
    dss_begin(dss, DSS_OBJECT, correlation_id);
    sqlstt_put(&requester->output, CP_SQLSTT, text, size);
    dss_end(dss);
}

static void
put_prpsqlstt(struct requester *requester, struct dss_writer *dss, uint16_t correlation_id, const char *text, size_t size)
{
    size_t mark = open_command(requester, dss, correlation_id, CP_PRPSQLSTT);
    ddm_put_u8(&requester->output, CP_RTNSQLDA, DDM_TRUE);
    ddm_put_u8(&requester->output, CP_TYPSQLDA, TYPSQLDA_OUTPUT);
    end_command(requester, dss, mark);
    put_statement(requester, dss, correlation_id, text, size);
}

static void
put_parameters(struct requester *requester, struct dss_writer *dss, const struct sql_value *parameters, size_t count)
{
    if (count == 0)
        return;
    dss_begin(dss, DSS_OBJECT, 1);
    if (!parameters_put(&requester->output, parameters, count))
        (void)requester_fail(requester, "there are too many parameters, a string is longer than 32767 bytes, or a large object than %d",
                             EXTDTA_SIZE_MAX);
    if (!requester_keep_lobs(requester, parameters, count))
        (void)requester_fail(requester, "no memory for the parameters");
    dss_end(dss);
    if (requester->lob_count > 0)
        dss_leave_followed(dss);
}

static void
put_opnqry(struct requester *requester, struct dss_writer *dss, uint16_t correlation_id)
{
    size_t mark = open_command(requester, dss, correlation_id, CP_OPNQRY);
    ddm_put_u32(&requester->output, CP_QRYBLKSZ, QUERY_BLOCK_SIZE);
    ddm_put_u8(&requester->output, CP_QRYCLSIMP, 1);
    end_command(requester, dss, mark);
}

/* Which opening of the section's cursor is meant. */
static void
put_instance(struct requester *requester)
{
    size_t mark = ddm_open(&requester->output, CP_QRYINSID);
    wire_put_u64(&requester->output, requester->query_instance);
    ddm_close(&requester->output, mark);
}

/* A command without parameters. */
static void
put_bare(struct requester *requester, uint16_t codepoint)
{
    struct dss_writer dss = dss_writer(&requester->output);
    dss_begin(&dss, DSS_REQUEST, 1);
    ddm_close(&requester->output, ddm_open(&requester->output, codepoint));
    dss_end(&dss);
}

void
requester_prepare(struct requester *requester, const char *text, size_t size)
{
    requester_begin(requester, REQUESTER_PREPARE);
    requester_drop_columns(requester);
    struct dss_writer dss = dss_writer(&requester->output);
    put_prpsqlstt(requester, &dss, 1, text, size);
}

void
requester_execute_immediate(struct requester *requester, const char *text, size_t size)
{
    requester_begin(requester, REQUESTER_IMMEDIATE);
    requester_drop_columns(requester);
    struct dss_writer dss = dss_writer(&requester->output);
    size_t mark = open_command(requester, &dss, 1, CP_EXCSQLIMM);
    ddm_put_u8(&requester->output, CP_RDBCMTOK, DDM_TRUE);
    end_command(requester, &dss, mark);
    put_statement(requester, &dss, 1, text, size);
}

void
requester_query(struct requester *requester, const char *text, size_t size)
{
    requester_begin(requester, REQUESTER_QUERY);
    requester_drop_columns(requester);
    struct dss_writer dss = dss_writer(&requester->output);
    put_prpsqlstt(requester, &dss, 1, text, size);
    put_opnqry(requester, &dss, 2);
}

void
requester_execute(struct requester *requester, const struct sql_value *parameters, size_t count)
{
    requester_begin(requester, REQUESTER_EXECUTE);
    struct dss_writer dss = dss_writer(&requester->output);
    size_t mark = open_command(requester, &dss, 1, CP_EXCSQLSTT);
    ddm_put_u8(&requester->output, CP_RDBCMTOK, DDM_TRUE);
    end_command(requester, &dss, mark);
    put_parameters(requester, &dss, parameters, count);
}

void
requester_open(struct requester *requester, const struct sql_value *parameters, size_t count)
{
    requester_begin(requester, REQUESTER_OPEN);
    struct dss_writer dss = dss_writer(&requester->output);
    put_opnqry(requester, &dss, 1);
    put_parameters(requester, &dss, parameters, count);
}

void
requester_continue(struct requester *requester)
{
    requester_begin(requester, REQUESTER_CONTINUE);
    struct dss_writer dss = dss_writer(&requester->output);
    size_t mark = open_command(requester, &dss, 1, CP_CNTQRY);
    ddm_put_u32(&requester->output, CP_QRYBLKSZ, QUERY_BLOCK_SIZE);
    put_instance(requester);
    end_command(requester, &dss, mark);
}

void
requester_close(struct requester *requester)
{
    requester_begin(requester, REQUESTER_CLOSE);
    struct dss_writer dss = dss_writer(&requester->output);
    size_t mark = open_command(requester, &dss, 1, CP_CLSQRY);
    put_instance(requester);
    end_command(requester, &dss, mark);
}

void
requester_commit(struct requester *requester)
{
    requester_begin(requester, REQUESTER_COMMIT);
    put_bare(requester, CP_RDBCMM);
}

void
requester_rollback(struct requester *requester)
{
    requester_begin(requester, REQUESTER_ROLLBACK);
    put_bare(requester, CP_RDBRLLBCK);
}
