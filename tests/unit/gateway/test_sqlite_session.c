/* Sessions beside each other: units of work, locks, interrupts, limits. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/sqlite_session.h"

static void
a_unit_of_work_is_all_or_nothing(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    must_run(target, "COMMIT WORK;");
    must_run(target, "INSERT INTO t VALUES (1)");
    must_run(target, "SAVEPOINT here ON ROLLBACK RETAIN CURSORS");
    must_run(target, "INSERT INTO t VALUES (2)");
    must_run(target, "ROLLBACK TO SAVEPOINT here");
    must_run(target, "RELEASE SAVEPOINT here");
    target->operations->commit(target, &said);
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    must_run(target, "INSERT INTO t VALUES (3)");
    must_run(target, "CREATE TABLE u (id INTEGER)");
    must_run(target, "ROLLBACK");
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    CU_ASSERT_EQUAL(run(target, "SELECT * FROM u"), -204);
    must_run(target, "INSERT INTO t VALUES (4)");
    sqlite_session_free(target); /* without commit */
    target = new_session();
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    sqlite_session_free(target);
}

static void
two_writers_meet_and_one_gives_way(void)
{
    struct sql_target *first = fresh_session();
    must_run(first, "CREATE TABLE t (id INTEGER)");
    must_run(first, "COMMIT");
    struct sql_target *second = new_session();
    must_run(first, "INSERT INTO t VALUES (1)");
    CU_ASSERT_EQUAL(number_of(second, "SELECT count(*) FROM t"), 0); /* readers do not wait */
    must_run(second, "COMMIT");
    struct sql_section *cursor = opened(second, 1, "SELECT 1");
    CU_ASSERT_EQUAL(run(second, "INSERT INTO t VALUES (2)"), -911);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "40001");
    CU_ASSERT_EQUAL(strncmp(said.tokens, "68\xFF", 3), 0);
    CU_ASSERT_EQUAL(fetch(second, cursor), SQL_STEP_FAILED); /* -911 rolled everything back */
    must_run(first, "COMMIT");
    must_run(second, "INSERT INTO t VALUES (2)");
    must_run(second, "COMMIT");
    CU_ASSERT_EQUAL(number_of(first, "SELECT count(*) FROM t"), 2);
    sqlite_session_free(first);
    sqlite_session_free(second);
}

static void *
interrupt_soon(void *context)
{
    nanosleep(&(struct timespec) { .tv_nsec = 50 * 1000000L }, NULL);
    sqlite_session_interrupt(context);
    return NULL;
}

#define ENDLESS "WITH RECURSIVE r(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM r) SELECT max(i) FROM r"

static void
another_thread_interrupts_a_statement(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    must_run(target, "INSERT INTO t VALUES (1)");
    pthread_t thread;
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, interrupt_soon, target), 0);
    CU_ASSERT_EQUAL(run(target, "SELECT count(*) FROM t, (" ENDLESS ")"), -952);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "57014");
    pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1); /* the unit of work lives on */
    must_run(target, "COMMIT");
    /* A writer that is stopped loses its unit of work in SQLite, and is told so. */
    must_run(target, "INSERT INTO t VALUES (2)");
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, interrupt_soon, target), 0);
    CU_ASSERT_EQUAL(run(target, "INSERT INTO t " ENDLESS), -911);
    pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    sqlite_session_interrupt(target);
    CU_ASSERT_EQUAL(run(target, "SELECT 1"), -952);
    must_run(target, "SELECT 1");
    sqlite_session_free(target);
}

static void
an_interrupt_ends_the_wait_for_a_lock(void)
{
    struct sql_target *first = fresh_session();
    must_run(first, "CREATE TABLE t (id INTEGER)");
    must_run(first, "COMMIT");
    must_run(first, "INSERT INTO t VALUES (1)");
    struct sql_target *second = new_session();
    pthread_t thread;
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, interrupt_soon, second), 0);
    CU_ASSERT_EQUAL(run(second, "INSERT INTO t VALUES (2)"), -952);
    pthread_join(thread, NULL);
    sqlite_session_free(second);
    sqlite_session_free(first);
}

static void
a_statement_may_have_a_time_limit(void)
{
    struct sql_target *target = fresh_session();
    static const char set[] = "SET STATEMENT_TIMEOUT 1";
    target->operations->set_register(target, set, sizeof set - 1, &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    sqlite_session_begin_command(target);
    CU_ASSERT_EQUAL(run(target, ENDLESS), -952);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "set by the client"));
    sqlite_session_begin_command(target);
    must_run(target, "SET STATEMENT_TIMEOUT = 0;");
    sqlite_session_free(target);
}

static void
a_read_only_datastore_stays_as_it_is(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    must_run(target, "INSERT INTO t VALUES (1)");
    must_run(target, "COMMIT");
    sqlite_session_free(target);
    struct datastore_settings locked = datastore;
    locked.create = false;
    locked.read_only = true;
    struct problem problem;
    CU_ASSERT_TRUE(sqlite_datastore_check(&locked, &problem));
    target = sqlite_session_new(&locked, "U");
    CU_ASSERT_EQUAL(number_of(target, "SELECT count(*) FROM t"), 1);
    CU_ASSERT_EQUAL(run(target, "INSERT INTO t VALUES (2)"), -817);
    CU_ASSERT_EQUAL(run(target, "CREATE TABLE u (id INTEGER)"), -817);
    sqlite_session_free(target);
}

static void
sections_are_told_apart_by_package_and_number(void)
{
    struct sql_target *target = fresh_session();
    struct sql_section_name name;
    memset(&name, 0xA5, sizeof name);
    memcpy(name.package, "SYSLH000", 9);
    name.number = 1;
    CU_ASSERT_PTR_NULL(target->operations->section(target, &name, false));
    CU_ASSERT_PTR_EQUAL(target->operations->section(target, &name, true), section(target, 1));
    name.number = 2;
    CU_ASSERT_PTR_NOT_EQUAL(target->operations->section(target, &name, true), section(target, 1));
    struct sql_section_name other = { .package = "SYSLN000", .number = 1 };
    CU_ASSERT_PTR_NULL(target->operations->section(target, &other, false));
    target->operations->execute(target, section(target, 1), NULL, 0, &said);
    CU_ASSERT_EQUAL(said.sqlcode, -514);
    for (uint16_t i = 0; i < 4094; i++)
        section(target, (uint16_t)(100 + i));
    other.number = 3;
    CU_ASSERT_PTR_NULL(target->operations->section(target, &other, true));
    sqlite_session_free(target);
}

static void
a_datastore_is_checked_before_it_is_used(void)
{
    struct datastore_settings other = datastore;
    struct problem problem;
    remove_database();
    CU_ASSERT_TRUE(sqlite_datastore_check(&other, &problem));
    CU_ASSERT_NOT_EQUAL(access(other.path, F_OK), 0); /* checking makes nothing */
    other.create = false;
    CU_ASSERT_FALSE(sqlite_datastore_check(&other, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "does not exist; make it or set create = yes"));
    struct sql_target *target = sqlite_session_new(&other, "U");
    CU_ASSERT_EQUAL(run(target, "SELECT 1"), -904);
    CU_ASSERT_EQUAL(strncmp(said.tokens, "SAMPLE\xFF", 7), 0);
    CU_ASSERT_PTR_NULL(strstr(said.tokens, "/tmp/"));
    sqlite_session_free(target);
    FILE *file = fopen(other.path, "we");
    fputs("this is no database, whatever its name may say; it is only text of more than one hundred bytes, as a header has", file);
    fclose(file);
    CU_ASSERT_FALSE(sqlite_datastore_check(&other, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "file is not a database"));
    target = sqlite_session_new(&other, "U");
    CU_ASSERT_EQUAL(run(target, "SELECT 1"), -904);
    sqlite_session_free(target);
    snprintf(other.path, sizeof other.path, "/nonexistent/folder/x.db");
    other.create = true;
    CU_ASSERT_FALSE(sqlite_datastore_check(&other, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "cannot be made in /nonexistent/folder/: No such file or directory"));
}

static void *
cancel_soon(void *context)
{
    nanosleep(&(struct timespec) { .tv_nsec = 50000000 }, NULL);
    sqlite_session_cancel(context);
    return NULL;
}

/* What is cancelled between two commands is over; the next one is not meant. */
static void
a_command_is_cancelled_and_no_other(void)
{
    struct sql_target *target = fresh_session();
    pthread_t thread;
    must_run(target, "CREATE TABLE t (id INTEGER)");
    sqlite_session_cancel(target);
    sqlite_session_take_command(target);
    must_run(target, "INSERT INTO t VALUES (1)");
    CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, cancel_soon, target), 0);
    CU_ASSERT_EQUAL(run(target, ENDLESS), -952);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "57014");
    CU_ASSERT_STRING_EQUAL(said.tokens, "the statement was cancelled");
    pthread_join(thread, NULL);
    /* One that has come and has not begun is one too. */
    sqlite_session_take_command(target);
    sqlite_session_cancel(target);
    sqlite_session_begin_command(target);
    CU_ASSERT_EQUAL(run(target, "SELECT 1"), -952);
    sqlite_session_take_command(target);
    CU_ASSERT_EQUAL(number_of(target, "SELECT COUNT(*) FROM t"), 1);
    sqlite_session_free(target);
}

/* Each limit says which it was. */
static void
limits_of_the_datastore_hold(void)
{
    static char text[5000] = "SELECT 1";
    datastore.limits = (struct datastore_limits) { .statement_timeout_ms = 50, .statement_bytes = 4096, .result_rows = 3 };
    struct sql_target *target = fresh_session();
    sqlite_session_begin_command(target);
    CU_ASSERT_EQUAL(run(target, ENDLESS), -952);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "statement_timeout_ms"));
    sqlite_session_begin_command(target);
    must_run(target, "SET STATEMENT_TIMEOUT 100"); /* longer than what the datastore allows */
    sqlite_session_begin_command(target);
    CU_ASSERT_EQUAL(run(target, ENDLESS), -952);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "statement_timeout_ms"));

    datastore.limits.statement_timeout_ms = 0;
    sqlite_session_begin_command(target);
    must_run(target, "SET STATEMENT_TIMEOUT 0");
    sqlite_session_begin_command(target);
    memset(text + strlen(text), ' ', sizeof text - strlen(text) - 1);
    CU_ASSERT_EQUAL(run(target, text), -101);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "54001");
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "statement_bytes"));
    struct sql_section *cursor = opened(target, 1, "VALUES (1), (2), (3), (4)");
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_ROW);
    CU_ASSERT_EQUAL(fetch(target, cursor), SQL_STEP_FAILED);
    CU_ASSERT_EQUAL(said.sqlcode, -905);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "result_rows"));
    sqlite_session_free(target);
    datastore.limits = (struct datastore_limits) { 0 };
}

static void
memory_of_all_sessions_is_bounded(void)
{
    struct sql_target *target = fresh_session();
    must_run(target, "CREATE TABLE t (id INTEGER)");
    sqlite_datastores_limit_memory(16 << 20);
    CU_ASSERT_EQUAL(run(target, "INSERT INTO t SELECT length(hex(zeroblob(30000000)))"), -904);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.tokens, "sql_memory_bytes"));
    sqlite_datastores_limit_memory(0);
    CU_ASSERT_EQUAL(number_of(target, "SELECT 1"), 1);
    sqlite_session_free(target);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a unit of work is all or nothing", a_unit_of_work_is_all_or_nothing },
        { "two writers meet and one gives way", two_writers_meet_and_one_gives_way },
        { "another thread interrupts a statement", another_thread_interrupts_a_statement },
        { "an interrupt ends the wait for a lock", an_interrupt_ends_the_wait_for_a_lock },
        { "a statement may have a time limit", a_statement_may_have_a_time_limit },
        { "a read-only datastore stays as it is", a_read_only_datastore_stays_as_it_is },
        { "sections are told apart by package and number", sections_are_told_apart_by_package_and_number },
        { "a datastore is checked before it is used", a_datastore_is_checked_before_it_is_used },
        { "a command is cancelled, and no other", a_command_is_cancelled_and_no_other },
        { "limits of the datastore hold, and say which they are", limits_of_the_datastore_hold },
        { "memory of all sessions is bounded", memory_of_all_sessions_is_bounded },
    };
    make_datastore();
    int status = SUITE_RUN("sqlite session", cases);
    remove_datastore();
    return status;
}
