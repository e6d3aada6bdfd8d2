/* The work of one connection on a datastore, between ACCRDB and the end of the conversation (or a re-authentication). SQL
 * commands run on the executor, a turn at a time; each turn ends with a message to the connection's event loop. As long as the
 * client goes on at once, and no other session waits for the thread, a turn sends replies and receives commands by itself. */
#pragma once
#include <stdbool.h>

#include "drda/server.h"
#include "gateway/input_buffer.h"
#include "gateway/loop.h"

struct session;

/* What runs during a turn: the session has it to itself from session_run until `finished` is called. */
struct session_conversation {
    struct drda_server *server;
    struct input_buffer *input;
    int fd; /* open until `finished` is called; the loop may shut it down, but neither read nor write */
};

/* Called on the loop's thread at the end of a turn. */
typedef void (*session_finished)(void *context);

/* Looks up the datastore of an RDB name, `NAME` or `NAME.ALIAS`, case-insensitive: the whole name, else the part before the
 * point. NULL when there is none. */
const struct datastore_settings *session_find_datastore(const struct passgate_settings *settings, const char *rdbnam);

/* On whose behalf a session works, and what it may not do. */
struct session_terms {
    const char *userid; /* verified; copied */
    bool read_only;     /* the user may read and nothing else */
    bool no_updates;    /* the requester has said that it changes nothing */
};

/* Opens a session; does not block. NULL without memory. */
struct session *session_open(struct loop *loop, const struct datastore_settings *datastore, const struct session_terms *terms);

/* Lets an INTRDBRQS cancel what the session runs; `token` is what it is known by then. False: it cannot be had, and is not needed. */
bool session_give_token(struct session *session, const char *userid, uint8_t token[INTERRUPT_TOKEN_SIZE]);

/* Runs the pending SQL command and those that follow until something else is wanted or the client is slow. */
void session_run(struct session *session, const struct session_conversation *conversation, session_finished finished, void *context);

/* Where the large objects of a command go until it is executed; NULL without memory. */
struct drda_stream *session_spool(const struct session *session);

bool session_is_running(const struct session *session);

/* After a turn: what the conversation wants next, and replies yet to be sent, which the caller takes over (buffer_clear). */
enum drda_event session_take_output(struct session *session, struct wire_writer *output);

/* Makes the running statement fail and ends the turn soon. Harmless between turns. */
void session_interrupt(struct session *session);

/* Ends the turn when what runs has been answered. Harmless between turns. */
void session_recall(struct session *session);

/* Rolls back what was not committed, and frees, on the executor. Not while a turn runs. */
void session_close(struct session *session);
