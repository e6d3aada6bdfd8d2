/* The operator's socket when the gateway has run out of descriptors. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/operator/operator_socket.h"
#include "tests/support/suite.h"

enum { TURNS_MAX = 8, WATCHED_MS = 50 };

static struct configuration configuration;
static struct gateway gateway = { .configuration = &configuration, .clock = &clock_system };
static struct event_base *base;
static struct operator_socket *operators;

static void
stop(void *context, bool now)
{
    (void)context;
    (void)now;
}

static void
begin(void)
{
    static char folder[] = "/tmp/passgate-operator.XXXXXX";
    struct problem problem = { 0 };
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    snprintf(configuration.settings.operator_socket, sizeof configuration.settings.operator_socket, "%s/socket", folder);
    base = event_base_new();
    operators = operator_socket_open(base, &gateway, NULL, stop, NULL, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(operators);
}

static void
end(void)
{
    operator_socket_close(operators);
    event_base_free(base);
    *strrchr(configuration.settings.operator_socket, '/') = '\0';
    rmdir(configuration.settings.operator_socket);
}

static int
connect_to_it(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t size = strlen(configuration.settings.operator_socket) + 1;
    CU_ASSERT_FATAL(size <= sizeof address.sun_path);
    memcpy(address.sun_path, configuration.settings.operator_socket, size);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Returns the limit before. */
static struct rlimit
allow_no_more_descriptors(void)
{
    struct rlimit before;
    int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(next);
    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &before), 0);
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &(struct rlimit) { .rlim_cur = (rlim_t)next, .rlim_max = before.rlim_max }), 0);
    return before;
}

static void
on_time(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    *(bool *)context = true;
}

static void
who_cannot_be_accepted_does_not_make_the_loop_spin(void)
{
    bool over = false;
    int turns = 0;
    char answer[16] = "";
    begin();
    int client = connect_to_it();
    struct event *watch = evtimer_new(base, on_time, &over);
    event_add(watch, &(struct timeval) { .tv_usec = WATCHED_MS * 1000 });
    struct rlimit before = allow_no_more_descriptors();
    while (!over && turns < TURNS_MAX) {
        event_base_loop(base, EVLOOP_ONCE);
        turns++;
    }
    setrlimit(RLIMIT_NOFILE, &before);
    CU_ASSERT(turns < TURNS_MAX);
    CU_ASSERT_EQUAL(write(client, "NONSENSE\n", 9), 9);
    while (recv(client, answer, sizeof answer - 1, MSG_DONTWAIT) < 0)
        event_base_loop(base, EVLOOP_ONCE);
    CU_ASSERT_NSTRING_EQUAL(answer, "<?xml", 5);
    event_free(watch);
    close(client);
    end();
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "who cannot be accepted does not make the loop spin", who_cannot_be_accepted_does_not_make_the_loop_spin },
    };
    return SUITE_RUN("operator socket", cases);
}
