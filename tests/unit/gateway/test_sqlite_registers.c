/* Special registers, and sessions that must change nothing. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/sqlite_session.h"

static int32_t
set(struct sql_target *target, const char *text)
{
    target->operations->set_register(target, text, strlen(text), &said);
    return said.sqlcode;
}

static void
the_schema_is_the_one_there_is_or_the_users_own(void)
{
    static const struct {
        const char *text;
        int32_t sqlcode;
        const char *schema; /* afterwards */
    } statements[] = {
        { "SET SCHEMA user0001", 0, "USER0001" },
        { "SET CURRENT SCHEMA = MAIN;", 0, "MAIN" },
        { "SET SCHEMA nosuch", -204, "MAIN" },
        { "SET CURRENT SQLID = USER", 0, "USER0001" },
        { "set current schema = 'main'", 0, "MAIN" },
        { "SET CURRENT SCHEMA CURRENT USER", 0, "USER0001" },
        { "SET SCHEMA \"MAIN\" -- again", 0, "MAIN" },
        { "SET SCHEMA", -104, "MAIN" },
        { "SET SCHEMA = 7", -104, "MAIN" },
        { "SET SCHEMA user0001 too", -104, "MAIN" },
        { "SET SCHEMA ?", -104, "MAIN" },
    };
    struct sql_target *target = new_session();
    expect(target, "VALUES CURRENT SCHEMA", "MAIN");
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        CU_ASSERT_EQUAL(run(target, statements[i].text), statements[i].sqlcode);
        CU_ASSERT_EQUAL(set(target, statements[i].text), statements[i].sqlcode);
        expect(target, "VALUES CURRENT SCHEMA", statements[i].schema);
        expect(target, "VALUES CURRENT SQLID", statements[i].schema);
    }
    CU_ASSERT_EQUAL(run(target, "SET SCHEMA nosuch"), -204);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "42704");
    CU_ASSERT_EQUAL(strncmp(said.tokens, "NOSUCH\xFF", 7), 0);
    sqlite_session_free(target);
}

static void
the_name_of_a_schema_may_be_a_parameter(void)
{
    struct sql_target *target = new_session();
    struct sql_section *statement = prepared(target, 1, "SET CURRENT SCHEMA = ?");
    CU_ASSERT_EQUAL(statement->parameter_count, 1);
    struct sql_value value = { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)"USER0001", 8 } };
    target->operations->execute(target, statement, &value, 1, &said);
    CU_ASSERT_EQUAL(said.sqlcode, 0);
    expect(target, "VALUES CURRENT SCHEMA", "USER0001");
    value = (struct sql_value) { .kind = SQL_VALUE_TEXT, .data = { (const uint8_t *)"NOSUCH", 6 } };
    target->operations->execute(target, statement, &value, 1, &said);
    CU_ASSERT_EQUAL(said.sqlcode, -204);
    value.kind = SQL_VALUE_NULL;
    target->operations->execute(target, statement, &value, 1, &said);
    CU_ASSERT_EQUAL(said.sqlcode, -104);
    sqlite_session_free(target);
}

static void
isolation_levels_are_known(void)
{
    static const char *const known[] = { "CS",         "= UR",           "RS",           "RR",   "TO REPEATABLE READ", "= CURSOR STABILITY",
                                         "DIRTY READ", "READ COMMITTED", "SERIALIZABLE", "RESET" };
    struct sql_target *target = new_session();
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "SET CURRENT ISOLATION %s", known[i]);
        must_run(target, text);
        snprintf(text, sizeof text, "SET ISOLATION %s", known[i]);
        must_run(target, text);
    }
    CU_ASSERT_EQUAL(run(target, "SET ISOLATION XX"), -104);
    CU_ASSERT_EQUAL(run(target, "SET ISOLATION"), -104);
    CU_ASSERT_EQUAL(run(target, "SET ISOLATION CS UR"), -104);
    expect(target, "VALUES CURRENT ISOLATION", "RR");
    sqlite_session_free(target);
}

static void
a_lock_is_waited_for_as_long_as_the_register_says(void)
{
    static const struct {
        const char *text;
        int32_t sqlcode;
        const char *seconds; /* afterwards; the datastore allows 9 */
    } statements[] = {
        { "SET CURRENT LOCK TIMEOUT 5", 0, "5" },
        { "SET LOCK TIMEOUT = WAIT 3", 0, "3" },
        { "SET LOCK TIMEOUT WAIT", 0, "9" },
        { "SET LOCK TIMEOUT NOT WAIT", 0, "0" },
        { "SET LOCK TIMEOUT NULL", 0, "9" },
        { "SET LOCK TIMEOUT = 30", 0, "9" },
        { "SET LOCK TIMEOUT 0", 0, "0" },
        { "SET LOCK TIMEOUT -1", 0, "9" },
        { "SET LOCK TIMEOUT soon", -104, "9" },
        { "SET LOCK TIMEOUT 32768", -104, "9" },
        { "SET LOCK TIMEOUT 1.5", -104, "9" },
        { "SET LOCK TIMEOUT NOT", -104, "9" },
        { "SET CURRENT LOCK TIMEOUT 5 6", -104, "9" },
    };
    struct sql_target *target = new_session();
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        CU_ASSERT_EQUAL(run(target, statements[i].text), statements[i].sqlcode);
        expect(target, "VALUES CURRENT LOCK TIMEOUT", statements[i].seconds);
    }
    must_run(target, "CREATE TABLE locked (id INTEGER)");
    must_run(target, "COMMIT");
    must_run(target, "INSERT INTO locked VALUES (1)");
    struct sql_target *other = new_session();
    must_run(other, "SET CURRENT LOCK TIMEOUT NOT WAIT");
    CU_ASSERT_EQUAL(run(other, "INSERT INTO locked VALUES (2)"), -911);
    sqlite_session_free(other);
    sqlite_session_free(target);
}

static void
hints_are_taken_and_what_is_unknown_is_told(void)
{
    struct sql_target *target = new_session();
    must_run(target, "SET CURRENT QUERY OPTIMIZATION 5");
    must_run(target, "SET CURRENT DEGREE = 'ANY'");
    must_run(target, "SET CLIENT WRKSTNNAME 'host'");
    must_run(target, "SET CURRENT LOCALE LC_CTYPE = 'de_DE'");
    CU_ASSERT_EQUAL(set(target, "SET NOSUCH 1"), 10000);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "01000");
    CU_ASSERT_EQUAL(run(target, "SET NOSUCH = 1"), -104);
    CU_ASSERT_STRING_EQUAL(said.sqlstate, "42601");
    CU_ASSERT_EQUAL(run(target, "SET"), -104);
    sqlite_session_free(target);
}

static void
a_requester_that_said_so_changes_nothing(void)
{
    static const char *const changes[] = {
        "INSERT INTO kept VALUES (2)",     "UPDATE kept SET id = 3",
        "DELETE FROM kept WHERE id = 77",  "DROP TABLE kept",
        "CREATE TABLE other (id INTEGER)", "CREATE INDEX by_id ON kept (id)",
        "CREATE VIEW v AS SELECT 1",       "ALTER TABLE kept ADD n INTEGER",
    };
    struct sql_target *target = new_session();
    must_run(target, "CREATE TABLE kept (id INTEGER)");
    must_run(target, "INSERT INTO kept VALUES (1)");
    must_run(target, "COMMIT");
    sqlite_session_free(target);
    target = new_session();
    sqlite_session_prohibit_updates(target);
    for (int again = 0; again < 2; again++) {
        for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
            CU_ASSERT_EQUAL(run(target, changes[i]), -817);
            CU_ASSERT_STRING_EQUAL(said.sqlstate, "25000");
        }
        CU_ASSERT_EQUAL(run(target, "PRAGMA query_only = OFF"), -551);
        expect(target, "SELECT count(*) FROM kept", "1");
        must_run(target, "COMMIT");
    }
    sqlite_session_free(target);
    /* Whoever may not change anything is told that, not that the connection is in the way. */
    target = new_session();
    sqlite_session_set_read_only(target);
    sqlite_session_prohibit_updates(target);
    CU_ASSERT_EQUAL(run(target, changes[0]), -551);
    sqlite_session_free(target);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the schema is the one there is, or the user's own", the_schema_is_the_one_there_is_or_the_users_own },
        { "the name of a schema may be a parameter", the_name_of_a_schema_may_be_a_parameter },
        { "isolation levels are known", isolation_levels_are_known },
        { "a lock is waited for as long as the register says", a_lock_is_waited_for_as_long_as_the_register_says },
        { "hints are taken, and what is unknown is told", hints_are_taken_and_what_is_unknown_is_told },
        { "a requester that said so changes nothing", a_requester_that_said_so_changes_nothing },
    };
    make_datastore();
    datastore.limits.lock_timeout_ms = 9000;
    int status = SUITE_RUN("sqlite_registers", cases);
    remove_datastore();
    return status;
}
