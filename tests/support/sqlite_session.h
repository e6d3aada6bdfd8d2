/* One datastore of a test program, and sessions on it: statements are run and queries read, and `said` is what came of the last. */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/datastore/sqlite/session.h"
#include "tests/support/suite.h"

static struct datastore_settings datastore = { .name = "SAMPLE", .kind = DATASTORE_SQLITE, .create = true };
static struct sql_diagnosis said;

/* Puts the datastore's file, not there yet, into a folder of its own. */
static inline void
make_datastore(void)
{
    static char folder[] = "/tmp/passgate-test-XXXXXX";
    if (mkdtemp(folder) == NULL)
        abort();
    snprintf(datastore.path, sizeof datastore.path, "%s/sample.db", folder);
}

static inline void
remove_database(void)
{
    static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char path[CONFIGURATION_PATH_MAX + 16];
        snprintf(path, sizeof path, "%s%s", datastore.path, suffixes[i]);
        unlink(path);
    }
}

/* The folder too. */
static inline void
remove_datastore(void)
{
    char folder[CONFIGURATION_PATH_MAX];
    remove_database();
    snprintf(folder, sizeof folder, "%s", datastore.path);
    *strrchr(folder, '/') = '\0';
    rmdir(folder);
}

static inline struct sql_target *
new_session(void)
{
    struct sql_target *target = sqlite_session_new(&datastore, "USER0001");
    CU_ASSERT_PTR_NOT_NULL_FATAL(target);
    return target;
}

/* A session on a database that is not there yet. */
static inline struct sql_target *
fresh_session(void)
{
    remove_database();
    return new_session();
}

static inline int32_t
run(struct sql_target *target, const char *text)
{
    target->operations->execute_immediate(target, text, strlen(text), &said);
    return said.sqlcode;
}

static inline void
must_run(struct sql_target *target, const char *text)
{
    if (run(target, text) != 0)
        fprintf(stderr, "%s: %d %s\n", text, said.sqlcode, said.tokens);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
}

static inline struct sql_section *
section(struct sql_target *target, uint16_t number)
{
    struct sql_section_name name = { .package = "SYSLH000", .number = number };
    struct sql_section *found = target->operations->section(target, &name, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    return found;
}

static inline struct sql_section *
prepared(struct sql_target *target, uint16_t number, const char *text)
{
    struct sql_section *result = section(target, number);
    target->operations->prepare(target, result, text, strlen(text), &said);
    if (said.sqlcode != 0)
        fprintf(stderr, "%s: %d %s\n", text, said.sqlcode, said.tokens);
    CU_ASSERT_EQUAL_FATAL(said.sqlcode, 0);
    CU_ASSERT_EQUAL(result->state, SQL_SECTION_PREPARED);
    return result;
}

static inline struct sql_section *
opened(struct sql_target *target, uint16_t number, const char *text)
{
    struct sql_section *result = prepared(target, number, text);
    target->operations->open(target, result, NULL, 0, &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    return result;
}

static inline enum sql_step
fetch(struct sql_target *target, struct sql_section *cursor)
{
    return target->operations->fetch(target, cursor, &said);
}

/* The first column of the first row, an integer. */
static inline int64_t
number_of(struct sql_target *target, const char *text)
{
    struct sql_section *cursor = opened(target, 999, text);
    struct sql_value value = { 0 };
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    target->operations->values(target, cursor, 0, 1, &value);
    CU_ASSERT_EQUAL(value.kind, SQL_VALUE_INTEGER);
    target->operations->close(target, cursor);
    return value.integer;
}

static inline bool
text_is(struct sql_target *target, struct sql_section *cursor, size_t index, const char *expected)
{
    struct sql_value value;
    target->operations->values(target, cursor, index, 1, &value);
    return value.kind == SQL_VALUE_TEXT && value.data.size == strlen(expected) && memcmp(value.data.bytes, expected, value.data.size) == 0;
}

static inline struct sql_value
text_value(const char *text)
{
    return (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)text, strlen(text) } };
}

static inline bool
is_value(const struct sql_value *value, const char *expected)
{
    char text[32];
    if (value->kind == SQL_VALUE_INTEGER)
        snprintf(text, sizeof text, "%lld", (long long)value->integer);
    else
        snprintf(text, sizeof text, "%.*s", (int)value->data.size, (const char *)value->data.bytes);
    return strcmp(text, expected) == 0;
}

/* The value of a query with one column and one row. */
static inline void
expect(struct sql_target *target, const char *query, const char *expected)
{
    struct sql_section *cursor = opened(target, 900, query);
    struct sql_value value = { 0 };
    CU_ASSERT_EQUAL_FATAL(fetch(target, cursor), SQL_STEP_ROW);
    target->operations->values(target, cursor, 0, 1, &value);
    CU_ASSERT_TRUE(is_value(&value, expected));
    target->operations->close(target, cursor);
}
