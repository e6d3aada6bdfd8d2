#include <stdio.h>

#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/internal.h"
#include "gateway/datastore/sqlite/lob.h"
#include "gateway/datastore/sqlite/lob_memory.h"

static int
run(struct sqlite_session *session, const char *text)
{
    session->trusted = true;
    int code = sqlite3_exec(session->database, text, NULL, NULL, NULL);
    session->trusted = false;
    return code;
}

static void
close_cursors(struct sqlite_session *session, bool held_too)
{
    for (struct sqlite_section *section = session->sections; section != NULL; section = section->hh.next) {
        if (section->cursor_open && (held_too || !section->section.with_hold))
            cursor_close(session, section);
        if (section->cursor_open && section->lob_places != NULL)
            section->lob_places->committed = true;
    }
}

bool
unit_begin(struct sqlite_session *session, struct sql_diagnosis *diagnosis)
{
    if (!sqlite_connection_open(session, diagnosis))
        return false;
    if (session->unit_open)
        return true;
    int code = connection_run_kept(session, &session->begin, "BEGIN");
    session->unit_open = code == SQLITE_OK;
    if (code != SQLITE_OK)
        unit_fail(session, code, diagnosis);
    return session->unit_open;
}

void
unit_commit(struct sqlite_session *session, struct sql_diagnosis *diagnosis)
{
    sql_diagnosis_clear(diagnosis);
    statement_forget_peek(session);
    close_cursors(session, false);
    lob_release_all(session);
    if (!session->unit_open)
        return;
    int code = connection_run_kept(session, &session->commit, "COMMIT");
    session->unit_open = code != SQLITE_OK;
    if (code == SQLITE_OK)
        checks_unit_ended(session, false);
    if (code != SQLITE_OK)
        unit_fail(session, code, diagnosis);
    lob_all_moved(session);
}

static void
roll_back(struct sqlite_session *session)
{
    statement_forget_peek(session);
    close_cursors(session, true);
    lob_release_all(session);
    if (session->unit_open)
        (void)connection_run_kept(session, &session->rollback, "ROLLBACK"); /* fails only when SQLite has done it already */
    if (session->unit_open)
        checks_unit_ended(session, true);
    session->unit_open = false;
    lob_all_moved(session);
}

void
unit_rollback(struct sqlite_session *session, struct sql_diagnosis *diagnosis)
{
    sql_diagnosis_clear(diagnosis);
    roll_back(session);
}

void
unit_run(struct sqlite_session *session, const char *text, struct sql_diagnosis *diagnosis)
{
    if (!unit_begin(session, diagnosis))
        return;
    int code = run(session, text);
    checks_unit_ended(session, true); /* going back to a savepoint takes triggers along */
    if (code != SQLITE_OK)
        unit_fail(session, code, diagnosis);
}

/* Consumes the interrupt: it makes one statement fail. NULL when it was none. */
static const char *
why_stopped(struct sqlite_session *session, int code)
{
    bool could_be = (code & 0xFF) == SQLITE_INTERRUPT || (code & 0xFF) == SQLITE_BUSY;
    const char *why = could_be ? sqlite_connection_must_stop(session) : NULL;
    if (why != NULL)
        atomic_store(&session->interrupted, false);
    return why;
}

void
unit_fail(struct sqlite_session *session, int code, struct sql_diagnosis *diagnosis)
{
    char message[SQL_TOKENS_MAX];
    snprintf(message, sizeof message, "%s", sqlite3_errmsg(session->database));
    const char *stopped = why_stopped(session, code);
    if (session->misfit)
        *diagnosis = session->misfit_diagnosis;
    else if (stopped != NULL)
        sqlite_diagnosis_tokens(diagnosis, -952, "57014", stopped, NULL);
    else if (session->refused != NULL || (code & 0xFF) == SQLITE_AUTH)
        sqlite_diagnosis_tokens(diagnosis, -551, "42501", session->userid, session->refused != NULL ? session->refused : message);
    else if ((code & 0xFF) == SQLITE_NOMEM)
        sqlite_diagnosis_tokens(diagnosis, -904, "57011", "memory", "[limits] sql_memory_bytes, or the system's, is used up");
    else if ((code & 0xFF) == SQLITE_READONLY && session->read_only)
        sqlite_diagnosis_tokens(diagnosis, -551, "42501", session->userid, "UPDATE of a database that the user may only read");
    else if ((code & 0xFF) == SQLITE_READONLY && session->no_updates)
        sqlite_diagnosis_tokens(diagnosis, -817, "25000", "the requester has opened the database with RDBALWUPD false", NULL);
    else if ((code & 0xFF) == SQLITE_BUSY)
        sqlite_diagnosis_tokens(diagnosis, -911, "40001", "68", "the database is locked by another session"); /* 68: lock time-out */
    else
        sqlite_diagnose(code, message, diagnosis);
    session->refused = NULL;
    session->misfit = false;
    /* Db2's -911 means that the unit of work is gone, and SQLite ends some by itself: a client that was not told would commit
     * the second half of its work. */
    bool ended = session->unit_open && sqlite3_get_autocommit(session->database) != 0;
    if (diagnosis->sqlcode != -911 && !ended)
        return;
    roll_back(session);
    if (diagnosis->sqlcode != -911)
        sqlite_diagnosis_tokens(diagnosis, -911, "40001", "2", message);
}
