#include "security/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/printable.h"
#include "security/audit_sink.h"

enum { TIME_SIZE = 32, USERID_TEXT_SIZE = SAF_USERID_MAX * PRINTABLE_GROWTH + 1, NAME_TEXT_SIZE = 64 };

/* SMF type 80 event code 1 and its qualifiers. */
enum {
    EVENT_INITIATION = 1,
    QUALIFIER_SUCCESS = 0,
    QUALIFIER_INVALID_PASSWORD = 1,
    QUALIFIER_INVALID_GROUP = 2,
    QUALIFIER_INVALID_APPLICATION = 5,
    QUALIFIER_REVOKED_USER = 6,
    QUALIFIER_REVOKED_NOW = 7,
    QUALIFIER_UNDEFINED_USER = 9,
    QUALIFIER_SUCCESS_BY_TICKET = 32,
    QUALIFIER_TICKET_REPLAYED = 33,
};

/* ISO 8601 in UTC with microseconds. */
static void
print_time(int64_t utc_us, char text[TIME_SIZE])
{
    time_t seconds = (time_t)(utc_us / 1000000);
    struct tm utc = { 0 };
    char until_seconds[TIME_SIZE];
    gmtime_r(&seconds, &utc);
    strftime(until_seconds, sizeof until_seconds, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text, TIME_SIZE, "%.19s.%06dZ", until_seconds, (int)(utc_us % 1000000));
}

static int
qualifier_of(const struct saf_result *result, const struct racroute_facts *facts)
{
    if (result->saf == SAF_OK)
        return facts->ticket_kind != 0 && facts->ticket_kind != 'P' ? QUALIFIER_SUCCESS_BY_TICKET : QUALIFIER_SUCCESS;
    if (facts->revoked_now)
        return QUALIFIER_REVOKED_NOW;
    if (result->explanation == SAF_EXPLAIN_TICKET_REPLAYED)
        return QUALIFIER_TICKET_REPLAYED;
    switch (result->racf) {
    case RACF_VERIFY_USER_NOT_DEFINED:
        return QUALIFIER_UNDEFINED_USER;
    case RACF_VERIFY_NOT_IN_GROUP:
    case RACF_VERIFY_GROUP_REVOKED:
        return QUALIFIER_INVALID_GROUP;
    case RACF_VERIFY_USER_REVOKED:
        return QUALIFIER_REVOKED_USER;
    case RACF_VERIFY_APPL_REFUSED:
        return QUALIFIER_INVALID_APPLICATION;
    default:
        return QUALIFIER_INVALID_PASSWORD;
    }
}

static const char *
kind_name(char kind)
{
    switch (kind) {
    case 'L':
        return "legacy";
    case 'U':
        return "upper";
    case 'M':
        return "mixed";
    case 'P':
        return "password";
    default:
        return "none";
    }
}

static const char *
evidence_name(uint8_t evidence)
{
    switch (evidence) {
    case SAF_EVIDENCE_SAME_CONNECTION:
        return "connection";
    case SAF_EVIDENCE_PARTNER:
        return "partner";
    default:
        return "credential";
    }
}

/* Only the first use of a replayed ticket is worth a place in the record. */
static void
add_first_use(json_t *record, const struct saf_result *result, const struct replay_use *first_use)
{
    char time[TIME_SIZE];
    char address[NAME_TEXT_SIZE * PRINTABLE_GROWTH];
    if (record == NULL || result->explanation != SAF_EXPLAIN_TICKET_REPLAYED)
        return;
    print_time(first_use->utc_us, time);
    printable_copy(first_use->address, address, sizeof address);
    json_object_set_new(record, "first_use", json_string(time));
    json_object_set_new(record, "first_address", json_string(address));
}

/* What the client gave as its user ID is recorded also when it cannot be one. */
void
audit_verify(struct audit *audit, int64_t utc_us, const struct saf_verify *verify, const struct saf_verify_answer *answer,
             const struct racroute_facts *facts)
{
    const struct saf_result *result = &answer->result;
    char time[TIME_SIZE];
    char user[USERID_TEXT_SIZE];
    char application[NAME_TEXT_SIZE];
    char address[sizeof verify->address * PRINTABLE_GROWTH];
    print_time(utc_us, time);
    printable_copy(facts->userid[0] != '\0' ? facts->userid : verify->userid, user, sizeof user);
    printable_copy(verify->application, application, sizeof application);
    printable_copy(verify->address, address, sizeof address);
    json_t *record = json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:i, s:I, s:i, s:i, s:i, s:s, s:s, s:i, s:s, s:i, s:s}", "time",
                               time, "record", "verify", "event", EVENT_INITIATION, "qualifier", qualifier_of(result, facts), "user", user,
                               "group", facts->group, "application", application, "address", address, "port", (int)verify->port,
                               "connection", (json_int_t)verify->connection, "saf", (int)result->saf, "racf", (int)result->racf, "reason",
                               (int)result->reason, "evidence", evidence_name(verify->evidence), "ticket", kind_name(facts->ticket_kind),
                               "ticket_offset_s", (int)result->ticket_offset_s, "profile", facts->profile, "explanation",
                               (int)result->explanation, "explanation_text", saf_explanation_text(result->explanation));
    add_first_use(record, result, &facts->first_use);
    audit_append(audit, record);
}

void
audit_command(struct audit *audit, int64_t utc_us, const char *userid, uint32_t uid, const char *command, uint8_t return_code)
{
    enum { COMMAND_TEXT_SIZE = 2 * SAF_COMMAND_MAX };
    char time[TIME_SIZE];
    char user[NAME_TEXT_SIZE];
    char *redacted = malloc(COMMAND_TEXT_SIZE);
    char *text = malloc(COMMAND_TEXT_SIZE * PRINTABLE_GROWTH);
    json_t *record = NULL;
    if (redacted != NULL && text != NULL) {
        (void)racf_command_redact(command, strlen(command), redacted, COMMAND_TEXT_SIZE);
        print_time(utc_us, time);
        printable_copy(userid, user, sizeof user);
        printable_copy(redacted, text, COMMAND_TEXT_SIZE * PRINTABLE_GROWTH);
        record = json_pack("{s:s, s:s, s:s, s:I, s:s, s:i}", "time", time, "record", "command", "user", user, "uid", (json_int_t)uid,
                           "command", text, "return_code", (int)return_code);
    }
    audit_append(audit, record);
    free(redacted);
    free(text);
}

void
audit_explain(struct audit *audit, int64_t utc_us, const char *userid, uint32_t uid, const struct saf_explain *explain, uint8_t return_code)
{
    char time[TIME_SIZE];
    char user[NAME_TEXT_SIZE];
    char subject[NAME_TEXT_SIZE];
    char application[NAME_TEXT_SIZE];
    print_time(utc_us, time);
    printable_copy(userid, user, sizeof user);
    printable_copy(explain->userid, subject, sizeof subject);
    printable_copy(explain->application, application, sizeof application);
    audit_append(audit, json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:i}", "time", time, "record", "explain", "user", user, "uid",
                                  (json_int_t)uid, "subject", subject, "application", application, "return_code", (int)return_code));
}

void
audit_ticket(struct audit *audit, int64_t utc_us, enum audit_ticket_event event, const struct ticket_decision *decision)
{
    const struct saf_result *result = &decision->answer.result;
    char time[TIME_SIZE];
    print_time(utc_us, time);
    json_t *record = json_pack("{s:s, s:s, s:i, s:i, s:s, s:I, s:s, s:s, s:i, s:i, s:i, s:s, s:i, s:s, s:i, s:s}", "time", time, "record",
                               "ticket", "event", (int)event, "qualifier", result->saf == SAF_OK ? 0 : 1, "user", decision->caller.userid,
                               "uid", (json_int_t)decision->caller_uid, "subject", decision->userid, "application", decision->application,
                               "saf", (int)result->saf, "racf", (int)result->racf, "reason", (int)result->reason, "ticket",
                               kind_name(decision->kind), "ticket_offset_s", (int)result->ticket_offset_s, "profile", decision->profile,
                               "explanation", (int)result->explanation, "explanation_text", saf_explanation_text(result->explanation));
    add_first_use(record, result, &decision->first_use);
    audit_append(audit, record);
}
