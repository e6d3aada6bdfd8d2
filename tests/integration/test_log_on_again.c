/* Logging on again on an open connection, as connection pools do: on the wire, and with the pool of Apache Derby's client. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drda/server.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/shell.h"
#include "tests/support/suite.h"

#define JAVA "env -u ASAN_OPTIONS java -Xshare:auto -cp /usr/share/java/derbyclient.jar:. "

static struct gateway gateway;
static struct peer peer;
static struct peer other;

static void
racf(const char *commands)
{
    static const char *const arguments[] = { "racf", NULL };
    char output[4096];
    CU_ASSERT_EQUAL(gateway_passgate(&gateway, output, sizeof output, commands, arguments), 0);
}

static size_t
count_records(const char *text)
{
    char *audit = gateway_file(&gateway, "audit.json");
    size_t count = 0;
    for (const char *at = strstr(audit, text); at != NULL; at = strstr(at + 1, text))
        count++;
    free(audit);
    return count;
}

static void
open_session(const char *user, char ticket[9])
{
    gateway_ticket(&gateway, user, "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL_FATAL(peer_log_on(&peer, gateway.port, user, ticket), DRDA_SECCHKCD_OK);
    CU_ASSERT_TRUE_FATAL(peer_open_rdb(&peer, "SAMPLE"));
}

static void
the_same_ticket_is_good_again_on_its_connection_alone(void)
{
    char ticket[9];
    size_t before = count_records("\"evidence\":\"connection\"");
    open_session("IMSUSR1", ticket);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(peer_log_on_again(&peer, i == 1 ? "imsusr1" : "IMSUSR1", ticket), DRDA_SECCHKCD_OK);
        CU_ASSERT_TRUE(peer_open_rdb(&peer, "SAMPLE"));
        CU_ASSERT_EQUAL(peer_run(&peer, "create table if not exists again (n integer)"), 0);
    }
    CU_ASSERT_EQUAL(count_records("\"evidence\":\"connection\""), before + 3);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_PASSWORD_INVALID);
    peer_close(&peer);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_PASSWORD_INVALID);
}

static void
another_ticket_is_a_login_of_its_own(void)
{
    char first[9];
    char second[9];
    open_session("IMSUSR1", first);
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, second);
    CU_ASSERT_EQUAL(peer_log_on_again(&peer, "IMSUSR1", second), DRDA_SECCHKCD_OK);
    CU_ASSERT_TRUE(peer_open_rdb(&peer, "SAMPLE"));
    CU_ASSERT_EQUAL(peer_log_on_again(&peer, "IMSUSR1", second), DRDA_SECCHKCD_OK);
    CU_ASSERT_TRUE(peer_open_rdb(&peer, "SAMPLE"));
    /* The connection knows the ticket that it was opened by last. */
    CU_ASSERT_EQUAL(peer_log_on_again(&peer, "IMSUSR1", first), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, 0);
    peer_close(&peer);
    /* Whoever has somebody's used ticket cannot use it by opening a connection as himself. */
    gateway_ticket(&gateway, "TOM", "IMSCON1", 0, first);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "TOM", first), DRDA_SECCHKCD_OK);
    open_session("IMSUSR1", second);
    CU_ASSERT_EQUAL(peer_log_on_again(&peer, "TOM", first), DRDA_SECCHKCD_PASSWORD_INVALID);
    peer_close(&peer);
}

static void
another_user_gets_nothing_of_the_work_before(void)
{
    char ticket[9];
    open_session("IMSUSR1", ticket);
    CU_ASSERT_EQUAL(peer_run(&peer, "create table mine (n integer)"), 0);
    gateway_ticket(&gateway, "TOM", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(peer_log_on_again(&peer, "TOM", ticket), DRDA_SECCHKCD_OK);
    CU_ASSERT_TRUE(peer_open_rdb(&peer, "SAMPLE"));
    CU_ASSERT_EQUAL(peer_run(&peer, "insert into mine values (1)"), -204);
    peer_close(&peer);
}

static void
the_same_user_gets_nothing_uncommitted_either(void)
{
    char ticket[9];
    open_session("IMSUSR1", ticket);
    CU_ASSERT_EQUAL(peer_run(&peer, "create table pending (n integer)"), 0);
    CU_ASSERT_EQUAL(peer_log_on_again(&peer, "IMSUSR1", ticket), DRDA_SECCHKCD_OK);
    CU_ASSERT_TRUE(peer_open_rdb(&peer, "SAMPLE"));
    CU_ASSERT_EQUAL(peer_run(&peer, "insert into pending values (1)"), -204);
    peer_close(&peer);
}

static void
who_may_not_log_on_any_more_may_not_go_on(void)
{
    char ticket[9];
    char others[9];
    open_session("ABCDEF7", ticket);
    gateway_ticket(&gateway, "X#Y@Z$12", "IMSCON1", 0, others);
    CU_ASSERT_EQUAL_FATAL(peer_log_on(&other, gateway.port, "X#Y@Z$12", others), DRDA_SECCHKCD_OK);
    CU_ASSERT_TRUE(peer_open_rdb(&other, "SAMPLE"));
    racf("ALTUSER ABCDEF7 REVOKE\nPERMIT IMSCON1 CLASS(APPL) ID(X#Y@Z$12) DELETE\n");
    CU_ASSERT_EQUAL(peer_log_on_again(&peer, "ABCDEF7", ticket), DRDA_SECCHKCD_USERID_REVOKED);
    CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, 0);
    CU_ASSERT_EQUAL(peer_log_on_again(&other, "X#Y@Z$12", others), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(peer_receive(&other).codepoint, 0);
    peer_close(&peer);
    peer_close(&other);
}

/* A password is compared each time: nothing of it is kept. */
static void
a_password_is_compared_each_time(void)
{
    racf("ALTUSER A PASSWORD(FIRSTPW1) NOEXPIRED\n");
    CU_ASSERT_EQUAL_FATAL(peer_log_on(&peer, gateway.port, "A", "FIRSTPW1"), DRDA_SECCHKCD_OK);
    CU_ASSERT_TRUE(peer_open_rdb(&peer, "SAMPLE"));
    CU_ASSERT_EQUAL(peer_log_on_again(&peer, "A", "FIRSTPW1"), DRDA_SECCHKCD_OK);
    CU_ASSERT_TRUE(peer_open_rdb(&peer, "SAMPLE"));
    racf("ALTUSER A PASSWORD(SECNDPW2) NOEXPIRED\n");
    CU_ASSERT_EQUAL(peer_log_on_again(&peer, "A", "FIRSTPW1"), DRDA_SECCHKCD_PASSWORD_INVALID);
    peer_close(&peer);
}

static void
the_pool_of_derbys_client_works_with_one_ticket(void)
{
    char ticket[9];
    char command[1024];
    static char output[65536];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    snprintf(command, sizeof command, JAVA "%s/tests/integration/java/Pool.java %u SAMPLE IMSUSR1 %s 3 2>&1", getenv("PASSGATE_SOURCE"),
             gateway.port, ticket);
    CU_ASSERT_EQUAL(shell_run(output, sizeof output, command), 0);
    static const char *const expected[] = {
        "round 0 rows 1", "round 1 rows 2", "round 2 rows 3", "round 3 rows 4", "round 4 rows 5", "another connection is refused: 08004",
    };
    shell_expect(output, expected, sizeof expected / sizeof *expected);
}

static void
strict_takes_no_ticket_twice(void)
{
    static struct gateway strict;
    char ticket[9];
    gateway_start(&strict, &(struct gateway_options) { .passgate = "reauthentication = strict" });
    gateway_ticket(&strict, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(peer_log_on(&peer, strict.port, "IMSUSR1", ticket), DRDA_SECCHKCD_OK);
    CU_ASSERT_TRUE(peer_open_rdb(&peer, "SAMPLE"));
    CU_ASSERT_EQUAL(peer_log_on_again(&peer, "IMSUSR1", ticket), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, 0);
    peer_close(&peer);
    gateway_stop(&strict);
}

static void
the_gateway_stops_on_request(void)
{
    gateway_stop(&gateway);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the same ticket is good again on its connection alone", the_same_ticket_is_good_again_on_its_connection_alone },
        { "another ticket is a login of its own", another_ticket_is_a_login_of_its_own },
        { "another user gets nothing of the work before", another_user_gets_nothing_of_the_work_before },
        { "the same user gets nothing uncommitted either", the_same_user_gets_nothing_uncommitted_either },
        { "who may not log on any more may not go on", who_may_not_log_on_any_more_may_not_go_on },
        { "a password is compared each time", a_password_is_compared_each_time },
        { "the pool of Derby's client works with one ticket", the_pool_of_derbys_client_works_with_one_ticket },
        { "strict takes no ticket twice", strict_takes_no_ticket_twice },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    return SUITE_RUN("logging on again", cases);
}
