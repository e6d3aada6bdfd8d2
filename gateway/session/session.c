#include "gateway/session/session.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <strings.h>

#include "gateway/buffer.h"
#include "gateway/datastore/sqlite/session.h"

/* Replies of one turn; a client that sends much in one chain waits until these have gone out. */
enum { OUTPUT_BOUND = 256 * 1024 };

struct session {
    struct executor_job job;     /* first */
    struct loop_message message; /* the end of a turn */
    struct loop *loop;
    struct sql_target *target;
    bool running; /* as the loop sees it */
    atomic_bool interrupted;
    /* The turn. */
    struct session_conversation conversation;
    struct wire_writer output;
    enum drda_event event;
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
session_open(struct loop *loop, const char *rdbnam, const char *userid, enum drda_rdb_outcome *outcome)
{
    const struct datastore_settings *datastore = session_find_datastore(&loop->gateway->configuration->settings, rdbnam);
    if (datastore == NULL) {
        *outcome = DRDA_RDB_NOT_FOUND;
        return NULL;
    }
    *outcome = DRDA_RDB_FAILED;
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return NULL;
    session->target = sqlite_session_new(datastore, userid);
    if (session->target == NULL) {
        free(session);
        return NULL;
    }
    session->loop = loop;
    session->output = buffer_writer();
    atomic_init(&session->interrupted, false);
    *outcome = DRDA_RDB_OPENED;
    return session;
}

static void
end_turn(struct loop_message *message)
{
    struct session *session = (struct session *)((char *)message - offsetof(struct session, message));
    session->running = false;
    session->finished(session->context);
}

static void
run_turn(struct executor_job *job)
{
    struct session *session = (struct session *)job;
    struct drda_server *server = session->conversation.server;
    struct drda_input *input = session->conversation.input;
    session->event = DRDA_MUST_CLOSE;
    while (!atomic_load(&session->interrupted)) {
        drda_server_run_sql(server, input, session->target, &session->output);
        session->event = drda_server_step(server, input, &session->output);
        if (session->event != DRDA_WANTS_SQL || session->output.used >= OUTPUT_BOUND)
            break;
    }
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
    session->running = true;
    session->message.run = end_turn;
    session->job.run = run_turn;
    submit(session);
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
close_target(struct executor_job *job)
{
    struct session *session = (struct session *)job;
    sqlite_session_free(session->target);
    buffer_clear(&session->output);
    free(session);
}

void
session_close(struct session *session)
{
    session->job.run = close_target;
    submit(session);
}
