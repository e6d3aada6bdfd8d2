/* One datastore of a test program, and sessions on it: statements are run and queries read, and `said` is what came of the last. */
#pragma once
#include <string.h>

#include "gateway/datastore/sqlite/session.h"
#include "tests/support/suite.h"

static struct datastore_settings datastore = { .name = "SAMPLE", .kind = DATASTORE_SQLITE, .create = true };
static struct sql_diagnosis said;

static inline struct sql_target *
new_session(void)
{
    struct sql_target *target = sqlite_session_new(&datastore, "USER0001");
    CU_ASSERT_PTR_NOT_NULL_FATAL(target);
    return target;
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
prepared(struct sql_target *target, uint16_t number, const char *text)
{
    struct sql_section_name name = { .package = "SYSLH000", .number = number };
    struct sql_section *section = target->operations->section(target, &name, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(section);
    target->operations->prepare(target, section, text, strlen(text), &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    return section;
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
    struct sql_section *cursor = prepared(target, 900, query);
    struct sql_value value = { 0 };
    target->operations->open(target, cursor, NULL, 0, &said);
    CU_ASSERT_EQUAL_FATAL(target->operations->fetch(target, cursor, &said), SQL_STEP_ROW);
    target->operations->values(target, cursor, 0, 1, &value);
    CU_ASSERT_TRUE(is_value(&value, expected));
    target->operations->close(target, cursor);
}
