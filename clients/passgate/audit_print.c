/* Audit records as lines for people: when, with what result, who, for what, from where; then what is particular to the kind of
 * record. Of a kind that this version does not know, the fields are shown by name. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clients/passgate/audit_record.h"
#include "common/printable.h"
#include "security/saf_result.h"

enum { FROM_SIZE = 80, TIME_WIDTH = 19, RESULT_WIDTH = 7, NAME_WIDTH = 8, FROM_WIDTH = 21, QUALIFIER_REVOKED_NOW = 7 };

/* Text that may hold anything, at least `width` columns wide. */
static void
print_text(FILE *stream, const char *text, int width)
{
    size_t size = strlen(text) * PRINTABLE_GROWTH + 1;
    char *printable = malloc(size);
    if (printable != NULL)
        printable_copy(text, printable, size);
    fprintf(stream, "%-*s", width, printable != NULL ? printable : "?");
    free(printable);
}

static const char *
text_of(const struct audit_record *record, const char *name)
{
    const char *text = json_string_value(json_object_get(record->fields, name));
    return text != NULL ? text : "";
}

static int64_t
number_of(const struct audit_record *record, const char *name)
{
    return json_integer_value(json_object_get(record->fields, name));
}

static void
print_time(FILE *stream, int64_t utc_us)
{
    char text[TIME_WIDTH + 1] = "?";
    struct tm utc;
    time_t seconds = (time_t)(utc_us / 1000000);
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &utc);
    fprintf(stream, "%-*s  ", TIME_WIDTH, text);
}

static void
print_name(FILE *stream, const char *name)
{
    print_text(stream, *name != '\0' ? name : "-", NAME_WIDTH);
    putc(' ', stream);
}

/* The client's address and port, or the system user of a process on this host. */
static void
print_from(FILE *stream, const struct audit_record *record)
{
    char from[FROM_SIZE] = "-";
    const char *address = text_of(record, "address");
    if (*address != '\0') {
        bool ipv6 = strchr(address, ':') != NULL;
        snprintf(from, sizeof from, "%s%.60s%s:%" PRId64, ipv6 ? "[" : "", address, ipv6 ? "]" : "", number_of(record, "port"));
    } else if (json_object_get(record->fields, "uid") != NULL) {
        snprintf(from, sizeof from, "uid %" PRId64, number_of(record, "uid"));
    }
    print_text(stream, from, FROM_WIDTH);
    fputs("  ", stream);
}

/* A credential's kind is that of a PassTicket unless it is one of two words. */
static void
print_credential(FILE *stream, const struct audit_record *record)
{
    const char *kind = text_of(record, "ticket");
    print_text(stream, kind, 0);
    if (strcmp(kind, "password") == 0 || strcmp(kind, "none") == 0)
        return;
    fprintf(stream, " ticket %+" PRId64 " s, profile ", number_of(record, "ticket_offset_s"));
    print_text(stream, text_of(record, "profile"), 0);
}

static void
print_refusal(FILE *stream, const struct audit_record *record)
{
    fprintf(stream, "%" PRId64 "/%02" PRIX64 "/%02" PRIX64 " ", number_of(record, "saf"), number_of(record, "racf"),
            number_of(record, "reason"));
    print_text(stream, text_of(record, "explanation_text"), 0);
    if (strcmp(text_of(record, "ticket"), "none") != 0) {
        fputs("; ", stream);
        print_credential(stream, record);
    }
    if (record->outcome == AUDIT_REPLAY) {
        fputs("; first use ", stream);
        print_text(stream, text_of(record, "first_use"), 0);
        fputs(" from ", stream);
        print_text(stream, text_of(record, "first_address"), 0);
    }
    if (number_of(record, "qualifier") == QUALIFIER_REVOKED_NOW)
        fputs("; the user ID is now revoked", stream);
}

static void
print_verify(FILE *stream, const struct audit_record *record)
{
    fprintf(stream, "N=%" PRId64 " %" PRId64 "(%" PRId64 ") ", number_of(record, "connection"), number_of(record, "event"),
            number_of(record, "qualifier"));
    if (record->outcome == AUDIT_SUCCESS)
        print_credential(stream, record);
    else
        print_refusal(stream, record);
}

static void
print_command(FILE *stream, const struct audit_record *record)
{
    fprintf(stream, "RC=%" PRId64 " ", number_of(record, "return_code"));
    print_text(stream, text_of(record, "command"), 0);
}

static void
print_explain(FILE *stream, const struct audit_record *record)
{
    fprintf(stream, "RC=%" PRId64 " ticket explain, about user ", number_of(record, "return_code"));
    print_text(stream, record->subject, 0);
}

static void
print_ticket(FILE *stream, const struct audit_record *record)
{
    enum { EVENT_GENERATED = 82 };
    int64_t event = number_of(record, "event");
    fprintf(stream, "%" PRId64 "(%" PRId64 ") %s a ticket of user ", event, number_of(record, "qualifier"),
            event == EVENT_GENERATED ? "generate" : "evaluate");
    print_text(stream, record->subject, 0);
    fputs(": ", stream);
    if (record->outcome == AUDIT_SUCCESS)
        print_credential(stream, record);
    else
        print_refusal(stream, record);
}

static void
print_fields(FILE *stream, const struct audit_record *record)
{
    static const char *const in_columns[] = { "time", "record", "user", "group", "application", "address", "port", "uid" };
    const char *name;
    json_t *value;
    print_text(stream, record->kind, 0);
    json_object_foreach(record->fields, name, value)
    {
        bool shown = false;
        for (size_t i = 0; i < sizeof in_columns / sizeof in_columns[0] && !shown; i++)
            shown = strcmp(name, in_columns[i]) == 0;
        char *text = shown ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        if (text != NULL) {
            putc(' ', stream);
            print_text(stream, name, 0);
            putc('=', stream);
            print_text(stream, text, 0);
        }
        free(text);
    }
}

void
audit_record_print(const struct audit_record *record, FILE *stream)
{
    static const char *const results[] = { [AUDIT_SUCCESS] = "success", [AUDIT_FAILURE] = "failure", [AUDIT_REPLAY] = "REPLAY" };
    static const struct {
        const char *kind;
        void (*print)(FILE *stream, const struct audit_record *record);
    } kinds[] = { { "verify", print_verify }, { "command", print_command }, { "explain", print_explain }, { "ticket", print_ticket } };
    void (*print)(FILE * stream, const struct audit_record *record) = print_fields;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(record->kind, kinds[i].kind) == 0)
            print = kinds[i].print;
    print_time(stream, record->utc_us);
    fprintf(stream, "%-*s  ", RESULT_WIDTH, results[record->outcome]);
    print_name(stream, record->user);
    print_name(stream, text_of(record, "group"));
    print_name(stream, record->application);
    print_from(stream, record);
    print(stream, record);
    putc('\n', stream);
}

void
audit_record_print_headings(FILE *stream)
{
    fprintf(stream, "%-*s  %-*s  %-*s %-*s %-*s %-*s  %s\n", TIME_WIDTH, "TIME (UTC)", RESULT_WIDTH, "RESULT", NAME_WIDTH, "USER",
            NAME_WIDTH, "GROUP", NAME_WIDTH, "APPL", FROM_WIDTH, "FROM", "WHAT");
}

void
audit_record_print_json(const struct audit_record *record, FILE *stream)
{
    if (json_dumpf(record->fields, stream, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
        putc('\n', stream);
}
