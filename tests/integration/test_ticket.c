/* PassTickets from the security server, as batches and other programs get them, and logons with them through the real gateway. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clients/ticket_library/passgate-ticket.h"
#include "drda/server.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/shell.h"
#include "tests/support/suite.h"

enum { LOGINS = 200, BATCHES = 12 };

static struct gateway gateway;
static char output[1 << 16];

static void
racf(const char *commands)
{
    static const char *const arguments[] = { "racf", NULL };
    if (gateway_passgate(&gateway, output, sizeof output, commands, arguments) <= 4)
        return;
    printf("Bail out! %s: %s\n", commands, output);
    exit(1);
}

static double
seconds_since(const struct timespec *begin)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begin->tv_sec) + (double)(now.tv_nsec - begin->tv_nsec) / 1e9;
}

/* Two hundred logons of one user through one gateway, with replay protection on: each has a ticket of its own. */
static void
log_on_many_times(void)
{
    static char tickets[LOGINS][PASSGATE_TICKET_SIZE];
    char socket[128];
    struct passgate_ticket_result result;
    struct timespec begin;
    int accepted = 0;
    snprintf(socket, sizeof socket, "%s/run/saf", gateway.directory);
    struct passgate_ticket_service *service = passgate_ticket_open(socket, NULL, &result);
    CU_ASSERT_PTR_NOT_NULL_FATAL(service);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < LOGINS; i++)
        CU_ASSERT_EQUAL(passgate_ticket_generate(service, "IMSUSR1", "IMSCON1", tickets[i], &result), 0);
    double generated = seconds_since(&begin);
    for (int i = 0; i < LOGINS; i++)
        accepted += peer_try(gateway.port, "IMSUSR1", tickets[i]) == DRDA_SECCHKCD_OK;
    printf("# %d PassTickets in %.3f s; with their logons %.3f s\n", LOGINS, generated, seconds_since(&begin));
    CU_ASSERT_EQUAL(accepted, LOGINS);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", tickets[0]), DRDA_SECCHKCD_PASSWORD_INVALID);
    passgate_ticket_close(service);
}

static void
many_logons_of_one_user_at_once_are_all_accepted(void)
{
    log_on_many_times();
}

/* With a key for enhanced PassTickets in the profile these are what the server makes. */
static void
the_same_holds_for_enhanced_tickets(void)
{
    static const char *const arguments[] = { "key", "generate", "TEST.IMSCON1", NULL };
    CU_ASSERT_EQUAL(gateway_passgate(&gateway, output, sizeof output, NULL, arguments), 0);
    racf("RALTER PTKTDATA IMSCON1 SSIGNON(EPTKEYLABEL(TEST.IMSCON1) TYPE(UPPER) TIMEOUT(600))\nSETROPTS RACLIST(PTKTDATA) REFRESH\n");
    log_on_many_times();
    char *audit = gateway_file(&gateway, "audit.json");
    CU_ASSERT_PTR_NOT_NULL(strstr(audit, "\"ticket\":\"upper\""));
    free(audit);
}

/* Starts all batches at once; the worst exit status. */
static int
run_batches(const char *options, const char *user)
{
    char command[1024];
    snprintf(
        command, sizeof command,
        "cd %s && echo 'VALUES 1;' >one.sql && rm -f status.* && for i in $(seq %d); do { XDG_STATE_HOME=%s/state %s/sqlbatch %s --url "
        "'drda://127.0.0.1:%u/SAMPLE:applName=IMSCON1;user=%s' one.sql >out.$i 2>&1; echo $? >status.$i; } & done; wait; "
        "cat out.* status.*; exit $(cat status.* | sort -n | tail -1)",
        gateway.directory, BATCHES, gateway.directory, getenv("PASSGATE_BUILD"), options, gateway.port, user);
    int status = shell_run(output, sizeof output, command);
    if (status != 0)
        shell_show(output);
    return status;
}

static void
batches_at_once_get_their_tickets_from_the_server(void)
{
    CU_ASSERT_EQUAL(run_batches("--saf-socket run/saf", "IMSUSR1"), 0);
}

/* These take other seconds than the server's tickets have, of which they know nothing: those of another user. */
static void
batches_at_once_make_their_tickets_with_a_key(void)
{
    char command[256];
    snprintf(command, sizeof command, "umask 077; echo %s >%s/app.key", gateway.key, gateway.directory);
    CU_ASSERT_EQUAL(shell_run(output, sizeof output, command), 0);
    CU_ASSERT_EQUAL(run_batches("--key-file app.key", "A"), 0);
}

static int
run_batch_of_tom(const char *socket)
{
    char command[1024];
    snprintf(command, sizeof command,
             "cd %s && %s/sqlbatch --saf-socket %s --url 'drda://127.0.0.1:%u/SAMPLE:applName=IMSCON1;user=TOM' one.sql 2>&1",
             gateway.directory, getenv("PASSGATE_BUILD"), socket, gateway.port);
    return shell_run(output, sizeof output, command);
}

static void
a_refusal_is_told_with_its_meaning(void)
{
    racf("PERMIT IRRPTAUTH.IMSCON1.* CLASS(PTKTDATA) ID(IBMUSER) ACCESS(READ)\nSETROPTS RACLIST(PTKTDATA) REFRESH\n");
    CU_ASSERT_EQUAL(run_batch_of_tom("run/saf"), 101);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "Passticket generation failed, RCVTPTGN RC=0008: the caller needs UPDATE access to "
                                          "IRRPTAUTH.IMSCON1.TOM in class PTKTDATA (SAF 8, RACF 8, reason 16)"));
    CU_ASSERT_EQUAL(run_batch_of_tom("run/none"), 101);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, "Passticket generation failed, RCVTPTGN RC=0004: socket run/none: "));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "many logons of one user at once are all accepted", many_logons_of_one_user_at_once_are_all_accepted },
        { "the same holds for enhanced tickets", the_same_holds_for_enhanced_tickets },
        { "batches at once get their tickets from the server", batches_at_once_get_their_tickets_from_the_server },
        { "batches at once make their tickets with a key", batches_at_once_make_their_tickets_with_a_key },
        { "a refusal is told with its meaning", a_refusal_is_told_with_its_meaning },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    racf("RDEFINE PTKTDATA IRRPTAUTH.IMSCON1.* UACC(NONE)\n"
         "PERMIT IRRPTAUTH.IMSCON1.* CLASS(PTKTDATA) ID(IBMUSER) ACCESS(UPDATE)\nSETROPTS RACLIST(PTKTDATA) REFRESH\n");
    int status = SUITE_RUN("ticket", cases);
    gateway_stop(&gateway);
    return status;
}
