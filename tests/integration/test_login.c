/* Logins through the real gateway and its real security server, as a client on the wire sees them. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drda/server.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/suite.h"

static struct gateway gateway;
static struct peer peer;

static int
log_on_with_ticket(const char *user, const char *application, int offset_s)
{
    char ticket[9];
    gateway_ticket(&gateway, user, application, offset_s, ticket);
    return peer_try(gateway.port, user, ticket);
}

static void
a_ticket_is_accepted_once(void)
{
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_OK);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_PASSWORD_INVALID);
}

static void
users_of_every_length_log_on(void)
{
    static const char *const users[] = { "A", "TOM", "ABCDEF7", "X#Y@Z$12", "imsusr1" };
    for (size_t i = 0; i < sizeof users / sizeof *users; i++)
        CU_ASSERT_EQUAL(log_on_with_ticket(users[i], "IMSCON1", 0), DRDA_SECCHKCD_OK);
}

static void
wrong_application_user_key_or_time_is_refused(void)
{
    char ticket[9];
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "PASSGATE", 0), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON2", 0), DRDA_SECCHKCD_PASSWORD_INVALID);
    gateway_ticket(&gateway, "TOM", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", -602), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 603), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", -590), DRDA_SECCHKCD_OK);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 590), DRDA_SECCHKCD_OK);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", "ABCDEFGH"), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", "SHORT"), DRDA_SECCHKCD_PASSWORD_INVALID);
}

static void
users_get_the_code_that_their_state_calls_for(void)
{
    CU_ASSERT_EQUAL(log_on_with_ticket("NOBODY", "IMSCON1", 0), DRDA_SECCHKCD_USERID_INVALID);
    CU_ASSERT_EQUAL(log_on_with_ticket("REVOKED1", "IMSCON1", 0), DRDA_SECCHKCD_USERID_REVOKED);
    CU_ASSERT_EQUAL(log_on_with_ticket("PROTECT1", "IMSCON1", 0), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(log_on_with_ticket("NOAPPL", "IMSCON1", 0), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(peer_try(gateway.port, NULL, "AAAAAAAA"), DRDA_SECCHKCD_USERID_MISSING);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", NULL), DRDA_SECCHKCD_PASSWORD_MISSING);
}

static void
one_failed_secchk_ends_the_connection(void)
{
    uint8_t memory[512];
    char ticket[9];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    CU_ASSERT_EQUAL(peer_log_on(&peer, gateway.port, "IMSUSR1", "WRONGONE"), DRDA_SECCHKCD_PASSWORD_INVALID);
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    peer_put_secchk(&writer, "IMSUSR1", ticket, false);
    peer_send_writer(&peer, &writer);
    CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, 0);
    peer_close(&peer);
}

static void
a_used_ticket_stays_refused_after_kill_9(void)
{
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_OK);
    gateway_kill(&gateway);
    gateway_restart(&gateway);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 0), DRDA_SECCHKCD_OK);
}

static void
an_operator_changes_the_application_name(void)
{
    char output[8192];
    CU_ASSERT_EQUAL(peer_log_on(&peer, gateway.port, "", ""), DRDA_SECCHKCD_USERID_MISSING);
    peer_close(&peer);
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(peer_log_on(&peer, gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_OK);
    CU_ASSERT_TRUE(peer_open_rdb(&peer, "SAMPLE"));
    CU_ASSERT_EQUAL(gateway_operate(&gateway, "UPDATE IMSCON TYPE(CONFIG) SET(ODBMAPPL(IMSCON2))", output, sizeof output), 0);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 0), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON2", 0), DRDA_SECCHKCD_OK);
    CU_ASSERT_EQUAL(gateway_operate(&gateway, "QRY IMSCON TYPE(CONFIG) SHOW(ODBMAPPL)", output, sizeof output), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "IMSCON2"));
    CU_ASSERT_EQUAL(gateway_operate(&gateway, "UPD IMSCON TYPE(CONFIG) SET(ODBMAPPL(0))", output, sizeof output), 0);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "PASSGATE", 0), DRDA_SECCHKCD_OK);
    CU_ASSERT_EQUAL(gateway_operate(&gateway, "UPD IMSCON TYPE(CONFIG) SET(APPL(IMSCON1))", output, sizeof output), 0);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 0), DRDA_SECCHKCD_OK);
    CU_ASSERT_EQUAL(peer_run(&peer, "create table if not exists lives (n integer)"), 0);
    peer_close(&peer);
}

static void
racf_can_be_switched_off_and_on_at_run_time(void)
{
    char output[8192];
    CU_ASSERT_EQUAL(gateway_operate(&gateway, "UPDATE IMSCON TYPE(CONFIG) SET(RACF(OFF))", output, sizeof output), 0);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "ANYONE", "anything"), DRDA_SECCHKCD_OK);
    CU_ASSERT_EQUAL(gateway_operate(&gateway, "UPDATE IMSCON TYPE(CONFIG) SET(RACF(ON))", output, sizeof output), 0);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", "ANYTHING"), DRDA_SECCHKCD_PASSWORD_INVALID);
}

static void
a_user_who_may_no_longer_log_on_cannot_at_once(void)
{
    char output[4096];
    static const char *const revoke[] = { "racf", "ALTUSER", "TOM", "REVOKE", NULL };
    static const char *const resume[] = { "racf", "ALTUSER", "TOM", "RESUME", NULL };
    CU_ASSERT_EQUAL(gateway_passgate(&gateway, output, sizeof output, NULL, revoke), 0);
    CU_ASSERT_EQUAL(log_on_with_ticket("TOM", "IMSCON1", 0), DRDA_SECCHKCD_USERID_REVOKED);
    CU_ASSERT_EQUAL(gateway_passgate(&gateway, output, sizeof output, NULL, resume), 0);
    CU_ASSERT_EQUAL(log_on_with_ticket("TOM", "IMSCON1", 0), DRDA_SECCHKCD_OK);
}

static void
a_changed_key_counts_from_refresh_on(void)
{
    char output[4096];
    char old_key[17];
    static const char *const alter[] = { "racf", "RALTER PTKTDATA IMSCON1 SSIGNON(KEYMASKED(0123456789ABCDEF))", NULL };
    static const char *const refresh[] = { "racf", "SETROPTS RACLIST(PTKTDATA) REFRESH", NULL };
    CU_ASSERT_EQUAL(gateway_passgate(&gateway, output, sizeof output, NULL, alter), 0);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 0), DRDA_SECCHKCD_OK);
    CU_ASSERT_EQUAL(gateway_passgate(&gateway, output, sizeof output, NULL, refresh), 0);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 0), DRDA_SECCHKCD_PASSWORD_INVALID);
    memcpy(old_key, gateway.key, sizeof old_key);
    snprintf(gateway.key, sizeof gateway.key, "0123456789ABCDEF");
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 0), DRDA_SECCHKCD_OK);
    memcpy(gateway.key, old_key, sizeof old_key);
}

static void
secrets_reach_no_file_but_sealed(void)
{
    char command[512];
    char *log = gateway_file(&gateway, "passgated.log");
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "ICH408I"));
    free(log);
    snprintf(command, sizeof command, "grep -raqiE '%s|%s|0123456789ABCDEF|S3CRETPW' '%s'", gateway.key, gateway.other_key,
             gateway.directory);
    CU_ASSERT_NOT_EQUAL(system(command), 0);
}

static void
without_appl_the_hws_id_counts(void)
{
    gateway_start(&gateway, &(struct gateway_options) { .without_appl = true });
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON2", 0), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "PASSGATE", 0), DRDA_SECCHKCD_OK);
    gateway_stop(&gateway);
}

static void
without_racf_nothing_is_checked(void)
{
    gateway_start(&gateway, &(struct gateway_options) { .without_racf = true });
    CU_ASSERT_EQUAL(peer_try(gateway.port, "ANYONE", "whatever"), DRDA_SECCHKCD_OK);
    char *log = gateway_file(&gateway, "passgated.log");
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "RACF=N"));
    free(log);
    gateway_stop(&gateway);
}

static void
generic_codes_hide_which_users_exist(void)
{
    gateway_start(&gateway, &(struct gateway_options) { .generic_codes = true });
    CU_ASSERT_EQUAL(log_on_with_ticket("NOBODY", "IMSCON1", 0), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 0), DRDA_SECCHKCD_OK);
    gateway_stop(&gateway);
}

static void
without_its_security_server_the_gateway_refuses_and_recovers(void)
{
    gateway_start(&gateway, &(struct gateway_options) { .external_safd = true });
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(peer_log_on(&peer, gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_OK);
    CU_ASSERT_TRUE(peer_open_rdb(&peer, "SAMPLE"));
    gateway_kill_safd(&gateway);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 0), DRDA_SECCHKCD_LOCAL_FAILURE);
    CU_ASSERT_EQUAL(peer_run(&peer, "create table open_conversations (live_on integer)"), 0);
    gateway_start_safd(&gateway);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 0), DRDA_SECCHKCD_OK);
    kill(gateway.safd, SIGSTOP);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 0), DRDA_SECCHKCD_LOCAL_FAILURE);
    kill(gateway.safd, SIGCONT);
    CU_ASSERT_EQUAL(log_on_with_ticket("IMSUSR1", "IMSCON1", 0), DRDA_SECCHKCD_OK);
    peer_close(&peer);
    gateway_stop(&gateway);
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
        { "a ticket is accepted once", a_ticket_is_accepted_once },
        { "users of every length log on", users_of_every_length_log_on },
        { "a wrong application, user, key or time is refused", wrong_application_user_key_or_time_is_refused },
        { "users get the code that their state calls for", users_get_the_code_that_their_state_calls_for },
        { "one failed SECCHK ends the connection", one_failed_secchk_ends_the_connection },
        { "a used ticket stays refused after kill -9", a_used_ticket_stays_refused_after_kill_9 },
        { "an operator changes the application name", an_operator_changes_the_application_name },
        { "RACF can be switched off and on at run time", racf_can_be_switched_off_and_on_at_run_time },
        { "a user who may no longer log on cannot at once", a_user_who_may_no_longer_log_on_cannot_at_once },
        { "a changed key counts from REFRESH on", a_changed_key_counts_from_refresh_on },
        { "secrets reach no file but sealed", secrets_reach_no_file_but_sealed },
        { "the gateway stops on request", the_gateway_stops_on_request },
        { "without APPL= the HWS ID counts", without_appl_the_hws_id_counts },
        { "RACF=N checks nothing and says so", without_racf_nothing_is_checked },
        { "RACFGENRC=Y hides which users exist", generic_codes_hide_which_users_exist },
        { "without its security server the gateway refuses, then recovers", without_its_security_server_the_gateway_refuses_and_recovers },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    return SUITE_RUN("login", cases);
}
