/* Hosts of a site that share one Redis: two safd's with databases of their own, the same users and the same key. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/hex.h"
#include "security/passticket/legacy.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/program.h"
#include "tests/support/redis_server.h"
#include "tests/support/security_server.h"
#include "tests/support/suite.h"

enum { HOSTS = 2, PAIRS = 4, USERS = 20, RACED = 10000, SECONDS = RACED / USERS };

static const char key[] = "E001193519561977";

/* One ticket, and what became of it on either host. */
struct ticket {
    char userid[9];
    char text[PASSTICKET_SIZE + 1];
    struct saf_result results[HOSTS];
};

struct site {
    struct redis_server redis;
    struct security_server hosts[HOSTS];
};

/* A connection to one host, which verifies every PAIRSth ticket when its counterpart at the other host does. */
struct racer {
    pthread_t thread;
    const struct security_server *host;
    struct ticket *tickets;
    size_t count;
    size_t first;
    unsigned number; /* of the host */
    pthread_barrier_t *both;
};

static bool
verify(struct saf_client *client, const struct ticket *ticket, unsigned host, struct saf_result *result)
{
    struct saf_verify request = { .application = "IMSCON1", .port = 4711, .mixed_case = 'R' };
    struct saf_verify_answer answer;
    struct problem problem;
    snprintf(request.userid, sizeof request.userid, "%s", ticket->userid);
    snprintf(request.credential, sizeof request.credential, "%s", ticket->text);
    snprintf(request.address, sizeof request.address, "192.0.2.%u", host + 1);
    bool answered = saf_client_verify(client, &request, &answer, &problem);
    *result = answer.result;
    return answered;
}

static void *
race(void *context)
{
    struct racer *racer = context;
    struct saf_client *client = security_server_connect(racer->host);
    for (size_t i = racer->first; i < racer->count; i += PAIRS) {
        pthread_barrier_wait(racer->both);
        if (!verify(client, &racer->tickets[i], racer->number, &racer->tickets[i].results[racer->number]))
            racer->tickets[i].results[racer->number].explanation = SAF_EXPLAIN_SERVER_UNAVAILABLE;
    }
    saf_client_close(client);
    return NULL;
}

static void
race_all(const struct site *site, struct ticket *tickets, size_t count)
{
    struct racer racers[PAIRS][HOSTS];
    pthread_barrier_t both[PAIRS];
    for (size_t pair = 0; pair < PAIRS; pair++) {
        pthread_barrier_init(&both[pair], NULL, HOSTS);
        for (unsigned host = 0; host < HOSTS; host++) {
            racers[pair][host] = (struct racer) {
                .host = &site->hosts[host], .tickets = tickets, .count = count, .first = pair, .number = host, .both = &both[pair]
            };
            CU_ASSERT_EQUAL_FATAL(pthread_create(&racers[pair][host].thread, NULL, race, &racers[pair][host]), 0);
        }
    }
    for (size_t pair = 0; pair < PAIRS; pair++) {
        for (unsigned host = 0; host < HOSTS; host++)
            pthread_join(racers[pair][host].thread, NULL);
        pthread_barrier_destroy(&both[pair]);
    }
}

/* `count` tickets of USERS users, each of its own second from now + `after_s`. */
static void
make_tickets(struct ticket *tickets, size_t count, int after_s)
{
    uint8_t bytes[PASSTICKET_LEGACY_KEY_SIZE];
    bool decoded = hex_decode(key, sizeof key - 1, bytes);
    struct passticket_legacy_key *made = passticket_legacy_key_new(bytes);
    CU_ASSERT_FATAL(decoded && made != NULL);
    uint32_t first = (uint32_t)time(NULL) + (uint32_t)after_s;
    for (size_t i = 0; i < count; i++) {
        tickets[i] = (struct ticket) { .text = "" };
        snprintf(tickets[i].userid, sizeof tickets[i].userid, "USER%02zu", i % USERS);
        CU_ASSERT_TRUE(passticket_legacy_generate(made, tickets[i].userid, "IMSCON1", first + (uint32_t)(i / USERS), tickets[i].text));
    }
    passticket_legacy_key_free(made);
}

static bool
log_holds(const struct security_server *host, const char *text)
{
    char *log = program_read_file(host->log);
    bool holds = strstr(log, text) != NULL;
    free(log);
    return holds;
}

static size_t
count_in_log(const struct security_server *host, const char *text)
{
    char *log = program_read_file(host->log);
    size_t count = 0;
    for (const char *at = strstr(log, text); at != NULL; at = strstr(at + 1, text))
        count++;
    free(log);
    return count;
}

/* Waits until the log holds the text more than `before` times. */
static void
wait_for_more(const struct security_server *host, const char *text, size_t before)
{
    while (count_in_log(host, text) <= before)
        nanosleep(&(struct timespec) { .tv_nsec = 20000000 }, NULL);
}

static void
define_users(const struct security_server *host)
{
    security_server_set_up(host, key);
    for (int i = 0; i < USERS; i++) {
        char command[64];
        snprintf(command, sizeof command, "ADDUSER USER%02d DFLTGRP(SYS1) PASSWORD(S3CRETPW)", i);
        CU_ASSERT_EQUAL(security_server_command(host, command, NULL, 0), 0);
    }
}

static void
start_hosts(struct site *site, const char *racf_lines)
{
    char lines[2048];
    snprintf(lines, sizeof lines, "%.1900s\nreplay_local = replay.db\naudit = audit.json", racf_lines);
    for (int i = 0; i < HOSTS; i++) {
        security_server_make(&site->hosts[i], "timeout_ms = 600000", lines);
        security_server_start(&site->hosts[i]);
        wait_for_more(&site->hosts[i], "SAFD0050I", 0);
        define_users(&site->hosts[i]);
    }
}

/* `more` are further lines of [racf]; how long to wait for Redis is up to them. */
static void
start_site(struct site *site, const char *redis_settings, const char *more)
{
    char lines[512];
    redis_server_start(&site->redis, redis_settings);
    snprintf(lines, sizeof lines, "replay = redis://127.0.0.1:%u\n%s", site->redis.port, more);
    start_hosts(site, lines);
}

static void
stop_site(struct site *site)
{
    for (int i = 0; i < HOSTS; i++)
        security_server_stop(&site->hosts[i]);
    redis_server_remove(&site->redis);
}

static struct saf_result
verify_at(const struct site *site, unsigned host, const struct ticket *ticket)
{
    struct saf_client *client = security_server_connect(&site->hosts[host]);
    struct saf_result result;
    CU_ASSERT_TRUE(verify(client, ticket, host, &result));
    saf_client_close(client);
    return result;
}

static void
expect(const struct site *site, unsigned host, const struct ticket *ticket, enum saf_explanation explanation)
{
    struct saf_result result = verify_at(site, host, ticket);
    CU_ASSERT_EQUAL(result.explanation, explanation);
    CU_ASSERT_EQUAL(result.saf, explanation == SAF_EXPLAIN_NONE ? SAF_OK : SAF_REFUSED);
    CU_ASSERT_EQUAL(result.retryable, explanation == SAF_EXPLAIN_REPLAY_STORE);
    if (result.explanation != explanation)
        printf("# explanation %d instead of %d\n", (int)result.explanation, (int)explanation);
}

static void
check_accepted_once(const struct ticket *tickets, size_t count, size_t won[HOSTS])
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned accepted = 0;
        for (unsigned host = 0; host < HOSTS; host++) {
            bool ok = tickets[i].results[host].saf == SAF_OK && tickets[i].results[host].explanation == SAF_EXPLAIN_NONE;
            accepted += ok;
            won[host] += ok;
            wrong += !ok && tickets[i].results[host].explanation != SAF_EXPLAIN_TICKET_REPLAYED;
        }
        wrong += accepted != 1;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void
check_all_used(const struct ticket *tickets, size_t count)
{
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++)
        for (unsigned host = 0; host < HOSTS; host++)
            wrong += tickets[i].results[host].explanation != SAF_EXPLAIN_TICKET_REPLAYED;
    CU_ASSERT_EQUAL(wrong, 0);
}

static const char patient[] = "replay_timeout_ms = 60000";

static void
each_of_10000_raced_tickets_is_accepted_once(void)
{
    static struct ticket tickets[RACED];
    struct site site;
    size_t won[HOSTS] = { 0 };
    start_site(&site, NULL, patient);
    make_tickets(tickets, RACED, 60);
    race_all(&site, tickets, RACED);
    check_accepted_once(tickets, RACED, won);
    printf("# %zu were accepted on one host, %zu on the other\n", won[0], won[1]);
    CU_ASSERT(won[0] > 0 && won[1] > 0);
    race_all(&site, tickets, RACED / 10);
    check_all_used(tickets, RACED / 10);
    /* The first use is told wherever it was. */
    CU_ASSERT_TRUE(log_holds(&site.hosts[0], "Z from 192.0.2.2"));
    CU_ASSERT_TRUE(log_holds(&site.hosts[1], "Z from 192.0.2.1"));
    stop_site(&site);
}

static void
without_redis_tickets_are_refused_until_it_is_back(void)
{
    struct ticket tickets[6];
    struct site site;
    start_site(&site, "appendonly yes\nappendfsync always", patient);
    make_tickets(tickets, 6, 60);
    expect(&site, 0, &tickets[0], SAF_EXPLAIN_NONE);
    redis_server_kill(&site.redis);
    wait_for_more(&site.hosts[0], "SAFD0051E", 0);
    expect(&site, 0, &tickets[1], SAF_EXPLAIN_REPLAY_STORE);
    expect(&site, 1, &tickets[1], SAF_EXPLAIN_REPLAY_STORE);
    expect(&site, 0, &tickets[0], SAF_EXPLAIN_TICKET_REPLAYED);
    CU_ASSERT_TRUE(log_holds(&site.hosts[0], "PASSTICKETS ARE REFUSED UNTIL IT CAN"));
    redis_server_again(&site.redis);
    for (unsigned host = 0; host < HOSTS; host++)
        wait_for_more(&site.hosts[host], "SAFD0050I", 1);
    expect(&site, 1, &tickets[0], SAF_EXPLAIN_TICKET_REPLAYED);
    expect(&site, 1, &tickets[1], SAF_EXPLAIN_NONE);
    expect(&site, 0, &tickets[1], SAF_EXPLAIN_TICKET_REPLAYED);
    stop_site(&site);
}

static void
a_silent_redis_is_waited_for_no_longer_than_allowed(void)
{
    struct ticket tickets[3];
    struct site site;
    start_site(&site, NULL, "replay_timeout_ms = 400");
    make_tickets(tickets, 3, 60);
    redis_server_freeze(&site.redis);
    expect(&site, 0, &tickets[0], SAF_EXPLAIN_REPLAY_STORE);
    CU_ASSERT_TRUE(log_holds(&site.hosts[0], "no answer within 400 ms"));
    expect(&site, 0, &tickets[1], SAF_EXPLAIN_REPLAY_STORE);
    redis_server_thaw(&site.redis);
    wait_for_more(&site.hosts[0], "SAFD0050I", 1);
    /* A slow machine may need more than that time for a claim: then it is tried with another ticket. */
    struct saf_result result = { .retryable = true };
    for (int after_s = 100; result.retryable && after_s < 500; after_s++) {
        make_tickets(tickets, 1, after_s);
        result = verify_at(&site, 0, &tickets[0]);
    }
    CU_ASSERT_EQUAL(result.saf, SAF_OK);
    stop_site(&site);
}

static void
a_redis_that_forgot_reopens_no_ticket(void)
{
    struct ticket old[2];
    struct ticket new[2];
    struct site site;
    start_site(&site, NULL, patient);
    make_tickets(old, 2, 1);
    expect(&site, 0, &old[0], SAF_EXPLAIN_NONE);
    sleep(3); /* the time of both tickets goes by */
    redis_server_kill(&site.redis);
    redis_server_again(&site.redis);
    for (unsigned host = 0; host < HOSTS; host++)
        wait_for_more(&site.hosts[host], "SAFD0050I", 1);
    make_tickets(new, 2, 60);
    expect(&site, 0, &old[0], SAF_EXPLAIN_TICKET_REPLAYED);
    expect(&site, 1, &old[0], SAF_EXPLAIN_CLOCK_SET_BACK);
    expect(&site, 1, &old[1], SAF_EXPLAIN_CLOCK_SET_BACK);
    expect(&site, 1, &new[0], SAF_EXPLAIN_NONE);
    CU_ASSERT_TRUE(log_holds(&site.hosts[0], "SAFD0056W") || log_holds(&site.hosts[1], "SAFD0056W"));
    stop_site(&site);
}

/* Tickets of the future may have been used before Redis forgot: each host tells it of its own. */
static void
what_a_host_knows_is_told_to_a_redis_that_forgot(void)
{
    struct ticket tickets[2];
    struct site site;
    start_site(&site, NULL, patient);
    make_tickets(tickets, 2, 500);
    expect(&site, 0, &tickets[0], SAF_EXPLAIN_NONE);
    sleep(1);
    redis_server_kill(&site.redis);
    redis_server_again(&site.redis);
    wait_for_more(&site.hosts[0], "SAFD0059I", 0);
    wait_for_more(&site.hosts[1], "SAFD0050I", 1);
    expect(&site, 1, &tickets[0], SAF_EXPLAIN_TICKET_REPLAYED);
    CU_ASSERT_FALSE(log_holds(&site.hosts[0], "SAFD0058E"));
    expect(&site, 1, &tickets[1], SAF_EXPLAIN_NONE);
    stop_site(&site);
}

static void
the_operator_may_choose_to_go_on_locally(void)
{
    struct ticket tickets[4];
    struct site site;
    start_site(&site, "appendonly yes\nappendfsync always", "replay_fallback = local\nreplay_timeout_ms = 60000");
    make_tickets(tickets, 4, 60);
    redis_server_kill(&site.redis);
    for (unsigned host = 0; host < HOSTS; host++)
        wait_for_more(&site.hosts[host], "SAFD0051E", 0);
    CU_ASSERT_TRUE(log_holds(&site.hosts[0], "PASSTICKETS ARE CLAIMED ON THIS HOST ALONE"));
    expect(&site, 0, &tickets[0], SAF_EXPLAIN_NONE);
    expect(&site, 0, &tickets[0], SAF_EXPLAIN_TICKET_REPLAYED);
    expect(&site, 0, &tickets[1], SAF_EXPLAIN_NONE);
    expect(&site, 1, &tickets[1], SAF_EXPLAIN_NONE); /* what the choice risks */
    redis_server_again(&site.redis);
    for (unsigned host = 0; host < HOSTS; host++)
        wait_for_more(&site.hosts[host], "SAFD0059I", 0);
    expect(&site, 1, &tickets[0], SAF_EXPLAIN_TICKET_REPLAYED);
    expect(&site, 1, &tickets[2], SAF_EXPLAIN_NONE);
    size_t reports = count_in_log(&site.hosts[0], "SAFD0058E") + count_in_log(&site.hosts[1], "SAFD0058E");
    CU_ASSERT_EQUAL(reports, 1);
    stop_site(&site);
}

/* passgate ticket explain, asked of one host about a ticket that was used on the other. */
static void
an_explanation_knows_the_use_on_another_host(void)
{
    struct ticket tickets[2];
    struct site site;
    start_site(&site, NULL, patient);
    make_tickets(tickets, 2, 60);
    expect(&site, 0, &tickets[0], SAF_EXPLAIN_NONE);
    for (size_t i = 0; i < 3; i++) {
        const struct ticket *ticket = &tickets[i % 2];
        struct saf_explain question = { .application = "IMSCON1" };
        struct saf_command_answer answer;
        struct problem problem;
        memcpy(question.userid, ticket->userid, sizeof ticket->userid);
        memcpy(question.credential, ticket->text, sizeof ticket->text);
        if (i == 2)
            redis_server_kill(&site.redis);
        if (i == 2)
            wait_for_more(&site.hosts[1], "SAFD0051E", 0);
        struct saf_client *client = security_server_connect(&site.hosts[1]);
        CU_ASSERT_TRUE_FATAL(saf_client_explain(client, &question, &answer, &problem));
        char *text = strndup(answer.output, answer.size);
        static const char *const expected[] = { "from 192.0.2.1 (explanation 14)", "would be ACCEPTED", "(explanation 21)" };
        CU_ASSERT_PTR_NOT_NULL(strstr(text, expected[i]));
        if (strstr(text, expected[i]) == NULL)
            printf("# %s\n", text);
        free(text);
        saf_client_close(client);
    }
    stop_site(&site);
}

static void
write_file(const char *directory, const char *name, const char *text, mode_t mode)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    CU_ASSERT_EQUAL(chmod(path, mode), 0);
}

static const char acl[] = "save \"\"\n"
                          "user default off\n"
                          "user safd on >S3cr3tR3dis ~passgate:replay:* -@all +set +get +mget +time +select +info";

static void
tls_lines(const struct redis_server *redis, const char *ca, char lines[1024])
{
    const char *folder = redis->directory;
    snprintf(lines, 1024,
             "replay = rediss://safd@127.0.0.1:%u/2\nreplay_password_file = %s/password\nreplay_ca = %s/%s\n"
             "replay_certificate = %s/client.pem\nreplay_key = %s/client.key\n%s",
             redis->port, folder, folder, ca, folder, folder, patient);
}

static void
tickets_are_raced_over_tls_with_a_login_too(void)
{
    enum { COUNT = 400 };
    static struct ticket tickets[COUNT];
    char lines[1024];
    struct site site;
    size_t won[HOSTS] = { 0 };
    redis_server_start_tls(&site.redis, acl);
    write_file(site.redis.directory, "password", "S3cr3tR3dis\n", 0600);
    tls_lines(&site.redis, "ca.pem", lines);
    start_hosts(&site, lines);
    make_tickets(tickets, COUNT, 60);
    race_all(&site, tickets, COUNT);
    check_accepted_once(tickets, COUNT, won);
    race_all(&site, tickets, COUNT);
    check_all_used(tickets, COUNT);
    redis_server_kill(&site.redis);
    wait_for_more(&site.hosts[0], "SAFD0051E", 0);
    struct ticket other;
    make_tickets(&other, 1, 200);
    expect(&site, 0, &other, SAF_EXPLAIN_REPLAY_STORE);
    redis_server_again(&site.redis);
    wait_for_more(&site.hosts[0], "SAFD0050I", 1);
    for (int i = 0; i < HOSTS; i++)
        CU_ASSERT_FALSE(log_holds(&site.hosts[i], "S3cr3tR3dis"));
    stop_site(&site);
}

/* safd starts, says what is wrong and refuses tickets. */
static void
expect_unusable(const char *lines, const char *expected)
{
    struct security_server host;
    char all[1200];
    snprintf(all, sizeof all, "%s\naudit = audit.json", lines);
    security_server_make(&host, "timeout_ms = 600000", all);
    CU_ASSERT_EQUAL(chmod(host.settings, 0600), 0);
    security_server_start(&host);
    wait_for_more(&host, "SAFD0051E", 0);
    CU_ASSERT_TRUE(log_holds(&host, expected));
    if (!log_holds(&host, expected))
        printf("# %s\n", program_read_file(host.log));
    CU_ASSERT_FALSE(log_holds(&host, "S3cr3tR3dis"));
    define_users(&host);
    struct ticket ticket;
    struct saf_result result;
    make_tickets(&ticket, 1, 60);
    struct saf_client *client = security_server_connect(&host);
    CU_ASSERT_TRUE(verify(client, &ticket, 0, &result));
    CU_ASSERT_EQUAL(result.explanation, SAF_EXPLAIN_REPLAY_STORE);
    saf_client_close(client);
    security_server_stop(&host);
}

static void
a_redis_that_cannot_be_trusted_or_logged_on_to_is_not_used(void)
{
    struct redis_server redis;
    struct redis_server stranger;
    char lines[1024];
    redis_server_start_tls(&redis, acl);
    redis_server_start_tls(&stranger, acl);
    write_file(redis.directory, "password", "S3cr3tR3dis\n", 0600);
    char command[256];
    snprintf(command, sizeof command, "cp %s/ca.pem %s/other.pem", stranger.directory, redis.directory);
    CU_ASSERT_EQUAL(system(command), 0);
    tls_lines(&redis, "other.pem", lines);
    expect_unusable(lines, "its certificate is not accepted");
    write_file(redis.directory, "password", "wrong\n", 0600);
    tls_lines(&redis, "ca.pem", lines);
    expect_unusable(lines, "it refuses the login: WRONGPASS");
    snprintf(lines, sizeof lines, "replay = rediss://:S3cr3tR3dis@127.0.0.1:%u\nreplay_ca = %s/ca.pem\n%s", redis.port, redis.directory,
             patient);
    expect_unusable(lines, "SAFD0051E REDIS 127.0.0.1:"); /* without a certificate of our own */
    snprintf(lines, sizeof lines, "replay = rediss://localhost:%u\nreplay_ca = %s/ca.pem\n%s", redis.port, redis.directory, patient);
    expect_unusable(lines, "its certificate is not accepted"); /* made for 127.0.0.1 */
    redis_server_remove(&stranger);
    redis_server_remove(&redis);
    expect_unusable("replay = redis://127.0.0.1:1", "Connection refused");
    expect_unusable("replay = rediss://[2001:db8::1]", "SAFD0051E REDIS [2001:db8::1]:6379 CANNOT BE USED");
    expect_unusable("replay = redis://no-such-host.invalid", "SAFD0051E REDIS no-such-host.invalid:6379 CANNOT BE USED");
}

static void
expect_no_start(const char *lines, int status, const char *expected)
{
    static struct program_result result;
    struct security_server host;
    char all[1200];
    snprintf(all, sizeof all, "%s\naudit = audit.json", lines);
    security_server_make(&host, NULL, all);
    chmod(host.settings, 0644);
    const char *const arguments[] = { "--config", host.settings, NULL };
    write_file(host.directory, "open", "S3cr3tR3dis\n", 0644);
    write_file(host.directory, "empty", "\n", 0600);
    program_run(&result, program_path("SAFD"), arguments, NULL);
    CU_ASSERT_EQUAL(result.status, status);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, expected));
    CU_ASSERT_PTR_NULL(strstr(result.errors, "S3cr3tR3dis"));
    if (result.status != status || strstr(result.errors, expected) == NULL)
        printf("# %d: %s\n", result.status, result.errors);
    security_server_remove(&host);
}

static void
what_is_wrong_with_the_settings_is_said_at_the_start(void)
{
    expect_no_start("replay = redis://:S3cr3tR3dis@localhost:0", 3, "after the host may follow : and a port");
    expect_no_start("replay = redis://:S3cr3tR3dis@localhost", 3, "may be read by everybody (mode 0644)");
    expect_no_start("replay = redis://localhost\nreplay_password_file = missing", 6,
                    "missing: [racf] replay_password_file cannot be opened");
    expect_no_start("replay = redis://localhost\nreplay_password_file = open", 6, "only its owner may read: chmod 600");
    expect_no_start("replay = redis://localhost\nreplay_password_file = empty", 6, "must hold a password of 1 to 255 bytes");
    expect_no_start("replay = rediss://localhost\nreplay_ca = missing.pem", 6, "missing.pem: [racf] replay_ca cannot be used");
    expect_no_start("replay = rediss://localhost\nreplay_ca = open", 6, "open: [racf] replay_ca cannot be used");
    expect_no_start("replay = rediss://localhost\nreplay_certificate = open\nreplay_key = open", 6, "replay_certificate cannot be used");
}

static void
clients_of_a_gateway_get_the_code_for_trying_again(void)
{
    struct redis_server redis;
    struct gateway gateway;
    char lines[256];
    char ticket[9];
    redis_server_start(&redis, "appendonly yes\nappendfsync always");
    snprintf(lines, sizeof lines, "redis://127.0.0.1:%u\nreplay_timeout_ms = 2500", redis.port);
    gateway_start(&gateway, &(struct gateway_options) { .replay = lines });
    int secchkcd = 9;
    for (int offset_s = 60; secchkcd == 9 && offset_s < 300; offset_s++) { /* it may not be connected yet */
        gateway_ticket(&gateway, "TOM", "IMSCON1", offset_s, ticket);
        secchkcd = peer_try(gateway.port, "TOM", ticket);
    }
    CU_ASSERT_EQUAL(secchkcd, 0);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "TOM", ticket), 15);
    redis_server_kill(&redis);
    gateway_ticket(&gateway, "TOM", "IMSCON1", 400, ticket);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "TOM", ticket), 9);
    /* Passwords are judged as ever: this one is right, and expired as a new user's is. A slow machine may need more than the time
     * that the gateway waits. */
    secchkcd = 10;
    for (int i = 0; secchkcd == 10 && i < 20; i++)
        secchkcd = peer_try(gateway.port, "TOM", "S3CRETPW");
    CU_ASSERT_EQUAL(secchkcd, 14);
    redis_server_again(&redis);
    secchkcd = 9;
    for (int offset_s = 401; secchkcd == 9 && offset_s < 590; offset_s++) {
        nanosleep(&(struct timespec) { .tv_nsec = 200000000 }, NULL);
        gateway_ticket(&gateway, "TOM", "IMSCON1", offset_s, ticket);
        secchkcd = peer_try(gateway.port, "TOM", ticket);
    }
    CU_ASSERT_EQUAL(secchkcd, 0);
    gateway_stop(&gateway);
    redis_server_remove(&redis);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "what is wrong with the settings is said at the start", what_is_wrong_with_the_settings_is_said_at_the_start },
        { "without Redis tickets are refused until it is back", without_redis_tickets_are_refused_until_it_is_back },
        { "a silent Redis is waited for no longer than allowed", a_silent_redis_is_waited_for_no_longer_than_allowed },
        { "a Redis that forgot reopens no ticket", a_redis_that_forgot_reopens_no_ticket },
        { "what a host knows is told to a Redis that forgot", what_a_host_knows_is_told_to_a_redis_that_forgot },
        { "the operator may choose to go on locally", the_operator_may_choose_to_go_on_locally },
        { "an explanation knows the use on another host", an_explanation_knows_the_use_on_another_host },
        { "tickets are raced over TLS with a login too", tickets_are_raced_over_tls_with_a_login_too },
        { "a Redis that cannot be trusted or logged on to is not used", a_redis_that_cannot_be_trusted_or_logged_on_to_is_not_used },
        { "clients of a gateway get the code for trying again", clients_of_a_gateway_get_the_code_for_trying_again },
        { "each of 10000 raced tickets is accepted once", each_of_10000_raced_tickets_is_accepted_once },
    };
    signal(SIGPIPE, SIG_IGN);
    return SUITE_RUN("site", cases);
}
