#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/sqlbatch/host_variables.h"
#include "drda/sql/lob.h"
#include "tests/support/suite.h"

static const struct {
    const char *statement;
    const char *bound;  /* NULL: refused */
    const char *values; /* each ended by '|'; NULL as ~ */
} statements[] = {
    { "select 1", "select 1", "" },
    { "where a = :A and b = :b_1", "where a = ? and b = ?", "one|two|" },
    { ":a:a", "??", "one|one|" },
    { "values (:none)", "values (?)", "~|" },
    { "values (:empty)", "values (?)", "|" },
    { "':a' || \":a\" || 'it''s :a'", "':a' || \":a\" || 'it''s :a'", "" },
    { "'x' || :a || 'y'", "'x' || ? || 'y'", "one|" },
    { "a::1 : b :1", "a::1 : b :1", "" },
    { ":", ":", "" },
    { ":nosuch", NULL, "" },
    { ":a1", NULL, "" },
};

static void
set_variables(struct host_variables *variables)
{
    static const char *const assignments[] = { "A=zero", "a=one", "B_1=two", "empty=" };
    struct problem problem;
    for (size_t i = 0; i < sizeof assignments / sizeof assignments[0]; i++)
        CU_ASSERT_TRUE(host_variables_set(variables, assignments[i], &problem));
}

static bool
read_text(struct host_variables *variables, const char *text, size_t size, struct problem *problem)
{
    char path[] = "/tmp/variables-XXXXXX";
    int file = mkstemp(path);
    if (file < 0 || write(file, text, size) != (ssize_t)size)
        abort();
    close(file);
    bool read = host_variables_read(variables, path, problem);
    unlink(path);
    return read;
}

static void
variables_become_markers(void)
{
    struct host_variables variables = { 0 };
    struct problem problem;
    set_variables(&variables);
    CU_ASSERT_TRUE(read_text(&variables, "# null\n\nNONE\n", 12, &problem));
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        struct bound_statement bound;
        char values[64] = "";
        size_t size = strlen(statements[i].statement);
        char *copy = malloc(size);
        memcpy(copy, statements[i].statement, size);
        bool good = host_variables_bind(&variables, copy, size, &bound, &problem);
        CU_ASSERT_EQUAL(good, statements[i].bound != NULL);
        for (size_t v = 0; good && v < bound.count; v++) {
            size_t used = strlen(values);
            if (bound.values[v].kind == SQL_VALUE_NULL)
                snprintf(values + used, sizeof values - used, "~|");
            else
                snprintf(values + used, sizeof values - used, "%.*s|", (int)bound.values[v].data.size,
                         (const char *)bound.values[v].data.bytes);
        }
        if (good) {
            CU_ASSERT_STRING_EQUAL(bound.text.bytes, statements[i].bound);
            CU_ASSERT_STRING_EQUAL(values, statements[i].values);
        }
        bound_statement_clear(&bound);
        free(copy);
    }
    host_variables_clear(&variables);
}

static void
bad_assignments_say_what_is_wrong(void)
{
    static const struct {
        const char *text;
        size_t size;
        const char *says;
    } lines[] = {
        { "A=1\n1=2\n", 8, ":2: not NAME=VALUE" },
        { "A B=2\n", 6, ":1: not NAME=VALUE" },
        { "A=\xFF\n", 4, ":1: A: a value has at most 32767 bytes of UTF-8" },
        { "A=\0\n", 4, ":1: a byte X'00'" },
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct host_variables variables = { 0 };
        struct problem problem = { 0 };
        CU_ASSERT_FALSE(read_text(&variables, lines[i].text, lines[i].size, &problem));
        CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, lines[i].says));
        host_variables_clear(&variables);
    }
    struct problem problem = { 0 };
    struct host_variables variables = { 0 };
    CU_ASSERT_FALSE(host_variables_read(&variables, "/nowhere/variables", &problem));
    CU_ASSERT_FALSE(host_variables_set(&variables, "second.sql", &problem));
    CU_ASSERT_FALSE(host_variables_is_assignment("job.sql"));
    CU_ASSERT_FALSE(host_variables_is_assignment("./a=b"));
    CU_ASSERT_TRUE(host_variables_is_assignment("A=b"));
}

static void
lines_are_taken_as_they_are(void)
{
    struct host_variables variables = { 0 };
    struct problem problem = { 0 };
    CU_ASSERT_TRUE(read_text(&variables, "A= x = y \r\nB=last", 17, &problem));
    CU_ASSERT_EQUAL_FATAL(variables.count, 2);
    CU_ASSERT_STRING_EQUAL(variables.list[0].value, " x = y ");
    CU_ASSERT_STRING_EQUAL(variables.list[1].value, "last");
    host_variables_clear(&variables);
}

/* The bytes of a variable's file, through the large object that a statement is bound with. */
static void
files_are_large_objects(void)
{
    static const char text[] = "in a file";
    char path[] = "/tmp/variables-XXXXXX";
    char assignment[64];
    struct host_variables variables = { 0 };
    struct problem problem = { 0 };
    struct bound_statement bound;
    uint8_t bytes[sizeof text];
    int file = mkstemp(path);
    CU_ASSERT_FATAL(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    CU_ASSERT_TRUE(host_variables_set(&variables, "A=before", &problem));
    snprintf(assignment, sizeof assignment, "A:clob=%s", path);
    CU_ASSERT_TRUE(host_variables_set(&variables, assignment, &problem));
    snprintf(assignment, sizeof assignment, "B:BLOB=%s", path);
    CU_ASSERT_TRUE(host_variables_set(&variables, assignment, &problem));
    CU_ASSERT_TRUE_FATAL(host_variables_bind(&variables, ":a, :b", 6, &bound, &problem));
    CU_ASSERT_STRING_EQUAL(bound.text.bytes, "?, ?");
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL_FATAL(bound.values[i].kind, SQL_VALUE_LOB);
        struct sql_lob *lob = bound.values[i].lob;
        CU_ASSERT_EQUAL(lob->is_text, i == 0);
        CU_ASSERT_EQUAL_FATAL(lob->size, strlen(text));
        CU_ASSERT_TRUE(lob->read(lob, 3, bytes, 6));
        CU_ASSERT_EQUAL(memcmp(bytes, "a file", 6), 0);
    }
    CU_ASSERT_EQUAL(ftruncate(file, 2), 0);
    CU_ASSERT_FALSE(bound.values[0].lob->read(bound.values[0].lob, 0, bytes, strlen(text)));
    bound_statement_clear(&bound);
    CU_ASSERT_TRUE(host_variables_set(&variables, "A=after", &problem));
    CU_ASSERT_STRING_EQUAL(variables.list[0].value, "after");
    host_variables_clear(&variables);
    close(file);
    unlink(path);
}

static void
what_is_no_file_is_refused(void)
{
    static const struct {
        const char *assignment;
        const char *says;
    } cases[] = {
        { "A:clob=/nowhere/file", "A: /nowhere/file: No such file" }, { "A:blob=/tmp", "A: /tmp: not a file" },
        { "A:blob=/dev/zero", "A: /dev/zero: not a file" },           { "A:clob", "not NAME=VALUE, NAME:clob=FILE" },
        { ":clob=file", "not NAME=VALUE, NAME:clob=FILE" },           { "A:dbclob=file", "not NAME=VALUE, NAME:clob=FILE" },
    };
    struct host_variables variables = { 0 };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct problem problem = { 0 };
        CU_ASSERT_FALSE(host_variables_set(&variables, cases[i].assignment, &problem));
        CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, cases[i].says));
    }
    CU_ASSERT_EQUAL(variables.count, 0);
    CU_ASSERT_TRUE(host_variables_is_assignment("A:clob=file"));
    CU_ASSERT_FALSE(host_variables_is_assignment("C:file=x"));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "variables become markers", variables_become_markers },
        { "bad assignments say what is wrong", bad_assignments_say_what_is_wrong },
        { "lines are taken as they are", lines_are_taken_as_they_are },
        { "files are large objects", files_are_large_objects },
        { "what is no file is refused", what_is_no_file_is_refused },
    };
    return SUITE_RUN("sqlbatch host variables", cases);
}
