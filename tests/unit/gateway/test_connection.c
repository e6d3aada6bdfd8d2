/* Connections of a running event loop over socket pairs, with stand-ins for SQL (below) and for safd. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/hex.h"
#include "common/log.h"
#include "gateway/connection.h"
#include "gateway/datastore/sqlite/session.h"
#include "tests/support/suite.h"

/* A requester's messages, EBCDIC: EXCSAT and ACCSEC; SECCHK (IMSUSR1, TICKET99) and ACCRDB (SAMPLE); SQL commands. */
static const char opening[] =
    "0027d0410001002110410005115ea3001814041403000724070007240f000714400007147400050010d0010002000a106d000611a20003";
static const char login[] = "0027d04100030021106e000611a20003000b11a0c9d4e2e4e2d9f1000c11a1e3c9c3d2c5e3f9f9";
static const char accrdb[] =
    "0061d0010004005b200100162110e2c1d4d7d3c54040404040404040404040400006210f2407000c21353132333435363738000c112ec4d5c3f1f0f1"
    "f4f0000d002fd8e3c4e2d8d3c1e2c3001600350006119c04b80006119d04b00006119e04b8";
static const char commit[] = "000ad00100050004200e";
static const char immediate[] = "000ad00100050004200a";
static const char query[] = "000ad00100050004200c";

enum { COMMIT = 0x200E, IMMEDIATE = 0x200A, QUERY = 0x200C, QUERY_BYTES = 3 * 1024 * 1024, CHUNK = 32000, CODEPOINT = 0x241B };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int open;     /* sessions */
    bool running; /* an IMMEDIATE waits */
    bool release; /* it may end */
    int interrupted;
    int executed;
} sql = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

/* Stand-ins: a COMMIT is answered at once, an IMMEDIATE when it is released or interrupted, a QUERY with much. */

bool
sql_is_command(uint16_t codepoint)
{
    return codepoint == COMMIT || codepoint == IMMEDIATE || codepoint == QUERY;
}

void
sql_read_ahead(struct sql_target *target)
{
    (void)target;
}

static void
wait_for_release(void)
{
    int before = sql.interrupted;
    sql.running = true;
    pthread_cond_broadcast(&sql.changed);
    while (!sql.release && sql.interrupted == before)
        pthread_cond_wait(&sql.changed, &sql.lock);
    sql.running = false;
    sql.release = false;
}

uint16_t
sql_execute(const struct dss_command *command, const struct sql_encoding *encoding, struct sql_target *target, struct dss_writer *reply)
{
    (void)encoding;
    (void)target;
    pthread_mutex_lock(&sql.lock);
    sql.executed++;
    if (command->codepoint == IMMEDIATE)
        wait_for_release();
    pthread_mutex_unlock(&sql.lock);
    static uint8_t chunk[CHUNK];
    size_t size = command->codepoint == QUERY ? QUERY_BYTES : 1;
    for (size_t put = 0; put < size; put += CHUNK) {
        dss_begin(reply, DSS_OBJECT, command->correlation_id);
        ddm_put_bytes(reply->wire, CODEPOINT, chunk, size - put < CHUNK ? size - put : CHUNK);
        dss_end(reply);
    }
    return 0;
}

struct sql_target *
sqlite_session_new(const struct datastore_settings *datastore, const char *userid)
{
    CU_ASSERT_STRING_EQUAL(datastore->name, "SAMPLE");
    CU_ASSERT_STRING_EQUAL(userid, "IMSUSR1");
    pthread_mutex_lock(&sql.lock);
    sql.open++;
    pthread_mutex_unlock(&sql.lock);
    return calloc(1, sizeof(struct sql_target));
}

void
sqlite_session_free(struct sql_target *target)
{
    pthread_mutex_lock(&sql.lock);
    sql.open--;
    pthread_cond_broadcast(&sql.changed);
    pthread_mutex_unlock(&sql.lock);
    free(target);
}

void
sqlite_session_set_read_only(struct sql_target *target)
{
    (void)target;
}

void
sqlite_session_prohibit_updates(struct sql_target *target)
{
    (void)target;
}

void
sqlite_session_limit_lobs(struct sql_target *target, uint64_t bytes)
{
    (void)target;
    (void)bytes;
}

void
sqlite_session_take_command(struct sql_target *target)
{
    (void)target;
}

void
sqlite_session_begin_command(struct sql_target *target)
{
    (void)target;
}

void
sqlite_session_cancel(struct sql_target *target)
{
    (void)target;
}

bool
sqlite_session_holds_lock(const struct sql_target *target)
{
    (void)target;
    return false;
}

void
sqlite_session_interrupt(struct sql_target *target)
{
    (void)target;
    pthread_mutex_lock(&sql.lock);
    sql.interrupted++;
    pthread_cond_broadcast(&sql.changed);
    pthread_mutex_unlock(&sql.lock);
}

static int
value_of(const int *count)
{
    pthread_mutex_lock(&sql.lock);
    int value = *count;
    pthread_mutex_unlock(&sql.lock);
    return value;
}

static void
wait_until_running(void)
{
    pthread_mutex_lock(&sql.lock);
    while (!sql.running)
        pthread_cond_wait(&sql.changed, &sql.lock);
    pthread_mutex_unlock(&sql.lock);
}

static void
release(void)
{
    pthread_mutex_lock(&sql.lock);
    sql.release = true;
    pthread_cond_broadcast(&sql.changed);
    pthread_mutex_unlock(&sql.lock);
}

static void
wait_until_closed(void)
{
    pthread_mutex_lock(&sql.lock);
    while (sql.open > 0)
        pthread_cond_wait(&sql.changed, &sql.lock);
    pthread_mutex_unlock(&sql.lock);
}

/* The gateway: one loop, no listener. */

static struct configuration configuration;
static struct gateway gateway;
static struct loop *loop;

static void
start_gateway(uint32_t login_ms, uint32_t porttmot_hundredths)
{
    struct problem problem = { "" };
    memset(&configuration, 0, sizeof configuration);
    configuration.hws = (struct hwscfg) { .id = "HWS1", .maxsoc = 50, .warnsoc_percent = 99, .warninc_percent = 1, .drda_port_count = 1 };
    configuration.hws.drda_ports[0].porttmot_hundredths = porttmot_hundredths;
    configuration.settings.login_ms = login_ms;
    configuration.settings.executor_threads = 2;
    configuration.settings.unauthenticated_bytes = 8192;
    configuration.settings.command_bytes = 1024 * 1024;
    configuration.settings.saf_child = true;
    configuration.settings.security_mechanisms = SECURITY_MECHANISM_USRIDPWD;
    configuration.settings.saf_timeout_ms = 5000;
    configuration.settings.datastores[0] = (struct datastore_settings) { .name = "SAMPLE" };
    configuration.settings.datastore_count = 1;
    memset(&gateway, 0, sizeof gateway);
    CU_ASSERT_TRUE_FATAL(gateway_init(&gateway, &configuration, "passgate.ini", &problem));
    loop = loop_new(&gateway, 0, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(loop);
    CU_ASSERT_TRUE_FATAL(loop_start(loop, &problem));
}

static void
join_gateway(void)
{
    loop_join(loop);
    gateway_clear(&gateway);
    CU_ASSERT_EQUAL(socket_count_open(&gateway.sockets), 0);
    CU_ASSERT_EQUAL(sql.open, 0);
    loop_free(loop);
}

static void
stop_gateway(void)
{
    loop_stop(loop, 0);
    join_gateway();
}

struct arrival {
    struct loop_message message; /* first */
    int fd;
};

static void
arrive(struct loop_message *message)
{
    struct arrival *arrival = (struct arrival *)message;
    union address peer = { .any.sa_family = AF_UNSPEC };
    connection_accept(loop, 0, arrival->fd, &peer);
    free(arrival);
}

/* Our end of a new connection. */
static int
connect_client(void)
{
    int pair[2];
    struct arrival *arrival = calloc(1, sizeof *arrival);
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(arrival);
    CU_ASSERT_EQUAL_FATAL(fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
    arrival->message.run = arrive;
    arrival->fd = pair[0];
    loop_post(loop, &arrival->message);
    return pair[1];
}

struct bytes {
    uint8_t at[512];
    size_t size;
};

static void
add(struct bytes *bytes, const char *hex)
{
    CU_ASSERT_TRUE_FATAL(bytes->size + strlen(hex) / 2 <= sizeof bytes->at);
    CU_ASSERT_TRUE_FATAL(hex_decode(hex, strlen(hex), bytes->at + bytes->size));
    bytes->size += strlen(hex) / 2;
}

static void
send_bytes(int client, const void *bytes, size_t size)
{
    CU_ASSERT_EQUAL(send(client, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
}

static void
send_hex(int client, const char *hex)
{
    struct bytes bytes = { .size = 0 };
    add(&bytes, hex);
    send_bytes(client, bytes.at, bytes.size);
}

/* Reads `count` DSSs (of at most 32767 bytes) into `replies`; false at an earlier end. */
static bool
read_replies(int client, int count, struct bytes *replies)
{
    static uint8_t rest[32768];
    uint8_t header[6];
    replies->size = 0;
    while (count-- > 0) {
        if (recv(client, header, sizeof header, MSG_WAITALL) != sizeof header)
            return false;
        size_t left = (size_t)(header[0] << 8 | header[1]) - sizeof header;
        if (header[2] != 0xD0 || recv(client, rest, left, MSG_WAITALL) != (ssize_t)left)
            return false;
        for (size_t i = 0; i < left && replies->size < sizeof replies->at; i++)
            replies->at[replies->size++] = rest[i];
    }
    return true;
}

static bool
read_reply(int client)
{
    struct bytes replies;
    return read_replies(client, 1, &replies);
}

static bool
is_ended(int client)
{
    uint8_t byte;
    return recv(client, &byte, 1, 0) <= 0;
}

static void
open_conversation(int client)
{
    struct bytes replies;
    send_hex(client, opening);
    CU_ASSERT_TRUE_FATAL(read_replies(client, 2, &replies)); /* EXCSATRD, ACCSECRD */
}

static void
log_on(int client)
{
    struct bytes replies;
    open_conversation(client);
    send_hex(client, login);
    send_hex(client, accrdb);
    CU_ASSERT_TRUE_FATAL(read_replies(client, 2, &replies)); /* SECCHKRM, ACCRDBRM */
}

static void
messages_may_be_cut_anywhere(void)
{
    struct bytes all = { .size = 0 };
    struct bytes expected = { .size = 0 };
    struct bytes replies;
    start_gateway(60000, 0);
    add(&all, opening);
    add(&all, login);
    add(&all, accrdb);
    add(&all, commit);
    for (size_t cut = 0; cut < all.size; cut++) {
        int client = connect_client();
        send_bytes(client, all.at, cut);
        if (cut % 16 == 0) /* sometimes both halves are there at once, sometimes surely not */
            nanosleep(&(struct timespec) { 0, 2000000 }, NULL);
        send_bytes(client, all.at + cut, all.size - cut);
        CU_ASSERT_TRUE_FATAL(read_replies(client, 5, &replies));
        if (cut == 0)
            expected = replies;
        CU_ASSERT_EQUAL(replies.size, expected.size);
        CU_ASSERT_EQUAL(memcmp(replies.at, expected.at, expected.size), 0);
        close(client);
    }
    int client = connect_client();
    for (size_t i = 0; i < all.size; i++)
        send_bytes(client, all.at + i, 1);
    CU_ASSERT_TRUE_FATAL(read_replies(client, 5, &replies));
    CU_ASSERT_EQUAL(memcmp(replies.at, expected.at, expected.size), 0);
    close(client);
    stop_gateway();
}

static void
garbage_is_answered_and_closed(void)
{
    static uint8_t garbage[1024 * 1024];
    memset(garbage, 'G', sizeof garbage);
    start_gateway(60000, 0);
    int client = connect_client();
    ssize_t sent = send(client, garbage, sizeof garbage, MSG_NOSIGNAL | MSG_DONTWAIT);
    CU_ASSERT_TRUE(sent > 0);
    CU_ASSERT_TRUE(read_reply(client)); /* SYNTAXRM */
    shutdown(client, SHUT_WR);
    CU_ASSERT_TRUE(is_ended(client));
    close(client);
    stop_gateway();
}

static void
who_does_not_log_on_is_closed(void)
{
    start_gateway(100, 0);
    int silent = connect_client();
    int half = connect_client();
    int good = connect_client();
    log_on(good);
    open_conversation(half);
    CU_ASSERT_TRUE(is_ended(silent));
    CU_ASSERT_TRUE(is_ended(half));
    send_hex(good, commit); /* PORTTMOT=0: it may stay */
    CU_ASSERT_TRUE(read_reply(good));
    close(silent);
    close(half);
    close(good);
    stop_gateway();
}

static void
porttmot_is_the_clients_time_not_ours(void)
{
    start_gateway(60000, 10);
    int client = connect_client();
    log_on(client);
    send_hex(client, immediate);
    wait_until_running();
    nanosleep(&(struct timespec) { 0, 300000000 }, NULL); /* three times PORTTMOT */
    release();
    CU_ASSERT_TRUE(read_reply(client));
    send_hex(client, "000ad0010005"); /* a command that never ends */
    CU_ASSERT_TRUE(is_ended(client));
    close(client);
    stop_gateway();
}

static void
the_end_of_a_client_interrupts_its_statement(void)
{
    start_gateway(60000, 0);
    int client = connect_client();
    log_on(client);
    int before = value_of(&sql.interrupted);
    send_hex(client, immediate);
    wait_until_running();
    close(client);
    wait_until_closed();
    CU_ASSERT_EQUAL(value_of(&sql.interrupted), before + 1);
    /* Also when it had sent more, so that its end comes behind unread bytes. */
    client = connect_client();
    log_on(client);
    send_hex(client, immediate);
    wait_until_running();
    send_hex(client, commit);
    close(client);
    wait_until_closed();
    stop_gateway();
}

static void
a_slow_reader_gets_everything_in_order(void)
{
    start_gateway(60000, 0);
    int client = connect_client();
    log_on(client);
    send_hex(client, query);
    send_hex(client, commit);
    for (size_t got = 0; got < QUERY_BYTES; got += CHUNK) {
        CU_ASSERT_TRUE_FATAL(read_reply(client));
        if (got < CHUNK) {
            int executed = value_of(&sql.executed);
            nanosleep(&(struct timespec) { 0, 50000000 }, NULL);
            CU_ASSERT_EQUAL(value_of(&sql.executed), executed); /* the COMMIT waits until the replies before it are gone */
        }
    }
    CU_ASSERT_TRUE(read_reply(client));
    close(client);
    stop_gateway();
}

static void
stopping_waits_for_work_under_way(void)
{
    start_gateway(60000, 0);
    int idle = connect_client();
    int busy = connect_client();
    log_on(idle);
    log_on(busy);
    send_hex(busy, immediate);
    wait_until_running();
    loop_stop(loop, 60000);
    CU_ASSERT_TRUE(is_ended(idle));
    release();
    CU_ASSERT_TRUE(read_reply(busy));
    CU_ASSERT_TRUE(is_ended(busy));
    join_gateway();
    close(idle);
    close(busy);
}

static void
stopping_does_not_wait_for_ever(void)
{
    start_gateway(60000, 0);
    int busy = connect_client();
    log_on(busy);
    send_hex(busy, immediate);
    wait_until_running();
    loop_stop(loop, 50);
    join_gateway();
    CU_ASSERT_TRUE(is_ended(busy));
    close(busy);
}

static void
no_ticket_stays_in_the_loops_buffer(void)
{
    static const uint8_t ticket[] = { 0xE3, 0xC9, 0xC3, 0xD2, 0xC5, 0xE3, 0xF9, 0xF9 };
    start_gateway(60000, 0);
    int client = connect_client();
    log_on(client);
    close(client);
    struct bytes half = { .size = 0 };
    add(&half, login);
    client = connect_client();
    open_conversation(client);
    send_bytes(client, half.at, half.size - 1); /* never whole */
    nanosleep(&(struct timespec) { 0, 20000000 }, NULL);
    loop_stop(loop, 0);
    loop_join(loop);
    CU_ASSERT_PTR_NULL(memmem(loop->input, LOOP_BUFFER_SIZE, ticket, sizeof ticket - 1));
    join_gateway();
    close(client);
}

static void
maxsoc_is_the_limit(void)
{
    static int clients[60];
    size_t count = 0;
    start_gateway(60000, 0);
    for (; count < 50; count++) {
        clients[count] = connect_client();
        open_conversation(clients[count]);
    }
    int refused = connect_client();
    CU_ASSERT_TRUE(is_ended(refused));
    close(refused);
    close(clients[--count]);
    wait_until_closed();
    while (socket_count_open(&gateway.sockets) == 50)
        nanosleep(&(struct timespec) { 0, 1000000 }, NULL);
    int accepted = connect_client();
    log_on(accepted);
    close(accepted);
    while (count > 0)
        close(clients[--count]);
    stop_gateway();
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "messages may be cut anywhere", messages_may_be_cut_anywhere },
        { "garbage is answered, then closed", garbage_is_answered_and_closed },
        { "who does not log on in time is closed", who_does_not_log_on_is_closed },
        { "PORTTMOT is the client's time, not ours", porttmot_is_the_clients_time_not_ours },
        { "the end of a client interrupts its statement", the_end_of_a_client_interrupts_its_statement },
        { "a slow reader gets everything in order", a_slow_reader_gets_everything_in_order },
        { "stopping waits for work under way", stopping_waits_for_work_under_way },
        { "stopping does not wait for ever", stopping_does_not_wait_for_ever },
        { "no ticket stays in the loop's buffer", no_ticket_stays_in_the_loops_buffer },
        { "MAXSOC is the limit", maxsoc_is_the_limit },
    };
    log_set_level(LOG_LEVEL_ERROR);
    return SUITE_RUN("connection", cases);
}
