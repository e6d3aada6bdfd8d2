#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/sqlbatch/interrupt.h"
#include "clients/sqlbatch/progress.h"
#include "tests/support/suite.h"

static struct clock_fake fake;

/* What is on the terminal; `progress` is set up to write there. */
struct terminal {
    char *text;
    size_t size;
    FILE *file;
};

static void
terminal_open(struct terminal *terminal, struct progress *progress)
{
    terminal->file = open_memstream(&terminal->text, &terminal->size);
    clock_fake_init(&fake, 1000000);
    progress_init(progress, terminal->file, &fake.clock);
}

static void
terminal_close(struct terminal *terminal)
{
    fclose(terminal->file);
    free(terminal->text);
}

static void
short_statements_show_nothing(void)
{
    struct terminal terminal;
    struct progress progress;
    terminal_open(&terminal, &progress);
    progress_begin(&progress, 3);
    clock_fake_advance_ms(&fake, PROGRESS_PATIENCE_MS - 1);
    progress_tick(&progress);
    progress_end(&progress);
    fflush(terminal.file);
    CU_ASSERT_EQUAL(terminal.size, 0);
    terminal_close(&terminal);
}

static void
long_ones_show_rows_and_speed_and_clean_up(void)
{
    struct terminal terminal;
    struct progress progress;
    terminal_open(&terminal, &progress);
    progress_begin(&progress, 3);
    clock_fake_advance_ms(&fake, 1000);
    progress_tick(&progress);
    fflush(terminal.file);
    CU_ASSERT_STRING_EQUAL(terminal.text, "\r\033[Kline 3: 1 s  (Ctrl-C cancels)");
    size_t before = terminal.size;
    clock_fake_advance_ms(&fake, 1000);
    for (int i = 0; i < 1024; i++)
        progress_row(&progress);
    fflush(terminal.file);
    CU_ASSERT_STRING_EQUAL(terminal.text + before, "\r\033[Kline 3: 2 s, 256 rows, 128 rows/s  (Ctrl-C cancels)");
    before = terminal.size;
    progress_end(&progress);
    progress_tick(&progress);
    fflush(terminal.file);
    CU_ASSERT_STRING_EQUAL(terminal.text + before, "\r\033[K");
    terminal_close(&terminal);
}

static void
what_is_hidden_stays_hidden_until_the_next_statement(void)
{
    struct terminal terminal;
    struct progress progress;
    terminal_open(&terminal, &progress);
    progress_begin(&progress, 3);
    progress_hide(&progress);
    clock_fake_advance_ms(&fake, 5000);
    progress_tick(&progress);
    progress_end(&progress);
    fflush(terminal.file);
    CU_ASSERT_EQUAL(terminal.size, 0);
    progress_begin(&progress, 4);
    clock_fake_advance_ms(&fake, 1000);
    progress_tick(&progress);
    fflush(terminal.file);
    CU_ASSERT_PTR_NOT_NULL(strstr(terminal.text, "line 4"));
    progress_end(&progress);
    terminal_close(&terminal);
}

static void
without_a_terminal_nothing_is_shown(void)
{
    struct progress progress;
    clock_fake_init(&fake, 1000000);
    progress_init(&progress, NULL, &fake.clock);
    progress_begin(&progress, 3);
    clock_fake_advance_ms(&fake, 5000);
    progress_tick(&progress);
    progress_row(&progress);
    progress_end(&progress);
    CU_ASSERT_FALSE(progress.visible);
}

static void
a_signal_ends_a_wait_and_is_remembered(void)
{
    int ends[2];
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    CU_ASSERT_TRUE_FATAL(interrupt_catch());
    CU_ASSERT_EQUAL(interrupt_poll(ends[0], POLLIN, 0), 0);
    CU_ASSERT_FALSE(interrupt_asked());
    kill(getpid(), SIGINT);
    CU_ASSERT_EQUAL(interrupt_poll(ends[0], POLLIN, -1), -1);
    CU_ASSERT_EQUAL(errno, ECANCELED);
    CU_ASSERT_TRUE(interrupt_asked());
    CU_ASSERT_EQUAL(write(ends[1], "x", 1), 1);
    CU_ASSERT_EQUAL(interrupt_poll(ends[0], POLLIN, -1), -1); /* also when there is something to read */
    interrupt_release();
    CU_ASSERT_FALSE(interrupt_asked());
    CU_ASSERT_EQUAL(interrupt_poll(ends[0], POLLIN, -1), 1);
    CU_ASSERT_EQUAL(interrupt_poll(-1, POLLIN, -1), -1);
    CU_ASSERT_EQUAL(errno, EBADF);
    close(ends[0]);
    close(ends[1]);
}

static void
an_ignored_sigint_stays_ignored(void)
{
    signal(SIGINT, SIG_IGN);
    CU_ASSERT_TRUE_FATAL(interrupt_catch());
    kill(getpid(), SIGINT);
    CU_ASSERT_FALSE(interrupt_asked());
    kill(getpid(), SIGTERM);
    CU_ASSERT_TRUE(interrupt_asked());
    interrupt_release();
    signal(SIGINT, SIG_DFL);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "short statements show nothing", short_statements_show_nothing },
        { "long ones show rows and speed, and clean up", long_ones_show_rows_and_speed_and_clean_up },
        { "what is hidden stays hidden until the next statement", what_is_hidden_stays_hidden_until_the_next_statement },
        { "without a terminal nothing is shown", without_a_terminal_nothing_is_shown },
        { "a signal ends a wait and is remembered", a_signal_ends_a_wait_and_is_remembered },
        { "an ignored SIGINT stays ignored", an_ignored_sigint_stays_ignored },
    };
    return SUITE_RUN("sqlbatch progress", cases);
}
