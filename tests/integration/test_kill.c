/* kill -9 of safd and of the gateway, 1000 times at random moments, while clients log on and an administrator works: no PassTicket
 * is accepted twice, and nothing that the administrator was told is done is lost or half done.
 *
 * Clients and administrator are processes of their own; what they were told stands in memory that all share. */
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/hex.h"
#include "security/passticket/legacy.h"
#include "security/saf/client.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/suite.h"

enum {
    KILLS = 1000,
    CLIENTS = 3,
    USERS = 100,
    SECONDS = 550,
    TICKETS = USERS * SECONDS,
    WORKS_MAX = 20000,
    REPLAYED_BACK = 64,
    SECCHKCD_PASSWORD_INVALID = 15,
};

/* How far the administrator has come with a user and the user's application, as safd has answered. */
enum work { WORK_BEGUN = 1, WORK_USER_ADDED, WORK_APPLICATION_DEFINED, WORK_USER_PERMITTED, WORK_USER_RENAMED };

/* Written by all processes. */
struct shared {
    atomic_bool stop;
    atomic_uint next_ticket;
    atomic_uint last_accepted; /* number of accepted tickets; they stand in `accepted` in their order, once each is written */
    atomic_uint accepted[TICKETS];
    atomic_uchar times_accepted[TICKETS];
    atomic_uint replays; /* that were refused as such */
    atomic_uint answered;
    atomic_uint works;
    atomic_uchar work[WORKS_MAX];
    int64_t first_second;
    char tickets[TICKETS][PASSTICKET_SIZE + 1];
};

static struct shared *shared;
static struct gateway gateway;

static void
user_of(unsigned ticket, char userid[9])
{
    snprintf(userid, 9, "LOAD%02u", ticket % USERS);
}

static void
make_tickets(void)
{
    uint8_t bytes[PASSTICKET_LEGACY_KEY_SIZE];
    CU_ASSERT_TRUE_FATAL(hex_decode(gateway.key, 16, bytes));
    struct passticket_legacy_key *key = passticket_legacy_key_new(bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    shared->first_second = time(NULL) + 1;
    for (unsigned i = 0; i < TICKETS; i++) {
        char userid[9];
        user_of(i, userid);
        CU_ASSERT_TRUE(
            passticket_legacy_generate(key, userid, "IMSCON1", (uint32_t)(shared->first_second + i / USERS), shared->tickets[i]));
    }
    passticket_legacy_key_free(key);
}

/* A log-on that counts when it is accepted. Returns the SECCHKCD, -1 when there was none. */
static int
log_on_with(unsigned ticket)
{
    static struct peer peer;
    char userid[9];
    user_of(ticket, userid);
    if (!peer_reach(&peer, "127.0.0.1", gateway.port))
        return -1;
    int secchkcd = peer_log_on_again(&peer, userid, shared->tickets[ticket]);
    peer_close(&peer);
    if (secchkcd >= 0)
        atomic_fetch_add(&shared->answered, 1);
    if (secchkcd == 0)
        atomic_fetch_add(&shared->times_accepted[ticket], 1);
    return secchkcd;
}

/* Uses a new ticket until there is a verdict on it. Where an answer was lost nobody knows whether it was accepted. */
static void
use_new_ticket(void)
{
    unsigned ticket = atomic_fetch_add(&shared->next_ticket, 1);
    int secchkcd = -1;
    while (ticket < TICKETS && secchkcd != 0 && secchkcd != SECCHKCD_PASSWORD_INVALID && !atomic_load(&shared->stop)) {
        secchkcd = log_on_with(ticket);
        if (secchkcd != 0)
            nanosleep(&(struct timespec) { .tv_nsec = 3000000 }, NULL);
    }
    if (secchkcd != 0)
        return;
    unsigned place = atomic_fetch_add(&shared->last_accepted, 1);
    atomic_store(&shared->accepted[place], ticket + 1);
}

/* Uses one of the tickets that were accepted last. */
static void
use_ticket_again(unsigned choice)
{
    unsigned accepted = atomic_load(&shared->last_accepted);
    if (accepted == 0)
        return;
    unsigned back = choice % (accepted < REPLAYED_BACK ? accepted : REPLAYED_BACK);
    unsigned ticket = atomic_load(&shared->accepted[accepted - 1 - back]);
    if (ticket > 0 && log_on_with(ticket - 1) == SECCHKCD_PASSWORD_INVALID)
        atomic_fetch_add(&shared->replays, 1);
}

static void
run_client(unsigned seed)
{
    while (!atomic_load(&shared->stop)) {
        seed = seed * 1103515245U + 12345U;
        if ((seed >> 16) % 2 == 0)
            use_new_ticket();
        else
            use_ticket_again(seed >> 17);
    }
}

static struct saf_client *
reach_safd(void)
{
    char path[128];
    struct problem problem;
    struct saf_client *client = NULL;
    snprintf(path, sizeof path, "%s/run/saf", gateway.directory);
    while (!atomic_load(&shared->stop) && (client = saf_client_connect(path, 60000, &problem)) == NULL)
        nanosleep(&(struct timespec) { .tv_nsec = 5000000 }, NULL);
    return client;
}

/* The return code; -1 when there was no answer, and *client is connected anew. */
static int
run_command(struct saf_client **client, const char *text)
{
    struct saf_command_answer answer;
    struct problem problem;
    if (*client != NULL && saf_client_command(*client, text, strlen(text), &answer, &problem))
        return answer.return_code;
    saf_client_close(*client);
    *client = reach_safd();
    return -1;
}

static void
format_work(unsigned number, enum work work, char *text, size_t size)
{
    static const char *const commands[] = {
        [WORK_USER_ADDED] = "ADDUSER W%05u NAME('AS ADDED %05u') DFLTGRP(SYS1) NOPASSWORD",
        [WORK_APPLICATION_DEFINED] = "RDEFINE APPL W%05u UACC(NONE)",
        [WORK_USER_PERMITTED] = "PERMIT W%05u CLASS(APPL) ID(W%05u) ACCESS(READ)",
        [WORK_USER_RENAMED] = "ALTUSER W%05u NAME('AS CHANGED %05u')",
    };
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
    snprintf(text, size, commands[work], number, number);
#pragma GCC diagnostic pop
}

/* A command without an answer is not repeated: the next user begins. */
static void
run_administrator(void)
{
    struct saf_client *client = reach_safd();
    for (unsigned number = 0; number < WORKS_MAX && !atomic_load(&shared->stop); number++) {
        atomic_store(&shared->work[number], WORK_BEGUN);
        atomic_store(&shared->works, number + 1);
        for (enum work work = WORK_USER_ADDED; work <= WORK_USER_RENAMED; work++) {
            char text[128];
            format_work(number, work, text, sizeof text);
            if (run_command(&client, text) != 0)
                break;
            atomic_store(&shared->work[number], (unsigned char)work);
        }
    }
    saf_client_close(client);
}

static pid_t
start_process(void (*run)(unsigned), unsigned seed)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    run(seed);
    _exit(0);
}

static void
run_administrator_process(unsigned seed)
{
    (void)seed;
    run_administrator();
}

static unsigned
random_below(unsigned limit)
{
    return (unsigned)random() % limit;
}

/* Kills one daemon or both. Most of the time they get ready before the next kill, but not always. */
static unsigned
kill_once(void)
{
    static const unsigned victims[] = { 1, 2, 3, 3, 3 };
    unsigned victim = victims[random_below(5)];
    nanosleep(&(struct timespec) { .tv_nsec = (long)random_below(60000) * 1000 }, NULL);
    if ((victim & 1) != 0)
        kill(gateway.safd, SIGKILL);
    if ((victim & 2) != 0)
        gateway_kill_passgated(&gateway);
    if ((victim & 1) != 0)
        gateway_kill_safd(&gateway);
    bool hurry = random_below(4) == 0;
    if ((victim & 1) != 0)
        gateway_launch_safd(&gateway);
    if ((victim & 2) != 0)
        gateway_launch_passgated(&gateway);
    if (!hurry)
        gateway_wait_until_ready(&gateway);
    return victim == 3 ? 2 : 1;
}

/* The answers of the database itself, when nobody uses it any more. */
static sqlite3 *
open_database(const char *name)
{
    char path[128];
    sqlite3 *database = NULL;
    snprintf(path, sizeof path, "%s/%s", gateway.directory, name);
    CU_ASSERT_EQUAL_FATAL(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    return database;
}

static bool
is_sound(const char *name)
{
    sqlite3 *database = open_database(name);
    sqlite3_stmt *statement = NULL;
    bool sound = sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &statement, NULL) == SQLITE_OK &&
                 sqlite3_step(statement) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return sound;
}

static bool
lists(struct saf_client *client, const char *command, const char *expected)
{
    struct saf_command_answer answer;
    struct problem problem;
    if (!saf_client_command(client, command, strlen(command), &answer, &problem) || answer.return_code != 0)
        return false;
    char *output = strndup(answer.output, answer.size);
    bool found = strstr(output, expected) != NULL;
    free(output);
    return found;
}

/* What was done at least, and of the next step all or nothing. */
static bool
work_is_whole(struct saf_client *client, unsigned number, enum work done)
{
    char command[64];
    char as_added[64];
    char as_changed[64];
    snprintf(command, sizeof command, "LISTUSER W%05u", number);
    snprintf(as_added, sizeof as_added, "AS ADDED %05u", number);
    snprintf(as_changed, sizeof as_changed, "AS CHANGED %05u", number);
    bool renamed = lists(client, command, as_changed);
    bool there = lists(client, command, as_added) || renamed;
    bool whole = there ? lists(client, command, "SYS1") : done < WORK_USER_ADDED && !lists(client, command, "USER=");
    whole = whole && (done < WORK_USER_RENAMED || renamed);
    snprintf(command, sizeof command, "RLIST APPL W%05u AUTHUSER", number);
    snprintf(as_added, sizeof as_added, "W%05u", number);
    whole = whole && (done < WORK_APPLICATION_DEFINED || lists(client, command, as_added));
    return whole && (done < WORK_USER_PERMITTED || lists(client, command, "READ"));
}

static void
check_works(void)
{
    struct saf_client *client = reach_safd();
    CU_ASSERT_PTR_NOT_NULL_FATAL(client);
    unsigned counts[WORK_USER_RENAMED + 1] = { 0 };
    unsigned broken = 0;
    for (unsigned number = 0; number < atomic_load(&shared->works); number++) {
        enum work done = (enum work)atomic_load(&shared->work[number]);
        counts[done]++;
        broken += !work_is_whole(client, number, done);
    }
    saf_client_close(client);
    printf("# administrator: %u users, %u of them with all their commands, %u interrupted\n", atomic_load(&shared->works),
           counts[WORK_USER_RENAMED], atomic_load(&shared->works) - counts[WORK_USER_RENAMED]);
    CU_ASSERT_EQUAL(broken, 0);
    CU_ASSERT(counts[WORK_USER_RENAMED] > 0);
}

static void
replay_all(void)
{
    unsigned accepted = atomic_load(&shared->last_accepted);
    unsigned wrong = 0;
    for (unsigned i = 0; i < accepted; i++)
        wrong += log_on_with(atomic_load(&shared->accepted[i]) - 1) != SECCHKCD_PASSWORD_INVALID;
    CU_ASSERT_EQUAL(wrong, 0);
}

static void
check_tickets(void)
{
    unsigned twice = 0;
    for (unsigned i = 0; i < TICKETS; i++)
        twice += atomic_load(&shared->times_accepted[i]) > 1;
    printf("# clients: %u log-ons answered, %u tickets accepted, %u replays refused in between\n", atomic_load(&shared->answered),
           atomic_load(&shared->last_accepted), atomic_load(&shared->replays));
    CU_ASSERT_EQUAL(twice, 0);
    CU_ASSERT(atomic_load(&shared->last_accepted) > KILLS / 10);
    CU_ASSERT(atomic_load(&shared->replays) > KILLS / 10);
}

static void
set_up(void)
{
    char script[16384];
    char output[16384];
    size_t used = 0;
    gateway_start(&gateway, &(struct gateway_options) { .unrecorded = "its conversations are broken off", .external_safd = true });
    for (unsigned i = 0; i < USERS; i++)
        used += (size_t)snprintf(
            script + used, sizeof script - used,
            "ADDUSER LOAD%02u DFLTGRP(SYS1) PASSWORD(S3CRETPW)\nPERMIT IMSCON1 CLASS(APPL) ID(LOAD%02u) ACCESS(READ)\n", i, i);
    CU_ASSERT_EQUAL_FATAL(gateway_passgate(&gateway, output, sizeof output, script, (const char *const[]) { "racf", NULL }), 0);
    make_tickets();
}

static void
a_thousand_kills_let_no_ticket_in_twice_and_lose_nothing(void)
{
    pid_t processes[CLIENTS + 1];
    unsigned seed = (unsigned)time(NULL);
    srandom(seed);
    printf("# seed %u\n", seed);
    set_up();
    for (unsigned i = 0; i < CLIENTS; i++)
        processes[i] = start_process(run_client, seed + i);
    processes[CLIENTS] = start_process(run_administrator_process, 0);
    for (unsigned kills = 0; kills < KILLS;)
        kills += kill_once();
    gateway_wait_until_ready(&gateway);
    atomic_store(&shared->stop, true);
    for (size_t i = 0; i <= CLIENTS; i++) {
        int status;
        CU_ASSERT(waitpid(processes[i], &status, 0) == processes[i] && status == 0);
    }
    replay_all();
    check_tickets();
    atomic_store(&shared->stop, false);
    check_works();
    gateway_end(&gateway);
    CU_ASSERT_TRUE(is_sound("racf.db"));
    CU_ASSERT_TRUE(is_sound("replay.db"));
    gateway_remove(&gateway);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a thousand kills let no ticket in twice, and lose nothing", a_thousand_kills_let_no_ticket_in_twice_and_lose_nothing },
    };
    signal(SIGPIPE, SIG_IGN);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    return SUITE_RUN("kill", cases);
}
