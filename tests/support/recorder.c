#include "tests/support/recorder.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/wire.h"
#include "tests/support/extdta_filter.h"

enum {
    RECORDED_MAX = 1 << 20, /* bytes of one conversation */
    PACKET_DATA_MAX = 32768,
    HELD_BACK_MAX = 1 << 20, /* unread by the other side: then no more is read from this one */
    IP_HEADER_SIZE = 20,
    TCP_HEADER_SIZE = 20,
    LINKTYPE_RAW = 101,
    CLIENT_PORT = 40000,
    TCP_FIN = 0x01,
    TCP_SYN = 0x02,
    TCP_ACK = 0x10,
};

/* One direction: what is read here is written to `other`. */
struct half {
    struct bufferevent *event;
    struct half *other;
    struct conversation *conversation;
    uint32_t sequence; /* TCP number of the next byte */
    bool ended;        /* nothing more will be read */
    struct extdta_filter filter;
};

struct conversation {
    struct half client;
    struct half server;
    uint32_t number;
    size_t recorded;
    struct half *talking; /* who sent what is pending; NULL: nothing is */
    size_t pending_size;
    uint8_t pending[PACKET_DATA_MAX];
};

static struct event_base *base;
static FILE *output;
static uint16_t target_port;
static uint32_t conversations;
static uint64_t packets;

static void
put_bytes(const struct wire_writer *writer)
{
    fwrite(writer->start, 1, writer->used, output);
}

static void
put_file_header(void)
{
    uint8_t bytes[24];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    wire_put_u32(&writer, 0xA1B2C3D4);
    wire_put_u16(&writer, 2);
    wire_put_u16(&writer, 4);
    wire_put_u64(&writer, 0);
    wire_put_u32(&writer, 1 << 18);
    wire_put_u32(&writer, LINKTYPE_RAW);
    put_bytes(&writer);
}

/* IPv4 and TCP of a packet that `from` sends. Each conversation is a client of its own: 10.0.0.0 and its number. */
static void
put_headers(struct wire_writer *writer, const struct half *from, uint8_t flags, size_t size)
{
    const uint32_t server = 0x0AFF0001;
    uint32_t client = 0x0A000000 + from->conversation->number;
    bool by_client = from == &from->conversation->client;
    wire_put_u16(writer, 0x4500);
    wire_put_u16(writer, (uint16_t)(IP_HEADER_SIZE + TCP_HEADER_SIZE + size));
    wire_put_u32(writer, 0);
    wire_put_u32(writer, 0x40060000); /* 64 hops, TCP, no checksum */
    wire_put_u32(writer, by_client ? client : server);
    wire_put_u32(writer, by_client ? server : client);
    wire_put_u16(writer, by_client ? CLIENT_PORT : RECORDER_DRDA_PORT);
    wire_put_u16(writer, by_client ? RECORDER_DRDA_PORT : CLIENT_PORT);
    wire_put_u32(writer, from->sequence);
    wire_put_u32(writer, from->other->sequence);
    wire_put_u8(writer, TCP_HEADER_SIZE / 4 << 4);
    wire_put_u8(writer, flags);
    wire_put_u16(writer, 0xFFFF);
    wire_put_u32(writer, 0);
}

static void
put_packet(struct half *from, uint8_t flags, const uint8_t *data, size_t size)
{
    uint8_t bytes[16 + IP_HEADER_SIZE + TCP_HEADER_SIZE];
    struct wire_writer writer = wire_writer(bytes, sizeof bytes);
    size_t length = IP_HEADER_SIZE + TCP_HEADER_SIZE + size;
    packets++; /* a microsecond each: order is all that the time says */
    wire_put_u32(&writer, (uint32_t)(packets / 1000000));
    wire_put_u32(&writer, (uint32_t)(packets % 1000000));
    wire_put_u32(&writer, (uint32_t)length);
    wire_put_u32(&writer, (uint32_t)length);
    put_headers(&writer, from, flags, size);
    put_bytes(&writer);
    if (size > 0)
        fwrite(data, 1, size, output);
    from->sequence += (uint32_t)size + ((flags & (TCP_SYN | TCP_FIN)) != 0);
}

/* Writes down what one side has said without being answered, as few packets: whatever pieces it came in, the dissector knows DRDA by
 * the first ten bytes of a packet. */
static void
flush(struct conversation *conversation)
{
    if (conversation->pending_size > 0)
        put_packet(conversation->talking, TCP_ACK, conversation->pending, conversation->pending_size);
    conversation->pending_size = 0;
    conversation->talking = NULL;
}

static void
record(void *context, const uint8_t *data, size_t size)
{
    struct half *from = context;
    struct conversation *conversation = from->conversation;
    conversation->recorded += size;
    if (conversation->recorded > RECORDED_MAX)
        return;
    if (conversation->talking != from)
        flush(conversation);
    while (size > 0) {
        size_t room = PACKET_DATA_MAX - conversation->pending_size;
        size_t part = size < room ? size : room;
        memcpy(conversation->pending + conversation->pending_size, data, part);
        conversation->talking = from;
        conversation->pending_size += part;
        data += part;
        size -= part;
        if (conversation->pending_size == PACKET_DATA_MAX)
            flush(conversation);
    }
}

static void
conversation_free(struct conversation *conversation)
{
    flush(conversation);
    bufferevent_free(conversation->client.event);
    bufferevent_free(conversation->server.event);
    free(conversation);
}

static void
on_read(struct bufferevent *event, void *context)
{
    struct half *half = context;
    struct evbuffer *input = bufferevent_get_input(event);
    struct evbuffer *out = bufferevent_get_output(half->other->event);
    struct evbuffer_iovec piece;
    while (evbuffer_peek(input, -1, NULL, &piece, 1) > 0) {
        extdta_filter_feed(&half->filter, piece.iov_base, piece.iov_len, record, half);
        evbuffer_add(out, piece.iov_base, piece.iov_len);
        evbuffer_drain(input, piece.iov_len);
    }
    if (evbuffer_get_length(out) > HELD_BACK_MAX)
        bufferevent_disable(event, EV_READ);
}

/* The end of one direction is passed on when all that came before it has been. */
static void
pass_end_on(struct half *half)
{
    if (half->ended && evbuffer_get_length(bufferevent_get_output(half->other->event)) == 0)
        shutdown(bufferevent_getfd(half->other->event), SHUT_WR);
}

static void
on_written(struct bufferevent *event, void *context)
{
    (void)event;
    struct half *half = context;
    struct half *source = half->other;
    if (source->ended)
        pass_end_on(source);
    else
        bufferevent_enable(source->event, EV_READ);
    if (source->ended && half->ended)
        conversation_free(half->conversation);
}

static void
on_event(struct bufferevent *event, short what, void *context)
{
    (void)event;
    struct half *half = context;
    if ((what & BEV_EVENT_CONNECTED) != 0)
        return;
    if ((what & BEV_EVENT_EOF) == 0) {
        conversation_free(half->conversation);
        return;
    }
    half->ended = true;
    extdta_filter_end(&half->filter, record, half);
    flush(half->conversation);
    if (half->conversation->recorded <= RECORDED_MAX)
        put_packet(half, TCP_FIN | TCP_ACK, NULL, 0);
    pass_end_on(half);
    bool sent = evbuffer_get_length(bufferevent_get_output(half->event)) == 0 &&
                evbuffer_get_length(bufferevent_get_output(half->other->event)) == 0;
    if (half->other->ended && sent)
        conversation_free(half->conversation);
}

static void
open_half(struct half *half, struct half *other, struct conversation *conversation, int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* as both ends have it */
    half->event = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
    half->other = other;
    half->conversation = conversation;
    bufferevent_setcb(half->event, on_read, on_written, on_event, half);
}

static void
on_client(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address, int size, void *context)
{
    (void)listener;
    (void)context;
    struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(target_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in client;
    struct conversation *conversation = calloc(1, sizeof *conversation);
    int upstream = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (conversation == NULL || upstream < 0 || size != sizeof client)
        _exit(1);
    memcpy(&client, address, sizeof client);
    client.sin_port = 0;
    if (bind(upstream, (struct sockaddr *)&client, sizeof client) != 0)
        _exit(1);
    conversation->number = ++conversations;
    open_half(&conversation->client, &conversation->server, conversation, fd);
    open_half(&conversation->server, &conversation->client, conversation, upstream);
    put_packet(&conversation->client, TCP_SYN, NULL, 0);
    put_packet(&conversation->server, TCP_SYN | TCP_ACK, NULL, 0);
    bufferevent_enable(conversation->client.event, EV_READ | EV_WRITE);
    bufferevent_enable(conversation->server.event, EV_READ | EV_WRITE);
    if (bufferevent_socket_connect(conversation->server.event, (struct sockaddr *)&server, sizeof server) != 0)
        conversation_free(conversation);
}

static void
on_signal(evutil_socket_t signal_number, short what, void *context)
{
    (void)signal_number;
    (void)what;
    (void)context;
    event_base_loopbreak(base);
}

/* As the child. What is still open at the end is left to the kernel. */
_Noreturn static void
run(int listening, const char *file)
{
    struct rlimit limit;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    output = fopen(file, "w");
    base = event_base_new();
    struct event *end = base != NULL ? evsignal_new(base, SIGTERM, on_signal, NULL) : NULL;
    if (output == NULL || end == NULL || event_add(end, NULL) != 0 ||
        evconnlistener_new(base, on_client, NULL, LEV_OPT_CLOSE_ON_FREE, -1, listening) == NULL)
        _exit(1);
    put_file_header();
    event_base_dispatch(base);
    _exit(fclose(output) == 0 ? 0 : 1);
}

static void
give_up(const char *what)
{
    printf("Bail out! recorder: %s\n", what);
    exit(1);
}

void
recorder_start(struct recorder *recorder, uint16_t target, const char *file)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listening < 0 || bind(listening, (struct sockaddr *)&address, size) != 0 || listen(listening, SOMAXCONN) != 0 ||
        getsockname(listening, (struct sockaddr *)&address, &size) != 0)
        give_up("no port to listen on");
    recorder->port = ntohs(address.sin_port);
    target_port = target;
    fflush(stdout);
    recorder->pid = fork();
    if (recorder->pid < 0)
        give_up("fork");
    if (recorder->pid == 0)
        run(listening, file);
    close(listening);
}

void
recorder_stop(struct recorder *recorder)
{
    int status;
    kill(recorder->pid, SIGTERM);
    if (waitpid(recorder->pid, &status, 0) != recorder->pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        give_up("it failed, or its file could not be written");
    recorder->pid = 0;
}
