#include "gateway/datastore/sqlite/catalog.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/diagnosis.h"
#include "gateway/datastore/sqlite/tokens.h"

/* Those that begin alike stand together: the first whose option is given, and the one without at the end. */
static const struct catalog_procedure procedures[] = {
    { "SQLTABLES", 5, "GETCATALOGS=1", &catalog_catalogs },
    { "SQLTABLES", 5, "GETSCHEMAS=", &catalog_schemas },
    { "SQLTABLES", 5, "GETTABLETYPES=1", &catalog_table_types },
    { "SQLTABLES", 5, NULL, &catalog_tables },
    { "SQLCOLUMNS", 5, NULL, &catalog_columns },
    { "SQLPRIMARYKEYS", 4, NULL, &catalog_primary_keys },
    { "SQLFOREIGNKEYS", 7, NULL, &catalog_foreign_keys },
    { "SQLSTATISTICS", 6, NULL, &catalog_statistics },
    { "SQLSPECIALCOLUMNS", 7, NULL, &catalog_special_columns },
    { "SQLGETTYPEINFO", 2, NULL, &catalog_types },
    { "SQLPROCEDURES", 4, NULL, &catalog_procedures },
    { "SQLPROCEDURECOLS", 5, NULL, &catalog_procedure_columns },
    { "SQLFUNCTIONS", 4, NULL, &catalog_functions },
    { "SQLFUNCTIONPARAMS", 5, NULL, &catalog_function_columns },
    { "SQLUDTS", 5, NULL, &catalog_user_types },
    { "SQLTABLEPRIVILEGES", 4, NULL, &catalog_table_privileges },
    { "SQLCOLPRIVILEGES", 5, NULL, &catalog_column_privileges },
    { "METADATA", 0, NULL, &catalog_properties },
};

static bool
take(struct sql_text *text, const char *word)
{
    struct sql_token token;
    return sql_token_next(text, &token) && sql_token_is(&token, word);
}

bool
catalog_is_call(const char *text, size_t size)
{
    struct sql_text rest = sql_text(text, size);
    return take(&rest, "CALL");
}

static const struct catalog_procedure *
find_procedure(const struct sql_token *name)
{
    for (size_t i = 0; i < sizeof procedures / sizeof procedures[0]; i++) {
        if (sql_token_is(name, procedures[i].name))
            return &procedures[i];
    }
    return NULL;
}

/* "CALL SYSIBM.name(" and what is between there and the last parenthesis. */
static const struct catalog_procedure *
read_call(struct sql_text text, struct sql_text *arguments)
{
    struct sql_token name;
    if (!take(&text, "CALL") || !take(&text, "SYSIBM") || !take(&text, ".") || !sql_token_next(&text, &name) || !take(&text, "("))
        return NULL;
    const char *close = memrchr(text.at, ')', text.left);
    const struct catalog_procedure *procedure = find_procedure(&name);
    if (procedure == NULL || close == NULL || !sql_text_is_blank(sql_text(close + 1, (size_t)(text.at + text.left - close) - 1)))
        return NULL;
    *arguments = sql_text(text.at, (size_t)(close - text.at));
    return procedure;
}

/* The arguments become a query of one row, so that they may be whatever SQL allows. */
static bool
prepare_arguments(struct sqlite_session *session, struct sqlite_section *section, struct sql_text arguments,
                  struct sql_diagnosis *diagnosis)
{
    char *query = sqlite3_mprintf("SELECT %.*s", (int)arguments.left, arguments.at);
    bool good = query != NULL && statement_compile(session, section, query, diagnosis);
    if (query == NULL)
        sqlite_diagnosis_tokens(diagnosis, -904, "57011", "memory", NULL);
    sqlite3_free(query);
    section->arguments = section->statement;
    section->statement = NULL;
    return good;
}

static bool
describe_arguments(struct sqlite_section *section, struct sql_diagnosis *diagnosis)
{
    size_t count = (size_t)sqlite3_bind_parameter_count(section->arguments);
    section->section.parameter_count = count;
    section->parameters = describe_texts(count);
    if (count > 0 && section->parameters == NULL)
        sqlite_diagnosis_tokens(diagnosis, -904, "57011", "memory", NULL);
    return count == 0 || section->parameters != NULL;
}

bool
catalog_prepare(struct sqlite_session *session, struct sqlite_section *section, const char *text, size_t size,
                struct sql_diagnosis *diagnosis)
{
    struct sql_text arguments;
    const struct catalog_procedure *procedure = read_call(sql_text(text, size), &arguments);
    bool good = procedure != NULL && sqlite_connection_open(session, diagnosis);
    if (good && !sql_text_is_blank(arguments))
        good = prepare_arguments(session, section, arguments, diagnosis);
    if (diagnosis->sqlcode < 0)
        return false;
    if (!good || (size_t)sqlite3_column_count(section->arguments) != procedure->argument_count) {
        sqlite_diagnosis_tokens(diagnosis, -440, "42884", "CALL", "no procedure with that name and as many arguments");
        return false;
    }
    section->procedure = procedure;
    section->section.is_call = true;
    return describe_arguments(section, diagnosis);
}

/* Moves on from the entry that prepare found to the one whose option is given. */
static const struct catalog_view *
choose_view(const struct catalog_procedure *procedure, sqlite3_stmt *arguments)
{
    const char *options = (const char *)sqlite3_column_text(arguments, (int)procedure->argument_count - 1);
    while (procedure->option != NULL && (options == NULL || strcasestr(options, procedure->option) == NULL))
        procedure++;
    return procedure->view;
}

/* As many columns as it should have, and no rows. */
static char *
make_empty_query(const struct catalog_view *view)
{
    sqlite3_str *query = sqlite3_str_new(NULL);
    sqlite3_str_appendall(query, "SELECT NULL");
    for (size_t i = 1; i < view->column_count; i++)
        sqlite3_str_appendall(query, ", NULL");
    sqlite3_str_appendall(query, " WHERE 0");
    return sqlite3_str_finish(query);
}

static int
prepare_view(struct sqlite_session *session, struct sqlite_section *section, const struct catalog_view *view)
{
    char *empty = view->query == NULL ? make_empty_query(view) : NULL;
    const char *query = empty != NULL ? empty : view->query;
    if (query == NULL)
        return SQLITE_NOMEM;
    session->trusted = true;
    int code = sqlite3_prepare_v3(session->database, query, -1, SQLITE_PREPARE_PERSISTENT, &section->statement, NULL);
    session->trusted = false;
    sqlite3_free(empty);
    int count = sqlite3_bind_parameter_count(section->statement);
    for (int i = 0; code == SQLITE_OK && i < count; i++)
        code = sqlite3_bind_value(section->statement, i + 1, sqlite3_column_value(section->arguments, i));
    return code;
}

static bool
describe_view(struct sqlite_section *section, const struct catalog_view *view)
{
    assert((size_t)sqlite3_column_count(section->statement) == view->column_count);
    section->columns = calloc(view->column_count, sizeof *section->columns);
    if (section->columns == NULL)
        return false;
    memcpy(section->columns, view->columns, view->column_count * sizeof *section->columns);
    section->section.column_count = view->column_count;
    return true;
}

static void
forget_view(struct sqlite_section *section)
{
    sqlite3_finalize(section->statement);
    section->statement = NULL;
    free(section->columns);
    section->columns = NULL;
    section->section.column_count = 0;
}

/* With the arguments on their one row, or without any. */
static void
open_view(struct sqlite_session *session, struct sqlite_section *section, struct sql_diagnosis *diagnosis)
{
    const struct catalog_view *view = choose_view(section->procedure, section->arguments);
    int code = prepare_view(session, section, view);
    if (code != SQLITE_OK)
        unit_fail(session, code, diagnosis);
    else if (!describe_view(section, view))
        sqlite_diagnosis_tokens(diagnosis, -904, "57011", "memory", NULL);
    else
        section->cursor_open = true;
    if (section->cursor_open)
        section->section.state = SQL_SECTION_OPEN;
}

void
catalog_open(struct sqlite_session *session, struct sqlite_section *section, const struct sql_value *parameters, size_t count,
             struct sql_diagnosis *diagnosis)
{
    statement_forget_peek(session);
    forget_view(section);
    if (!unit_begin(session, diagnosis) || !binding_copy(session, section, section->arguments, parameters, count, diagnosis))
        return;
    int code = section->arguments != NULL ? sqlite3_step(section->arguments) : SQLITE_ROW;
    if (code == SQLITE_ROW)
        open_view(session, section, diagnosis);
    else
        unit_fail(session, code, diagnosis);
    if (section->arguments != NULL) {
        sqlite3_reset(section->arguments);
        sqlite3_clear_bindings(section->arguments);
    }
}
