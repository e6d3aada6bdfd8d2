/* The OMVS segment: which operating-system user a RACF user is. */
#include <sqlite3.h>

#include "tests/unit/security/racf_fixture.h"

static bool
is_user(const struct fixture *fixture, uint32_t uid, const char *userid)
{
    const struct racf_user *user = racf_user_of_uid(fixture->racf, uid);
    return userid != NULL ? user != NULL && strcmp(user->userid, userid) == 0 : user == NULL;
}

static void
a_uid_is_given_listed_and_taken_away(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_TRUE(is_user(fixture, 1000, NULL));
    CU_ASSERT_EQUAL(fixture_script(fixture, "ADDUSER TOM PASSWORD(X) OMVS(UID(1000))\nADDUSER EVE PASSWORD(X)\n"), 0);
    CU_ASSERT_TRUE(is_user(fixture, 1000, "TOM"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "LISTUSER TOM OMVS NORACF"), 0);
    CU_ASSERT_STRING_EQUAL(fixture->output, "USER=TOM\nOMVS INFORMATION\n----------------\nUID= 0000001000\n");
    CU_ASSERT_EQUAL(fixture_command(fixture, "LISTUSER EVE OMVS"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "USER=EVE "));
    CU_ASSERT_TRUE(fixture_says(fixture, "\nNO OMVS INFORMATION\n"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM OMVS(UID(2147483647))"), 0);
    CU_ASSERT_TRUE(is_user(fixture, 1000, NULL));
    CU_ASSERT_TRUE(is_user(fixture, INT32_MAX, "TOM"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM NAME('T')"), 0);
    CU_ASSERT_TRUE(fixture_restart(fixture));
    CU_ASSERT_TRUE(is_user(fixture, INT32_MAX, "TOM"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM NOOMVS"), 0);
    CU_ASSERT_TRUE(is_user(fixture, INT32_MAX, NULL));
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM OMVS(UID(0))"), 0);
    CU_ASSERT_TRUE(is_user(fixture, 0, "TOM"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM OMVS(NOUID)"), 0);
    CU_ASSERT_TRUE(is_user(fixture, 0, NULL));
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM OMVS(UID(7) HOME('/u/tom') PROGRAM('/bin/sh'))"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR101I"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "DELUSER TOM"), 0);
    CU_ASSERT_TRUE(is_user(fixture, 7, NULL));
    fixture_free(fixture);
}

static void
a_uid_is_shared_only_on_request(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, "ADDUSER TOM OMVS(UID(1000)) PASSWORD(X)\n"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "ADDUSER EVE OMVS(UID(1000)) PASSWORD(X)"), 8);
    CU_ASSERT_TRUE(fixture_says(fixture, "IRR52174I Incorrect UID 1000. This value is already in use by TOM"));
    CU_ASSERT_PTR_NULL(racf_user_find(fixture->racf, "EVE"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM OMVS(UID(1000))"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "ADDUSER EVE OMVS(UID(1000) SHARED) PASSWORD(X)"), 0);
    CU_ASSERT_TRUE(is_user(fixture, 1000, "EVE"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "DELUSER EVE"), 0);
    CU_ASSERT_TRUE(is_user(fixture, 1000, "TOM"));
    fixture_free(fixture);
}

static void
wrong_operands_change_nothing(void)
{
    static const struct {
        const char *command;
        int return_code;
        const char *says;
    } cases[] = {
        { "ALTUSER TOM OMVS(UID(2147483648))", 8, "PGR015I UID MUST BE A NUMBER FROM 0 TO 2147483647" },
        { "ALTUSER TOM OMVS(UID(99999999999))", 8, "PGR015I" },
        { "ALTUSER TOM OMVS(UID(-1))", 8, "PGR015I" },
        { "ALTUSER TOM OMVS(UID(X))", 8, "PGR015I" },
        { "ALTUSER TOM OMVS(UID(1 2))", 12, "PGR011I" },
        { "ALTUSER TOM OMVS", 12, "IKJ56701I MISSING VALUE OF OMVS" },
        { "ALTUSER TOM OMVS(UID(1) NOUID)", 12, "PGR014I" },
        { "ALTUSER TOM OMVS(UID(1)) NOOMVS", 12, "PGR014I" },
        { "ALTUSER TOM OMVS(UIDS(1))", 12, "IKJ56712I INVALID KEYWORD, UIDS" },
    };
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, "ADDUSER TOM OMVS(UID(1000)) PASSWORD(X)\n"), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_EQUAL(fixture_command(fixture, cases[i].command), cases[i].return_code);
        CU_ASSERT_TRUE(fixture_says(fixture, cases[i].says));
        CU_ASSERT_TRUE(is_user(fixture, 1000, "TOM"));
    }
    fixture_free(fixture);
}

/* A uid is a way to become somebody: who may only reset passwords may not hand uids out. */
static void
only_special_users_give_uids(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, "ADDUSER (TOM HELP) PASSWORD(X)\nSETROPTS CLASSACT(FACILITY)\n"
                                            "RDEFINE FACILITY IRR.RADMIN.ALTUSER UACC(NONE)\n"
                                            "PERMIT IRR.RADMIN.ALTUSER CLASS(FACILITY) ID(HELP) ACCESS(UPDATE)\n"),
                    0);
    fixture->issuer = (struct racf_issuer) { .userid = "HELP" };
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER TOM OMVS(UID(1000))"), 8);
    CU_ASSERT_TRUE(fixture_says(fixture, "ICH21005I NOT AUTHORIZED TO SPECIFY OMVS"));
    CU_ASSERT_TRUE(is_user(fixture, 1000, NULL));
    fixture_free(fixture);
}

static void
databases_of_earlier_releases_get_the_table(void)
{
    struct fixture *fixture = fixture_new();
    struct problem problem = { "" };
    sqlite3 *file;
    racf_close(fixture->racf);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open(fixture->path, &file), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(file, "DROP TABLE omvs", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(file);
    CU_ASSERT_TRUE_FATAL(fixture_open(fixture, &problem));
    CU_ASSERT_EQUAL(fixture_command(fixture, "ALTUSER IBMUSER OMVS(UID(0))"), 0);
    CU_ASSERT_TRUE(is_user(fixture, 0, "IBMUSER"));
    fixture_free(fixture);
}

static void
many_uids_are_found(void)
{
    enum { USERS = 300 };
    struct fixture *fixture = fixture_new();
    char command[64];
    char userid[RACF_NAME_MAX + 1];
    for (unsigned i = 0; i < USERS; i++) {
        snprintf(command, sizeof command, "ADDUSER U%u OMVS(UID(%u))", i, 7 * (USERS - i));
        CU_ASSERT_EQUAL(fixture_command(fixture, command), 0);
    }
    for (unsigned i = 0; i < USERS; i++) {
        snprintf(userid, sizeof userid, "U%u", i);
        CU_ASSERT_TRUE(is_user(fixture, 7 * (USERS - i), userid));
        CU_ASSERT_TRUE(is_user(fixture, 7 * (USERS - i) + 1, NULL));
    }
    fixture_free(fixture);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a uid is given, listed and taken away", a_uid_is_given_listed_and_taken_away },
        { "a uid is shared only on request", a_uid_is_shared_only_on_request },
        { "wrong operands change nothing", wrong_operands_change_nothing },
        { "only SPECIAL users give uids", only_special_users_give_uids },
        { "databases of earlier releases get the table", databases_of_earlier_releases_get_the_table },
        { "many uids are found", many_uids_are_found },
    };
    return SUITE_RUN("racf omvs", cases);
}
