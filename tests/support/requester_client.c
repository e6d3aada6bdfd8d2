#include "tests/support/requester_client.h"

#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct requester_settings settings = {
    .identity = { .external_name = "test", .server_name = "test", .class_name = "QPASSGATE/TEST", .release_level = "1" },
    .product_id = "PGT01000",
};

static void
send_output(struct requester_client *client)
{
    for (;;) {
        size_t size;
        const uint8_t *bytes = requester_output(client->requester, &size);
        if (size == 0)
            return;
        ssize_t sent = send(client->fd, bytes, size, MSG_NOSIGNAL);
        CU_ASSERT_FATAL(sent > 0);
        requester_sent(client->requester, (size_t)sent);
    }
}

enum requester_event
requester_client_next(struct requester_client *client)
{
    enum requester_event event;
    while ((event = requester_step(client->requester)) == REQUESTER_NEEDS_INPUT) {
        send_output(client);
        size_t size;
        uint8_t *room = requester_room(client->requester, &size);
        if (room == NULL)
            continue;
        ssize_t got = recv(client->fd, room, size, 0);
        CU_ASSERT_FATAL(got > 0);
        requester_received(client->requester, (size_t)got);
    }
    if (event == REQUESTER_FAILED)
        printf("# %s\n", requester_failure(client->requester));
    CU_ASSERT_FATAL(event != REQUESTER_FAILED && event != REQUESTER_REFUSED);
    return event;
}

int32_t
requester_client_finish(struct requester_client *client)
{
    while (requester_client_next(client) != REQUESTER_COMPLETED)
        ;
    return requester_diagnosis(client->requester)->sqlcode;
}

void
requester_client_open(struct requester_client *client, uint16_t port, const char *user, const char *password, size_t reply_bytes_max)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct requester_login login = { .rdbnam = "SAMPLE", .userid = user, .password = password, .correlation = 1 };
    int on = 1;
    settings.reply_bytes_max = reply_bytes_max;
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    client->requester = requester_new(&settings);
    CU_ASSERT_PTR_NOT_NULL_FATAL(client->requester);
    CU_ASSERT_FATAL(connect(client->fd, (struct sockaddr *)&address, sizeof address) == 0);
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    requester_log_on(client->requester, &login);
    CU_ASSERT_EQUAL_FATAL(requester_client_finish(client), 0);
}

void
requester_client_close(struct requester_client *client)
{
    requester_free(client->requester);
    close(client->fd);
}

int32_t
requester_client_run(struct requester_client *client, const char *text)
{
    requester_execute_immediate(client->requester, text, strlen(text));
    return requester_client_finish(client);
}

int32_t
requester_client_prepare(struct requester_client *client, const char *text)
{
    requester_prepare(client->requester, text, strlen(text));
    return requester_client_finish(client);
}

int32_t
requester_client_commit(struct requester_client *client)
{
    requester_commit(client->requester);
    return requester_client_finish(client);
}
