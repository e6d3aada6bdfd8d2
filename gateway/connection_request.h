/* Private to gateway/connection*.c: a connection, and what its DRDA server machine asks for besides bytes (login, RDB, stream,
 * interrupt). SQL is not among it: its turns are the connection's own business. */
#pragma once
#include "drda/server.h"
#include "gateway/connection.h"
#include "gateway/input_buffer.h"
#include "gateway/login.h"
#include "gateway/reauthentication.h"
#include "gateway/session/session.h"

struct connection {
    struct timeout_entry timeout; /* first: the time-out queues hand this back */
    struct connection *next;
    struct connection *previous;
    struct loop *loop;
    struct event event;
    short watching;    /* the event's interest: EV_READ, EV_WRITE, EV_CLOSED or 0 */
    bool closing;      /* the socket is closed; freed when the turn of its session ends */
    bool last_request; /* the loop is stopping: closed when idle */
    bool draining;     /* all is said: reads until the client closes, or the last reply could get lost */
    bool heard;        /* a whole command came since the time-out was started */
    bool refused;      /* a login failed, and the log says why */
    int fd;
    uint32_t port_index;
    union address peer;
    uint64_t number;
    char *userid; /* of the successful login, else NULL */
    struct reauthentication reauthentication;
    struct login *login;
    uint32_t rdb_request; /* to safd: what the user may do with the RDB; else 0 */
    struct session *session;
    enum drda_event wanted; /* what the machine asked for last */
    size_t progress;        /* bytes received since the time-out was started */
    struct input_buffer input;
    struct wire_writer output; /* replies that are stuck */
    size_t output_sent;
    struct drda_server server;
};

/* Does what the machine asked for last, when that can be done without waiting: true, and the machine can go on. False also when it
 * asked for none of these. Otherwise the request is under way, and connection_go_on will be called. */
bool connection_request(struct connection *connection, struct drda_input *input, struct wire_writer *replies);
bool connection_request_is_under_way(const struct connection *connection);
void connection_request_cancel(struct connection *connection);

/* The loop's reply buffer, emptied. */
struct wire_writer *connection_begin_replies(struct connection *connection);
/* What was asked for has been given to the machine: it goes on with the input that was kept, and its replies are sent. */
void connection_go_on(struct connection *connection, struct wire_writer *replies);

/* Logs `what` with the client's address, number and user. */
void connection_log(const struct connection *connection, const char *id, const char *what);
