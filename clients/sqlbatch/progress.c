#include "clients/sqlbatch/progress.h"

#include <inttypes.h>

enum { ROWS_PER_LOOK = 256 }; /* the clock is asked once for so many */

void
progress_init(struct progress *progress, FILE *terminal, const struct clock *clock)
{
    *progress = (struct progress) { .terminal = terminal, .clock = clock };
}

void
progress_begin(struct progress *progress, size_t line)
{
    progress->running = progress->terminal != NULL;
    progress->line = line;
    progress->rows = 0;
    if (!progress->running)
        return;
    progress->began_ms = clock_monotonic_ms(progress->clock);
    progress->due_ms = progress->began_ms + PROGRESS_PATIENCE_MS;
}

static void
show(struct progress *progress, int64_t now_ms)
{
    int64_t elapsed_ms = now_ms - progress->began_ms;
    fprintf(progress->terminal, "\r\033[Kline %zu: %" PRId64 " s", progress->line, elapsed_ms / 1000);
    if (progress->rows > 0)
        fprintf(progress->terminal, ", %" PRId64 " rows, %" PRId64 " rows/s", progress->rows, progress->rows * 1000 / elapsed_ms);
    fputs("  (Ctrl-C cancels)", progress->terminal);
    fflush(progress->terminal);
    progress->visible = true;
    progress->due_ms = now_ms + PROGRESS_INTERVAL_MS;
}

void
progress_tick(struct progress *progress)
{
    if (!progress->running)
        return;
    int64_t now_ms = clock_monotonic_ms(progress->clock);
    if (now_ms >= progress->due_ms)
        show(progress, now_ms);
}

void
progress_row(struct progress *progress)
{
    if (++progress->rows % ROWS_PER_LOOK == 0)
        progress_tick(progress);
}

void
progress_hide(struct progress *progress)
{
    if (progress->visible) {
        fputs("\r\033[K", progress->terminal);
        fflush(progress->terminal);
    }
    progress->visible = false;
    progress->running = false;
}

void
progress_end(struct progress *progress)
{
    progress_hide(progress);
}
