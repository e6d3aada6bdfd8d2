#include "gateway/reauthentication.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/suite.h"

static struct reauthentication_key key;

static struct drda_credentials
credentials(const char *userid, const char *password)
{
    struct drda_credentials made = { .secmec = 3 };
    snprintf(made.userid, sizeof made.userid, "%s", userid);
    snprintf(made.password, sizeof made.password, "%s", password);
    return made;
}

static bool
is_same(struct reauthentication *reauthentication, uint64_t connection, const char *userid, const char *password)
{
    struct drda_credentials sent = credentials(userid, password);
    return reauthentication_is_same(reauthentication, &key, connection, &sent);
}

static void
the_ticket_that_opened_a_connection_is_recognised(void)
{
    struct reauthentication opened = { 0 };
    CU_ASSERT_FALSE(is_same(&opened, 7, "IMSUSR1", "AEPRRZ3S"));
    reauthentication_accept(&opened, true);
    CU_ASSERT_TRUE(is_same(&opened, 7, "IMSUSR1", "AEPRRZ3S"));
    CU_ASSERT_TRUE(is_same(&opened, 7, "imsusr1", "AEPRRZ3S"));
    reauthentication_accept(&opened, false); /* of the login without a claim */
    CU_ASSERT_TRUE(is_same(&opened, 7, "IMSUSR1", "AEPRRZ3S"));
}

static void
nothing_else_is_taken_for_it(void)
{
    static const struct {
        uint64_t connection;
        const char *userid;
        const char *password;
    } others[] = {
        { 8, "IMSUSR1", "AEPRRZ3S" }, { 7, "IMSUSR2", "AEPRRZ3S" }, { 7, "IMSUSR1", "aeprrz3s" },
        { 7, "IMSUSR1", "AEPRRZ3" },  { 7, "IMSUSR", "1AEPRRZ3S" }, { 7, "IMSUSR1", "" },
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct reauthentication opened = { 0 };
        CU_ASSERT_FALSE(is_same(&opened, 7, "IMSUSR1", "AEPRRZ3S"));
        reauthentication_accept(&opened, true);
        CU_ASSERT_FALSE(is_same(&opened, others[i].connection, others[i].userid, others[i].password));
        CU_ASSERT_FALSE(is_same(&opened, 7, "IMSUSR1", "AEPRRZ3S")); /* forgotten */
    }
}

static void
what_was_not_accepted_or_no_ticket_is_not_kept(void)
{
    struct reauthentication opened = { 0 };
    CU_ASSERT_FALSE(is_same(&opened, 7, "IMSUSR1", "S3CRETPW"));
    CU_ASSERT_FALSE(is_same(&opened, 7, "IMSUSR1", "S3CRETPW"));
    reauthentication_accept(&opened, false); /* a password */
    CU_ASSERT_FALSE(is_same(&opened, 7, "IMSUSR1", "S3CRETPW"));
}

static void
every_process_has_its_own_digests(void)
{
    struct reauthentication opened = { 0 };
    CU_ASSERT_FALSE(is_same(&opened, 7, "IMSUSR1", "AEPRRZ3S"));
    reauthentication_accept(&opened, true);
    reauthentication_key_clear(&key);
    CU_ASSERT_TRUE(reauthentication_key_init(&key));
    CU_ASSERT_FALSE(is_same(&opened, 7, "IMSUSR1", "AEPRRZ3S"));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the ticket that opened a connection is recognised", the_ticket_that_opened_a_connection_is_recognised },
        { "nothing else is taken for it", nothing_else_is_taken_for_it },
        { "what was not accepted, or no ticket, is not kept", what_was_not_accepted_or_no_ticket_is_not_kept },
        { "every process has its own digests", every_process_has_its_own_digests },
    };
    if (!reauthentication_key_init(&key))
        return 1;
    return SUITE_RUN("reauthentication", cases);
}
