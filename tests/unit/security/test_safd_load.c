/* The real safd under load and under attack: passwords and commands that take their time, too many of them, and guesses. */
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "common/secret.h"
#include "tests/unit/security/safd_fixture.h"

static void
put_verify(struct wire_writer *writer, uint32_t id, const char *credential)
{
    struct saf_verify verify = make_verify(credential);
    saf_verify_encode(writer, id, &verify);
}

/* The ID of the next answer, which is that of a login. */
static uint32_t
receive_login(int descriptor, struct saf_verify_answer *answer)
{
    uint8_t bytes[SAF_FRAME_HEADER_SIZE + 64];
    struct saf_frame frame;
    size_t used = 0;
    size_t size = 0;
    while (saf_frame_next(bytes, used, &frame, &size) == 0) {
        size_t needed = used < 4 ? 4 : ((size_t)bytes[2] << 8) + bytes[3] + 4;
        CU_ASSERT_FATAL(needed <= sizeof bytes);
        ssize_t n = recv(descriptor, bytes + used, needed - used, 0);
        CU_ASSERT_FATAL(n > 0);
        used += (size_t)n;
    }
    CU_ASSERT_TRUE_FATAL(saf_verify_answer_decode(&frame.body, answer));
    return frame.id;
}

static void
set_up_password(const struct security_server *server)
{
    security_server_set_up(server, key);
    CU_ASSERT_EQUAL(security_server_command(server, "ALTUSER IMSUSR1 PASSWORD(S3CRETPW) NOEXPIRED", NULL, 0), 0);
}

/* Takes the answer to a command; true when it is the expected one. */
static bool
expect_command_answer(int descriptor, uint32_t id, uint8_t return_code)
{
    uint8_t bytes[4096];
    struct saf_frame frame;
    struct saf_command_answer answer;
    size_t used = 0;
    size_t size = 0;
    while (saf_frame_next(bytes, used, &frame, &size) == 0) {
        size_t needed = used < 4 ? 4 : ((size_t)bytes[2] << 8) + bytes[3] + 4;
        CU_ASSERT_FATAL(needed <= sizeof bytes);
        ssize_t n = recv(descriptor, bytes + used, needed - used, 0);
        CU_ASSERT_FATAL(n > 0);
        used += (size_t)n;
    }
    CU_ASSERT_TRUE_FATAL(saf_command_answer_decode(&frame.body, &answer));
    return frame.id == id && answer.return_code == return_code;
}

static void
passwords_do_not_hold_up_tickets(void)
{
    enum { PASSWORDS = 30 };
    static uint8_t bytes[8192];
    struct security_server server;
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    char ticket[PASSTICKET_SIZE + 1];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    set_up_password(&server);
    make_ticket(time(NULL), ticket);
    for (uint32_t i = 0; i < PASSWORDS; i++)
        put_verify(&writer, i, "S3CRETPW");
    put_verify(&writer, PASSWORDS, ticket);
    int descriptor = connect_raw(&server);
    send_all(descriptor, bytes, writer.used);
    shutdown(descriptor, SHUT_WR); /* answers that are owed come all the same */
    struct saf_verify_answer answer;
    CU_ASSERT_EQUAL(receive_login(descriptor, &answer), PASSWORDS);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_OK);
    for (uint32_t i = 0; i < PASSWORDS; i++) {
        CU_ASSERT(receive_login(descriptor, &answer) < PASSWORDS);
        CU_ASSERT_EQUAL(answer.result.saf, SAF_OK);
    }
    uint8_t byte;
    CU_ASSERT_EQUAL(recv(descriptor, &byte, 1, 0), 0);
    close(descriptor);
    security_server_stop(&server);
}

static void
too_many_passwords_are_refused_as_retryable(void)
{
    enum { PASSWORDS = 200 };
    static uint8_t bytes[32 * 1024];
    struct security_server server;
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    security_server_make(&server, NULL, "audit = audit.json\npassword_threads = 1");
    security_server_start(&server);
    set_up_password(&server);
    for (uint32_t i = 0; i < PASSWORDS; i++)
        put_verify(&writer, i, "S3CRETPW");
    int descriptor = connect_raw(&server);
    send_all(descriptor, bytes, writer.used);
    size_t accepted = 0;
    size_t refused = 0;
    for (size_t i = 0; i < PASSWORDS; i++) {
        struct saf_verify_answer answer;
        receive_login(descriptor, &answer);
        accepted += answer.result.saf == SAF_OK;
        refused += answer.result.saf == SAF_REFUSED && answer.result.retryable && answer.result.explanation == SAF_EXPLAIN_BUSY;
    }
    CU_ASSERT(accepted >= 32);
    CU_ASSERT(refused > 0);
    CU_ASSERT_EQUAL(accepted + refused, PASSWORDS);
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0024W"));
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0025I"));
    CU_ASSERT_FALSE(file_holds(&server, "log", "INVALID PASSWORD"));
    close(descriptor);
    security_server_stop(&server);
}

/* A command that needs thirty passwords hashed, and a login behind it from elsewhere. */
static void
commands_that_hash_do_not_hold_up_logins(void)
{
    enum { USERS = 30 };
    static uint8_t bytes[8192];
    char command[1024] = "ADDUSER (";
    struct security_server server;
    char ticket[PASSTICKET_SIZE + 1];
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    set_up_password(&server);
    size_t used = strlen(command);
    for (int i = 0; i < USERS; i++)
        used += (size_t)snprintf(command + used, sizeof command - used, "V%d ", i);
    used += (size_t)snprintf(command + used, sizeof command - used, ") PASSWORD(S3CRETPW)");
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    saf_command_encode(&writer, 0, &(struct saf_command) { .text = command, .size = used });
    saf_command_encode(&writer, 1, &(struct saf_command) { .text = "LISTUSER V29", .size = 12 });
    int descriptor = connect_raw(&server);
    send_all(descriptor, bytes, writer.used);
    make_ticket(time(NULL), ticket);
    CU_ASSERT_EQUAL(verify_once(&server, ticket).result.saf, SAF_OK);
    struct pollfd answered = { .fd = descriptor, .events = POLLIN };
    CU_ASSERT_EQUAL(poll(&answered, 1, 0), 0);
    /* What the same link has sent behind it sees what it did. */
    CU_ASSERT_TRUE(expect_command_answer(descriptor, 0, 0));
    CU_ASSERT_TRUE(expect_command_answer(descriptor, 1, 0));
    close(descriptor);
    /* Half done when its sender goes and when safd ends. */
    descriptor = connect_raw(&server);
    writer = wire_writer(bytes, sizeof bytes);
    saf_command_encode(&writer, 0, &(struct saf_command) { .text = "ALTUSER V1 PASSWORD(AN0THER) NOEXPIRED", .size = 38 });
    send_all(descriptor, bytes, writer.used);
    close(descriptor);
    CU_ASSERT_EQUAL(security_server_command(&server, "ALTUSER V2 PASSWORD(AN0THER) NOEXPIRED", NULL, 0), 0);
    char audit[SECURITY_SERVER_PATH];
    path_in(&server, "audit.json", audit);
    CU_ASSERT_TRUE(program_wait_for(server.pid, audit, "ALTUSER V1 PASSWORD("));
    security_server_stop(&server);
}

static void
too_many_commands_that_hash_are_refused(void)
{
    enum { LINKS = 24 };
    static uint8_t bytes[8192];
    struct security_server server;
    int descriptors[LINKS];
    security_server_make(&server, NULL, "audit = audit.json\npassword_threads = 1");
    security_server_start(&server);
    set_up_password(&server);
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    saf_command_encode(&writer, 0,
                       &(struct saf_command) { .text = "ALTUSER IMSUSR1 PASSWORD(AN0THER) PHRASE('a phrase of 20 + 1')", .size = 62 });
    for (int i = 0; i < LINKS; i++)
        send_all(descriptors[i] = connect_raw(&server), bytes, writer.used);
    int done = 0;
    for (int i = 0; i < LINKS; i++) {
        done += expect_command_answer(descriptors[i], 0, 0);
        close(descriptors[i]);
    }
    CU_ASSERT(done >= 8);
    security_server_stop(&server);
}

static void
logins_outlive_the_link_that_asked(void)
{
    enum { PASSWORDS = 20 };
    static uint8_t bytes[4096];
    struct security_server server;
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    set_up_password(&server);
    for (uint32_t i = 0; i < PASSWORDS; i++)
        put_verify(&writer, i, i + 1 < PASSWORDS ? "S3CRETPW" : "WRONG");
    for (int i = 0; i < 3; i++) {
        int descriptor = connect_raw(&server);
        send_all(descriptor, bytes, writer.used);
        struct linger reset = { .l_onoff = 1 };
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(descriptor);
    }
    CU_ASSERT_TRUE(program_wait_for(server.pid, server.log, "INVALID PASSWORD"));
    CU_ASSERT_EQUAL(verify_once(&server, "S3CRETPW").result.saf, SAF_OK);
    security_server_stop(&server);
}

static struct saf_verify_answer
verify_from(struct saf_client *client, const char *userid, const char *address, const char *credential)
{
    struct saf_verify verify = make_verify(credential);
    struct saf_verify_answer answer;
    struct problem problem;
    snprintf(verify.userid, sizeof verify.userid, "%s", userid);
    snprintf(verify.address, sizeof verify.address, "%s", address);
    CU_ASSERT_TRUE(saf_client_verify(client, &verify, &answer, &problem));
    return answer;
}

static bool
is_throttled(const struct saf_verify_answer *answer)
{
    return answer->result.saf == SAF_REFUSED && answer->result.explanation == SAF_EXPLAIN_THROTTLED && answer->result.retryable;
}

static void
failures_hold_back_whoever_has_them(void)
{
    struct security_server server;
    struct saf_verify_answer answer;
    char ticket[PASSTICKET_SIZE + 1];
    security_server_make(&server, NULL, "audit = audit.json\n[throttle]\nfirst_delay_ms = 3600000\nlongest_delay_ms = 3600000");
    security_server_start(&server);
    security_server_set_up(&server, key);
    struct saf_client *client = security_server_connect(&server);
    static const char *const users[] = { "IMSUSR1", "NOSUCH", "not a user ID" };
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
        for (int attempt = 0; attempt < 5; attempt++) {
            answer = verify_from(client, users[i], "203.0.113.9", attempt % 2 == 0 ? "LZTKEEDQ" : "no phrase of anybody");
            CU_ASSERT_EQUAL(is_throttled(&answer), attempt >= 3);
        }
    time_t second = time(NULL);
    make_ticket(second, ticket);
    answer = verify_from(client, "imsusr1", "203.0.113.9", ticket);
    CU_ASSERT_TRUE(is_throttled(&answer));
    answer = verify_from(client, "IMSUSR1", "192.0.2.7", ticket);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_OK);
    /* Others may tire the address out: where the user is known that does not matter. */
    char userid[9];
    for (int i = 0; i < 40; i++) {
        snprintf(userid, sizeof userid, "U%d", i);
        (void)verify_from(client, userid, "192.0.2.7", "LZTKEEDQ");
    }
    answer = verify_from(client, "U99", "192.0.2.7", "LZTKEEDQ");
    CU_ASSERT_TRUE(is_throttled(&answer));
    make_ticket(second - 1, ticket);
    answer = verify_from(client, "IMSUSR1", "192.0.2.7", ticket);
    CU_ASSERT_EQUAL(answer.result.saf, SAF_OK);
    saf_client_close(client);
    CU_ASSERT_TRUE(file_holds(&server, "log", "INITIATION - HELD BACK AFTER FAILED ATTEMPTS"));
    security_server_stop(&server);
}

/* One failed attempt of each user; returns how many answers said that it was throttled. */
static size_t
fail_for_each(int descriptor, uint32_t users, uint32_t answers)
{
    static uint8_t bytes[512 * 1024];
    char too_long[120] = ""; /* for a password, so that none is compared */
    memset(too_long, 'x', sizeof too_long - 1);
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    size_t throttled = 0;
    for (uint32_t i = 0; i < users; i++) {
        struct saf_verify verify = make_verify(too_long);
        snprintf(verify.userid, sizeof verify.userid, "U%u", i);
        saf_verify_encode(&writer, i, &verify);
    }
    CU_ASSERT_FALSE_FATAL(writer.failed);
    send_all(descriptor, bytes, writer.used);
    for (uint32_t i = 0; i < answers; i++) {
        struct saf_verify_answer answer;
        (void)receive_login(descriptor, &answer);
        throttled += is_throttled(&answer);
    }
    return throttled;
}

static void
what_is_held_back_is_bounded(void)
{
    enum { USERS = 1100, HELD_MAX = 1024 };
    struct security_server server;
    char ticket[PASSTICKET_SIZE + 1];
    security_server_make(&server, "timeout_ms = 600000",
                         "audit = audit.json\n[throttle]\nfirst_delay_ms = 59000\nhold_ms = 60000\naddress_failures = 100000");
    security_server_start(&server);
    security_server_set_up(&server, key);
    int descriptor = connect_raw(&server);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(fail_for_each(descriptor, USERS, USERS), 0);
    CU_ASSERT_EQUAL(fail_for_each(descriptor, USERS, USERS - HELD_MAX), USERS - HELD_MAX);
    make_ticket(time(NULL), ticket);
    CU_ASSERT_EQUAL(verify_once(&server, ticket).result.saf, SAF_OK); /* others go their way */
    close(descriptor);
    security_server_stop(&server);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "passwords do not hold up tickets", passwords_do_not_hold_up_tickets },
        { "too many passwords are refused as retryable", too_many_passwords_are_refused_as_retryable },
        { "commands that hash do not hold up logins", commands_that_hash_do_not_hold_up_logins },
        { "too many commands that hash are refused", too_many_commands_that_hash_are_refused },
        { "logins outlive the link that asked", logins_outlive_the_link_that_asked },
        { "failures hold back whoever has them", failures_hold_back_whoever_has_them },
        { "what is held back is bounded", what_is_held_back_is_bounded },
    };
    if (!secret_memory_init(1 << 16))
        return 1;
    return SUITE_RUN("safd under load", cases);
}
