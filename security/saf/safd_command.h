/* RACF commands under way in safd. Most are done at once. One that needs passwords hashed waits for a worker thread and is then run
 * again, while logins and the commands of other links go on; what its own link sends behind it waits, so that each link sees its
 * commands done in order. */
#pragma once
#include "security/audit.h"
#include "security/racroute.h"
#include "security/saf/safd_link.h"
#include "security/saf/workers.h"

enum { SAFD_COMMANDS_MAX = 8 }; /* that wait for a worker; more are refused, to be repeated */

struct safd_commands;

/* All borrowed. */
struct safd_command_parts {
    struct racroute *racroute;
    struct audit *audit;
    struct workers *workers;
    uid_t owner;
};

/* NULL: no memory. */
struct safd_commands *safd_commands_new(const struct safd_command_parts *parts);

/* Commands that wait are forgotten: they have changed nothing. The workers have ended before. */
void safd_commands_free(struct safd_commands *commands);

/* Runs the command in the frame; its answer goes to the link, now or later. False: the request is broken. */
MUST_CHECK bool safd_commands_serve(struct safd_commands *commands, struct safd_link *link, const struct saf_frame *frame);

/* The link is about to be freed: its command goes on without it. */
void safd_commands_forget_link(struct safd_commands *commands, const struct safd_link *link);

/* True while a command is not answered yet. */
bool safd_commands_under_way(const struct safd_commands *commands);
