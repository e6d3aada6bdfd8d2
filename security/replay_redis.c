#include "security/replay_redis.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/log.h"
#include "security/replay_redis_command.h"
#include "security/replay_redis_marks.h"
#include "security/replay_redis_reply.h"

#define SINCE_KEY "passgate:replay:since"
#define LATEST_KEY "passgate:replay:latest"

enum { UNPARSED_MAX = 65536 /* bytes of one reply: none that is expected comes near */ };

/* What a reply answers, in the order of the questions. */
enum question {
    QUESTION_LOGIN,   /* AUTH, SELECT */
    QUESTION_START,   /* TIME, after the login */
    QUESTION_BEGIN,   /* SET of the mark `since`, unless it is there */
    QUESTION_INFO,    /* how well Redis remembers */
    QUESTION_CLAIM,   /* SET and GET */
    QUESTION_LOOK_UP, /* GET */
    QUESTION_MARKS,   /* MGET and TIME: decides the claims before it */
    QUESTION_MOVE,    /* SET of a mark */
};

struct step {
    STAILQ_ENTRY(step) entry;
    enum question question;
    unsigned replies; /* that have come */
    void *claimant;
    int64_t ticket_time_s;
    enum replay_outcome outcome; /* as far as it is known */
    struct replay_use first_use;
};

STAILQ_HEAD(steps, step);

struct replay_redis {
    struct replay_redis_settings settings;
    redisReader *reader;
    size_t unparsed; /* bytes since the last whole reply */
    struct wire_writer output;
    bool ready;
    bool in_batch;
    bool no_memory;
    struct steps asked;     /* their replies are to come */
    struct steps undecided; /* claims whose replies have come and that wait for the marks */
    struct replay_redis_marks marks;
    int64_t told_since_s; /* to the owner */
    bool risks_told;
};

struct replay_redis *
replay_redis_new(const struct replay_redis_settings *settings)
{
    struct replay_redis *redis = calloc(1, sizeof *redis);
    if (redis == NULL)
        return NULL;
    redis->settings = *settings;
    redis->output = redis_command_writer();
    redis->marks = replay_redis_marks();
    redis->told_since_s = redis->marks.since_s;
    STAILQ_INIT(&redis->asked);
    STAILQ_INIT(&redis->undecided);
    return redis;
}

static void
drop_steps(struct steps *steps)
{
    struct step *step;
    while ((step = STAILQ_FIRST(steps)) != NULL) {
        STAILQ_REMOVE_HEAD(steps, entry);
        free(step);
    }
}

static void
forget_connection(struct replay_redis *redis)
{
    drop_steps(&redis->asked);
    drop_steps(&redis->undecided);
    if (redis->reader != NULL)
        redisReaderFree(redis->reader);
    redis->reader = NULL;
    redis->unparsed = 0;
    replay_redis_sent(redis);
    redis->ready = false;
    redis->in_batch = false;
    redis->no_memory = false;
    redis->output.failed = false;
}

void
replay_redis_free(struct replay_redis *redis)
{
    if (redis == NULL)
        return;
    forget_connection(redis);
    redis_command_writer_free(&redis->output);
    free(redis);
}

bool
replay_redis_is_ready(const struct replay_redis *redis)
{
    return redis->ready;
}

bool
replay_redis_in_batch(const struct replay_redis *redis)
{
    return redis->in_batch;
}

const void *
replay_redis_output(const struct replay_redis *redis, size_t *size)
{
    *size = redis->output.used;
    return redis->output.start;
}

void
replay_redis_sent(struct replay_redis *redis)
{
    redis_command_writer_wipe(&redis->output);
}

#define PUT(redis, ...) redis_command_put(&(redis)->output, (const char *const[]) { __VA_ARGS__, NULL })

static struct step *
ask(struct replay_redis *redis, enum question question)
{
    struct step *step = calloc(1, sizeof *step);
    if (step == NULL) {
        redis->no_memory = true;
        return NULL;
    }
    step->question = question;
    step->outcome = REPLAY_UNAVAILABLE;
    STAILQ_INSERT_TAIL(&redis->asked, step, entry);
    return step;
}

static void
ask_for_login(struct replay_redis *redis)
{
    const struct replay_redis_settings *settings = &redis->settings;
    if (settings->password[0] != '\0' && ask(redis, QUESTION_LOGIN) != NULL)
        redis_command_log_in(&redis->output, settings->user, settings->password);
    if (settings->database != 0 && ask(redis, QUESTION_LOGIN) != NULL)
        redis_command_select(&redis->output, settings->database);
    if (ask(redis, QUESTION_START) != NULL)
        PUT(redis, "TIME");
}

void
replay_redis_connect(struct replay_redis *redis)
{
    forget_connection(redis);
    redis->reader = redis_reply_reader_new();
    redis->no_memory = redis->reader == NULL;
    ask_for_login(redis);
}

void
replay_redis_claim(struct replay_redis *redis, const struct replay_claim *claim, const struct replay_use *use, void *claimant)
{
    struct step *step = ask(redis, QUESTION_CLAIM);
    if (step == NULL)
        return;
    redis_command_claim(&redis->output, claim, use, REPLAY_REDIS_LIFETIME_S);
    step->claimant = claimant;
    step->ticket_time_s = claim->ticket_time_s;
    redis->in_batch = true;
}

void
replay_redis_look_up(struct replay_redis *redis, const struct replay_claim *claim, void *claimant)
{
    struct step *step = ask(redis, QUESTION_LOOK_UP);
    if (step == NULL)
        return;
    redis_command_get_claim(&redis->output, claim);
    step->claimant = claimant;
    step->ticket_time_s = claim->ticket_time_s;
    redis->in_batch = true;
}

void
replay_redis_end_batch(struct replay_redis *redis)
{
    redis->in_batch = false;
    if (ask(redis, QUESTION_MARKS) == NULL)
        return;
    PUT(redis, "MGET", SINCE_KEY, LATEST_KEY);
    PUT(redis, "TIME");
}

static void
move_mark(struct replay_redis *redis, const char *key, int64_t value_s)
{
    if (ask(redis, QUESTION_MOVE) != NULL)
        redis_command_set_number(&redis->output, key, value_s, false);
}

/* Also shows whether Redis takes anything at all: a replica does not, nor one that is full or cannot write to its disk. */
static void
begin_memory(struct replay_redis *redis, int64_t redis_now_s)
{
    if (ask(redis, QUESTION_BEGIN) != NULL)
        redis_command_set_number(&redis->output, SINCE_KEY, redis_now_s, true);
}

static bool
take_set_reply(struct step *step, const redisReply *reply, struct problem *problem)
{
    if (redis_reply_is_ok(reply))
        step->outcome = REPLAY_CLAIMED;
    else if (reply->type == REDIS_REPLY_NIL)
        step->outcome = REPLAY_USED_BEFORE;
    else
        return redis_reply_fail(problem, "it refuses claims", reply);
    return true;
}

static void
take_get_reply(struct step *step, const redisReply *reply)
{
    bool found = reply->type == REDIS_REPLY_STRING;
    if (step->question == QUESTION_LOOK_UP && (found || reply->type == REDIS_REPLY_NIL))
        step->outcome = found ? REPLAY_USED_BEFORE : REPLAY_CLAIMED;
    if (step->outcome == REPLAY_USED_BEFORE && found)
        redis_reply_first_use(reply, &step->first_use);
}

static bool
take_mark_values(struct replay_redis *redis, const redisReply *reply, struct problem *problem)
{
    int64_t since_s;
    int64_t latest_s;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2)
        return redis_reply_fail(problem, "MGET failed", reply);
    bool since_known = redis_reply_number(reply->element[0], &since_s);
    bool latest_known = redis_reply_number(reply->element[1], &latest_s);
    replay_redis_marks_take(&redis->marks, since_known ? &since_s : NULL, latest_known ? &latest_s : NULL);
    return true;
}

static void
tell_memory(struct replay_redis *redis)
{
    if (redis->marks.since_s == redis->told_since_s)
        return;
    redis->told_since_s = redis->marks.since_s;
    redis->settings.memory_begins(redis->settings.context, redis->told_since_s);
}

/* The owner may make further claims meanwhile: they go to another list. */
static void
decide_claims(struct replay_redis *redis)
{
    struct steps decided = STAILQ_HEAD_INITIALIZER(decided);
    STAILQ_CONCAT(&decided, &redis->undecided);
    struct step *step;
    while ((step = STAILQ_FIRST(&decided)) != NULL) {
        STAILQ_REMOVE_HEAD(&decided, entry);
        enum replay_outcome outcome = replay_redis_marks_judge(&redis->marks, step->outcome, step->ticket_time_s);
        redis->settings.decided(step->claimant, outcome, &step->first_use);
        free(step);
    }
}

/* The end of a batch. */
static bool
take_marks(struct replay_redis *redis, const redisReply *reply, struct problem *problem)
{
    int64_t redis_now_s;
    if (!redis_reply_time(reply, &redis_now_s))
        return redis_reply_fail(problem, "TIME failed", reply);
    int64_t now_s = clock_utc_seconds(redis->settings.clock);
    if (redis->marks.since_known)
        tell_memory(redis);
    else
        begin_memory(redis, redis_now_s);
    replay_redis_marks_compare_clocks(&redis->marks, redis->settings.place, redis_now_s, now_s);
    if (replay_redis_marks_begin_anew(&redis->marks, redis_now_s, now_s))
        move_mark(redis, SINCE_KEY, now_s);
    if (!STAILQ_EMPTY(&redis->undecided) && replay_redis_marks_latest_is_old(&redis->marks))
        move_mark(redis, LATEST_KEY, redis->marks.highest_s);
    redis->ready = redis->marks.since_known;
    decide_claims(redis);
    return true;
}

static bool
start(struct replay_redis *redis, const redisReply *reply, struct problem *problem)
{
    int64_t redis_now_s;
    if (!redis_reply_time(reply, &redis_now_s))
        return redis_reply_fail(problem, "it does not tell its time", reply);
    begin_memory(redis, redis_now_s);
    if (!redis->risks_told && ask(redis, QUESTION_INFO) != NULL)
        PUT(redis, "INFO");
    replay_redis_end_batch(redis);
    return true;
}

static bool
take_begin_reply(struct replay_redis *redis, const redisReply *reply, struct problem *problem)
{
    if (redis_reply_is_ok(reply))
        log_message("SAFD0056W",
                    "REDIS %s REMEMBERS NO CLAIM OF BEFORE NOW: PassTickets made up to this second are refused, because no one can know "
                    "whether they were used; nothing to do when it is new, else see to its persistence",
                    redis->settings.place);
    return redis_reply_is_ok(reply) || reply->type == REDIS_REPLY_NIL || redis_reply_fail(problem, "it refuses to be written to", reply);
}

/* Whoever runs Redis decides how well it remembers; what is surely not enough is said once. */
static void
tell_risks(struct replay_redis *redis, const redisReply *reply)
{
    redis->risks_told = true;
    if (reply->type != REDIS_REPLY_STRING)
        return; /* not permitted to ask: then it is not known */
    bool limited = strtoll(redis_reply_info(reply->str, "\nmaxmemory:"), NULL, 10) > 0;
    if (limited && strncmp(redis_reply_info(reply->str, "\nmaxmemory_policy:"), "noeviction", 10) != 0)
        log_message("SAFD0057W", "REDIS %s MAY DROP CLAIMS WHEN ITS MEMORY IS FULL: set maxmemory-policy noeviction",
                    redis->settings.place);
    if (redis_reply_info(reply->str, "\naof_enabled:")[0] == '0')
        log_message("SAFD0057W", "REDIS %s FORGETS CLAIMS WHEN IT CRASHES: set appendonly yes and appendfsync always",
                    redis->settings.place);
}

static unsigned
replies_of(enum question question)
{
    return question == QUESTION_CLAIM || question == QUESTION_MARKS ? 2 : 1;
}

static bool
take_step_reply(struct replay_redis *redis, struct step *step, const redisReply *reply, struct problem *problem)
{
    switch (step->question) {
    case QUESTION_LOGIN:
        return redis_reply_is_ok(reply) || redis_reply_fail(problem, "it refuses the login", reply);
    case QUESTION_START:
        return start(redis, reply, problem);
    case QUESTION_BEGIN:
        return take_begin_reply(redis, reply, problem);
    case QUESTION_INFO:
        tell_risks(redis, reply);
        return true;
    case QUESTION_CLAIM:
        if (step->replies == 1)
            return take_set_reply(step, reply, problem);
        take_get_reply(step, reply);
        return true;
    case QUESTION_LOOK_UP:
        take_get_reply(step, reply);
        return true;
    case QUESTION_MARKS:
        return step->replies == 1 ? take_mark_values(redis, reply, problem) : take_marks(redis, reply, problem);
    case QUESTION_MOVE:
        return redis_reply_is_ok(reply) || redis_reply_fail(problem, "it refuses to be written to", reply);
    }
    return true;
}

static bool
take_reply(struct replay_redis *redis, const redisReply *reply, struct problem *problem)
{
    struct step *step = STAILQ_FIRST(&redis->asked);
    if (step == NULL)
        return redis_reply_fail(problem, "it speaks without being asked", reply);
    step->replies++;
    bool good = take_step_reply(redis, step, reply, problem);
    if (!good || step->replies < replies_of(step->question))
        return good;
    STAILQ_REMOVE_HEAD(&redis->asked, entry);
    if (step->question == QUESTION_CLAIM || step->question == QUESTION_LOOK_UP)
        STAILQ_INSERT_TAIL(&redis->undecided, step, entry);
    else
        free(step);
    return true;
}

static bool
take_replies(struct replay_redis *redis, struct problem *problem)
{
    for (;;) {
        void *reply = NULL;
        if (redisReaderGetReply(redis->reader, &reply) != REDIS_OK) {
            problem_set(problem, "this is not Redis' protocol: %.100s", redis->reader->errstr);
            return false;
        }
        if (reply == NULL)
            return true;
        redis->unparsed = 0;
        bool good = take_reply(redis, reply, problem);
        freeReplyObject(reply);
        if (!good)
            return false;
    }
}

bool
replay_redis_receive(struct replay_redis *redis, const void *bytes, size_t size, struct problem *problem)
{
    redis->unparsed += size;
    bool fed = !redis->no_memory && !redis->output.failed && redisReaderFeed(redis->reader, bytes, size) == REDIS_OK;
    if (!fed)
        problem_set(problem, "no memory for what is said to it");
    else if (take_replies(redis, problem) && redis->unparsed <= UNPARSED_MAX)
        return true;
    else if (redis->unparsed > UNPARSED_MAX)
        problem_set(problem, "a reply is longer than %d bytes", UNPARSED_MAX);
    return false;
}
