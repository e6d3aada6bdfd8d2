#include "gateway/datastore/sqlite/authorizer.h"

#include <string.h>
#include <strings.h>

/* PRAGMAs that only tell something of the schema or of the database, and whether their question takes an argument. Any other
 * argument would be a change. */
static const struct {
    const char *name;
    bool with_argument;
} harmless_pragmas[] = {
    { "table_info", true },      { "table_xinfo", true },   { "table_list", true },       { "index_list", true },
    { "index_info", true },      { "index_xinfo", true },   { "foreign_key_list", true }, { "foreign_key_check", true },
    { "integrity_check", true }, { "quick_check", true },   { "collation_list", false },  { "compile_options", false },
    { "function_list", false },  { "encoding", false },     { "page_count", false },      { "page_size", false },
    { "freelist_count", false }, { "user_version", false }, { "schema_version", false },  { "data_version", false },
    { "application_id", false }, { "foreign_keys", false }, { "journal_mode", false },
};

static bool
is_harmless_pragma(const char *name, const char *argument)
{
    for (size_t i = 0; i < sizeof harmless_pragmas / sizeof harmless_pragmas[0]; i++) {
        if (strcasecmp(harmless_pragmas[i].name, name) == 0)
            return argument == NULL || harmless_pragmas[i].with_argument;
    }
    return false;
}

static bool
is_harmless_function(const char *name)
{
    return strcasecmp(name, "load_extension") != 0 && strcasecmp(name, "fts3_tokenizer") != 0;
}

static int
refuse(struct sqlite_session *session, const char *what)
{
    session->refused = what;
    return SQLITE_DENY;
}

/* DROP asks for the right to delete the rows too, and is no DELETE for that. */
static bool
is_drop(int action)
{
    return action == SQLITE_DROP_TABLE || action == SQLITE_DROP_TEMP_TABLE || action == SQLITE_DROP_VIEW ||
           action == SQLITE_DROP_TEMP_VIEW || action == SQLITE_DROP_VTABLE;
}

/* Changes of rows are noted on the way: UPDATE and DELETE that touch no row are answered with +100. */
static int
authorize(void *context, int action, const char *first, const char *second, const char *database, const char *trigger)
{
    struct sqlite_session *session = context;
    if (session->trusted)
        return SQLITE_OK;
    session->reads_views = session->reads_views || (action == SQLITE_READ && trigger != NULL);
    session->drops = session->drops || is_drop(action);
    session->alters = session->alters || is_drop(action) || action == SQLITE_ALTER_TABLE;
    switch (action) {
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
        if (strncasecmp(first, "sqlite_", strlen("sqlite_")) == 0)
            return SQLITE_OK;
        session->changes_rows = session->changes_rows || trigger == NULL;
        if (action != SQLITE_DELETE && database != NULL && strcasecmp(database, "main") == 0)
            checks_note(session, first);
        return SQLITE_OK;
    case SQLITE_ATTACH: /* VACUUM too, because it attaches a file of its own */
        return refuse(session, "ATTACH");
    case SQLITE_DETACH:
        return refuse(session, "DETACH");
    case SQLITE_PRAGMA:
        return is_harmless_pragma(first, second) ? SQLITE_OK : refuse(session, "PRAGMA");
    case SQLITE_FUNCTION:
        return is_harmless_function(second) ? SQLITE_OK : refuse(session, "FUNCTION");
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
        return refuse(session, "TRANSACTION");
    default:
        return SQLITE_OK;
    }
}

void
authorizer_install(struct sqlite_session *session)
{
    sqlite3_set_authorizer(session->database, authorize, session);
}
