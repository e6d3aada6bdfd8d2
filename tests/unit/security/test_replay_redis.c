/* The conversation with Redis: against a real redis-server, and against replies that a real one gives only in an emergency. */
#include "security/replay_redis.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/redis_server.h"
#include "tests/support/suite.h"

enum { ANSWERS_MAX = 300 };

/* What the owner was told, in order. */
static struct {
    enum replay_outcome outcomes[ANSWERS_MAX];
    struct replay_use first_uses[ANSWERS_MAX];
    void *claimants[ANSWERS_MAX];
    size_t count;
    int64_t since_s;
    unsigned memories;
} told;

static struct clock_fake fake;
static struct redis_server server;

static void
on_decided(void *claimant, enum replay_outcome outcome, const struct replay_use *first_use)
{
    CU_ASSERT_TRUE_FATAL(told.count < ANSWERS_MAX);
    told.outcomes[told.count] = outcome;
    told.first_uses[told.count] = *first_use;
    told.claimants[told.count++] = claimant;
}

static void
on_memory_begins(void *context, int64_t since_s)
{
    (void)context;
    told.since_s = since_s;
    told.memories++;
}

static struct replay_redis *
new_conversation(const char *user, const char *password, uint32_t database)
{
    const struct replay_redis_settings settings = {
        .place = "test:1",
        .user = user,
        .password = password,
        .database = database,
        .clock = &fake.clock,
        .decided = on_decided,
        .memory_begins = on_memory_begins,
    };
    memset(&told, 0, sizeof told);
    clock_fake_init(&fake, time(NULL));
    struct replay_redis *redis = replay_redis_new(&settings);
    CU_ASSERT_PTR_NOT_NULL_FATAL(redis);
    return redis;
}

static int
connect_to_server(void)
{
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(server.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    CU_ASSERT_EQUAL_FATAL(connect(descriptor, (struct sockaddr *)&address, sizeof address), 0);
    return descriptor;
}

/* Sends what is to be sent and takes what comes, a byte or a buffer at a time; false when the conversation has failed. */
static bool
exchange(struct replay_redis *redis, int descriptor, size_t piece, struct problem *problem)
{
    char bytes[4096];
    size_t size;
    const void *output = replay_redis_output(redis, &size);
    if (size > 0) {
        CU_ASSERT_EQUAL(send(descriptor, output, size, MSG_NOSIGNAL), (ssize_t)size);
        replay_redis_sent(redis);
    }
    ssize_t n = recv(descriptor, bytes, piece, 0);
    CU_ASSERT_TRUE_FATAL(n > 0);
    return replay_redis_receive(redis, bytes, (size_t)n, problem);
}

/* A new connection whose login has succeeded. */
static int
log_in(struct replay_redis *redis)
{
    struct problem problem = { "" };
    int descriptor = connect_to_server();
    replay_redis_connect(redis);
    bool good = true;
    while (good && !replay_redis_is_ready(redis))
        good = exchange(redis, descriptor, 4096, &problem);
    CU_ASSERT_STRING_EQUAL(problem.text, "");
    return descriptor;
}

static struct replay_claim
claim_of(const char *userid, int64_t offset_s)
{
    struct replay_claim claim = { .application = "IMSCON1", .kind = 'L', .ticket_time_s = clock_utc_seconds(&fake.clock) + offset_s };
    snprintf(claim.userid, sizeof claim.userid, "%s", userid);
    return claim;
}

static void
put_claim(struct replay_redis *redis, const char *userid, int64_t offset_s, const char *address)
{
    struct replay_claim claim = claim_of(userid, offset_s);
    struct replay_use use = { .utc_us = clock_utc_us(&fake.clock) };
    snprintf(use.address, sizeof use.address, "%s", address);
    replay_redis_claim(redis, &claim, &use, redis);
}

/* Ends the batch and waits for all answers; false when the conversation has failed. */
static bool
decide_by(struct replay_redis *redis, int descriptor, size_t wanted, size_t piece)
{
    struct problem problem = { "" };
    bool good = true;
    replay_redis_end_batch(redis);
    while (good && told.count < wanted)
        good = exchange(redis, descriptor, piece, &problem);
    if (!good)
        printf("# %s\n", problem.text);
    return good;
}

static void
decide(struct replay_redis *redis, int descriptor, size_t wanted)
{
    CU_ASSERT_TRUE(decide_by(redis, descriptor, wanted, 4096));
}

static enum replay_outcome
claim_once(struct replay_redis *redis, int descriptor, const char *userid, int64_t offset_s)
{
    size_t before = told.count;
    put_claim(redis, userid, offset_s, "192.0.2.7");
    decide(redis, descriptor, before + 1);
    return told.outcomes[before];
}

static void
flush_server(void)
{
    char output[64];
    redis_server_run(&server, output, sizeof output, (const char *const[]) { "FLUSHALL", NULL });
    CU_ASSERT_STRING_EQUAL(output, "OK");
}

static void
a_claim_is_granted_once_on_whatever_connection(void)
{
    flush_server();
    struct replay_redis *one = new_conversation("", "", 0);
    struct replay_redis *other = new_conversation("", "", 0);
    int first = log_in(one);
    int second = log_in(other);
    put_claim(one, "TOM", 10, "192.0.2.7");
    put_claim(one, "TOM", 11, "192.0.2.7");
    decide(one, first, 2);
    put_claim(other, "TOM", 11, "2001:db8::1");
    put_claim(other, "TOM", 12, "2001:db8::1");
    put_claim(other, "TOM", 12, "2001:db8::2");
    decide(other, second, 5);
    static const enum replay_outcome expected[] = { REPLAY_CLAIMED, REPLAY_CLAIMED, REPLAY_USED_BEFORE, REPLAY_CLAIMED,
                                                    REPLAY_USED_BEFORE };
    for (size_t i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(told.outcomes[i], expected[i]);
        CU_ASSERT_PTR_EQUAL(told.claimants[i], i < 2 ? one : other);
    }
    CU_ASSERT_STRING_EQUAL(told.first_uses[2].address, "192.0.2.7");
    CU_ASSERT_EQUAL(told.first_uses[2].utc_us, clock_utc_us(&fake.clock));
    CU_ASSERT_STRING_EQUAL(told.first_uses[4].address, "2001:db8::1");
    CU_ASSERT_EQUAL(told.first_uses[0].utc_us, 0);
    close(first);
    close(second);
    replay_redis_free(one);
    replay_redis_free(other);
}

static void
a_look_up_says_the_same_and_claims_nothing(void)
{
    flush_server();
    struct replay_redis *redis = new_conversation("", "", 0);
    int descriptor = log_in(redis);
    struct replay_claim claim = claim_of("TOM", 10);
    replay_redis_look_up(redis, &claim, NULL);
    decide(redis, descriptor, 1);
    CU_ASSERT_EQUAL(told.outcomes[0], REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "TOM", 10), REPLAY_CLAIMED);
    replay_redis_look_up(redis, &claim, NULL);
    claim = claim_of("TOM", -10);
    replay_redis_look_up(redis, &claim, NULL);
    decide(redis, descriptor, 4);
    CU_ASSERT_EQUAL(told.outcomes[2], REPLAY_USED_BEFORE);
    CU_ASSERT_STRING_EQUAL(told.first_uses[2].address, "192.0.2.7");
    CU_ASSERT_EQUAL(told.outcomes[3], REPLAY_CANNOT_BE_KNOWN);
    close(descriptor);
    replay_redis_free(redis);
}

static void
replies_may_come_byte_by_byte(void)
{
    flush_server();
    struct replay_redis *redis = new_conversation("", "", 0);
    int descriptor = log_in(redis);
    for (int i = 0; i < 20; i++)
        put_claim(redis, "TOM", 10 + i / 2, "192.0.2.7");
    CU_ASSERT_TRUE(decide_by(redis, descriptor, 20, 1));
    for (size_t i = 0; i < 20; i++)
        CU_ASSERT_EQUAL(told.outcomes[i], i % 2 == 0 ? REPLAY_CLAIMED : REPLAY_USED_BEFORE);
    close(descriptor);
    replay_redis_free(redis);
}

static void
keys_live_longer_than_any_ticket(void)
{
    char output[64];
    char key[96];
    flush_server();
    struct replay_redis *redis = new_conversation("", "", 0);
    int descriptor = log_in(redis);
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "X#Y@Z$12", 600), REPLAY_CLAIMED);
    snprintf(key, sizeof key, "passgate:replay:L:IMSCON1:X#Y@Z$12:%lld", (long long)(clock_utc_seconds(&fake.clock) + 600));
    redis_server_run(&server, output, sizeof output, (const char *const[]) { "TTL", key, NULL });
    CU_ASSERT_TRUE(strtol(output, NULL, 10) > 2 * REPLAY_TICKET_LIFETIME_S + 2 * REPLAY_REDIS_CLOCKS_APART_S);
    CU_ASSERT_TRUE(strtol(output, NULL, 10) <= REPLAY_REDIS_LIFETIME_S);
    close(descriptor);
    replay_redis_free(redis);
}

static void
memory_begins_once_and_older_tickets_are_refused(void)
{
    flush_server();
    struct replay_redis *redis = new_conversation("", "", 0);
    int descriptor = log_in(redis);
    int64_t since_s = told.since_s;
    CU_ASSERT_EQUAL(told.memories, 1);
    CU_ASSERT_TRUE(since_s >= clock_utc_seconds(&fake.clock) && since_s < clock_utc_seconds(&fake.clock) + 60);
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "OLD", -1), REPLAY_CANNOT_BE_KNOWN);
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "NEW", 300), REPLAY_CLAIMED);
    close(descriptor);
    descriptor = log_in(redis);
    CU_ASSERT_EQUAL(told.memories, 1);
    CU_ASSERT_EQUAL(told.since_s, since_s);
    close(descriptor);
    replay_redis_free(redis);
}

static void
a_redis_that_has_forgotten_is_noticed_before_a_claim_counts(void)
{
    flush_server();
    struct replay_redis *redis = new_conversation("", "", 0);
    int descriptor = log_in(redis);
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "TOM", 300), REPLAY_CLAIMED);
    sleep(1); /* the new memory begins at another second */
    flush_server();
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "TOM", 300), REPLAY_UNAVAILABLE);
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "TIM", 300), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(told.memories, 2);
    close(descriptor);
    replay_redis_free(redis);
}

static void
claims_are_refused_while_the_clocks_are_apart(void)
{
    flush_server();
    struct replay_redis *redis = new_conversation("", "", 0);
    int descriptor = log_in(redis);
    int64_t since_s = told.since_s;
    clock_fake_advance_ms(&fake, (REPLAY_REDIS_CLOCKS_APART_S + 60) * INT64_C(1000));
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "TOM", 300), REPLAY_UNAVAILABLE);
    CU_ASSERT_EQUAL(told.since_s, since_s);
    clock_fake_advance_ms(&fake, -(REPLAY_REDIS_CLOCKS_APART_S + 60) * INT64_C(1000));
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "TOM", 300), REPLAY_CLAIMED);
    close(descriptor);
    replay_redis_free(redis);
}

static void
clocks_may_be_apart_from_the_first_moment(void)
{
    flush_server();
    struct replay_redis *redis = new_conversation("", "", 0);
    clock_fake_advance_ms(&fake, (REPLAY_REDIS_CLOCKS_APART_S + 60) * INT64_C(1000));
    int descriptor = log_in(redis);
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "TOM", 300), REPLAY_UNAVAILABLE);
    char output[64];
    redis_server_run(&server, output, sizeof output, (const char *const[]) { "EXISTS", "passgate:replay:latest", NULL });
    CU_ASSERT_STRING_EQUAL(output, "0");
    close(descriptor);
    replay_redis_free(redis);
}

/* Redis ahead of us may have dropped what it was to remember: no ticket from before we saw that is accepted. */
static void
memory_begins_anew_after_redis_ran_ahead(void)
{
    flush_server();
    struct replay_redis *redis = new_conversation("", "", 0);
    int descriptor = log_in(redis);
    /* Memory began long ago. */
    char output[64];
    redis_server_run(&server, output, sizeof output, (const char *const[]) { "SET", "passgate:replay:since", "1000", NULL });
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "A", -300), REPLAY_CLAIMED);
    clock_fake_advance_ms(&fake, -(REPLAY_REDIS_CLOCKS_APART_S + 100) * INT64_C(1000));
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "B", 0), REPLAY_UNAVAILABLE);
    int64_t noticed_s = clock_utc_seconds(&fake.clock);
    clock_fake_advance_ms(&fake, (REPLAY_REDIS_CLOCKS_APART_S + 100) * INT64_C(1000));
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "C", noticed_s - clock_utc_seconds(&fake.clock)), REPLAY_CANNOT_BE_KNOWN);
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "D", 0), REPLAY_CLAIMED);
    CU_ASSERT_EQUAL(told.since_s, noticed_s);
    close(descriptor);
    replay_redis_free(redis);
}

/* Both clocks were far ahead while claims were granted, and are right again: what was granted before may have vanished since. */
static void
a_clock_set_back_reopens_nothing(void)
{
    char latest[24];
    char output[64];
    flush_server();
    struct replay_redis *redis = new_conversation("", "", 0);
    int descriptor = log_in(redis);
    redis_server_run(&server, output, sizeof output, (const char *const[]) { "SET", "passgate:replay:since", "1000", NULL });
    snprintf(latest, sizeof latest, "%lld", (long long)(clock_utc_seconds(&fake.clock) + REPLAY_REDIS_LIFETIME_S));
    redis_server_run(&server, output, sizeof output, (const char *const[]) { "SET", "passgate:replay:latest", latest, NULL });
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "A", REPLAY_REDIS_REACH_S - 60), REPLAY_CANNOT_BE_KNOWN);
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "A", REPLAY_REDIS_REACH_S + 60), REPLAY_CLAIMED);
    /* Without that mark the next connection still knows: the conversation remembers. */
    redis_server_run(&server, output, sizeof output, (const char *const[]) { "DEL", "passgate:replay:latest", NULL });
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "B", REPLAY_REDIS_REACH_S - 60), REPLAY_CANNOT_BE_KNOWN);
    close(descriptor);
    replay_redis_free(redis);
}

static void
expect_refused_login(const char *user, const char *password, uint32_t database, const char *expected)
{
    struct problem problem = { "" };
    struct replay_redis *redis = new_conversation(user, password, database);
    int descriptor = connect_to_server();
    replay_redis_connect(redis);
    while (exchange(redis, descriptor, 4096, &problem) && !replay_redis_is_ready(redis))
        continue;
    CU_ASSERT_FALSE(replay_redis_is_ready(redis));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, expected));
    if (strstr(problem.text, expected) == NULL)
        printf("# %s\n", problem.text);
    close(descriptor);
    replay_redis_free(redis);
}

static void
a_login_with_user_password_and_database(void)
{
    char output[64];
    flush_server();
    redis_server_run(&server, output, sizeof output,
                     (const char *const[]) { "ACL", "SETUSER", "safd", "on", ">s3cret:/@ pass", "~passgate:replay:*", "-@all", "+set",
                                             "+get", "+mget", "+time", "+select", NULL });
    CU_ASSERT_STRING_EQUAL(output, "OK");
    struct replay_redis *redis = new_conversation("safd", "s3cret:/@ pass", 3);
    int descriptor = log_in(redis);
    CU_ASSERT_EQUAL(claim_once(redis, descriptor, "TOM", 300), REPLAY_CLAIMED);
    close(descriptor);
    replay_redis_free(redis);
    redis_server_run(&server, output, sizeof output, (const char *const[]) { "-n", "3", "DBSIZE", NULL });
    CU_ASSERT_TRUE(strtol(output, NULL, 10) >= 2);
    expect_refused_login("safd", "wrong", 0, "WRONGPASS");
    expect_refused_login("", "unneeded", 0, "it refuses the login");
    expect_refused_login("safd", "s3cret:/@ pass", 999, "it refuses the login");
    redis_server_run(&server, output, sizeof output, (const char *const[]) { "ACL", "SETUSER", "safd", "-set", NULL });
    expect_refused_login("safd", "s3cret:/@ pass", 0, "it refuses to be written to: NOPERM");
}

/* Feeds made-up replies to a conversation that is ready and has one claim under way. */
static bool
feed(const char *replies, struct problem *problem)
{
    static const char login[] =
        "*2\r\n$4\r\n1000\r\n$1\r\n0\r\n$-1\r\n$8\r\nnot info\r\n*2\r\n$4\r\n1000\r\n$-1\r\n*2\r\n$4\r\n1000\r\n$1\r\n0\r\n";
    struct replay_redis *redis = new_conversation("", "", 0);
    problem->text[0] = '\0';
    clock_fake_init(&fake, 1000);
    replay_redis_connect(redis);
    CU_ASSERT_TRUE(replay_redis_receive(redis, login, sizeof login - 1, problem));
    CU_ASSERT_TRUE(replay_redis_is_ready(redis));
    put_claim(redis, "TOM", 100, "192.0.2.7");
    replay_redis_end_batch(redis);
    bool good = replay_redis_receive(redis, replies, strlen(replies), problem);
    replay_redis_free(redis);
    return good;
}

#define MARKS "*2\r\n$4\r\n1000\r\n$4\r\n1000\r\n*2\r\n$4\r\n1000\r\n$1\r\n0\r\n"

static void
each_refusal_ends_the_connection_and_says_why(void)
{
    static const struct {
        const char *replies;
        const char *problem;
    } cases[] = {
        { "-OOM command not allowed when used memory > 'maxmemory'.\r\n", "it refuses claims: OOM command not allowed" },
        { "-READONLY You can't write against a read only replica.\r\n", "it refuses claims: READONLY" },
        { "-MISCONF Redis is configured to save RDB snapshots\r\n", "it refuses claims: MISCONF" },
        { ":1\r\n", "it refuses claims: a reply of another kind" },
        { "+OK\r\n$1\r\nx\r\n-NOPERM no\r\n", "MGET failed: NOPERM no" },
        { "+OK\r\n$1\r\nx\r\n*2\r\n$4\r\n1000\r\n$-1\r\n-ERR no\r\n", "TIME failed: ERR no" },
        { "+OK\r\n$1\r\nx\r\n" MARKS "+MORE\r\n", "it speaks without being asked" },
        { "HTTP/1.1 400 Bad Request\r\n", "this is not Redis' protocol" },
        { "-\x1b[2J\x07\r\n", "it refuses claims: ?[2J?" },
    };
    struct problem problem;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_FALSE(feed(cases[i].replies, &problem));
        CU_ASSERT_EQUAL(strncmp(problem.text, cases[i].problem, strlen(cases[i].problem)), 0);
        if (strncmp(problem.text, cases[i].problem, strlen(cases[i].problem)) != 0)
            printf("# %zu: %s\n", i, problem.text);
    }
}

static void
what_stands_under_a_key_is_not_trusted(void)
{
    static const char *const values[] = {
        "$0\r\n\r\n",
        "$5\r\nhello\r\n",
        "$3\r\n12 \r\n",
        "$22\r\n99 192.0.2.1\033[2J evil!\r\n",
        "$-1\r\n",
        "-WRONGTYPE not a string\r\n",
        "$60\r\n1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
    };
    struct problem problem;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char replies[256];
        snprintf(replies, sizeof replies, "$-1\r\n%s" MARKS, values[i]);
        CU_ASSERT_TRUE(feed(replies, &problem));
        CU_ASSERT_EQUAL(told.count, 1);
        CU_ASSERT_EQUAL(told.outcomes[0], REPLAY_USED_BEFORE);
        CU_ASSERT_TRUE(strspn(told.first_uses[0].address, "0123456789abcdef.:") == strlen(told.first_uses[0].address));
    }
    CU_ASSERT_TRUE(feed("$-1\r\n$12\r\n99 192.0.2.1\r\n" MARKS, &problem));
    CU_ASSERT_STRING_EQUAL(told.first_uses[0].address, "192.0.2.1");
    CU_ASSERT_EQUAL(told.first_uses[0].utc_us, 99);
}

static void
marks_that_are_no_numbers_are_no_marks(void)
{
    static const char *const marks[] = {
        "*2\r\n$-1\r\n$-1\r\n",   "*2\r\n$3\r\nabc\r\n$-1\r\n", "*2\r\n$0\r\n\r\n$-1\r\n", "*2\r\n$20\r\n99999999999999999999\r\n$-1\r\n",
        "*2\r\n:1000\r\n$-1\r\n",
    };
    struct problem problem;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        char replies[256];
        snprintf(replies, sizeof replies, "+OK\r\n$1\r\nx\r\n%s*2\r\n$4\r\n1000\r\n$1\r\n0\r\n", marks[i]);
        CU_ASSERT_TRUE(feed(replies, &problem));
        CU_ASSERT_EQUAL(told.outcomes[0], REPLAY_UNAVAILABLE);
    }
}

static void
a_reply_without_end_is_cut_off(void)
{
    struct problem problem = { "" };
    static char flood[4096];
    struct replay_redis *redis = new_conversation("", "", 0);
    memset(flood, 'x', sizeof flood);
    replay_redis_connect(redis);
    bool good = replay_redis_receive(redis, "$100000000\r\n", 12, &problem);
    size_t taken = 0;
    while (good && taken < (1 << 20)) {
        good = replay_redis_receive(redis, flood, sizeof flood, &problem);
        taken += sizeof flood;
    }
    CU_ASSERT_FALSE(good);
    CU_ASSERT_TRUE(taken <= 131072);
    replay_redis_free(redis);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a claim is granted once, on whatever connection", a_claim_is_granted_once_on_whatever_connection },
        { "a look-up says the same and claims nothing", a_look_up_says_the_same_and_claims_nothing },
        { "replies may come byte by byte", replies_may_come_byte_by_byte },
        { "keys live longer than any ticket", keys_live_longer_than_any_ticket },
        { "memory begins once, and older tickets are refused", memory_begins_once_and_older_tickets_are_refused },
        { "a Redis that has forgotten is noticed before a claim counts", a_redis_that_has_forgotten_is_noticed_before_a_claim_counts },
        { "claims are refused while the clocks are apart", claims_are_refused_while_the_clocks_are_apart },
        { "clocks may be apart from the first moment", clocks_may_be_apart_from_the_first_moment },
        { "memory begins anew after Redis ran ahead", memory_begins_anew_after_redis_ran_ahead },
        { "a clock set back reopens nothing", a_clock_set_back_reopens_nothing },
        { "a login with user, password and database", a_login_with_user_password_and_database },
        { "each refusal ends the connection and says why", each_refusal_ends_the_connection_and_says_why },
        { "what stands under a key is not trusted", what_stands_under_a_key_is_not_trusted },
        { "marks that are no numbers are no marks", marks_that_are_no_numbers_are_no_marks },
        { "a reply without end is cut off", a_reply_without_end_is_cut_off },
    };
    redis_server_start(&server, NULL);
    int status = SUITE_RUN("replay_redis", cases);
    redis_server_remove(&server);
    return status;
}
