/* Runs a script: one statement after the other, until the end or the first that fails.
 *
 * A connection works without autocommit. Work is made lasting by COMMIT, and by a connection that ends as it should: DISCONNECT and
 * the end of the script commit, as DSNTEP2 does. A failure rolls back what came since the last commit and ends the batch. */
#pragma once

#include "clients/sqlbatch/connection.h"
#include "clients/sqlbatch/host_variables.h"
#include "clients/sqlbatch/printer.h"
#include "clients/sqlbatch/script.h"

/* Exit statuses, those of IBM's SQL Batch utility. Source: IMS documentation, "SQL Batch utility". */
enum batch_status {
    BATCH_OK = 0,
    BATCH_CONNECT_FAILED = 11,
    BATCH_STATEMENT_FAILED = 12, /* work since the last commit was rolled back */
    BATCH_COMMIT_FAILED = 13,
    BATCH_ROLLBACK_FAILED = 14,
    BATCH_CLEANUP_FAILED = 15, /* a statement failed, and then the roll back too */
    BATCH_INVALID_STATEMENT = 16,
    BATCH_START_FAILED = 100,
    BATCH_CONFIGURATION_ERROR = 101,
    BATCH_INTERNAL_ERROR = 102, /* no memory, output or script cannot be written or read to its end */
};

struct batch {
    const char *script_name; /* for messages, borrowed as all here */
    struct script *script;
    struct credential_source *credentials;
    const char *connections; /* file of named connections; NULL: the usual one */
    const struct host_variables *variables;
    const struct printer_format *format;
    FILE *out;          /* results */
    FILE *errors;       /* messages */
    FILE *terminal;     /* shows the progress of long statements; NULL: nobody looks */
    bool rows_are_seen; /* `out` is the same terminal */
    bool echo;          /* print each statement before it runs; a CONNECT without its password */
};

/* `target`, a URL or the name of a connection (or NULL), is connected to before the script begins. */
MUST_CHECK enum batch_status batch_run(const struct batch *batch, const char *target);
