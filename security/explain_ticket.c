/* The report of `passgate ticket explain`: definitions first, then the ticket, then what a login would come to. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/secret.h"
#include "security/explain.h"
#include "security/racroute.h"

enum { WOULD_BE_ACCEPTED = 0, WOULD_BE_REFUSED = 4, LINE_SIZE = 1024 };

static void say(struct wire_writer *output, const char *format, ...) PRINTF_LIKE(2, 3);

static void
say(struct wire_writer *output, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line - 1, format, values);
    va_end(values);
    size_t size = length < 0 ? 0 : (size_t)length < sizeof line - 1 ? (size_t)length : sizeof line - 2;
    line[size] = '\n';
    wire_put_bytes(output, line, size + 1);
}

static void
say_user(const struct racroute_decision *decision, const struct racf_user *user, struct wire_writer *output)
{
    if (user == NULL) {
        say(output, "User:        %s is not defined", decision->facts.userid[0] != '\0' ? decision->facts.userid : "(no user ID)");
        return;
    }
    enum racf_connection connection = racf_connection_find(user, decision->facts.group);
    say(output, "User:        %s (%s), group %s%s%s%s, failed attempts %u", user->userid, user->name, decision->facts.group,
        connection == RACF_CONNECTED ? "" : ", NOT CONNECTED to it or the connection is revoked", user->revoked ? ", REVOKED" : "",
        user->is_protected ? ", PROTECTED: neither a password nor a PassTicket logs it on" : "", user->failed_attempts);
}

static void
say_profile(const struct racf_ptktdata *profile, struct wire_writer *output)
{
    char enhanced[80] = "";
    if (profile->enhanced != NULL)
        snprintf(enhanced, sizeof enhanced, "%senhanced key TYPE(%s) TIMEOUT(%u) REPLAY(%s)", profile->legacy != NULL ? ", " : "",
                 profile->type == PASSTICKET_MIXED ? "MIXED" : "UPPER", profile->timeout_s, profile->enhanced_replay ? "YES" : "NO");
    say(output, "Profile:     %s: %s%s%s%s%s", profile->name, profile->legacy != NULL ? "legacy key" : "", enhanced,
        profile->legacy == NULL && profile->enhanced == NULL ? "NO KEY IN FORCE" : "",
        profile->legacy_replay ? ", NO REPLAY PROTECTION for legacy tickets" : "",
        profile->key_unavailable ? ", A KEY CANNOT BE OPENED: wrong master key or missing label" : "");
}

/* True when a key is in force. */
static bool
say_profiles(const struct racroute *racroute, const struct racroute_decision *decision, struct wire_writer *output)
{
    const struct racf_ptktdata *profiles[2];
    const struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_in_force(racroute->racf);
    if (snapshot == NULL) {
        say(output, "PTKTDATA:    not active or not RACLISTed: SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)");
        return false;
    }
    if (racf_ptktdata_is_stale(racroute->racf))
        say(output, "PTKTDATA:    changed but not refreshed: SETROPTS RACLIST(PTKTDATA) REFRESH");
    bool any = false;
    size_t count = racf_ptktdata_find(snapshot, decision->application, decision->facts.group, decision->facts.userid, profiles);
    for (size_t i = 0; i < count; i++) {
        say_profile(profiles[i], output);
        any = any || profiles[i]->legacy != NULL || profiles[i]->enhanced != NULL;
    }
    if (count == 0)
        say(output, "Profile:     NONE in force for application %s", decision->application);
    return any;
}

static bool
say_application(const struct racroute *racroute, const struct racroute_decision *decision, struct wire_writer *output)
{
    static const char *const texts[] = {
        [RACF_ALLOWED] = "READ access allowed",
        [RACF_DENIED] = "REFUSED: PERMIT the user or a group READ",
        [RACF_NOT_PROTECTED] = "not protected by a profile",
    };
    enum racf_authority authority = racf_authorize(racroute->racf, decision->facts.userid, "APPL", decision->application, RACF_ACCESS_READ);
    say(output, "APPL:        %s: %s", decision->application, texts[authority]);
    return authority != RACF_DENIED;
}

static uint8_t
say_outcome(const struct racroute_decision *decision, struct wire_writer *output)
{
    const struct saf_result *result = &decision->answer.result;
    char detail[EXPLAIN_DETAIL_SIZE];
    bool accepted = result->saf == SAF_OK;
    explain_detail(result, &decision->facts, detail);
    if (accepted)
        say(output, "PassTicket:  VALID, %s, profile %s%s", explain_kind_name(decision->ticket.kind), decision->ticket.profile, detail);
    say(output, "A login:     would be %s", accepted ? "ACCEPTED" : "REFUSED");
    if (!accepted)
        say(output, "Because:     %s%s (explanation %d)", saf_explanation_text(result->explanation), detail, (int)result->explanation);
    return accepted ? WOULD_BE_ACCEPTED : WOULD_BE_REFUSED;
}

/* Without a ticket: could there be a valid one? */
static uint8_t
say_definitions(const struct racroute_decision *decision, bool keys_and_application, struct wire_writer *output)
{
    const struct saf_result *result = &decision->answer.result;
    bool user_is_fine = result->explanation == SAF_EXPLAIN_CREDENTIAL_MISSING;
    bool good = user_is_fine && keys_and_application;
    say(output, "A login:     %s", good ? "would be ACCEPTED with a right PassTicket" : "would be REFUSED whatever the PassTicket");
    if (!user_is_fine)
        say(output, "Because:     %s (explanation %d)", saf_explanation_text(result->explanation), (int)result->explanation);
    return good ? WOULD_BE_ACCEPTED : WOULD_BE_REFUSED;
}

static enum racroute_step
rehearse(struct racroute *racroute, const struct saf_explain *request, struct racroute_decision *decision)
{
    struct saf_verify verify = { .mixed_case = 'R' };
    memcpy(verify.userid, request->userid, sizeof request->userid);
    memcpy(verify.application, request->application, sizeof request->application);
    memcpy(verify.group, request->group, sizeof request->group);
    memcpy(verify.credential, request->credential, sizeof request->credential);
    enum racroute_step step = racroute_rehearse(racroute, &verify, decision);
    secret_wipe(verify.credential, sizeof verify.credential);
    return step;
}

bool
explain_ticket_wants_claim(struct racroute *racroute, const struct saf_explain *request, struct replay_claim *claim)
{
    struct racroute_decision decision;
    bool wants = rehearse(racroute, request, &decision) == RACROUTE_WANTS_CLAIM;
    if (wants)
        *claim = decision.claim;
    return wants;
}

uint8_t
explain_ticket(struct racroute *racroute, const struct saf_explain *request, const struct explain_use *use, struct wire_writer *output)
{
    struct racroute_decision decision;
    struct explain_use here;
    bool wants_claim = rehearse(racroute, request, &decision) == RACROUTE_WANTS_CLAIM;
    if (wants_claim && use == NULL) {
        here.outcome = replay_store_look_up(racroute->replay, &decision.claim, &here.first_use);
        use = &here;
    }
    if (wants_claim)
        racroute_claimed(racroute, &decision, use->outcome, &use->first_use);
    say_user(&decision, racf_user_find(racroute->racf, decision.facts.userid), output);
    bool has_keys = say_profiles(racroute, &decision, output);
    bool allowed = say_application(racroute, &decision, output);
    return request->credential[0] != '\0' ? say_outcome(&decision, output) : say_definitions(&decision, has_keys && allowed, output);
}
