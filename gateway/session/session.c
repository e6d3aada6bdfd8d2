#include "gateway/session/session.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>

#include "gateway/buffer.h"
#include "gateway/datastore/sqlite/session.h"
#include "gateway/session/spool.h"

enum {
    OUTPUT_BOUND = 256 * 1024, /* replies to one chain; they go out before more is done */
    LINGER_MS = 5,             /* how long a thread stays with a client that may go on at once */
    QUICK_MS = 2,              /* commands up to that are worth doing in advance */
};

struct session {
    struct executor_job job;     /* first */
    struct loop_message message; /* the end of a turn */
    struct loop *loop;
    struct sql_target *target;
    const struct datastore_settings *datastore;
    struct interruptible *interruptible; /* NULL: without a token */
    bool running;                        /* as the loop sees it */
    atomic_bool interrupted;
    atomic_bool recalled; /* the turn is to end with the replies under way */
    /* The turn. */
    struct session_conversation conversation;
    struct wire_writer output; /* what the turn could not send */
    enum drda_event event;
    int64_t took_ms; /* by the commands run last */
    session_finished finished;
    void *context;
};

const struct datastore_settings *
session_find_datastore(const struct passgate_settings *settings, const char *rdbnam)
{
    size_t sizes[2] = { strlen(rdbnam), strcspn(rdbnam, ".") };
    for (size_t part = 0; part < 2; part++) {
        for (size_t i = 0; i < settings->datastore_count; i++) {
            const struct datastore_settings *datastore = &settings->datastores[i];
            if (strlen(datastore->name) == sizes[part] && strncasecmp(datastore->name, rdbnam, sizes[part]) == 0)
                return datastore;
        }
    }
    return NULL;
}

struct session *
session_open(struct loop *loop, const struct datastore_settings *datastore, const struct session_terms *terms)
{
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return NULL;
    session->target = sqlite_session_new(datastore, terms->userid);
    if (session->target == NULL) {
        free(session);
        return NULL;
    }
    if (terms->read_only)
        sqlite_session_set_read_only(session->target);
    if (terms->no_updates)
        sqlite_session_prohibit_updates(session->target);
    sqlite_session_limit_lobs(session->target, loop->gateway->configuration->settings.lob_bytes);
    session->loop = loop;
    session->datastore = datastore;
    session->output = buffer_writer();
    atomic_init(&session->interrupted, false);
    atomic_init(&session->recalled, false);
    return session;
}

/* Any thread. */
static void
cancel(void *target)
{
    sqlite_session_cancel(target);
}

bool
session_give_token(struct session *session, const char *userid, uint8_t token[INTERRUPT_TOKEN_SIZE])
{
    struct interrupts *interrupts = &session->loop->gateway->interrupts;
    session->interruptible = interrupts_add(interrupts, userid, session->datastore, cancel, session->target, token);
    return session->interruptible != NULL;
}

static void
end_turn(struct loop_message *message)
{
    struct session *session = (struct session *)((char *)message - offsetof(struct session, message));
    session->running = false;
    session->finished(session->context);
}

/* Sends what the socket takes; the rest is left to the loop. True when nothing is left. */
static bool
send_replies(struct session *session, struct wire_writer *output)
{
    if (output->used == 0 && !output->failed)
        return true;
    ssize_t n = output->failed ? -1 : send(session->conversation.fd, output->start, output->used, MSG_NOSIGNAL | MSG_DONTWAIT);
    size_t sent = n > 0 ? (size_t)n : 0;
    if (sent < output->used)
        wire_put_bytes(&session->output, output->start + sent, output->used - sent);
    session->output.failed = session->output.failed || output->failed;
    bool all = sent == output->used && !output->failed;
    output->used = 0;
    return all;
}

/* Whether the turn goes on. Of large objects no more is in memory than one piece that the socket does not take. */
static bool
has_room(struct session *session, struct executor_thread *thread)
{
    if (session->target->externals == NULL)
        return thread->output.used < OUTPUT_BOUND;
    return send_replies(session, &thread->output) && !atomic_load(&session->recalled) && !executor_is_needed(thread);
}

/* Runs the pending command and those behind it, until something else is wanted or there is much output. */
static void
run_commands(struct session *session, struct executor_thread *thread, struct drda_input *input)
{
    struct wire_writer *output = &thread->output;
    int64_t start_ms = clock_monotonic_ms(session->loop->gateway->clock);
    session->event = DRDA_MUST_CLOSE;
    while (!atomic_load(&session->interrupted)) {
        sqlite_session_begin_command(session->target);
        drda_server_run_sql(session->conversation.server, input, session->target, output);
        session->event = drda_server_step(session->conversation.server, input, output);
        if (session->event != DRDA_WANTS_SQL || !has_room(session, thread))
            break;
        sqlite_session_take_command(session->target);
    }
    session->took_ms = clock_monotonic_ms(session->loop->gateway->clock) - start_ms;
}

/* While the client takes a block apart the next one is made, unless that may take long: it could want something else. */
static void
read_ahead(struct session *session)
{
    if (session->took_ms > QUICK_MS || atomic_load(&session->recalled))
        return;
    sqlite_session_take_command(session->target);
    sqlite_session_begin_command(session->target);
    sql_read_ahead(session->target);
}

/* Waits a little for the client's next commands and takes those that are whole. False: the loop goes on, with what was received
 * in the connection's buffer. */
static bool
receive_commands(struct session *session, struct executor_thread *thread, struct drda_input *input)
{
    struct session_conversation *conversation = &session->conversation;
    bool urgent = sqlite_session_holds_lock(session->target);
    if (atomic_load(&session->recalled) || !executor_linger(thread, conversation->fd, LINGER_MS, urgent))
        return false;
    ssize_t n = recv(conversation->fd, thread->input, EXECUTOR_INPUT_SIZE, MSG_DONTWAIT);
    if (n <= 0)
        return false; /* the loop will see it too */
    *input = (struct drda_input) { .bytes = thread->input, .size = (size_t)n };
    sqlite_session_take_command(session->target);
    session->event = drda_server_step(conversation->server, input, &thread->output);
    return session->event == DRDA_WANTS_SQL;
}

/* What was not taken, and a request that the loop has to answer, move to the connection's memory. */
static void
hand_over_input(struct session *session, struct drda_input *input)
{
    bool under_way = session->event != DRDA_NEEDS_INPUT && session->event != DRDA_MUST_CLOSE;
    if (!input_buffer_keep(session->conversation.input, input, under_way))
        session->output.failed = true;
}

/* A conversation that goes on at once stays on the thread: its replies are sent and its commands received here, which saves
 * two ways through the loop for every statement. */
static void
run_turn(struct executor_job *job, struct executor_thread *thread)
{
    struct session *session = (struct session *)job;
    struct drda_input *input = &session->conversation.input->input;
    struct drda_input borrowed;
    do {
        run_commands(session, thread, input);
        if (!send_replies(session, &thread->output) || session->event != DRDA_NEEDS_INPUT || input->size > input->taken)
            break;
        hand_over_input(session, input);
        read_ahead(session);
        input = &borrowed;
        borrowed = (struct drda_input) { .size = 0 };
    } while (receive_commands(session, thread, input));
    send_replies(session, &thread->output);
    hand_over_input(session, input);
    loop_post(session->loop, &session->message);
}

/* What a session does that others wait for must not stand in line behind them. */
static void
submit(struct session *session)
{
    struct executor *executor = session->loop->gateway->executor;
    if (sqlite_session_holds_lock(session->target))
        executor_submit_urgent(executor, &session->job);
    else
        executor_submit(executor, &session->job);
}

void
session_run(struct session *session, const struct session_conversation *conversation, session_finished finished, void *context)
{
    session->conversation = *conversation;
    session->finished = finished;
    session->context = context;
    sqlite_session_take_command(session->target);
    session->running = true;
    session->message.run = end_turn;
    session->job.run = run_turn;
    submit(session);
}

struct drda_stream *
session_spool(const struct session *session)
{
    return spool_new(session->datastore->path, session->loop->gateway->configuration->settings.lob_bytes);
}

bool
session_is_running(const struct session *session)
{
    return session->running;
}

enum drda_event
session_take_output(struct session *session, struct wire_writer *output)
{
    *output = session->output;
    session->output = buffer_writer();
    return session->event;
}

void
session_interrupt(struct session *session)
{
    atomic_store(&session->interrupted, true);
    if (session->running)
        sqlite_session_interrupt(session->target);
}

static void
close_target(struct executor_job *job, struct executor_thread *thread)
{
    (void)thread;
    struct session *session = (struct session *)job;
    sqlite_session_free(session->target);
    buffer_clear(&session->output);
    free(session);
}

void
session_recall(struct session *session)
{
    atomic_store(&session->recalled, true);
}

void
session_close(struct session *session)
{
    interrupts_remove(&session->loop->gateway->interrupts, session->interruptible);
    session->job.run = close_target;
    submit(session);
}
