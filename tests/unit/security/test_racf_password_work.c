/* Commands that need passwords hashed: tried, undone, and run again when that is done elsewhere. */
#include "security/racf/password_work.h"

#include <stdio.h>

#include "tests/unit/security/racf_fixture.h"

static struct fixture *fixture;
static uint8_t return_code;

static bool
attempt(const char *command, struct racf_password_work *work)
{
    struct wire_writer output = wire_writer(fixture->output, sizeof fixture->output - 1);
    bool done = racf_command_try(fixture->racf, &fixture->issuer, command, strlen(command), work, &output, &return_code);
    fixture->output[output.used] = '\0';
    CU_ASSERT(done || output.used == 0);
    return done;
}

/* How often hashing was waited for. */
static int
rounds(const char *command)
{
    struct racf_password_work *work = racf_password_work_new();
    int count = 0;
    while (!attempt(command, work)) {
        racf_password_work_run(work);
        count++;
    }
    racf_password_work_free(work);
    return count;
}

static bool
logs_on(const char *userid, const char *password)
{
    struct racf_password stored;
    return racf_password_find(fixture->racf, userid, false, &stored) && password_hash_matches(&stored.hash, password);
}

static void
nothing_is_done_before_the_hashes_are_there(void)
{
    fixture = fixture_new();
    struct racf_password_work *work = racf_password_work_new();
    CU_ASSERT_FALSE(attempt("ADDUSER (TOM ANN) PASSWORD(SECRET)", work));
    CU_ASSERT_PTR_NULL(racf_user_find(fixture->racf, "TOM"));
    CU_ASSERT_FALSE(attempt("ADDUSER (TOM ANN) PASSWORD(SECRET)", work)); /* still not */
    CU_ASSERT_EQUAL(fixture_command(fixture, "LISTUSER TOM"), 8);         /* others go on meanwhile */
    racf_password_work_run(work);
    CU_ASSERT_TRUE(attempt("ADDUSER (TOM ANN) PASSWORD(SECRET)", work));
    racf_password_work_free(work);
    CU_ASSERT_EQUAL(return_code, 0);
    CU_ASSERT_TRUE(logs_on("TOM", "SECRET") && logs_on("ANN", "SECRET"));
    struct racf_password tom;
    struct racf_password ann;
    CU_ASSERT_TRUE(racf_password_find(fixture->racf, "TOM", false, &tom) && racf_password_find(fixture->racf, "ANN", false, &ann));
    CU_ASSERT_NOT_EQUAL(memcmp(tom.hash.bytes, ann.hash.bytes, tom.hash.size), 0); /* each has its own salt */
    fixture_free(fixture);
}

static void
what_needs_no_password_is_done_at_once(void)
{
    fixture = fixture_new();
    CU_ASSERT_EQUAL(rounds("ADDUSER TOM"), 0);
    CU_ASSERT_EQUAL(rounds("ALTUSER TOM PASSWORD(MUCH-TOO-LONG)"), 0);
    CU_ASSERT_EQUAL(return_code, 8);
    CU_ASSERT_EQUAL(rounds("ALTUSER TOM PASSWORD(SECRET)"), 1);
    CU_ASSERT_EQUAL(return_code, 0);
    fixture_free(fixture);
}

/* A user's own change compares, then compares with those before and hashes. */
static void
a_change_takes_two_rounds_and_counts_once(void)
{
    fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS PASSWORD(HISTORY(5) REVOKE(3) MINCHANGE(0))"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "ADDUSER TOM PASSWORD(FIRST) "), 0);
    fixture->issuer = (struct racf_issuer) { .userid = "TOM" };
    CU_ASSERT_EQUAL(rounds("PASSWORD PASSWORD(FIRST SECOND)"), 2);
    CU_ASSERT_EQUAL(return_code, 0);
    CU_ASSERT_EQUAL(rounds("PASSWORD PASSWORD(SECOND FIRST)"), 2);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR131I"));
    CU_ASSERT_EQUAL(rounds("PASSWORD PASSWORD(WRONG THIRD)"), 1);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR132I"));
    CU_ASSERT_EQUAL(racf_user_find(fixture->racf, "TOM")->failed_attempts, 1);
    /* One operand has to wait, the other is wrong: a failure counts once, however often the command is run. */
    CU_ASSERT_EQUAL(rounds("PASSWORD PASSWORD(WRONG THIRD) PHRASE('also wrong 123456' 'never mind 1234567')"), 1);
    CU_ASSERT_EQUAL(racf_user_find(fixture->racf, "TOM")->failed_attempts, 3);
    CU_ASSERT_TRUE(racf_user_find(fixture->racf, "TOM")->revoked);
    CU_ASSERT_TRUE(logs_on("TOM", "SECOND"));
    fixture_free(fixture);
}

/* An answer is for the password that was compared, not for one that another command has set meanwhile. */
static void
a_password_that_changes_meanwhile_is_asked_about_anew(void)
{
    fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS PASSWORD(MINCHANGE(0))"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "ADDUSER TOM PASSWORD(FIRST)"), 0);
    const struct racf_issuer administrator = fixture->issuer;
    fixture->issuer = (struct racf_issuer) { .userid = "TOM" };
    struct racf_password_work *work = racf_password_work_new();
    CU_ASSERT_FALSE(attempt("PASSWORD PASSWORD(FIRST SECOND)", work));
    racf_password_work_run(work);
    fixture->issuer = administrator;
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM PASSWORD(OTHER)"), 0);
    fixture->issuer = (struct racf_issuer) { .userid = "TOM" };
    CU_ASSERT_FALSE(attempt("PASSWORD PASSWORD(FIRST SECOND)", work));
    racf_password_work_run(work);
    CU_ASSERT_TRUE(attempt("PASSWORD PASSWORD(FIRST SECOND)", work));
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR132I"));
    racf_password_work_free(work);
    CU_ASSERT_TRUE(logs_on("TOM", "OTHER"));
    fixture_free(fixture);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "nothing is done before the hashes are there", nothing_is_done_before_the_hashes_are_there },
        { "what needs no password is done at once", what_needs_no_password_is_done_at_once },
        { "a change takes two rounds and counts once", a_change_takes_two_rounds_and_counts_once },
        { "a password that changes meanwhile is asked about anew", a_password_that_changes_meanwhile_is_asked_about_anew },
    };
    return SUITE_RUN("RACF password work", cases);
}
