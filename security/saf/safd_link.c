#include "security/saf/safd_link.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "common/secret.h"

/* Answers may hold PassTickets: no copy of them is left behind. */
static bool
grow_output(struct wire_writer *output, size_t needed)
{
    if (needed > SAFD_OUTPUT_MAX)
        return false;
    size_t size = needed < SAFD_OUTPUT_MAX / 2 ? 2 * needed : SAFD_OUTPUT_MAX;
    uint8_t *larger = malloc(size);
    if (larger == NULL)
        return false;
    if (output->used > 0)
        memcpy(larger, output->start, output->used);
    secret_wipe(output->start, output->used);
    free(output->start);
    output->start = larger;
    output->size = size;
    return true;
}

static void
close_broken(struct safd_link *link, const char *why)
{
    log_message("SAFD0011W", "CONNECTION CLOSED, UID=%u PID=%d: %s", link->peer.uid, link->peer.pid, why);
    link->closed = true;
}

static bool
is_output_full(const struct safd_link *link)
{
    return link->output.used - link->output_sent > SAFD_OUTPUT_PAUSE;
}

static bool
must_wait(const struct safd_link *link)
{
    return link->held || is_output_full(link);
}

static void
drop_served_input(struct safd_link *link, size_t served)
{
    if (served == 0)
        return;
    size_t left = link->input_used - served;
    memmove(link->input, link->input + served, left);
    secret_wipe(link->input + left, served);
    link->input_used = left;
}

static void
serve_input(struct safd_link *link)
{
    size_t served = 0;
    int taken = 1;
    while (taken == 1 && !must_wait(link)) {
        struct saf_frame frame;
        size_t size;
        taken = saf_frame_next(link->input + served, link->input_used - served, &frame, &size);
        if (taken == 1 && !link->links->serve(link->links->context, link, &frame))
            taken = -1;
        if (taken == 1)
            served += size;
    }
    drop_served_input(link, served);
    if (taken < 0)
        close_broken(link, "a request is broken or of an unknown type");
    else if (taken == 0 && link->input_used == sizeof link->input)
        close_broken(link, "a request is too long");
    link->paused = !link->closed && must_wait(link);
    if (link->closed || link->paused)
        event_del(link->readable);
}

static void
on_readable(evutil_socket_t descriptor, short events, void *context)
{
    (void)events;
    struct safd_link *link = context;
    serve_input(link); /* what a pause left behind */
    if (link->closed || link->paused)
        return;
    ssize_t n = recv(descriptor, link->input + link->input_used, sizeof link->input - link->input_used, MSG_DONTWAIT);
    if (n > 0) {
        link->input_used += (size_t)n;
        serve_input(link);
    } else if (n == 0) {
        link->ended = true;
        event_del(link->readable);
    } else if (errno != EAGAIN && errno != EINTR) {
        link->closed = true;
    }
}

static void
on_writable(evutil_socket_t descriptor, short events, void *context)
{
    /* Only wakes the loop: every turn ends in safd_links_sweep, which sends. */
    (void)descriptor;
    (void)events;
    (void)context;
}

static void
free_link(struct safd_link *link)
{
    if (link->under_way > 0)
        link->links->forget(link->links->context, link);
    LIST_REMOVE(link, entry);
    link->links->inherited -= link->inherited;
    link->links->strangers -= !link->gateway;
    if (link->readable != NULL)
        event_free(link->readable);
    if (link->writable != NULL)
        event_free(link->writable);
    close(link->descriptor);
    secret_wipe(link->output.start, link->output.used);
    free(link->output.start);
    secret_wipe(link->input, link->input_used);
    free(link);
}

bool
safd_links_add(struct safd_links *links, int descriptor, const struct ucred *peer, bool inherited, bool gateway)
{
    struct safd_link *link = calloc(1, sizeof *link);
    if (link == NULL) {
        close(descriptor);
        return false;
    }
    link->links = links;
    link->descriptor = descriptor;
    link->peer = *peer;
    link->inherited = inherited;
    link->gateway = gateway;
    link->output.grow = grow_output;
    LIST_INSERT_HEAD(&links->all, link, entry);
    links->inherited += inherited;
    links->strangers += !gateway;
    link->readable = event_new(links->base, descriptor, EV_READ | EV_PERSIST, on_readable, link);
    link->writable = event_new(links->base, descriptor, EV_WRITE, on_writable, link);
    if (link->readable == NULL || link->writable == NULL || event_add(link->readable, NULL) != 0) {
        free_link(link);
        return false;
    }
    return true;
}

void
safd_link_hold(struct safd_link *link)
{
    link->held = true;
    link->under_way++;
}

void
safd_link_release(struct safd_link *link)
{
    link->held = false;
    link->under_way--;
}

size_t
safd_links_count_uid(const struct safd_links *links, uid_t uid)
{
    size_t count = 0;
    for (const struct safd_link *link = LIST_FIRST(&links->all); link != NULL; link = LIST_NEXT(link, entry))
        count += !link->gateway && link->peer.uid == uid;
    return count;
}

static void
send_output(struct safd_link *link)
{
    while (!link->closed && link->output_sent < link->output.used) {
        size_t size = link->output.used - link->output_sent;
        ssize_t n = send(link->descriptor, link->output.start + link->output_sent, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0)
            link->output_sent += (size_t)n;
        else if (errno == EAGAIN)
            break;
        else if (errno != EINTR)
            link->closed = true;
    }
    if (link->closed)
        return;
    if (link->output_sent < link->output.used) {
        link->closed = event_add(link->writable, NULL) != 0;
        return;
    }
    secret_wipe(link->output.start, link->output.used);
    link->output.used = 0;
    link->output_sent = 0;
    if (link->output.size > SAFD_OUTPUT_PAUSE) {
        free(link->output.start);
        link->output.start = NULL;
        link->output.size = 0;
    }
}

static void
resume_input(struct safd_link *link)
{
    link->paused = false;
    link->closed = event_add(link->readable, NULL) != 0;
    /* Requests that came before the pause wait in `input`, of which the socket knows nothing. */
    event_active(link->readable, EV_READ, 0);
}

static void
sweep_link(struct safd_link *link)
{
    if (link->output.failed && !link->closed)
        close_broken(link, "its answers do not fit: no memory, or more than a peer that reads could cause");
    bool blocked = event_pending(link->writable, EV_WRITE, NULL) != 0;
    if (!link->closed && !blocked)
        send_output(link);
    if (!link->closed && link->paused && !must_wait(link))
        resume_input(link);
    if (link->closed || (link->ended && link->output.used == 0 && link->under_way == 0))
        free_link(link);
}

void
safd_links_sweep(struct safd_links *links)
{
    struct safd_link *next;
    for (struct safd_link *link = LIST_FIRST(&links->all); link != NULL; link = next) {
        next = LIST_NEXT(link, entry);
        sweep_link(link);
    }
}

bool
safd_links_unsent(const struct safd_links *links)
{
    for (const struct safd_link *link = LIST_FIRST(&links->all); link != NULL; link = LIST_NEXT(link, entry))
        if (link->output.used > link->output_sent)
            return true;
    return false;
}

void
safd_links_clear(struct safd_links *links)
{
    while (!LIST_EMPTY(&links->all))
        free_link(LIST_FIRST(&links->all));
}
