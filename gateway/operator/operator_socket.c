#include "gateway/operator/operator_socket.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event_struct.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/log.h"
#include "gateway/operator/command.h"
#include "gateway/operator/om_xml.h"

enum { BACKLOG = 16, CLIENTS_MAX = 32, CLIENT_S = 10, REST_MS = 500 };

struct operator_client {
    struct operator_client *next;
    struct operator_client *previous;
    struct operator_socket *socket;
    struct bufferevent *stream;
    struct command_issuer issuer;
    uint32_t request; /* to safd, 0 when none is under way */
    bool answered;
    char *text; /* the command, owned */
    size_t size;
    struct command command;
    const struct command_row *row;
    struct om_response response;
    enum command_effect effect;
};

struct operator_socket {
    struct gateway *gateway;
    struct saf_link *saf;
    operator_stop stop;
    void *context;
    int fd;
    struct event readable;
    struct event rested;
    char path[CONFIGURATION_PATH_MAX];
    unsigned client_count;
    struct operator_client *clients;
};

static void
client_free(struct operator_client *client)
{
    struct operator_socket *owner = client->socket;
    enum command_effect effect = client->effect;
    if (client->request != 0)
        saf_link_cancel(owner->saf, client->request);
    if (client->previous != NULL)
        client->previous->next = client->next;
    else
        owner->clients = client->next;
    if (client->next != NULL)
        client->next->previous = client->previous;
    owner->client_count--;
    bufferevent_free(client->stream);
    free(client->text);
    free(client);
    /* Only now, so that the issuer has the answer. */
    if (effect != COMMAND_DONE)
        owner->stop(owner->context, effect == COMMAND_STOP_GATEWAY_NOW);
}

static void
answer(struct operator_client *client)
{
    size_t size;
    struct om_response *response = &client->response;
    response->stopped_utc_us = clock_utc_us(client->socket->gateway->clock);
    char *document = om_xml_document(response, &size);
    client->answered = true;
    bufferevent_disable(client->stream, EV_READ);
    if (document == NULL || bufferevent_write(client->stream, document, size) != 0)
        client_free(client);
    free(document);
}

static void
run_command(struct operator_client *client)
{
    client->effect = client->row->run(client->socket->gateway, &client->command, &client->issuer, &client->response);
    answer(client);
}

static void
refuse_authority(struct operator_client *client, uint8_t saf)
{
    char profile[COMMAND_PROFILE_SIZE];
    command_profile(&client->socket->gateway->configuration->hws, client->row, profile);
    client->response.security_error = true;
    client->response.saf = saf;
    om_response_fail(&client->response, OM_ENVIRONMENT, OM_REASON_NOT_AUTHORIZED, "not authorized: OPERCMDS %s does not allow it", profile);
    log_message("HWSG0041W", "%.*s: REFUSED TO %s, UID=%u: OPERCMDS %s, SAF RC=%u", (int)client->size, client->text, client->issuer.name,
                client->issuer.uid, profile, saf);
    answer(client);
}

static void
on_authority(void *context, struct saf_frame *frame)
{
    struct operator_client *client = context;
    struct saf_authorize_answer verdict;
    client->request = 0;
    if (frame == NULL || frame->type != (SAF_MESSAGE_AUTHORIZE | SAF_MESSAGE_ANSWER) ||
        !saf_authorize_answer_decode(&frame->body, &verdict)) {
        om_response_fail(&client->response, OM_ENVIRONMENT, OM_REASON_NO_SAFD, "safd did not say whether the command is allowed");
        answer(client);
        return;
    }
    if (verdict.userid[0] != '\0') {
        snprintf(client->issuer.name, sizeof client->issuer.name, "%s", verdict.userid);
        snprintf(client->response.userid, sizeof client->response.userid, "%s", verdict.userid);
    }
    if (verdict.saf == SAF_OK)
        run_command(client);
    else
        refuse_authority(client, verdict.saf);
}

static void
check_authority(struct operator_client *client)
{
    struct operator_socket *owner = client->socket;
    uint32_t uid = client->issuer.uid;
    if (uid == 0 || uid == geteuid()) {
        run_command(client);
        return;
    }
    struct saf_authorize authorize = { .uid = uid, .access = client->row->access, .class_name = "OPERCMDS" };
    char profile[COMMAND_PROFILE_SIZE];
    command_profile(&owner->gateway->configuration->hws, client->row, profile);
    snprintf(authorize.resource, sizeof authorize.resource, "%s", profile);
    client->request = saf_link_authorize(owner->saf, &authorize, on_authority, client);
    if (client->request == 0) {
        om_response_fail(&client->response, OM_ENVIRONMENT, OM_REASON_NO_SAFD,
                         "safd cannot be reached to ask whether the command is allowed");
        answer(client);
    }
}

static void
take_command(struct operator_client *client)
{
    struct problem problem;
    struct om_response *response = &client->response;
    response->om_name = client->socket->gateway->configuration->hws.id;
    response->started_utc_us = clock_utc_us(client->socket->gateway->clock);
    snprintf(response->userid, sizeof response->userid, "%s", client->issuer.name);
    response->input = client->text;
    response->input_size = client->size;
    if (!command_parse(client->text, client->size, &client->command, &problem)) {
        om_response_fail(response, OM_PARAMETER, OM_REASON_SYNTAX, "%s", problem.text);
        answer(client);
        return;
    }
    client->row = command_find(&client->command, &problem);
    if (client->row == NULL) {
        om_response_fail(response, OM_PARAMETER, OM_REASON_UNKNOWN, "%s", problem.text);
        answer(client);
        return;
    }
    snprintf(response->verb, sizeof response->verb, "%s", client->row->short_verb);
    snprintf(response->keyword, sizeof response->keyword, "%s", client->row->resource);
    check_authority(client);
}

static void
on_read(struct bufferevent *stream, void *context)
{
    struct operator_client *client = context;
    struct evbuffer *input = bufferevent_get_input(stream);
    if (client->text != NULL)
        return; /* one command; what follows it is not read */
    client->text = evbuffer_readln(input, &client->size, EVBUFFER_EOL_LF);
    if (client->text != NULL && client->size <= COMMAND_TEXT_MAX)
        take_command(client);
    else if (client->text != NULL || evbuffer_get_length(input) > COMMAND_TEXT_MAX)
        client_free(client);
}

static void
on_written(struct bufferevent *stream, void *context)
{
    (void)stream;
    struct operator_client *client = context;
    if (client->answered)
        client_free(client);
}

static void
on_end(struct bufferevent *stream, short what, void *context)
{
    struct operator_client *client = context;
    bool half_closed = (what & BEV_EVENT_EOF) != 0 && client->text != NULL;
    if (half_closed)
        bufferevent_disable(stream, EV_READ); /* it has said all it wants and waits for the answer */
    else
        client_free(client);
}

static bool
identify(int fd, struct command_issuer *issuer)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return false;
    issuer->uid = peer.uid;
    const struct passwd *user = getpwuid(peer.uid);
    if (user != NULL)
        snprintf(issuer->name, sizeof issuer->name, "%s", user->pw_name);
    else
        snprintf(issuer->name, sizeof issuer->name, "%u", peer.uid);
    return true;
}

static bool
serve(struct operator_socket *owner, int fd, struct event_base *base)
{
    struct operator_client *client = owner->client_count < CLIENTS_MAX ? calloc(1, sizeof *client) : NULL;
    if (client == NULL || !identify(fd, &client->issuer)) {
        free(client);
        return false;
    }
    client->stream = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (client->stream == NULL) {
        free(client);
        return false;
    }
    client->socket = owner;
    client->next = owner->clients;
    if (client->next != NULL)
        client->next->previous = client;
    owner->clients = client;
    owner->client_count++;
    struct timeval limit = { CLIENT_S, 0 };
    bufferevent_setcb(client->stream, on_read, on_written, on_end, client);
    bufferevent_set_timeouts(client->stream, &limit, &limit);
    bufferevent_setwatermark(client->stream, EV_READ, 0, COMMAND_TEXT_MAX + 2);
    bufferevent_enable(client->stream, EV_READ | EV_WRITE);
    return true;
}

static void
on_rested(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct operator_socket *owner = context;
    event_add(&owner->readable, NULL);
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
    (void)what;
    struct operator_socket *owner = context;
    int accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0 && !serve(owner, accepted, event_get_base(&owner->readable)))
        close(accepted);
    if (accepted >= 0 || errno == EAGAIN || errno == ECONNABORTED || errno == EINTR)
        return;
    /* Most likely out of descriptors: whoever waits keeps the socket readable, and the loop would spin until there are some. */
    log_message("HWSG0042W", "%s: NO COMMAND CAN BE TAKEN: %s: tried again every half second", owner->path, strerror(errno));
    event_del(&owner->readable);
    event_add(&owner->rested, &(struct timeval) { .tv_usec = REST_MS * 1000 });
}

static void
make_folder(const char *path)
{
    char folder[CONFIGURATION_PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL || slash == folder)
        return;
    *slash = '\0';
    if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST)
        log_message("HWSG0043W", "%s: cannot be made: %s", folder, strerror(errno));
}

/* A socket file that nobody listens on is what a killed gateway left behind; one that somebody listens on stays. */
static bool
is_free(const struct sockaddr_un *address, struct problem *problem)
{
    struct stat file;
    if (lstat(address->sun_path, &file) != 0)
        return true;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool in_use = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    if (fd >= 0)
        close(fd);
    if (in_use || !S_ISSOCK(file.st_mode)) {
        problem_set(problem, "%s: %s; set another [passgate] operator_socket", address->sun_path,
                    in_use ? "another gateway listens there" : "this is not a socket");
        return false;
    }
    unlink(address->sun_path);
    return true;
}

static int
listen_at(const char *path, struct problem *problem)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (path[0] == '\0' || strlen(path) >= sizeof address.sun_path) {
        problem_set(problem, "[passgate] operator_socket = %s: a socket's path must have 1 to %zu bytes", path,
                    sizeof address.sun_path - 1);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path));
    make_folder(path);
    if (!is_free(&address, problem))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    mode_t mask = umask(S_IRWXG | S_IRWXO | S_IXUSR); /* no moment in which others may connect */
    bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, BACKLOG) == 0;
    umask(mask);
    if (bound)
        return fd;
    problem_set_errno(problem, "[passgate] operator_socket = %s", path);
    if (fd >= 0)
        close(fd);
    return -1;
}

struct operator_socket *
operator_socket_open(struct event_base *base, struct gateway *gateway, struct saf_link *saf, operator_stop stop, void *context,
                     struct problem *problem)
{
    struct operator_socket *owner = calloc(1, sizeof *owner);
    if (owner == NULL) {
        problem_set(problem, "no memory for the operator's socket");
        return NULL;
    }
    *owner = (struct operator_socket) { .gateway = gateway, .saf = saf, .stop = stop, .context = context };
    snprintf(owner->path, sizeof owner->path, "%s", gateway->configuration->settings.operator_socket);
    owner->fd = listen_at(owner->path, problem);
    if (owner->fd < 0) {
        free(owner);
        return NULL;
    }
    event_assign(&owner->readable, base, owner->fd, EV_READ | EV_PERSIST, on_readable, owner);
    evtimer_assign(&owner->rested, base, on_rested, owner);
    event_add(&owner->readable, NULL);
    return owner;
}

void
operator_socket_close(struct operator_socket *owner)
{
    if (owner == NULL)
        return;
    event_del(&owner->readable);
    event_del(&owner->rested);
    while (owner->clients != NULL) {
        owner->clients->effect = COMMAND_DONE;
        client_free(owner->clients);
    }
    close(owner->fd);
    unlink(owner->path);
    free(owner);
}
