/* passgate ticket: PassTickets made and judged here, with a key from a file. Single use is not judged: only the security server
 * that took a ticket knows. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clients/passgate/dispatch.h"
#include "clients/passgate/subcommands.h"
#include "clients/passgate/ticket_request.h"
#include "common/secret.h"

enum { EXIT_DONE = 0, EXIT_NOT_VALID = 1, EXIT_WRONG = OPTIONS_EXIT_USAGE };
enum { TICKET_LINE_SIZE = 64 };

static const struct command_line generate_line = {
    .program = "passgate ticket generate",
    .operands = "",
    .summary = "Prints the PassTicket of a user for an application, alone on a line.",
    .afterword = "Example:\n"
                 "  passgate ticket generate --user IMSUSR1 --appl IMSCON1 --key-file imscon1.key\n"
                 "\n"
                 "Exit codes: 0 printed; 2 wrong arguments, or the key cannot be read.\n",
    .rows = ticket_option_rows,
    .row_count = TICKET_OPTIONS_GENERATE,
};

static const struct command_line evaluate_line = {
    .program = "passgate ticket evaluate",
    .operands = "",
    .summary = "Prints whether a PassTicket is valid, its time and how far that is from now (or --time). Whether the ticket was\n"
               "used before is known to the security server alone.",
    .afterword = "Examples:\n"
                 "  passgate ticket evaluate --user IMSUSR1 --appl IMSCON1 --key-file imscon1.key --ticket AEPRRZ3S\n"
                 "  echo AEPRRZ3S | passgate ticket evaluate --user IMSUSR1 --appl IMSCON1 --key-file imscon1.key --ticket -\n"
                 "\n"
                 "Exit codes: 0 valid; 1 not valid; 2 wrong arguments, or the key cannot be read.\n",
    .rows = ticket_option_rows,
    .row_count = TICKET_OPTIONS_EVALUATE,
};

static enum passticket_enhanced_type
enhanced_type(enum ticket_kind kind)
{
    return kind == TICKET_UPPER ? PASSTICKET_UPPER : PASSTICKET_MIXED;
}

static bool
make_ticket(const struct ticket_request *request, char ticket[PASSTICKET_SIZE + 1])
{
    if (request->key.kind == TICKET_LEGACY)
        return passticket_legacy_generate(request->key.legacy, request->userid, request->application, (uint32_t)request->time_s, ticket);
    return passticket_enhanced_generate(request->key.enhanced, enhanced_type(request->key.kind), request->userid, request->application,
                                        request->time_s, ticket);
}

static int
generate(int argc, char *argv[])
{
    struct ticket_request request;
    enum options_outcome outcome = ticket_request_parse(&generate_line, argc, argv, &request);
    if (outcome != OPTIONS_PARSED)
        return outcome == OPTIONS_ANSWERED ? EXIT_DONE : EXIT_WRONG;
    char ticket[PASSTICKET_SIZE + 1];
    bool made = make_ticket(&request, ticket);
    ticket_key_clear(&request.key);
    bool printed = made && puts(ticket) >= 0 && fflush(stdout) == 0;
    secret_wipe(ticket, sizeof ticket);
    if (!made)
        fprintf(stderr, "passgate: the PassTicket could not be made: the cryptographic library failed: look at its installation\n");
    else if (!printed)
        perror("passgate: standard output cannot be written");
    return printed ? EXIT_DONE : EXIT_WRONG;
}

static enum passticket_decode
decode_ticket(const struct ticket_request *request, const char *ticket, uint64_t *time_s)
{
    if (request->key.kind != TICKET_LEGACY)
        return passticket_enhanced_decode(request->key.enhanced, enhanced_type(request->key.kind), request->userid, request->application,
                                          ticket, time_s);
    uint32_t legacy_time_s = 0;
    enum passticket_decode decoded =
        passticket_legacy_decode(request->key.legacy, request->userid, request->application, ticket, &legacy_time_s);
    *time_s = legacy_time_s;
    return decoded;
}

/* Ticket time minus now. A legacy ticket has 32 bits for it, which wrap in 2106. */
static int64_t
offset_from_now(const struct ticket_request *request, uint64_t ticket_time_s)
{
    if (request->key.kind == TICKET_LEGACY)
        return (int32_t)((uint32_t)ticket_time_s - (uint32_t)request->time_s);
    return (int64_t)ticket_time_s - (int64_t)request->time_s;
}

static int
judge(const struct ticket_request *request, const char *ticket)
{
    uint64_t time_s = 0;
    if (strlen(ticket) != PASSTICKET_SIZE) {
        printf("NOT VALID: a PassTicket has %d characters, this has %zu\n", PASSTICKET_SIZE, strlen(ticket));
        return EXIT_NOT_VALID;
    }
    if (decode_ticket(request, ticket, &time_s) != PASSTICKET_DECODED) {
        puts("NOT VALID: not well-formed, no key makes this ticket: mistyped, in the wrong case, of another kind, or no PassTicket");
        return EXIT_NOT_VALID;
    }
    int64_t offset_s = offset_from_now(request, time_s);
    bool valid = offset_s >= -(int64_t)request->timeout_s && offset_s <= (int64_t)request->timeout_s;
    char iso[48] = "?";
    struct tm utc;
    time_t seconds = (time_t)time_s;
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%SZ", &utc);
    if (!valid)
        printf("NOT VALID: outside the window of +-%" PRIu32 " s (a clock is wrong, or key, user ID or application are others): ",
               request->timeout_s);
    printf("%sticket time %s (%" PRIu64 "), offset %+" PRId64 " s\n", valid ? "VALID: " : "", iso, time_s, offset_s);
    return valid ? EXIT_DONE : EXIT_NOT_VALID;
}

static int
evaluate(int argc, char *argv[])
{
    struct ticket_request request;
    struct problem problem;
    char line[TICKET_LINE_SIZE];
    enum options_outcome outcome = ticket_request_parse(&evaluate_line, argc, argv, &request);
    if (outcome != OPTIONS_PARSED)
        return outcome == OPTIONS_ANSWERED ? EXIT_DONE : EXIT_WRONG;
    int status = EXIT_WRONG;
    if (strcmp(request.ticket, "-") != 0)
        status = judge(&request, request.ticket);
    else if (secret_line_read(STDIN_FILENO, "ticket on standard input", line, sizeof line, &problem) >= 0)
        status = judge(&request, line);
    else
        fprintf(stderr, "passgate: %s\n", problem.text);
    secret_wipe(line, sizeof line);
    ticket_key_clear(&request.key);
    return status;
}

int
passgate_ticket(int argc, char *argv[])
{
    static const struct subcommand subcommands[] = {
        { "generate", generate, "print the PassTicket of a user for an application" },
        { "evaluate", evaluate, "say whether a PassTicket is valid, and its time" },
        { "explain", passgate_ticket_explain, "ask the security server why a PassTicket is refused" },
    };
    static const struct subcommand_table table = {
        .program = "passgate ticket",
        .summary = "Makes and judges PassTickets with a key from a file, or asks the security server about them.",
        .afterword = "Example:\n"
                     "  passgate ticket generate --user IMSUSR1 --appl IMSCON1 --key-file imscon1.key\n",
        .subcommands = subcommands,
        .count = sizeof subcommands / sizeof subcommands[0],
    };
    return dispatch(&table, argc, argv);
}
