/* Power cuts, as far as a file system lets them be played: safd runs on a disk that remembers what was synced
 * (tests/support/lost_writes.c). At a random moment under load safd is killed, and each database file becomes what the disk
 * holds: what was synced, and of what was written after that some 512-byte sectors and not others. With replay_durability = power
 * no PassTicket that was accepted is accepted again, and the RACF database opens whole, with all that was answered. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/hex.h"
#include "security/passticket/legacy.h"
#include "tests/support/program.h"
#include "tests/support/security_server.h"
#include "tests/support/suite.h"

enum { CUTS = 60, CLIENTS = 4, USERS = 20, TICKETS_MAX = 4000, SECTOR = 512, FILE_MAX = 64 << 20 };

static const char key[] = "E001193519561977";
static const char *const files[] = { "racf.db", "racf.db-wal", "racf.db-journal", "replay.db", "replay.db-wal", "replay.db-journal" };

/* One life of safd, from a start to a power cut. */
struct life {
    const struct security_server *server;
    int64_t first_second;
    atomic_uint next;
    atomic_bool accepted[TICKETS_MAX];
    unsigned number;
    char added[512][9]; /* users that safd said it has added */
    unsigned added_count;
};

static struct life life;
static struct passticket_legacy_key *ticket_key;
static int64_t next_second; /* no second is used in two lives */

static struct saf_client *
reach(const struct security_server *server)
{
    struct problem problem;
    return saf_client_connect(server->socket, 120000, &problem);
}

/* With the numbered ticket of this life. */
static bool
log_on(struct saf_client *client, unsigned number, struct saf_result *result)
{
    struct saf_verify request = { .application = "IMSCON1", .address = "192.0.2.7", .mixed_case = 'R' };
    struct saf_verify_answer answer;
    struct problem problem;
    uint32_t second = (uint32_t)(life.first_second + number / USERS);
    snprintf(request.userid, sizeof request.userid, "USER%02u", number % USERS);
    bool made = passticket_legacy_generate(ticket_key, request.userid, "IMSCON1", second, request.credential);
    if (!made || !saf_client_verify(client, &request, &answer, &problem))
        return false;
    *result = answer.result;
    return true;
}

static void *
use_tickets(void *unused)
{
    (void)unused;
    struct saf_result result;
    struct saf_client *client = reach(life.server);
    for (;;) {
        unsigned i = atomic_fetch_add(&life.next, 1);
        if (client == NULL || i >= TICKETS_MAX || !log_on(client, i, &result))
            break;
        atomic_store(&life.accepted[i], result.saf == SAF_OK);
    }
    saf_client_close(client);
    return NULL;
}

static void *
add_users(void *unused)
{
    (void)unused;
    struct saf_command_answer answer;
    struct problem problem;
    char command[96];
    struct saf_client *client = reach(life.server);
    for (unsigned i = 0; client != NULL && i < 512; i++) {
        char userid[9];
        snprintf(userid, sizeof userid, "P%03uX%03u", life.number % 1000, i);
        snprintf(command, sizeof command, "ADDUSER %s DFLTGRP(SYS1) NOPASSWORD", userid);
        if (!saf_client_command(client, command, strlen(command), &answer, &problem))
            break;
        if (answer.return_code == 0)
            memcpy(life.added[life.added_count++], userid, sizeof userid);
    }
    saf_client_close(client);
    return NULL;
}

static uint8_t *
read_whole(const char *path, size_t *size)
{
    uint8_t *bytes = malloc(FILE_MAX);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    *size = 0;
    for (ssize_t n; descriptor >= 0 && *size < FILE_MAX && (n = read(descriptor, bytes + *size, FILE_MAX - *size)) > 0;)
        *size += (size_t)n;
    if (descriptor >= 0)
        close(descriptor);
    return bytes;
}

static void
write_whole(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* How much of the writes that were not synced survives, in eighths: nothing, some, all. */
static unsigned
choose_survival(void)
{
    static const unsigned eighths[] = { 0, 0, 1, 4, 7, 8 };
    return eighths[(unsigned)random() % 6];
}

/* Turns a file into what a disk may hold after the cut. */
static void
cut_file(const char *path)
{
    char disk_path[200];
    size_t size;
    size_t disk_size;
    snprintf(disk_path, sizeof disk_path, "%s.disk", path);
    if (access(path, F_OK) != 0)
        return;
    uint8_t *written = read_whole(path, &size);
    uint8_t *synced = read_whole(disk_path, &disk_size);
    unsigned survival = choose_survival();
    size_t longer = size > disk_size ? size : disk_size;
    size_t kept = survival == 0 ? disk_size : survival == 8 ? size : disk_size;
    for (size_t at = 0; at < longer; at += SECTOR) {
        size_t end = at + SECTOR < longer ? at + SECTOR : longer;
        bool survives = (unsigned)random() % 8 < survival;
        if (survives && end <= size && end > kept)
            kept = end;
        if (!survives)
            continue;
        for (size_t i = at; i < end; i++)
            synced[i] = i < size ? written[i] : synced[i];
    }
    for (size_t i = disk_size; i < kept; i++)
        synced[i] = i < size ? synced[i] : 0;
    write_whole(path, synced, kept);
    write_whole(disk_path, synced, kept);
    free(written);
    free(synced);
}

static void
cut_power(struct security_server *server)
{
    security_server_kill(server);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[192];
        snprintf(path, sizeof path, "%s/%s", server->directory, files[i]);
        cut_file(path);
    }
}

/* Clients and an administrator at work, until the power goes. */
static void
live(struct security_server *server, unsigned number)
{
    pthread_t threads[CLIENTS + 1];
    memset(&life, 0, sizeof life);
    life.server = server;
    life.number = number;
    life.first_second = next_second;
    for (size_t i = 0; i < CLIENTS; i++)
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, use_tickets, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[CLIENTS], NULL, add_users, NULL), 0);
    nanosleep(&(struct timespec) { .tv_nsec = (20 + random() % 200) * 1000000 }, NULL);
    kill(server->pid, SIGKILL);
    for (size_t i = 0; i <= CLIENTS; i++)
        pthread_join(threads[i], NULL);
    cut_power(server);
}

struct outcome {
    unsigned accepted;
    unsigned accepted_again;
    unsigned added;
    unsigned lost_users;
};

/* Asks for all that was accepted and done before the cut. */
static void
look_back(const struct security_server *server, struct outcome *outcome)
{
    struct saf_result result = { 0 };
    struct saf_client *client = security_server_connect(server);
    unsigned used = atomic_load(&life.next);
    for (unsigned i = 0; i < used && i < TICKETS_MAX; i++) {
        if (!atomic_load(&life.accepted[i]))
            continue;
        outcome->accepted++;
        CU_ASSERT_TRUE(log_on(client, i, &result));
        outcome->accepted_again += result.saf == SAF_OK;
    }
    saf_client_close(client);
    for (unsigned i = 0; i < life.added_count; i++) {
        char command[32];
        snprintf(command, sizeof command, "LISTUSER %s", life.added[i]);
        outcome->added++;
        outcome->lost_users += security_server_command(server, command, NULL, 0) != 0;
    }
    next_second += (used < TICKETS_MAX ? used : TICKETS_MAX) / USERS + 1;
}

static void
define_users(const struct security_server *server)
{
    security_server_set_up(server, key);
    for (int i = 0; i < USERS; i++) {
        char command[64];
        snprintf(command, sizeof command, "ADDUSER USER%02d DFLTGRP(SYS1) PASSWORD(S3CRETPW)", i);
        CU_ASSERT_EQUAL(security_server_command(server, command, NULL, 0), 0);
    }
}

static struct outcome
cut_again_and_again(const char *durability, unsigned cuts)
{
    struct outcome outcome = { 0 };
    struct security_server server;
    char lines[128];
    uint8_t bytes[PASSTICKET_LEGACY_KEY_SIZE];
    CU_ASSERT_TRUE_FATAL(hex_decode(key, sizeof key - 1, bytes));
    ticket_key = passticket_legacy_key_new(bytes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(ticket_key);
    snprintf(lines, sizeof lines, "replay = replay.db\nreplay_durability = %s\naudit = audit.json", durability);
    security_server_make(&server, NULL, lines);
    server.preload = program_path("LOST_WRITES");
    security_server_start(&server);
    define_users(&server);
    next_second = time(NULL) - 590;
    for (unsigned i = 0; i < cuts; i++) {
        if (next_second > time(NULL) + 400)
            break; /* of the window's seconds none is left */
        if (next_second < time(NULL) - 590)
            next_second = time(NULL) - 590;
        live(&server, i);
        security_server_start(&server); /* which fails when a database is broken */
        look_back(&server, &outcome);
    }
    security_server_stop(&server);
    passticket_legacy_key_free(ticket_key);
    printf("# %s: %u tickets accepted, %u of them again after the cut; %u users added, %u lost\n", durability, outcome.accepted,
           outcome.accepted_again, outcome.added, outcome.lost_users);
    return outcome;
}

static void
with_power_nothing_is_accepted_again_and_nothing_is_lost(void)
{
    struct outcome outcome = cut_again_and_again("power", CUTS);
    CU_ASSERT_EQUAL(outcome.accepted_again, 0);
    CU_ASSERT_EQUAL(outcome.lost_users, 0);
    CU_ASSERT(outcome.accepted > CUTS);
    CU_ASSERT(outcome.added > CUTS / 4);
}

/* That it is different with `process` shows that the cuts do cut; RACF commands are durable in any case. */
static void
with_process_a_cut_may_reopen_tickets(void)
{
    struct outcome outcome = cut_again_and_again("process", 8);
    CU_ASSERT(outcome.accepted_again > 0);
    CU_ASSERT_EQUAL(outcome.lost_users, 0);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "with replay_durability = power nothing is accepted again and nothing is lost",
          with_power_nothing_is_accepted_again_and_nothing_is_lost },
        { "with replay_durability = process a power cut may reopen tickets", with_process_a_cut_may_reopen_tickets },
    };
    unsigned seed = (unsigned)time(NULL);
    srandom(seed);
    printf("# seed %u\n", seed);
    signal(SIGPIPE, SIG_IGN);
    return SUITE_RUN("power", cases);
}
