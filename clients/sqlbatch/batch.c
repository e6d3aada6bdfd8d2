#include "clients/sqlbatch/batch.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "clients/sqlbatch/diagnosis.h"
#include "clients/sqlbatch/directory.h"
#include "clients/sqlbatch/interrupt.h"
#include "clients/sqlbatch/logon.h"
#include "clients/sqlbatch/progress.h"

/* A batch that is running. */
struct run {
    const struct batch *batch;
    struct connection *connection; /* NULL while there is none */
    struct logon *logon;           /* what may interrupt it; NULL where nothing can */
    struct printer printer;
    struct progress progress;
    bool uncommitted; /* there were statements since the last commit */
    bool printing;    /* a result has been begun and not ended */
    size_t line;      /* of the statement that runs; 0 outside the script */
};

static void say(const struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);
static void complain(const struct run *run, const char *what, const char *format, ...) PRINTF_LIKE(3, 4);

/* What happened, between the results; beside them when a program reads those. */
static void
say(const struct run *run, const char *format, ...)
{
    FILE *out = run->batch->format->for_programs ? run->batch->errors : run->batch->out;
    va_list arguments;
    va_start(arguments, format);
    vfprintf(out, format, arguments);
    va_end(arguments);
    putc('\n', out);
}

/* `sqlbatch: script:line: what: why`, after all results that came before it. */
static void
complain(const struct run *run, const char *what, const char *format, ...)
{
    fflush(run->batch->out);
    if (run->line > 0)
        fprintf(run->batch->errors, "sqlbatch: %s:%zu: %s: ", run->batch->script_name, run->line, what);
    else
        fprintf(run->batch->errors, "sqlbatch: %s: ", what);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(run->batch->errors, format, arguments);
    va_end(arguments);
    putc('\n', run->batch->errors);
}

static void
drop_connection(struct run *run)
{
    connection_close(run->connection);
    logon_free(run->logon);
    interrupt_release();
    run->connection = NULL;
    run->logon = NULL;
    run->uncommitted = false;
}

static const char cancelled[] = "cancelled by Ctrl-C or SIGTERM";

/* Whether what was commanded last has succeeded; `given_up`: before its end. */
static bool
judge(const struct sql_diagnosis *diagnosis, bool given_up, struct problem *problem)
{
    if (diagnosis->sqlcode >= 0 && !given_up)
        return true;
    struct problem why = { 0 };
    diagnosis_describe(diagnosis, &why);
    if (given_up)
        problem_set(problem, "%s", cancelled);
    else if (interrupt_asked())
        problem_set(problem, "%s: %s", cancelled, why.text);
    else
        *problem = why;
    return false;
}

/* Takes what the server says to the command that has been started, and prints its rows. False when it failed: the problem says why, and
 * the connection is dropped when nothing more can be done with it. */
static bool
finish_command(struct run *run, struct problem *problem)
{
    struct requester *requester = connection_requester(run->connection);
    bool given_up = false;
    for (;;) {
        size_t count = 0;
        const struct sql_column *columns = NULL;
        switch (connection_next(run->connection, problem)) {
        case REQUESTER_COLUMNS:
            columns = requester_columns(requester, &count);
            if (run->batch->rows_are_seen)
                progress_hide(&run->progress);
            printer_begin(&run->printer, columns, count);
            run->printing = true;
            break;
        case REQUESTER_ROW:
            printer_row(&run->printer, requester_row(requester));
            progress_row(&run->progress);
            break;
        case REQUESTER_BLOCK_ENDED:
            if (!printer_is_good(&run->printer)) {
                problem_set(problem, "the rows cannot be written");
                drop_connection(run);
                return false;
            }
            given_up = interrupt_asked();
            if (given_up)
                requester_close(requester);
            else
                requester_continue(requester);
            break;
        case REQUESTER_COMPLETED:
            return judge(requester_diagnosis(requester), given_up, problem);
        case REQUESTER_NEEDS_INPUT:
        case REQUESTER_REFUSED:
        case REQUESTER_FAILED:
            drop_connection(run);
            return false;
        }
    }
}

/* How a statement is sent. */
enum way {
    WAY_PREPARE,   /* ask the server what it is: two round trips */
    WAY_QUERY,     /* it returns rows */
    WAY_IMMEDIATE, /* it returns none */
};

static const struct verb {
    const char *word;
    enum way way;
    bool counts; /* its outcome is a number of rows */
} verbs[] = {
    { "SELECT", WAY_QUERY, false },     { "VALUES", WAY_QUERY, false },     { "INSERT", WAY_IMMEDIATE, true },
    { "UPDATE", WAY_IMMEDIATE, true },  { "DELETE", WAY_IMMEDIATE, true },  { "MERGE", WAY_IMMEDIATE, true },
    { "REPLACE", WAY_IMMEDIATE, true }, { "CREATE", WAY_IMMEDIATE, false }, { "DROP", WAY_IMMEDIATE, false },
    { "ALTER", WAY_IMMEDIATE, false },  { "GRANT", WAY_IMMEDIATE, false },  { "REVOKE", WAY_IMMEDIATE, false },
};

static const struct verb *
find_verb(const char *text)
{
    static const struct verb other = { "", WAY_PREPARE, false };
    static const struct verb returning = { "", WAY_PREPARE, true };
    size_t size = 0;
    while (isalpha((unsigned char)text[size]))
        size++;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strlen(verbs[i].word) == size && strncasecmp(verbs[i].word, text, size) == 0)
            return verbs[i].counts && strcasestr(text, "RETURNING") != NULL ? &returning : &verbs[i];
    return &other;
}

static bool
execute_prepared(struct run *run, const struct bound_statement *bound, struct problem *problem)
{
    struct requester *requester = connection_requester(run->connection);
    requester_prepare(requester, bound->text.bytes, bound->text.size);
    if (!finish_command(run, problem))
        return false;
    if (interrupt_asked()) {
        problem_set(problem, "%s", cancelled);
        return false;
    }
    if (requester_is_query(requester))
        requester_open(requester, bound->values, bound->count);
    else
        requester_execute(requester, bound->values, bound->count);
    return finish_command(run, problem);
}

static bool
execute(struct run *run, const struct verb *verb, const struct bound_statement *bound, struct problem *problem)
{
    struct requester *requester = connection_requester(run->connection);
    if (verb->way == WAY_PREPARE || bound->count > 0)
        return execute_prepared(run, bound, problem);
    if (verb->way == WAY_QUERY)
        requester_query(requester, bound->text.bytes, bound->text.size);
    else
        requester_execute_immediate(requester, bound->text.bytes, bound->text.size);
    return finish_command(run, problem);
}

/* What a statement came to, when it printed no rows. */
static void
tell_outcome(const struct run *run, const struct verb *verb, bool had_rows)
{
    const struct sql_diagnosis *diagnosis = requester_diagnosis(connection_requester(run->connection));
    if (!had_rows && (verb->counts || diagnosis->rows > 0))
        say(run, "%" PRId64 " %s affected", diagnosis->rows, diagnosis->rows == 1 ? "row" : "rows");
    else if (!had_rows)
        say(run, "done");
    if (diagnosis->sqlcode > 0 && strncmp(diagnosis->sqlstate, "02", 2) != 0)
        say(run, "warning: SQLCODE=%d, SQLSTATE=%s", diagnosis->sqlcode, diagnosis->sqlstate);
}

static enum batch_status
run_bound(struct run *run, const struct bound_statement *bound)
{
    struct problem problem = { 0 };
    const struct verb *verb = find_verb(bound->text.bytes);
    run->uncommitted = true;
    progress_begin(&run->progress, run->line);
    bool good = execute(run, verb, bound, &problem);
    progress_end(&run->progress);
    if (run->printing)
        printer_end(&run->printer);
    bool had_rows = run->printing;
    run->printing = false;
    if (!good) {
        complain(run, "statement failed", "%s", problem.text);
        return BATCH_STATEMENT_FAILED;
    }
    tell_outcome(run, verb, had_rows);
    return printer_is_good(&run->printer) ? BATCH_OK : BATCH_INTERNAL_ERROR;
}

static enum batch_status
run_sql(struct run *run, const struct script_statement *statement)
{
    struct problem problem = { 0 };
    struct bound_statement bound;
    enum batch_status status = BATCH_INVALID_STATEMENT;
    if (host_variables_bind(run->batch->variables, statement->text, statement->size, &bound, &problem))
        status = run_bound(run, &bound);
    else
        complain(run, "invalid statement", "%s", problem.text);
    bound_statement_clear(&bound);
    return status;
}

static enum batch_status
run_commit(struct run *run)
{
    struct problem problem = { 0 };
    requester_commit(connection_requester(run->connection));
    if (finish_command(run, &problem)) {
        say(run, "committed");
        run->uncommitted = false;
        return BATCH_OK;
    }
    complain(run, "commit failed", "%s", problem.text);
    return BATCH_COMMIT_FAILED;
}

static enum batch_status
run_rollback(struct run *run)
{
    struct problem problem = { 0 };
    requester_rollback(connection_requester(run->connection));
    if (finish_command(run, &problem)) {
        say(run, "rolled back");
        run->uncommitted = false;
        return BATCH_OK;
    }
    complain(run, "rollback failed", "%s", problem.text);
    return BATCH_ROLLBACK_FAILED;
}

/* A connection that ends as it should commits. */
static enum batch_status
run_disconnect(struct run *run)
{
    enum batch_status status = run->uncommitted ? run_commit(run) : BATCH_OK;
    if (status != BATCH_OK)
        return status;
    say(run, "disconnected");
    drop_connection(run);
    return BATCH_OK;
}

static void
tick(void *progress)
{
    progress_tick(progress);
}

/* Has the server end what runs. When it cannot be told, the connection will be closed. */
static bool
cancel_statement(void *context)
{
    struct run *run = context;
    struct problem problem = { 0 };
    if (logon_interrupt(run->logon, run->batch->credentials, run->connection, &problem))
        return true;
    progress_hide(&run->progress);
    if (!interrupt_pending()) /* else the user did not wait for it */
        complain(run, "cannot interrupt the statement", "%s", problem.text);
    return false;
}

/* Takes the logon over. */
static enum batch_status
connect_to(struct run *run, struct logon *logon)
{
    struct problem problem = { 0 };
    const struct connection_url *url = &logon->url;
    if (url->without_effect[0] != '\0')
        say(run, "note: properties without effect here: %s", url->without_effect);
    run->connection = connection_open(url, logon->credential, &problem);
    if (run->connection != NULL && !interrupt_catch()) {
        problem_set_errno(&problem, "signals cannot be caught");
        drop_connection(run);
    }
    if (run->connection != NULL)
        connection_watch(run->connection, tick, &run->progress);
    if (run->connection == NULL)
        complain(run, "connect failed", "%s", problem.text);
    else
        say(run, "connected to %.*s at %s port %u as %s", (int)strcspn(url->rdbnam, ";"), url->rdbnam, url->host, (unsigned)url->port,
            logon->credential->user);
    if (run->connection != NULL && connection_is_interruptible(run->connection)) {
        run->logon = logon;
        connection_set_canceller(run->connection, cancel_statement, run);
    } else {
        logon_free(logon);
    }
    return run->connection != NULL ? BATCH_OK : BATCH_CONNECT_FAILED;
}

/* Arguments of a process can be seen by every user of the machine. */
static bool
may_stand_here(const struct run *run, const struct connection_url *url, struct problem *problem)
{
    if (run->line > 0 || url->password[0] == '\0')
        return true;
    problem_set(problem, "a password in an argument can be seen by others: give --password-file, or CONNECT in the script");
    return false;
}

/* Finds out where a URL or the name of a connection leads to, and makes what to log on with. BATCH_OK, or `wrong` when it is the
 * target itself that is wrong. */
static enum batch_status
look_up(struct run *run, const char *target, enum batch_status wrong, struct logon *logon)
{
    struct problem problem = { 0 };
    bool is_name = connections_is_name(target);
    bool known = is_name ? directory_find(run->batch->connections, target, &logon->named, &problem)
                         : connection_url_parse(target, &logon->url, &problem) && may_stand_here(run, &logon->url, &problem);
    if (!known) {
        complain(run, run->line > 0 ? "invalid statement" : is_name ? "--connection" : "--url", "%s", problem.text);
        return wrong;
    }
    logon->is_named = is_name;
    if (is_name)
        connections_to_url(&logon->named, &logon->url);
    bool made = logon_make_credential(logon, run->batch->credentials, &problem);
    if (!made)
        complain(run, "cannot log on", "%s", problem.text);
    return made ? BATCH_OK : BATCH_CONFIGURATION_ERROR;
}

static enum batch_status
run_connect(struct run *run, const char *target, enum batch_status wrong)
{
    if (run->connection != NULL) {
        complain(run, "invalid statement", "already connected: DISCONNECT first");
        return wrong;
    }
    struct logon *logon = logon_new();
    if (logon == NULL) {
        complain(run, "cannot connect", "no memory for secrets");
        return BATCH_INTERNAL_ERROR;
    }
    enum batch_status status = look_up(run, target, wrong, logon);
    if (status == BATCH_OK)
        return connect_to(run, logon);
    logon_free(logon);
    return status;
}

static void
echo_statement(const struct run *run, const struct script_statement *statement)
{
    static const char *const words[] = {
        [SCRIPT_CONNECT] = "CONNECT ...",
        [SCRIPT_COMMIT] = "COMMIT",
        [SCRIPT_ROLLBACK] = "ROLLBACK",
        [SCRIPT_DISCONNECT] = "DISCONNECT",
    };
    say(run, "%s;", statement->kind == SCRIPT_SQL ? statement->text : words[statement->kind]);
}

static enum batch_status
run_statement(struct run *run, const struct script_statement *statement)
{
    run->line = statement->line;
    if (run->batch->echo)
        echo_statement(run, statement);
    if (run->connection == NULL && statement->kind != SCRIPT_CONNECT) {
        complain(run, "invalid statement", "not connected: CONNECT before it, or give --url");
        return BATCH_INVALID_STATEMENT;
    }
    switch (statement->kind) {
    case SCRIPT_CONNECT:
        return run_connect(run, statement->text, BATCH_INVALID_STATEMENT);
    case SCRIPT_SQL:
        return run_sql(run, statement);
    case SCRIPT_COMMIT:
        return run_commit(run);
    case SCRIPT_ROLLBACK:
        return run_rollback(run);
    case SCRIPT_DISCONNECT:
        return run_disconnect(run);
    case SCRIPT_END:
    case SCRIPT_INVALID:
    case SCRIPT_UNREADABLE:
        break;
    }
    return BATCH_INTERNAL_ERROR;
}

/* Statements up to the end of the script or the first failure. */
static enum batch_status
run_script(struct run *run)
{
    for (;;) {
        struct problem problem = { 0 };
        struct script_statement statement;
        enum script_kind kind = script_next(run->batch->script, &statement, &problem);
        run->line = statement.line;
        if (run->connection != NULL && interrupt_asked()) {
            complain(run, "stopped", "by Ctrl-C or SIGTERM");
            return BATCH_STATEMENT_FAILED;
        }
        if (kind == SCRIPT_END)
            return BATCH_OK;
        if (kind == SCRIPT_INVALID || kind == SCRIPT_UNREADABLE) {
            complain(run, kind == SCRIPT_INVALID ? "invalid statement" : "script", "%s", problem.text);
            return kind == SCRIPT_INVALID ? BATCH_INVALID_STATEMENT : BATCH_INTERNAL_ERROR;
        }
        enum batch_status status = run_statement(run, &statement);
        if (status == BATCH_OK && fflush(run->batch->out) != 0)
            status = BATCH_INTERNAL_ERROR;
        if (status != BATCH_OK)
            return status;
    }
}

/* After a failure. A connection that was lost is rolled back by the server. */
static enum batch_status
clean_up(struct run *run, enum batch_status status)
{
    if (run->connection == NULL || status == BATCH_ROLLBACK_FAILED)
        return status;
    interrupt_release(); /* the rollback is not to be cancelled by what it is done for */
    return run_rollback(run) == BATCH_OK ? status : BATCH_CLEANUP_FAILED;
}

enum batch_status
batch_run(const struct batch *batch, const char *target)
{
    struct run run = { .batch = batch };
    progress_init(&run.progress, batch->terminal, &clock_system);
    printer_init(&run.printer, batch->format, batch->out);
    enum batch_status status = target != NULL ? run_connect(&run, target, BATCH_CONFIGURATION_ERROR) : BATCH_OK;
    if (status == BATCH_OK)
        status = run_script(&run);
    if (status == BATCH_OK && run.connection != NULL)
        status = run_disconnect(&run);
    if (status != BATCH_OK)
        status = clean_up(&run, status);
    if (!printer_is_good(&run.printer) || fflush(batch->out) != 0) {
        complain(&run, "output", "cannot be written, or no memory: make room");
        status = BATCH_INTERNAL_ERROR;
    }
    printer_clear(&run.printer);
    drop_connection(&run);
    return status;
}
