/* SQL text of a hostile client, against the parser of expressions and what writes them again. SQLite itself is the judge: a statement
 * that it has taken it must take again after that, with as many columns and parameter markers. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/authorizer.h"
#include "gateway/datastore/sqlite/dialect.h"
#include "gateway/datastore/sqlite/expressions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 4096 };

static struct sqlite_session *
open_session(void)
{
    static struct datastore_settings datastore = { .name = "FUZZ", .kind = DATASTORE_SQLITE, .create = true, .path = ":memory:" };
    static const char tables[] =
        "CREATE TABLE T (ID INTEGER PRIMARY KEY, A DECIMAL(9,2), W \"DECIMAL(31,10) TEXT\" COLLATE decimal, N INTEGER, "
        "D DOUBLE, C CHAR(4), DAY DATE); CREATE TABLE U (ID INTEGER, B DECIMAL(5,3), X); "
        "CREATE VIEW V AS SELECT A, W, A + W AS S FROM T; CREATE VIEW X (P, Q) AS WITH Z AS (SELECT S FROM V) SELECT S, S * 2 FROM Z";
    struct sql_diagnosis said;
    struct sqlite_session *session = (struct sqlite_session *)sqlite_session_new(&datastore, "FUZZ");
    bool good =
        session != NULL && sqlite_connection_open(session, &said) && sqlite3_exec(session->database, tables, NULL, NULL, NULL) == SQLITE_OK;
    assert(good);
    authorizer_install(session);
    sqlite3_limit(session->database, SQLITE_LIMIT_EXPR_DEPTH, 200);
    return good ? session : NULL;
}

/* Text within bounds of SQLite that calls of functions may cross. */
static bool
is_excused(const char *message)
{
    return strstr(message, "parser stack overflow") != NULL || strstr(message, "Expression tree is too large") != NULL;
}

static void
examine(struct sqlite_session *session, sqlite3_stmt *statement, const char *text)
{
    struct expressions expressions;
    sqlite3_stmt *exact = NULL;
    expressions_examine(session, statement, text, &expressions);
    if (expressions.text != NULL) {
        int code = sqlite3_prepare_v2(session->database, expressions.text, -1, &exact, NULL);
        if (code != SQLITE_OK && !is_excused(sqlite3_errmsg(session->database))) {
            fprintf(stderr, "%s\n  was made of %s\n  %s\n", expressions.text, text, sqlite3_errmsg(session->database));
            abort();
        }
        assert(exact == NULL || sqlite3_column_count(exact) == sqlite3_column_count(statement));
        assert(exact == NULL || sqlite3_bind_parameter_count(exact) == sqlite3_bind_parameter_count(statement));
        /* SQLite makes a comment behind an expression part of its name. */
        bool has_comments = strstr(text, "--") != NULL || strstr(text, "/*") != NULL;
        for (int i = 0; exact != NULL && !has_comments && i < sqlite3_column_count(exact); i++)
            if (strcmp(sqlite3_column_name(exact, i), sqlite3_column_name(statement, i)) != 0) {
                fprintf(stderr, "%s\n  was made of %s\n", expressions.text, text);
                abort();
            }
    }
    sqlite3_finalize(exact);
    expressions_clear(&expressions);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sqlite_session *session;
    const char *tail = NULL;
    sqlite3_stmt *statement = NULL;
    if (session == NULL)
        session = open_session();
    if (size > TEXT_MAX || memchr(data, '\0', size) != NULL)
        return 0;
    char *text = dialect_translate((const char *)data, size);
    if (text == NULL)
        return 0;
    struct syntax_tree tree;
    if (syntax_parse(text, strlen(text), &tree))
        syntax_clear(&tree);
    session->reads_views = false;
    if (sqlite3_prepare_v2(session->database, text, -1, &statement, &tail) == SQLITE_OK && statement != NULL &&
        sql_text_is_blank(sql_text(tail, strlen(tail))))
        examine(session, statement, text);
    sqlite3_finalize(statement);
    free(text);
    return 0;
}
