/* SQL text of a hostile client, as it is looked through before SQLite sees it: the translation of Db2's words, INSERT with DEFAULT,
 * statements that the session executes itself, SET of registers, cursors. The text stands on a heap block of its exact size. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/datastore/sqlite/dialect.h"
#include "gateway/datastore/sqlite/dialect_insert.h"
#include "gateway/datastore/sqlite/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sqlite_session *
open_session(void)
{
    static struct datastore_settings datastore = { .name = "FUZZ", .kind = DATASTORE_SQLITE, .create = true, .path = ":memory:" };
    struct sql_diagnosis said;
    struct sql_target *target = sqlite_session_new(&datastore, "FUZZ");
    assert(target != NULL);
    static const char table[] = "CREATE TABLE T (A INTEGER PRIMARY KEY, B VARCHAR(9) DEFAULT 'B')";
    target->operations->execute_immediate(target, table, sizeof table - 1, &said);
    assert(said.sqlcode == 0);
    return (struct sqlite_session *)target;
}

static void
translate(const char *text, size_t size)
{
    char *translated = dialect_translate(text, size);
    assert(translated != NULL);
    free(translated);
    free(dialect_insert_defaults(text, size));
}

static void
look_through(struct sqlite_session *session, const char *text, size_t size)
{
    static const struct sql_value value = { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)"FUZZ", 4 } };
    struct sql_diagnosis said;
    enum sqlite_control control;
    char *words = NULL;
    bool known = control_recognise(text, size, &control, &words);
    assert(known);
    free(words);
    register_set(session, text, size, &value, 1, &said);
    assert(said.sqlcode == 0 || said.sqlcode == -104 || said.sqlcode == -204 || said.sqlcode == SQLCODE_REGISTER_UNKNOWN);
}

/* As a cursor of one section, and as a statement on the row of another one. */
static void
prepare(struct sqlite_session *session, const char *text, size_t size)
{
    struct sql_target *target = &session->target;
    struct sql_section_name name = { .package = "SYSLH000", .number = 1 };
    struct sql_diagnosis said;
    struct sql_section *section = target->operations->section(target, &name, true);
    if (section == NULL)
        return;
    section->for_update = true;
    target->operations->prepare(target, section, text, size, &said);
    assert(section->state == SQL_SECTION_EMPTY || said.sqlcode >= 0);
}

static void
open_cursor(struct sqlite_session *session)
{
    static const char text[] = "SELECT A, B FROM T FOR UPDATE";
    struct sql_target *target = &session->target;
    struct sql_section_name name = { .package = "SYSLH000", .number = 2 };
    struct sql_diagnosis said;
    struct sql_section *section = target->operations->section(target, &name, true);
    if (section == NULL)
        return;
    target->operations->prepare(target, section, text, sizeof text - 1, &said);
    assert(section->updatable);
    target->operations->open(target, section, NULL, 0, &said);
    assert(said.sqlcode == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sqlite_session *session = open_session();
    char *text = malloc(size + (size == 0));
    assert(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    translate(text, size);
    look_through(session, text, size);
    open_cursor(session);
    prepare(session, text, size);
    sqlite_session_free(&session->target);
    free(text);
    return 0;
}
