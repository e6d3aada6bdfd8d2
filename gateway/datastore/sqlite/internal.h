/* A session on an SQLite database, as its files share it among themselves:
 *   session.c     life, sections, the table of operations
 *   connection.c  the database connection and what it may use
 *   cache.c       statements that may be prepared again
 *   statement.c   preparing and executing
 *   binding.c     values of parameter markers
 *   cursor.c      opening, fetching, closing
 *   describe.c    columns of a result
 *   parameters.c  parameter markers
 *   scroll.c      cursors that go both ways
 *   conversion.c  values on their way into columns and casts
 *   functions.c   SQL functions behind types
 *   expressions.c types of expressions and exact DECIMAL
 *   exact.c       statements that have such expressions
 *   checks.c      what columns are declared to hold, enforced
 *   lob.c         large objects behind locators; lob_select.c, lob_from.c and lob_with.c have queries give their places, lob_temporary.c
 *                 holds those that are in no row, lob_store.c writes them into rows, lob_memory.c gives back what they leave
 *   unit.c        units of work, and what a failure does to them
 *   control.c     COMMIT, ROLLBACK, SAVEPOINT, SET as text
 *   registers.c   special registers: SET, and what they say
 *   updatable.c   cursors whose rows can be changed
 *   positioned.c  UPDATE and DELETE WHERE CURRENT OF such a one
 *   catalog.c     CALL of the procedures that describe the database */
#pragma once

#include <sqlite3.h>
#include <stdatomic.h>

#include "drda/sql/target.h"
#include "gateway/datastore/sqlite/lob_temporary.h"
#include "gateway/datastore/sqlite/session.h"

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION HASH_FNV /* the default one falls through switch labels, which clang refuses */
#include <uthash.h>

enum sqlite_control {
    SQLITE_CONTROL_NONE,
    SQLITE_CONTROL_COMMIT,
    SQLITE_CONTROL_ROLLBACK,
    SQLITE_CONTROL_SAVEPOINT, /* setting, releasing or going back to one */
    SQLITE_CONTROL_REGISTER,  /* SET */
};

struct catalog_procedure;
struct sqlite_cached;
struct sqlite_check;
struct sqlite_lob;
struct sqlite_lob_places;
struct sqlite_lob_target;
struct syntax_type;

/* How a parameter marker is used, as far as the text tells. */
struct sqlite_use {
    bool assigned;     /* its value alone is stored in a column */
    bool loses_digits; /* of a table made by others, which keeps decimals as floating point */
};

struct sqlite_section {
    struct sql_section section;                /* first: the conversation's part */
    enum sqlite_control control;               /* the statement is executed by the session itself */
    char *control_text;                        /* owned; for SAVEPOINT in SQLite's words, for SET as it came */
    sqlite3_stmt *statement;                   /* owned */
    const struct catalog_procedure *procedure; /* of a CALL, whose statement is made by each open */
    sqlite3_stmt *arguments;                   /* owned; of a CALL: gives their values in one row; NULL when it has none */
    struct sql_column *columns;                /* owned, with the names behind them; NULL until described */
    struct sql_column *parameters;             /* likewise */
    struct sqlite_lob_places *lob_places;      /* owned; NULL: LOBs come whole */
    struct sqlite_lob_target *lob_targets;     /* owned; of parameters, one each; NULL: none goes into a LOB column */
    bool inserts;
    struct sqlite_use *uses;    /* of parameters, one each; among their memory */
    char *written;              /* owned; tables that it writes, a NUL behind each and another behind the last */
    uint64_t checks_generation; /* of the triggers that it was checked with */
    bool alters;                /* ALTER or DROP of a table */
    bool changes_rows;          /* INSERT, UPDATE or DELETE */
    uint64_t rows_given;        /* by the open cursor */
    bool cursor_open;
    char *text;             /* owned; as it was prepared, when that may be used again; else NULL */
    int64_t schema_version; /* that it was prepared with */
    size_t column_count;    /* these two as they were then: the conversation may use the section for a procedure of its own meanwhile */
    size_t parameter_count;
    struct sqlite_spool *spool; /* owned; of an open scrollable cursor */
    char *row_table;            /* owned; of an updatable cursor: whose rows they are, with their rowids behind the columns */
    char *row_columns;          /* owned; what FOR UPDATE OF names, a NUL behind each and another behind the last */
    bool on_row;                /* it stands on one */
    sqlite3_int64 rowid;
    char *cursor;          /* owned; of a positioned statement: the cursor's name */
    char *inexact;         /* owned; its text for SQLite before it was written again for exact expressions; else NULL */
    int64_t exact_version; /* of the schema that this was done for */
    UT_hash_handle hh;
};

struct sqlite_lob_write {
    struct sql_lob *lob;
    const struct sqlite_lob_target *target;
};

struct sqlite_session {
    struct sql_target target; /* first */
    const struct datastore_settings *datastore;
    char *userid;
    sqlite3 *database;                /* opened at the first statement */
    sqlite3_stmt *ask_schema_version; /* these four are prepared when first needed */
    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    sqlite3_stmt *rollback;
    struct sqlite_cached *cached; /* the one used last comes first */
    struct sqlite_section *sections;
    struct sqlite_section *peeked; /* stands on its first row already, stepped to see the types of its expressions */
    uint32_t statement_timeout_ms; /* SET STATEMENT_TIMEOUT; 0 = none */
    uint32_t lock_timeout_ms;      /* SET CURRENT LOCK TIMEOUT, or the datastore's */
    char schema[SQL_NAME_MAX + 1]; /* CURRENT SCHEMA */
    int64_t deadline_ms;           /* of the running command; INT64_MAX = none */
    bool read_only;                /* the user may not change anything */
    bool no_updates;               /* the requester said it would not */
    bool unit_open;                /* a unit of work was begun */
    bool trusted;                  /* the statement being prepared is our own */
    bool changes_rows;             /* told by the authorizer of the statement being prepared */
    bool drops;                    /* likewise */
    const char *refused;           /* what the authorizer refused in it */
    bool has_wide_decimals;        /* some table; known for that version of the schema */
    int64_t decimals_schema_version;
    bool reads_views; /* told by the authorizer of the statement being prepared; also where a trigger reads */
    bool alters;      /* told by the authorizer of the statement being prepared, as is what follows */
    char *written;    /* owned; the tables that it inserts into or updates, each ended by a NUL */
    size_t written_size;
    bool written_lost;           /* there was no memory for one of them */
    struct sqlite_check *checks; /* tables that have their triggers */
    uint64_t checks_generation;  /* counts what has made them unsure */
    struct sqlite_lob *lobs;     /* behind locators */
    uint32_t last_locator;
    struct lob_space lob_space;             /* of those that belong to no row */
    uint64_t lob_bytes_moved;               /* from rows and to rows, by this unit of work */
    unsigned scrolling;                     /* open scrollable cursors */
    bool rows_changed;                      /* by this unit of work */
    sqlite3_blob *blob;                     /* the one that is open */
    struct sqlite_lob *blob_of;             /* whose it is */
    struct sqlite_lob_write lob_writes[16]; /* what the statement being executed has zeros for */
    size_t lob_write_count;
    const char *row_table;       /* whose rows are noted */
    sqlite3_int64 *rows_written; /* owned; their rowids */
    size_t row_count;
    size_t row_room;
    bool rows_lost; /* not all could be noted */
    bool misfit;    /* a value did not fit, and this is why */
    struct sql_diagnosis misfit_diagnosis;
    atomic_bool interrupted; /* until a statement has failed for it */
    atomic_bool cancelled;   /* the running command */
};

enum { SQLITE_SECTIONS_MAX = 4096 };

/* connection.c: opens the database when it is not open. False with a diagnosis when it cannot be. */
MUST_CHECK bool sqlite_connection_open(struct sqlite_session *session, struct sql_diagnosis *diagnosis);
void sqlite_connection_close(struct sqlite_session *session);

/* Why the running statement has to end, for the client; NULL when it has not. */
const char *sqlite_connection_must_stop(struct sqlite_session *session);

/* Sets the deadline of a command that begins now. */
void sqlite_connection_start_clock(struct sqlite_session *session);

/* Runs a statement of our own, which is prepared once and kept in *statement. */
int connection_run_kept(struct sqlite_session *session, sqlite3_stmt **statement, const char *text);

/* Another number whenever a table, view or index was made, changed or dropped; -1 when it cannot be had. */
int64_t connection_schema_version(struct sqlite_session *session);

/* The most bytes of a statement's text. */
size_t sqlite_connection_statement_bytes(const struct sqlite_session *session);

/* How long a lock is waited for, where the client does not ask for less. */
uint32_t sqlite_connection_lock_timeout_ms(const struct sqlite_session *session);

/* unit.c: begins a unit of work when none is open; also opens the database. */
MUST_CHECK bool unit_begin(struct sqlite_session *session, struct sql_diagnosis *diagnosis);
void unit_commit(struct sqlite_session *session, struct sql_diagnosis *diagnosis);
void unit_rollback(struct sqlite_session *session, struct sql_diagnosis *diagnosis);

/* Runs a statement of our own inside the unit of work. */
void unit_run(struct sqlite_session *session, const char *text, struct sql_diagnosis *diagnosis);

/* Tells why SQLite failed with `code`. Where that ended the unit of work, or must end it, the answer is -911 and all cursors
 * are closed. */
void unit_fail(struct sqlite_session *session, int code, struct sql_diagnosis *diagnosis);

/* control.c: recognises statements that the session executes itself. `*words` is theirs for SQLite or for register_set, to be
 * freed; it may be NULL. False when memory is short. */
MUST_CHECK bool control_recognise(const char *text, size_t size, enum sqlite_control *control, char **words);
void control_execute(struct sqlite_session *session, const struct sqlite_section *section, const struct sql_value *parameters, size_t count,
                     struct sql_diagnosis *diagnosis);

enum { SQLCODE_REGISTER_UNKNOWN = 10000 };

/* registers.c: executes SET of a special register, in whose text a marker stands for parameters[0]. SQLCODE_REGISTER_UNKNOWN, with its
 * name as token, when there is no such one. */
void register_set(struct sqlite_session *session, const char *text, size_t size, const struct sql_value *parameters, size_t count,
                  struct sql_diagnosis *diagnosis);

/* The functions that dialect.c writes in the place of CURRENT SCHEMA and others. An SQLite result code. */
int registers_install(struct sqlite_session *session);

/* updatable.c: whether the requester, or the text itself, says FOR UPDATE; then the columns that it names are noted. */
bool updatable_is_wanted(struct sqlite_section *section, const char *text, size_t size);
/* Prepares a query of which that is so again, with rowids behind its columns, where it can; then section->section.updatable. */
void updatable_rewrite(struct sqlite_session *session, struct sqlite_section *section, const char *text);
/* Whether the column of the table may be changed through the cursor: all may, unless FOR UPDATE OF names some. */
bool updatable_has_column(const struct sqlite_section *section, const char *column);
/* Notes on which row the cursor stands. */
void updatable_note_row(struct sqlite_section *section);

/* positioned.c: when the text is an UPDATE or DELETE of the row that a cursor stands on, *rewritten is what SQLite makes of it, to be
 * freed, and section->cursor is set; else NULL. The last marker of that text is ours. False with a diagnosis when there is no such
 * cursor, or its rows cannot be changed. */
MUST_CHECK bool positioned_prepare(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size,
                                   char **rewritten, struct sql_diagnosis *diagnosis);
/* Before and after such a statement is executed. */
MUST_CHECK bool positioned_bind(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis);
void positioned_judge(struct sqlite_session *session, const struct sqlite_section *section, struct sql_diagnosis *diagnosis);

/* describe.c, parameters.c: NULL when memory is short, or when there is nothing to describe. `types` are those of the columns that are
 * expressions, as far as they are known; NULL: none is. */
struct sql_column *describe_columns(struct sqlite_session *session, struct sqlite_section *section, const struct syntax_type *types);
struct sql_column *describe_parameters(struct sqlite_session *session, const struct sqlite_section *section, const char *text,
                                       struct sqlite_use **uses, struct sqlite_lob_target **lob_targets);

/* Parameters that may be anything; NULL as above. */
struct sql_column *describe_texts(size_t count);

/* statement.c, cursor.c: the operations on sections. */
void statement_prepare(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size,
                       struct sql_diagnosis *diagnosis);
void statement_execute(struct sqlite_session *session, struct sqlite_section *section, const struct sql_value *parameters, size_t count,
                       struct sql_diagnosis *diagnosis);
void cursor_open(struct sqlite_session *session, struct sqlite_section *section, const struct sql_value *parameters, size_t count,
                 struct sql_diagnosis *diagnosis);
enum sql_step cursor_fetch(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis);
void cursor_values(const struct sqlite_section *section, size_t first, size_t count, struct sql_value *values);
void cursor_close(struct sqlite_session *session, struct sqlite_section *section);

/* Common to executing and opening: false with a diagnosis when the section cannot run. */
MUST_CHECK bool statement_begin(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis);
/* True, with the diagnosis, when the statement has been interrupted. */
bool statement_is_interrupted(struct sqlite_session *session, struct sql_diagnosis *diagnosis);

/* Compiles SQLite's text, all of it one statement, into section->statement; false with a diagnosis when it is not. */
MUST_CHECK bool statement_compile(struct sqlite_session *session, struct sqlite_section *section, const char *text,
                                  struct sql_diagnosis *diagnosis);

struct expressions;

/* exact.c: prepares section->statement again with its exact expressions, where it has any. Returns its text, which is `text` where nothing
 * has changed. */
const char *exact_prepare(struct sqlite_session *session, struct sqlite_section *section, const char *text,
                          struct expressions *expressions);

/* Prepares once more when views are other ones by now that the statement has in itself. False with a diagnosis when that is not possible.
 */
MUST_CHECK bool exact_refresh(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis);

/* binding.c: binds the values of a section's parameter markers in `statement`, which may be NULL when there are none. Values that are
 * lent to the section's own statement must stay until it has run. */
MUST_CHECK bool binding_copy(struct sqlite_session *session, struct sqlite_section *section, sqlite3_stmt *statement,
                             const struct sql_value *parameters, size_t count, struct sql_diagnosis *diagnosis);
MUST_CHECK bool binding_lend(struct sqlite_session *session, struct sqlite_section *section, const struct sql_value *parameters,
                             size_t count, struct sql_diagnosis *diagnosis);

/* checks.c: a statement is being prepared; notes a table that it writes. */
void checks_begin(struct sqlite_session *session);
void checks_note(struct sqlite_session *session, const char *table);
/* The tables noted, for section->written; NULL when memory is short. */
char *checks_written(const struct sqlite_session *session);
/* Makes sure that rows which the section writes are checked. False when memory is short. */
MUST_CHECK bool checks_ensure(struct sqlite_session *session, struct sqlite_section *section);
/* Forgets the checks of tables that are other ones by now; true when there were any. */
bool checks_refresh(struct sqlite_session *session);
/* Takes all away, before a table is changed. */
void checks_drop(struct sqlite_session *session);
void checks_unit_ended(struct sqlite_session *session, bool rolled_back);
void checks_free(struct sqlite_session *session);

/* scroll.c: the spool of a scrollable cursor, from open to close, which is harmless when there is none. */
MUST_CHECK bool scroll_open(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis);
enum sql_step scroll_move(struct sqlite_session *session, struct sqlite_section *section, enum sql_move move, int64_t rows,
                          struct sql_diagnosis *diagnosis);
void scroll_close(struct sqlite_section *section);

/* Whether an open one has taken all rows of its query. */
bool scroll_is_complete(const struct sqlite_section *section);

/* The statement that stands on the cursor's row, whose columns begin at *first_column. */
sqlite3_stmt *scroll_row(const struct sqlite_section *section, int *first_column);

/* catalog.c: whether the text is a CALL, and what prepare and open do with one. */
bool catalog_is_call(const char *text, size_t size);
MUST_CHECK bool catalog_prepare(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size,
                                struct sql_diagnosis *diagnosis);
void catalog_open(struct sqlite_session *session, struct sqlite_section *section, const struct sql_value *parameters, size_t count,
                  struct sql_diagnosis *diagnosis);

/* cache.c: notes the text of what was just prepared, where preparing it again may be spared. */
void cache_remember(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size);

/* As statement_drop, but what may be used again is kept. */
void cache_keep(struct sqlite_session *session, struct sqlite_section *section);

/* Prepares an empty section with what was kept of that text; false when there is nothing. */
MUST_CHECK bool cache_take(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size);
void cache_clear(struct sqlite_session *session);

/* Drops what the section holds, but not the section. */
void statement_drop(struct sqlite_session *session, struct sqlite_section *section);

/* Gives up the row that a prepare looked at, before anything could change what it says. */
void statement_forget_peek(struct sqlite_session *session);
