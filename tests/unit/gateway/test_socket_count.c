#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/socket_count.h"
#include "tests/support/suite.h"

static int saved_stderr;
static int log_fd;

static void
begin_capture(void)
{
    char path[] = "/tmp/test_socket_count.XXXXXX";
    saved_stderr = dup(STDERR_FILENO);
    log_fd = mkstemp(path);
    CU_ASSERT_TRUE_FATAL(log_fd >= 0 && saved_stderr >= 0);
    unlink(path);
    dup2(log_fd, STDERR_FILENO);
}

/* How often `id` stands in what was logged since begin_capture. */
static int
count_logged(const char *id)
{
    static char text[64 * 1024];
    ssize_t size = pread(log_fd, text, sizeof text - 1, 0);
    int count = 0;
    text[size > 0 ? size : 0] = '\0';
    for (const char *at = text; (at = strstr(at, id)) != NULL; at++)
        count++;
    return count;
}

static void
end_capture(void)
{
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    close(log_fd);
}

static void
take(struct socket_count *count, uint32_t until)
{
    while (socket_count_open(count) < until)
        CU_ASSERT_TRUE_FATAL(socket_count_take(count));
}

static void
release(struct socket_count *count, uint32_t until)
{
    while (socket_count_open(count) > until)
        socket_count_release(count);
}

static void
warnings_follow_the_count(void)
{
    static const struct hwscfg hws = { .maxsoc = 100, .warnsoc_percent = 80, .warninc_percent = 5 };
    struct socket_count count;
    socket_count_init(&count, &hws);
    begin_capture();
    take(&count, 79);
    int at_79 = count_logged("HWSS0772W");
    take(&count, 80);
    int at_80 = count_logged("HWSS0772W");
    take(&count, 84);
    int at_84 = count_logged("HWSS0772W");
    take(&count, 100);
    int at_100 = count_logged("HWSS0772W");
    int limit_before = count_logged("HWSS0771W");
    bool over = socket_count_take(&count) || socket_count_take(&count);
    int limit_after = count_logged("HWSS0771W");
    release(&count, 71);
    int reset_71 = count_logged("HWSS0773I");
    release(&count, 70);
    int reset_70 = count_logged("HWSS0773I");
    take(&count, 80);
    int again = count_logged("HWSS0772W");
    release(&count, 0);
    int reset_end = count_logged("HWSS0773I");
    end_capture();
    CU_ASSERT_EQUAL(at_79, 0);
    CU_ASSERT_EQUAL(at_80, 1);
    CU_ASSERT_EQUAL(at_84, 1);
    CU_ASSERT_EQUAL(at_100, 5);
    CU_ASSERT_EQUAL(limit_before, 0);
    CU_ASSERT_FALSE(over);
    CU_ASSERT_EQUAL(limit_after, 1);
    CU_ASSERT_EQUAL(reset_71, 0);
    CU_ASSERT_EQUAL(reset_70, 1);
    CU_ASSERT_EQUAL(again, 6);
    CU_ASSERT_EQUAL(reset_end, 2);
    CU_ASSERT_EQUAL(socket_count_open(&count), 0);
    socket_count_clear(&count);
}

static void
the_reset_mark_can_always_be_reached(void)
{
    static const struct hwscfg hws = { .maxsoc = 50, .warnsoc_percent = 50, .warninc_percent = 50 };
    struct socket_count count;
    socket_count_init(&count, &hws);
    CU_ASSERT_EQUAL(count.first_warning, 25);
    CU_ASSERT_EQUAL(count.reset_at, 12);
    socket_count_clear(&count);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "warnings follow the count", warnings_follow_the_count },
        { "the reset mark can always be reached", the_reset_mark_can_always_be_reached },
    };
    return SUITE_RUN("MAXSOC", cases);
}
