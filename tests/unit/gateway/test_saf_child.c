/* The gateway's safd when it cannot be started. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "gateway/saf_child.h"
#include "tests/support/suite.h"

enum { TIMEOUT_MS = 1000 };

/* Instead of libc's: the process may have no more children. */
pid_t
fork(void)
{
    errno = EAGAIN;
    return -1;
}

static size_t
open_descriptors(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

/* Beside this program, where safd is looked for. */
static void
make_program(char path[SAF_CHILD_PROGRAM_SIZE])
{
    ssize_t length = readlink("/proc/self/exe", path, SAF_CHILD_PROGRAM_SIZE - 8);
    CU_ASSERT_FATAL(length > 0);
    path[length] = '\0';
    memcpy(strrchr(path, '/'), "/safd", sizeof "/safd"); /* there is room for 8 bytes more */
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, S_IRWXU);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
}

static void
a_safd_that_cannot_be_forked_leaves_nothing_open(void)
{
    struct problem problem = { 0 };
    char program[SAF_CHILD_PROGRAM_SIZE];
    struct gateway gateway = { .settings_path = "passgate.ini", .clock = &clock_system };
    struct event_base *base = event_base_new();
    struct saf_link *line = saf_link_new(base, &clock_system, NULL, TIMEOUT_MS, &gateway.saf_report);
    make_program(program);
    size_t before = open_descriptors();
    CU_ASSERT_PTR_NULL(saf_child_start(base, &gateway, line, &problem));
    CU_ASSERT_EQUAL(open_descriptors(), before);
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "/safd: Resource temporarily unavailable"));
    unlink(program);
    saf_link_free(line);
    event_base_free(base);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a safd that cannot be forked leaves nothing open", a_safd_that_cannot_be_forked_leaves_nothing_open },
    };
    return SUITE_RUN("saf child", cases);
}
