/* A line on the terminal while a statement takes its time: which it is, how many rows have come, and how fast. Shown a second after the
 * statement began, and removed when it ends. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/clock.h"

enum { PROGRESS_PATIENCE_MS = 1000, PROGRESS_INTERVAL_MS = 500 };

struct progress {
    FILE *terminal; /* borrowed; NULL: nothing is ever shown */
    const struct clock *clock;
    bool running;
    bool visible;
    size_t line; /* of the script */
    int64_t began_ms;
    int64_t due_ms; /* when it is to be shown (again) */
    int64_t rows;
};

void progress_init(struct progress *progress, FILE *terminal, const struct clock *clock);

/* A statement begins and ends. Nothing else may be written to the terminal in between, except after progress_hide. */
void progress_begin(struct progress *progress, size_t line);
void progress_end(struct progress *progress);

/* Shows the line when it is due; to be called again and again, at least every PROGRESS_INTERVAL_MS. */
void progress_tick(struct progress *progress);
/* A row has come. */
void progress_row(struct progress *progress);
/* For the rest of the statement: its rows appear on the terminal themselves. */
void progress_hide(struct progress *progress);
