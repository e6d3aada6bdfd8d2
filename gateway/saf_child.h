/* The safd that a gateway starts for itself ([saf] start = child): the program beside our own, joined by one socket pair for each
 * event loop and one for the operator. Started again, after a growing pause, when it ends; the loops get new lines then.
 * Lives on the main thread. */
#pragma once
#include <event2/event.h>

#include "common/problem.h"
#include "gateway/gateway.h"
#include "gateway/saf_link.h"

struct saf_child;

enum { SAF_CHILD_PROGRAM_SIZE = 4096 };

/* The safd beside our own program. False: *problem says that it cannot be found or run. */
MUST_CHECK bool saf_child_find_program(char program[SAF_CHILD_PROGRAM_SIZE], struct problem *problem);

/* Starts safd and hands lines to the loops of `gateway` (their threads need not run yet) and to `operator_link`, all of which must
 * outlive it. NULL: *problem. */
struct saf_child *saf_child_start(struct event_base *base, struct gateway *gateway, struct saf_link *operator_link,
                                  struct problem *problem);

/* Ends safd and waits for it. NULL is harmless. */
void saf_child_stop(struct saf_child *child);
