/* A blocking client of safd for command-line tools: one connection, one request at a time, each with a time limit. Gateways,
 * which must not block, speak security/saf/message.h themselves. */
#pragma once
#include <stddef.h>

#include "common/attributes.h"
#include "common/problem.h"
#include "security/saf/message.h"

struct saf_client;

/* Connects to the socket at `path`. `timeout_ms` limits each later request as a whole. NULL: *problem. */
struct saf_client *saf_client_connect(const char *path, int timeout_ms, struct problem *problem);

/* Wipes the buffers and closes; NULL is allowed. */
void saf_client_close(struct saf_client *client);

/* Each sends one request and waits for its answer. False, with *problem, when there was no answer; whether safd has carried the
 * request out is then unknown, and the connection is of no further use. */

/* The output is borrowed until the next request. Secrets in `text` are the caller's to wipe; no copy of them stays here. */
MUST_CHECK bool saf_client_command(struct saf_client *client, const char *text, size_t size, struct saf_command_answer *answer,
                                   struct problem *problem);
MUST_CHECK bool saf_client_explain(struct saf_client *client, const struct saf_explain *explain, struct saf_command_answer *answer,
                                   struct problem *problem);
MUST_CHECK bool saf_client_status(struct saf_client *client, struct saf_command_answer *answer, struct problem *problem);
MUST_CHECK bool saf_client_verify(struct saf_client *client, const struct saf_verify *verify, struct saf_verify_answer *answer,
                                  struct problem *problem);
MUST_CHECK bool saf_client_generate(struct saf_client *client, const struct saf_generate *generate, struct saf_ticket_answer *answer,
                                    struct problem *problem);
MUST_CHECK bool saf_client_evaluate(struct saf_client *client, const struct saf_evaluate *evaluate, struct saf_ticket_answer *answer,
                                    struct problem *problem);
MUST_CHECK bool saf_client_authorize(struct saf_client *client, const struct saf_authorize *authorize, struct saf_authorize_answer *answer,
                                     struct problem *problem);
