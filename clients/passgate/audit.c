/* passgate audit: shows the records of an audit file. Lines that are no records are named and passed over. */
#include <stdio.h>
#include <string.h>

#include "clients/passgate/audit_file.h"
#include "clients/passgate/audit_filter.h"
#include "clients/passgate/location.h"
#include "clients/passgate/subcommands.h"
#include "common/clock.h"
#include "common/options.h"

enum { EXIT_DONE = 0, EXIT_WRONG = OPTIONS_EXIT_USAGE, EXIT_PASSED_OVER = 4, EXIT_FAILED = 8 };
enum { COMPLAINTS_MAX = 20 };

enum audit_option {
    OPTION_USER,
    OPTION_APPL,
    OPTION_OUTCOME,
    OPTION_SINCE,
    OPTION_FOLLOW,
    OPTION_JSON,
    OPTION_CONFIG,
    OPTION_COUNT,
};

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_USER] = { "user", "USERID", "records of this user ID, and of questions about it; * and ? stand for\nany characters" },
    [OPTION_APPL] = { "appl", "APPLNAME", "records of this application; * and ? likewise" },
    [OPTION_OUTCOME] = { "outcome", "OUTCOME", "success, failure, or replay: a PassTicket used twice, a failure too" },
    [OPTION_SINCE] = { "since", "TIME", "not before TIME: 90s, 10m, 1h or 2d ago, or UTC as in 2026-11-25 or\n2026-11-25T10:00" },
    [OPTION_FOLLOW] = { "follow", NULL, "wait for further records; without --since, show nothing older" },
    [OPTION_JSON] = { "json", NULL, "print records as JSON, one a line" },
    [OPTION_CONFIG] = { "config", "FILE", "the passgate.ini that names the audit file\n(default " CONFIGURATION_DEFAULT_PATH ")" },
};

static const struct command_line line = {
    .program = "passgate audit",
    .operands = "[FILE]",
    .summary = "Shows audit records, one a line: logins, RACF commands, questions about PassTickets. FILE is the audit file, - standard\n"
               "input; without it the one that passgate.ini names. Lines that are no records are told by number and passed over.",
    .afterword = "Examples:\n"
                 "  passgate audit --since 1h --outcome failure\n"
                 "  passgate audit --user 'IMS*' --appl IMSCON1 --json audit.log.1\n"
                 "  passgate audit --follow\n"
                 "  journalctl -o cat SYSLOG_IDENTIFIER=safd-audit | passgate audit -\n"
                 "\n"
                 "Exit codes: 0 done; 2 wrong arguments; 4 some lines were no audit records; 8 the file cannot be read, or not followed\n"
                 "any longer.\n",
    .rows = rows,
    .row_count = OPTION_COUNT,
};

struct session {
    struct audit_filter filter;
    struct audit_file file;
    bool json;
    bool follow;
    bool headed; /* the headings are printed */
    unsigned long passed_over;
};

static void
complain(struct session *session, const char *why)
{
    const char *name = session->file.path != NULL ? session->file.path : "standard input";
    session->passed_over++;
    if (session->passed_over <= COMPLAINTS_MAX)
        fprintf(stderr, "passgate: %s: line %lu: %s\n", name, session->file.line, why);
    if (session->passed_over == COMPLAINTS_MAX)
        fprintf(stderr, "passgate: %s: further lines of this kind are counted only\n", name);
}

static void
show(struct session *session, const char *text, size_t size, bool torn)
{
    struct audit_record record;
    struct problem problem;
    if (!audit_record_parse(text, size, &record, &problem)) {
        complain(session, torn ? "it is cut off: no line end" : problem.text);
        return;
    }
    bool wanted = audit_filter_matches(&session->filter, &record);
    if (wanted && session->json) {
        audit_record_print_json(&record, stdout);
    } else if (wanted) {
        if (!session->headed)
            audit_record_print_headings(stdout);
        session->headed = true;
        audit_record_print(&record, stdout);
    }
    audit_record_clear(&record);
}

static int
fail(const char *why)
{
    fprintf(stderr, "passgate: %s\n", why);
    return EXIT_FAILED;
}

static int
end(const struct session *session)
{
    if (session->passed_over > COMPLAINTS_MAX)
        fprintf(stderr, "passgate: %lu lines were no audit records\n", session->passed_over);
    if (fflush(stdout) != 0)
        return fail("standard output: cannot be written");
    return session->passed_over > 0 ? EXIT_PASSED_OVER : EXIT_DONE;
}

static int
show_all(struct session *session)
{
    const char *text;
    size_t size;
    struct problem problem;
    while (!ferror(stdout)) {
        switch (audit_file_next(&session->file, &text, &size, &problem)) {
        case AUDIT_LINE:
            show(session, text, size, false);
            break;
        case AUDIT_TORN:
            show(session, text, size, true);
            break;
        case AUDIT_TOO_LONG:
            complain(session, "it is longer than any audit record");
            break;
        case AUDIT_END:
            if (!session->follow)
                return end(session);
            fflush(stdout);
            if (!audit_file_wait(&session->file, &problem))
                return fail(problem.text);
            break;
        case AUDIT_FAILED:
            return fail(problem.text);
        }
    }
    return fail("standard output: cannot be written");
}

/* False after telling what is wrong with a value. */
static bool
take(const char *const values[], struct session *session)
{
    struct audit_filter *filter = &session->filter;
    *filter = (struct audit_filter) { .user = values[OPTION_USER], .application = values[OPTION_APPL] };
    session->json = values[OPTION_JSON] != NULL;
    session->follow = values[OPTION_FOLLOW] != NULL;
    const char *outcome = values[OPTION_OUTCOME];
    const char *since = values[OPTION_SINCE];
    if (outcome != NULL && !audit_filter_outcome(filter, outcome))
        options_refuse(&line, "--outcome %s: expected success, failure or replay", outcome);
    else if (since != NULL && !audit_filter_since(filter, since, clock_utc_us(&clock_system)))
        options_refuse(&line, "--since %s: expected a number with s, m, h or d, or UTC as in 2026-11-25T10:00", since);
    else
        return true;
    return false;
}

int
passgate_audit(int argc, char *argv[])
{
    static struct session session;
    const char *values[OPTION_COUNT];
    char configured[CONFIGURATION_PATH_MAX];
    struct problem problem;
    int operand;
    enum options_outcome outcome = options_parse(&line, argc, argv, values, &operand);
    if (outcome != OPTIONS_PARSED)
        return outcome == OPTIONS_ANSWERED ? EXIT_DONE : EXIT_WRONG;
    if (argc - operand > 1)
        return options_refuse(&line, "%s: one file is expected", argv[operand + 1]);
    if (!take(values, &session))
        return EXIT_WRONG;
    const char *path = operand < argc ? argv[operand] : configured;
    if (path != configured && session.follow && strcmp(path, "-") == 0)
        return options_refuse(&line, "--follow: standard input is read to its end in any case");
    if (path == configured && !location_find(LOCATION_AUDIT, NULL, values[OPTION_CONFIG], configured))
        return EXIT_WRONG;
    if (!audit_file_open(&session.file, path, session.follow, session.follow && values[OPTION_SINCE] == NULL, &problem))
        return fail(problem.text);
    int status = show_all(&session);
    audit_file_close(&session.file);
    return status;
}
