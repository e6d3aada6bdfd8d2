/* What `passgate ticket generate` and `evaluate` are asked on the command line. */
#pragma once
#include <stdint.h>

#include "clients/passgate/key_file.h"
#include "common/options.h"
#include "config/configuration.h"

enum ticket_option {
    TICKET_OPTION_USER,
    TICKET_OPTION_APPL,
    TICKET_OPTION_KEY_FILE,
    TICKET_OPTION_KIND,
    TICKET_OPTION_TIME,
    TICKET_OPTION_CONFIG,
    TICKET_OPTION_SOCKET,
    TICKET_OPTION_TOKEN,
    TICKET_OPTIONS_GENERATE, /* how many generate has */
    TICKET_OPTION_TICKET = TICKET_OPTIONS_GENERATE,
    TICKET_OPTION_TIMEOUT,
    TICKET_OPTIONS_EVALUATE,
};

extern const struct option_row ticket_option_rows[TICKET_OPTIONS_EVALUATE];

enum { TICKET_WINDOW_S = 600 }; /* of legacy tickets, and the longest of the others */

struct ticket_request {
    const char *userid; /* borrowed from argv, as all text here */
    const char *application;
    const char *ticket;                  /* evaluate: as given, "-" for standard input; NULL otherwise */
    bool by_server;                      /* no key was given: the security server is to do it */
    char socket[CONFIGURATION_PATH_MAX]; /* by_server: its socket; empty: where it usually is */
    const char *token;                   /* by_server: its name, NULL for none; part of `socket` already unless that is empty */
    bool time_given;
    uint64_t time_s;    /* generate: of the ticket; evaluate: now */
    uint32_t timeout_s; /* half of the window: a ticket may be this much older or younger */
    struct ticket_key key;
};

/* Parses the arguments and reads the key. What is wrong has been told on standard error. The key is the caller's to clear when
 * OPTIONS_PARSED is returned. */
MUST_CHECK enum options_outcome ticket_request_parse(const struct command_line *line, int argc, char *argv[],
                                                     struct ticket_request *request);
