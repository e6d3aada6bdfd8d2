/* The PassTicket service of the real safd: tickets over its socket, each of a second of its own, evaluated once, on record. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/redis_server.h"
#include "tests/support/security_server.h"
#include "tests/support/suite.h"

static const char key[] = "E001193519561977";

static void
start(struct security_server *server, const char *level)
{
    char permit[128];
    security_server_make(server, NULL, NULL);
    security_server_start(server);
    security_server_set_up(server, key);
    snprintf(permit, sizeof permit, "PERMIT IRRPTAUTH.IMSCON1.* CLASS(PTKTDATA) ID(IBMUSER) ACCESS(%s)", level);
    CU_ASSERT(security_server_command(server, "RDEFINE PTKTDATA IRRPTAUTH.IMSCON1.* UACC(NONE)", NULL, 0) <= 4);
    CU_ASSERT(security_server_command(server, permit, NULL, 0) <= 4);
    CU_ASSERT(security_server_command(server, "SETROPTS RACLIST(PTKTDATA) REFRESH", NULL, 0) <= 4);
}

static struct saf_ticket_answer
generate(struct saf_client *client)
{
    const struct saf_generate request = { .userid = "IMSUSR1", .application = "IMSCON1" };
    struct saf_ticket_answer answer;
    struct problem problem = { "" };
    CU_ASSERT_TRUE(saf_client_generate(client, &request, &answer, &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "");
    return answer;
}

static struct saf_result
evaluate(struct saf_client *client, const char *ticket)
{
    struct saf_evaluate request = { .userid = "IMSUSR1", .application = "IMSCON1" };
    struct saf_ticket_answer answer;
    struct problem problem = { "" };
    snprintf(request.ticket, sizeof request.ticket, "%s", ticket);
    CU_ASSERT_TRUE(saf_client_evaluate(client, &request, &answer, &problem));
    CU_ASSERT_STRING_EQUAL(problem.text, "");
    return answer.result;
}

static struct saf_result
verify(struct saf_client *client, const char *ticket)
{
    struct saf_verify request = { .userid = "IMSUSR1", .application = "IMSCON1", .address = "192.0.2.7", .mixed_case = 'R' };
    struct saf_verify_answer answer;
    struct problem problem = { "" };
    snprintf(request.credential, sizeof request.credential, "%s", ticket);
    CU_ASSERT_TRUE(saf_client_verify(client, &request, &answer, &problem));
    return answer.result;
}

static char *
audit_of(const struct security_server *server)
{
    char path[SECURITY_SERVER_PATH];
    snprintf(path, sizeof path, "%s/audit.json", server->directory);
    return program_read_file(path);
}

static void
each_ticket_logs_on_once(void)
{
    enum { TICKETS = 200 };
    struct security_server server;
    static char tickets[TICKETS][SAF_TICKET_SIZE + 1];
    start(&server, "UPDATE");
    struct saf_client *client = security_server_connect(&server);
    for (int i = 0; i < TICKETS; i++) {
        struct saf_ticket_answer answer = generate(client);
        CU_ASSERT_EQUAL(answer.result.saf, SAF_OK);
        memcpy(tickets[i], answer.ticket, sizeof tickets[i]);
        if (i != TICKETS / 2)
            continue;
        /* What was given out is remembered across kill -9. */
        saf_client_close(client);
        security_server_kill(&server);
        security_server_start(&server);
        client = security_server_connect(&server);
    }
    for (int i = 0; i < TICKETS; i++)
        CU_ASSERT_EQUAL(verify(client, tickets[i]).saf, SAF_OK);
    for (int i = 0; i < TICKETS; i += 50)
        CU_ASSERT_EQUAL(verify(client, tickets[i]).explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    saf_client_close(client);
    char path[SECURITY_SERVER_PATH];
    struct stat status;
    snprintf(path, sizeof path, "%s/racf.db.tickets", server.directory);
    CU_ASSERT_EQUAL(stat(path, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0600);
    security_server_stop(&server);
}

static void
an_evaluated_ticket_is_used(void)
{
    struct security_server server;
    start(&server, "UPDATE");
    struct saf_client *client = security_server_connect(&server);
    struct saf_ticket_answer first = generate(client);
    struct saf_ticket_answer second = generate(client);
    CU_ASSERT_EQUAL(evaluate(client, first.ticket).saf, SAF_OK);
    struct saf_result again = evaluate(client, first.ticket);
    CU_ASSERT_EQUAL(again.racf, SAF_TICKET_FAILED);
    CU_ASSERT_EQUAL(again.reason, SAF_TICKET_NOT_VALID);
    CU_ASSERT_EQUAL(again.explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    CU_ASSERT_EQUAL(verify(client, first.ticket).explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    CU_ASSERT_EQUAL(verify(client, second.ticket).saf, SAF_OK);
    CU_ASSERT_EQUAL(evaluate(client, second.ticket).explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    CU_ASSERT_EQUAL(evaluate(client, "AAAAAAAA").saf, SAF_REFUSED);
    saf_client_close(client);
    char *audit = audit_of(&server);
    CU_ASSERT_PTR_NOT_NULL(strstr(audit, "\"record\":\"ticket\",\"event\":82,\"qualifier\":0,\"user\":\"IBMUSER\",\"uid\":"));
    CU_ASSERT_PTR_NOT_NULL(strstr(audit, "\"record\":\"ticket\",\"event\":81,\"qualifier\":0,\"user\":\"IBMUSER\",\"uid\":"));
    CU_ASSERT_PTR_NOT_NULL(strstr(audit, "\"subject\":\"IMSUSR1\",\"application\":\"IMSCON1\",\"saf\":8,\"racf\":16,\"reason\":32,"));
    CU_ASSERT_PTR_NOT_NULL(strstr(audit, "\"first_address\":\"ticket service\""));
    CU_ASSERT_PTR_NULL(strstr(audit, first.ticket));
    free(audit);
    security_server_stop(&server);
}

static void
who_is_not_permitted_gets_none(void)
{
    struct security_server server;
    start(&server, "READ");
    struct saf_client *client = security_server_connect(&server);
    struct saf_ticket_answer answer = generate(client);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_REFUSED);
    CU_ASSERT_EQUAL(answer.result.racf, SAF_TICKET_REFUSED);
    CU_ASSERT_EQUAL(answer.result.reason, SAF_TICKET_NOT_AUTHORIZED);
    CU_ASSERT_STRING_EQUAL(answer.ticket, "");
    CU_ASSERT_EQUAL(evaluate(client, "AAAAAAAA").racf, SAF_TICKET_FAILED);
    saf_client_close(client);
    char *audit = audit_of(&server);
    CU_ASSERT_PTR_NOT_NULL(strstr(audit, "\"record\":\"ticket\",\"event\":82,\"qualifier\":1,"));
    free(audit);
    security_server_stop(&server);
}

static void
no_audit_record_no_ticket(void)
{
    struct security_server server;
    char path[SECURITY_SERVER_PATH];
    security_server_make(&server, NULL, NULL);
    snprintf(path, sizeof path, "%s/audit.json", server.directory);
    CU_ASSERT_EQUAL(symlink("/dev/full", path), 0);
    security_server_start(&server);
    security_server_set_up(&server, key);
    security_server_command(&server, "RDEFINE PTKTDATA IRRPTAUTH.IMSCON1.* UACC(UPDATE)", NULL, 0);
    security_server_command(&server, "SETROPTS RACLIST(PTKTDATA) REFRESH", NULL, 0);
    struct saf_client *client = security_server_connect(&server);
    struct saf_ticket_answer answer = generate(client);
    CU_ASSERT_EQUAL(answer.result.reason, SAF_TICKET_NOT_GENERATED);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_AUDIT);
    CU_ASSERT_STRING_EQUAL(answer.ticket, "");
    saf_client_close(client);
    security_server_stop(&server);
}

/* A safd of a site whose used tickets are in that Redis; everybody may generate. */
static struct saf_client *
start_in_site(struct security_server *server, const struct redis_server *redis)
{
    security_server_make(server, NULL, NULL);
    FILE *file = fopen(server->settings, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fprintf(file, "[saf]\nsocket = saf\n[racf]\nreplay = redis://127.0.0.1:%u\naudit = audit.json\n", redis->port);
    fclose(file);
    security_server_start(server);
    security_server_set_up(server, key);
    CU_ASSERT(security_server_command(server, "RDEFINE PTKTDATA IRRPTAUTH.IMSCON1.* UACC(UPDATE)", NULL, 0) <= 4);
    CU_ASSERT(security_server_command(server, "SETROPTS RACLIST(PTKTDATA) REFRESH", NULL, 0) <= 4);
    struct saf_client *client = security_server_connect(server);
    /* Redis is reached in the background. */
    while (evaluate(client, generate(client).ticket).explanation == SAF_EXPLAIN_REPLAY_STORE)
        nanosleep(&(struct timespec) { .tv_nsec = 50000000 }, NULL);
    return client;
}

/* A ticket of a second so far ahead: newer than Redis' memory, which begins when Redis does, and another one than the other host's,
 * since hosts do not know of each other's seconds. */
static void
generate_ahead(struct saf_client *client, int least_s, char ticket[SAF_TICKET_SIZE + 1])
{
    struct saf_ticket_answer answer;
    do {
        answer = generate(client);
        CU_ASSERT_EQUAL_FATAL(answer.result.saf, SAF_OK);
    } while (answer.result.ticket_offset_s < least_s);
    memcpy(ticket, answer.ticket, SAF_TICKET_SIZE + 1);
}

static void
an_evaluated_ticket_is_used_on_all_hosts_of_a_site(void)
{
    struct redis_server redis;
    struct security_server servers[2];
    char tickets[2][SAF_TICKET_SIZE + 1];
    redis_server_start(&redis, NULL);
    struct saf_client *first = start_in_site(&servers[0], &redis);
    struct saf_client *second = start_in_site(&servers[1], &redis);
    generate_ahead(first, 20, tickets[0]);
    generate_ahead(second, 60, tickets[1]);
    CU_ASSERT_EQUAL(evaluate(first, tickets[0]).saf, SAF_OK);
    CU_ASSERT_EQUAL(verify(second, tickets[0]).explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    CU_ASSERT_EQUAL(verify(first, tickets[1]).saf, SAF_OK);
    CU_ASSERT_EQUAL(evaluate(second, tickets[1]).explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    redis_server_kill(&redis);
    struct saf_result refused = evaluate(first, generate(first).ticket);
    CU_ASSERT_EQUAL(refused.reason, SAF_TICKET_NOT_VALID);
    CU_ASSERT_EQUAL(refused.explanation, SAF_EXPLAIN_REPLAY_STORE);
    CU_ASSERT_TRUE(refused.retryable);
    saf_client_close(first);
    saf_client_close(second);
    security_server_stop(&servers[0]);
    security_server_stop(&servers[1]);
    redis_server_remove(&redis);
}

/* Tickets asked for in one go, some of them broken, by somebody who leaves before the answers. */
static void
requests_are_answered_in_any_number(void)
{
    enum { REQUESTS = 1000 };
    static uint8_t bytes[REQUESTS * 64];
    struct security_server server;
    start(&server, "UPDATE");
    for (int round = 0; round < 3; round++) {
        struct wire_writer writer = wire_writer(bytes, sizeof bytes);
        const struct saf_generate request = { .userid = "IMSUSR1", .application = "IMSCON1" };
        const struct saf_evaluate other = { .userid = "IMSUSR1", .application = "IMSCON1", .ticket = "AAAAAAAA" };
        for (uint32_t i = 0; i < REQUESTS / 2; i++) {
            saf_generate_encode(&writer, i, &request);
            saf_evaluate_encode(&writer, i, &other);
        }
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        snprintf(address.sun_path, sizeof address.sun_path, "%.100s", server.socket);
        int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CU_ASSERT_EQUAL_FATAL(connect(descriptor, (struct sockaddr *)&address, sizeof address), 0);
        for (size_t sent = 0; sent < writer.used;) {
            ssize_t n = send(descriptor, bytes + sent, writer.used - sent, MSG_NOSIGNAL);
            CU_ASSERT_FATAL(n > 0);
            sent += (size_t)n;
        }
        size_t answered = 0;
        size_t used = 0;
        while (round < 2 && answered < REQUESTS) {
            static uint8_t answers[4096];
            ssize_t n = recv(descriptor, answers + used, sizeof answers - used, 0);
            CU_ASSERT_FATAL(n > 0);
            used += (size_t)n;
            struct saf_frame frame;
            size_t at = 0;
            size_t size;
            while (saf_frame_next(answers + at, used - at, &frame, &size) == 1) {
                struct saf_ticket_answer answer;
                CU_ASSERT_TRUE(saf_ticket_answer_decode(&frame.body, frame.type & 0x7f, &answer));
                answered++;
                at += size;
            }
            memmove(answers, answers + at, used - at);
            used -= at;
        }
        close(descriptor);
    }
    struct saf_client *client = security_server_connect(&server);
    CU_ASSERT_EQUAL(evaluate(client, "AAAAAAAA").racf, SAF_TICKET_FAILED);
    saf_client_close(client);
    security_server_stop(&server);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "each ticket logs on once", each_ticket_logs_on_once },
        { "an evaluated ticket is used", an_evaluated_ticket_is_used },
        { "who is not permitted gets none", who_is_not_permitted_gets_none },
        { "no audit record, no ticket", no_audit_record_no_ticket },
        { "an evaluated ticket is used on all hosts of a site", an_evaluated_ticket_is_used_on_all_hosts_of_a_site },
        { "requests are answered in any number", requests_are_answered_in_any_number },
    };
    return SUITE_RUN("safd ticket service", cases);
}
