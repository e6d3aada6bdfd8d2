#include "security/saf/client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/secret.h"

enum { SAF_TICKET_ANSWER_MAX = 64 }; /* bytes of its frame */

struct saf_client {
    int descriptor;
    int timeout_ms;
    uint32_t id; /* of the request under way */
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    uint8_t request[SAF_COMMAND_MAX + 1024];
    uint8_t answer[SAF_FRAME_MAX];
};

static bool
connect_to(int descriptor, const char *path, struct problem *problem)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (descriptor >= 0 && connect(descriptor, (const struct sockaddr *)&address, sizeof address) == 0)
        return true;
    const char *remedy = errno == EACCES ? "ask its administrator for access" : "start safd, or name the right socket";
    problem_set(problem, "socket %s: the security server cannot be reached: %s: %s", path, strerror(errno), remedy);
    return false;
}

struct saf_client *
saf_client_connect(const char *path, int timeout_ms, struct problem *problem)
{
    struct saf_client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        problem_set(problem, "out of memory");
        return NULL;
    }
    if (strlen(path) >= sizeof client->path) {
        problem_set(problem, "socket %s: the path is longer than %zu bytes: use a shorter one", path, sizeof client->path - 1);
        free(client);
        return NULL;
    }
    memcpy(client->path, path, strlen(path) + 1);
    client->timeout_ms = timeout_ms;
    client->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* connect waits for a server whose queue is full. */
    const struct timeval patience = { .tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000L };
    (void)setsockopt(client->descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (!connect_to(client->descriptor, path, problem)) {
        saf_client_close(client);
        return NULL;
    }
    return client;
}

void
saf_client_close(struct saf_client *client)
{
    if (client == NULL)
        return;
    if (client->descriptor >= 0)
        close(client->descriptor);
    secret_wipe(client->request, sizeof client->request);
    free(client);
}

/* Waits for `events`; false, with *problem, when the deadline passes first. */
static bool
wait_for(const struct saf_client *client, short events, int64_t deadline_ms, struct problem *problem)
{
    for (;;) {
        int64_t left_ms = deadline_ms - clock_monotonic_ms(&clock_system);
        struct pollfd waiting = { .fd = client->descriptor, .events = events };
        int ready = left_ms > 0 ? poll(&waiting, 1, (int)left_ms) : 0;
        if (ready > 0)
            return true;
        if (ready == 0) {
            problem_set(problem, "socket %s: the security server did not answer in %d ms: look at its log", client->path,
                        client->timeout_ms);
            return false;
        }
        if (errno != EINTR) {
            problem_set_errno(problem, "socket %s: cannot wait for the security server", client->path);
            return false;
        }
    }
}

static bool
fail_broken(const struct saf_client *client, struct problem *problem)
{
    problem_set(problem, "socket %s: the security server ended the connection: look at its log, then try again", client->path);
    return false;
}

static bool
send_request(struct saf_client *client, size_t size, int64_t deadline_ms, struct problem *problem)
{
    for (size_t sent = 0; sent < size;) {
        ssize_t n = send(client->descriptor, client->request + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            sent += (size_t)n;
            continue;
        }
        if (errno == EAGAIN || errno == EINTR) {
            if (!wait_for(client, POLLOUT, deadline_ms, problem))
                return false;
            continue;
        }
        return fail_broken(client, problem);
    }
    return true;
}

static bool
receive_answer(struct saf_client *client, int64_t deadline_ms, struct saf_frame *frame, struct problem *problem)
{
    for (size_t used = 0;;) {
        size_t size;
        int taken = saf_frame_next(client->answer, used, frame, &size);
        if (taken == 1 && size == used)
            return true;
        /* One request at a time: bytes after its answer belong to nothing. */
        if (taken != 0 || used == sizeof client->answer)
            return fail_broken(client, problem);
        if (!wait_for(client, POLLIN, deadline_ms, problem))
            return false;
        ssize_t n = recv(client->descriptor, client->answer + used, sizeof client->answer - used, MSG_DONTWAIT);
        if (n > 0)
            used += (size_t)n;
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            return fail_broken(client, problem);
    }
}

/* Sends what `writer` holds and waits for the answer of that type. */
static bool
exchange(struct saf_client *client, const struct wire_writer *writer, unsigned type, struct saf_frame *frame, struct problem *problem)
{
    if (writer->failed) {
        problem_set(problem, "the request is too long: a command has at most %d bytes", SAF_COMMAND_MAX);
        return false;
    }
    int64_t deadline_ms = clock_monotonic_ms(&clock_system) + client->timeout_ms;
    bool sent = send_request(client, writer->used, deadline_ms, problem);
    secret_wipe(client->request, writer->used);
    if (!sent || !receive_answer(client, deadline_ms, frame, problem))
        return false;
    if (frame->id == client->id && frame->type == (type | SAF_MESSAGE_ANSWER))
        return true;
    problem_set(problem, "socket %s: the answer belongs to another request: is this the socket of safd?", client->path);
    return false;
}

static bool
check_decoded(bool decoded, const struct saf_client *client, struct problem *problem)
{
    if (!decoded)
        problem_set(problem, "socket %s: the answer cannot be understood: are safd and this program of the same version?", client->path);
    return decoded;
}

bool
saf_client_command(struct saf_client *client, const char *text, size_t size, struct saf_command_answer *answer, struct problem *problem)
{
    struct wire_writer writer = wire_writer(client->request, sizeof client->request);
    struct saf_frame frame;
    *answer = (struct saf_command_answer) { 0 };
    saf_command_encode(&writer, ++client->id, &(struct saf_command) { .text = text, .size = size });
    return exchange(client, &writer, SAF_MESSAGE_COMMAND, &frame, problem) &&
           check_decoded(saf_command_answer_decode(&frame.body, answer), client, problem);
}

bool
saf_client_status(struct saf_client *client, struct saf_command_answer *answer, struct problem *problem)
{
    struct wire_writer writer = wire_writer(client->request, sizeof client->request);
    struct saf_frame frame;
    *answer = (struct saf_command_answer) { 0 };
    saf_status_encode(&writer, ++client->id);
    return exchange(client, &writer, SAF_MESSAGE_STATUS, &frame, problem) &&
           check_decoded(saf_command_answer_decode(&frame.body, answer), client, problem);
}

bool
saf_client_explain(struct saf_client *client, const struct saf_explain *explain, struct saf_command_answer *answer, struct problem *problem)
{
    struct wire_writer writer = wire_writer(client->request, sizeof client->request);
    struct saf_frame frame;
    *answer = (struct saf_command_answer) { 0 };
    saf_explain_encode(&writer, ++client->id, explain);
    return exchange(client, &writer, SAF_MESSAGE_EXPLAIN, &frame, problem) &&
           check_decoded(saf_command_answer_decode(&frame.body, answer), client, problem);
}

bool
saf_client_verify(struct saf_client *client, const struct saf_verify *verify, struct saf_verify_answer *answer, struct problem *problem)
{
    struct wire_writer writer = wire_writer(client->request, sizeof client->request);
    struct saf_frame frame;
    *answer = (struct saf_verify_answer) { .result.saf = SAF_REFUSED };
    saf_verify_encode(&writer, ++client->id, verify);
    return exchange(client, &writer, SAF_MESSAGE_VERIFY, &frame, problem) &&
           check_decoded(saf_verify_answer_decode(&frame.body, answer), client, problem);
}

/* A ticket must not stay behind in the buffer. */
static bool
exchange_ticket(struct saf_client *client, const struct wire_writer *writer, enum saf_message_type type, struct saf_ticket_answer *answer,
                struct problem *problem)
{
    struct saf_frame frame;
    *answer = (struct saf_ticket_answer) { .result.saf = SAF_REFUSED };
    bool decoded = exchange(client, writer, type, &frame, problem) &&
                   check_decoded(saf_ticket_answer_decode(&frame.body, type, answer), client, problem);
    secret_wipe(client->answer, SAF_TICKET_ANSWER_MAX);
    return decoded;
}

bool
saf_client_generate(struct saf_client *client, const struct saf_generate *generate, struct saf_ticket_answer *answer,
                    struct problem *problem)
{
    struct wire_writer writer = wire_writer(client->request, sizeof client->request);
    saf_generate_encode(&writer, ++client->id, generate);
    return exchange_ticket(client, &writer, SAF_MESSAGE_GENERATE, answer, problem);
}

bool
saf_client_evaluate(struct saf_client *client, const struct saf_evaluate *evaluate, struct saf_ticket_answer *answer,
                    struct problem *problem)
{
    struct wire_writer writer = wire_writer(client->request, sizeof client->request);
    saf_evaluate_encode(&writer, ++client->id, evaluate);
    return exchange_ticket(client, &writer, SAF_MESSAGE_EVALUATE, answer, problem);
}

bool
saf_client_authorize(struct saf_client *client, const struct saf_authorize *authorize, struct saf_authorize_answer *answer,
                     struct problem *problem)
{
    struct wire_writer writer = wire_writer(client->request, sizeof client->request);
    struct saf_frame frame;
    *answer = (struct saf_authorize_answer) { .saf = SAF_REFUSED };
    saf_authorize_encode(&writer, ++client->id, authorize);
    return exchange(client, &writer, SAF_MESSAGE_AUTHORIZE, &frame, problem) &&
           check_decoded(saf_authorize_answer_decode(&frame.body, answer), client, problem);
}
