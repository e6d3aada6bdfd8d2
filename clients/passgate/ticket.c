/* passgate ticket: PassTickets made and judged here, with a key from a file, or by the security server. Here single use is not
 * judged: only the security server that took a ticket knows. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clients/passgate/dispatch.h"
#include "clients/passgate/subcommands.h"
#include "clients/passgate/ticket_request.h"
#include "clients/ticket_library/passgate-ticket.h"
#include "common/secret.h"
#include "security/passticket/seconds.h"

enum { EXIT_DONE = 0, EXIT_NOT_VALID = 1, EXIT_WRONG = OPTIONS_EXIT_USAGE, EXIT_NOT_DONE = 8, EXIT_UNREACHABLE = 16 };
enum { TICKET_LINE_SIZE = 64 };

static const struct command_line generate_line = {
    .program = "passgate ticket generate",
    .operands = "",
    .summary = "Prints a PassTicket of a user for an application, alone on a line: made by the security server of this host, which\n"
               "needs to permit it (UPDATE to IRRPTAUTH.appl.user in class PTKTDATA), or here with a key. Each is another one, of a\n"
               "second of its own, unless --time says which.",
    .afterword = "Examples:\n"
                 "  passgate ticket generate --user IMSUSR1 --appl IMSCON1\n"
                 "  passgate ticket generate --user IMSUSR1 --appl IMSCON1 --key-file imscon1.key\n"
                 "\n"
                 "Exit codes: 0 printed; 2 wrong arguments, or the key cannot be read; 8 the security server made none;\n"
                 "16 the security server cannot be reached, or gave no answer.\n",
    .rows = ticket_option_rows,
    .row_count = TICKET_OPTIONS_GENERATE,
};

static const struct command_line evaluate_line = {
    .program = "passgate ticket evaluate",
    .operands = "",
    .summary = "Prints whether a PassTicket is valid. The security server of this host needs to permit it (READ to\n"
               "IRRPTAUTH.appl.user in class PTKTDATA), and the ticket counts as used then. With a key also its time and how far\n"
               "that is from now (or --time), but not whether it was used before.",
    .afterword = "Examples:\n"
                 "  passgate ticket evaluate --user IMSUSR1 --appl IMSCON1 --ticket AEPRRZ3S\n"
                 "  passgate ticket evaluate --user IMSUSR1 --appl IMSCON1 --key-file imscon1.key --ticket AEPRRZ3S\n"
                 "  echo AEPRRZ3S | passgate ticket evaluate --user IMSUSR1 --appl IMSCON1 --key-file imscon1.key --ticket -\n"
                 "\n"
                 "Exit codes: 0 valid; 1 not valid; 2 wrong arguments, or the key cannot be read; 8 the security server did not\n"
                 "judge it; 16 it cannot be reached, or gave no answer.\n",
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

/* Without --time a second that no ticket of this user and application was made for by this system user. */
static bool
choose_second(struct ticket_request *request)
{
    enum { TIMEOUT_OF_RACF_S = 60 }; /* the profile's is not known here */
    struct passticket_seconds_wish wish = { .userid = request->userid,
                                            .application = request->application,
                                            .now_s = (int64_t)request->time_s };
    struct problem problem;
    int64_t second = 0;
    if (request->time_given)
        return true;
    passticket_seconds_reach(&wish, request->key.kind != TICKET_LEGACY, TIMEOUT_OF_RACF_S);
    struct passticket_seconds *seconds = passticket_seconds_open_user("passgate", &problem);
    enum passticket_seconds_outcome outcome = PASSTICKET_SECOND_FAILED;
    if (seconds != NULL)
        outcome = passticket_seconds_take(seconds, &wish, &second, &problem);
    passticket_seconds_close(seconds);
    if (outcome == PASSTICKET_SECOND_NONE_LEFT)
        problem_set(&problem, "PassTickets were made for all seconds near the present one: try again in a second");
    if (outcome != PASSTICKET_SECOND_TAKEN)
        fprintf(stderr, "passgate: %s\n", problem.text);
    request->time_s = (uint64_t)second;
    return outcome == PASSTICKET_SECOND_TAKEN;
}

static int
print_ticket(const char *ticket)
{
    if (puts(ticket) >= 0 && fflush(stdout) == 0)
        return EXIT_DONE;
    perror("passgate: standard output cannot be written");
    return EXIT_WRONG;
}

static int
generate_by_key(struct ticket_request *request)
{
    char ticket[PASSTICKET_SIZE + 1];
    int status = EXIT_WRONG;
    bool chosen = choose_second(request);
    if (chosen && make_ticket(request, ticket))
        status = print_ticket(ticket);
    else if (chosen)
        fprintf(stderr, "passgate: the PassTicket could not be made: the cryptographic library failed: look at its installation\n");
    secret_wipe(ticket, sizeof ticket);
    ticket_key_clear(&request->key);
    return status;
}

/* NULL after telling why. */
static struct passgate_ticket_service *
open_service(const struct ticket_request *request, struct passgate_ticket_result *result)
{
    bool usual = request->socket[0] == '\0';
    struct passgate_ticket_service *service = passgate_ticket_open(usual ? NULL : request->socket, usual ? request->token : NULL, result);
    if (service == NULL)
        fprintf(stderr, "passgate: %s\n", result->text);
    return service;
}

static bool
was_answered(const struct passgate_ticket_result *result)
{
    return result->saf != 4 && !(result->saf == 8 && result->racf == 8 && result->reason == 8);
}

static int
generate_by_server(const struct ticket_request *request)
{
    char ticket[PASSGATE_TICKET_SIZE];
    struct passgate_ticket_result result;
    struct passgate_ticket_service *service = open_service(request, &result);
    if (service == NULL)
        return EXIT_WRONG;
    int status = EXIT_NOT_DONE;
    if (passgate_ticket_generate(service, request->userid, request->application, ticket, &result) == 0)
        status = print_ticket(ticket);
    else
        fprintf(stderr, "passgate: Passticket generation failed, RCVTPTGN RC=%04d: %s (SAF %d, RACF %d, reason %d)\n",
                passgate_ticket_rcvtptgn(&result), result.text, result.saf, result.racf, result.reason);
    secret_wipe(ticket, sizeof ticket);
    passgate_ticket_close(service);
    return was_answered(&result) ? status : EXIT_UNREACHABLE;
}

static int
generate(int argc, char *argv[])
{
    struct ticket_request request;
    enum options_outcome outcome = ticket_request_parse(&generate_line, argc, argv, &request);
    if (outcome != OPTIONS_PARSED)
        return outcome == OPTIONS_ANSWERED ? EXIT_DONE : EXIT_WRONG;
    return request.by_server ? generate_by_server(&request) : generate_by_key(&request);
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
judge_by_server(const struct ticket_request *request, const char *ticket)
{
    struct passgate_ticket_result result;
    struct passgate_ticket_service *service = open_service(request, &result);
    if (service == NULL)
        return EXIT_WRONG;
    int saf = passgate_ticket_evaluate(service, request->userid, request->application, ticket, &result);
    passgate_ticket_close(service);
    if (saf == 0) {
        puts("VALID: and used from now on");
        return EXIT_DONE;
    }
    if (saf == 8 && result.racf == 16) {
        printf("NOT VALID: %s (SAF %d, RACF %d, reason %d)\n", result.text, result.saf, result.racf, result.reason);
        return EXIT_NOT_VALID;
    }
    fprintf(stderr, "passgate: the PassTicket was not judged: %s (SAF %d, RACF %d, reason %d)\n", result.text, result.saf, result.racf,
            result.reason);
    return was_answered(&result) ? EXIT_NOT_DONE : EXIT_UNREACHABLE;
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
        status = request.by_server ? judge_by_server(&request, request.ticket) : judge(&request, request.ticket);
    else if (secret_line_read(STDIN_FILENO, "ticket on standard input", line, sizeof line, &problem) >= 0)
        status = request.by_server ? judge_by_server(&request, line) : judge(&request, line);
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
        .summary = "Makes and judges PassTickets: by the security server of this host, or with a key from a file.",
        .afterword = "Example:\n"
                     "  passgate ticket generate --user IMSUSR1 --appl IMSCON1\n",
        .subcommands = subcommands,
        .count = sizeof subcommands / sizeof subcommands[0],
    };
    return dispatch(&table, argc, argv);
}
