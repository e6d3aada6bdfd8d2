/* One connection to safd: requests are taken off its socket, answers are kept until the peer has read them. A peer that does not
 * read is not read from either, so that a link holds a bounded amount of memory. Request bytes are wiped once
 * served, answers once sent.
 * Everything runs in safd's one loop. A link is never freed while its callers may hold it: it is marked closed, and
 * safd_links_sweep frees it at the end of the turn. */
#pragma once
#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "common/attributes.h"
#include "security/saf/message.h"

enum {
    SAFD_REQUEST_MAX = SAF_COMMAND_MAX + 1024,                   /* bytes of the longest request frame, with room to spare */
    SAFD_OUTPUT_PAUSE = 64 * 1024,                               /* more unread bytes than this: no further request is taken */
    SAFD_OUTPUT_MAX = 2 * SAFD_OUTPUT_PAUSE + 2 * SAF_FRAME_MAX, /* and what requests under way may add to it */
};

struct safd_links;

struct safd_link {
    LIST_ENTRY(safd_link) entry;
    struct safd_links *links;
    struct event *readable;
    struct event *writable;
    int descriptor;
    struct ucred peer; /* what the kernel says of the process at the other end */
    bool inherited;    /* given by the parent process at the start */
    bool gateway;      /* may ask for VERIFY and AUTHORIZE */
    bool warned;       /* a refused request of this link is in the log already */
    bool paused;       /* the peer has to read before it is read from */
    bool ended;        /* the peer sends no more; it may still read */
    bool closed;       /* to be freed */
    bool held;         /* its requests wait for one that is under way */
    size_t under_way;  /* requests that are not answered yet */
    size_t input_used;
    size_t output_sent;
    struct wire_writer output;
    uint8_t input[SAFD_REQUEST_MAX];
};

struct safd_links {
    struct event_base *base;
    /* Serves one request and puts what answers it to safd_link.output, at once or later; while later, safd_link.under_way counts
     * it. False: the request is broken and ends the connection. */
    bool (*serve)(void *context, struct safd_link *link, const struct saf_frame *frame);
    /* A link that has requests under way is about to be freed. */
    void (*forget)(void *context, const struct safd_link *link);
    void *context;
    LIST_HEAD(safd_link_list, safd_link) all;
    size_t inherited; /* links that are */
    size_t strangers; /* links that are neither inherited nor of a gateway */
};

/* Takes over a connected, non-blocking socket. False when there is no memory; the socket is then closed. */
MUST_CHECK bool safd_links_add(struct safd_links *links, int descriptor, const struct ucred *peer, bool inherited, bool gateway);

/* Takes no further request from the link while one is under way that those behind it must not overtake. */
void safd_link_hold(struct safd_link *link);
void safd_link_release(struct safd_link *link);

/* How many links the operating-system user has that are neither inherited nor of a gateway. */
size_t safd_links_count_uid(const struct safd_links *links, uid_t uid);

/* The end of a turn: sends answers, lets paused links go on, frees closed ones. */
void safd_links_sweep(struct safd_links *links);

/* True while some peer has not been sent all of its answers. */
bool safd_links_unsent(const struct safd_links *links);

void safd_links_clear(struct safd_links *links);
