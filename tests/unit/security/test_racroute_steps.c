/* The steps of a decision: what begin wants next, and what the password check, the claim and a rehearsal make of it. */
#include "security/racroute.h"

#include <inttypes.h>
#include <time.h>

#include "security/audit.h"
#include "security/saf/explain_service.h"
#include "tests/unit/security/racf_fixture.h"

enum { DAY_MS = 86400 * 1000 };
enum { FINE = 0, NOT_DEFINED = 0x04, WRONG = 0x08, EXPIRED = 0x0C, NO_GROUP = 0x14, REVOKED = 0x1C, NO_APPL = 0x34 };

static const uint8_t key_bytes[8] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
static const char phrase[] = "Correct horse, battery staple!";

static const char setup[] = "SETROPTS CLASSACT(PTKTDATA APPL) RACLIST(PTKTDATA)\n"
                            "ADDGROUP BATCH SUPGROUP(SYS1)\n"
                            "ADDUSER TOM NAME('TOM SMITH') DFLTGRP(SYS1) PASSWORD(SECRET01)\n"
                            "ALTUSER TOM PASSWORD(SECRET01) NOEXPIRED\n"
                            "ADDUSER PHIL DFLTGRP(SYS1)\n"
                            "ALTUSER PHIL PHRASE('Correct horse, battery staple!') NOEXPIRED\n"
                            "ADDUSER NEW DFLTGRP(SYS1) PASSWORD(SECRET02)\n"
                            "ADDUSER PROT DFLTGRP(SYS1) NOPASSWORD\n"
                            "RDEFINE PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E001193519561977))\n"
                            "RDEFINE PTKTDATA LABELLED SSIGNON(EPTKEYLABEL(NO.SUCH.KEY))\n"
                            "RDEFINE APPL CLOSED UACC(NONE)\n"
                            "SETROPTS RACLIST(PTKTDATA) REFRESH\n";

static struct fixture *fixture;
static struct racroute racroute;
static struct racroute_decision decision;

static void
start(void)
{
    char path[64];
    struct problem problem = { "" };
    fixture = fixture_new();
    CU_ASSERT_TRUE(fixture_script(fixture, setup) <= 4);
    snprintf(path, sizeof path, "%s/replay", fixture->folder);
    racroute = (struct racroute) {
        .racf = fixture->racf,
        .replay = replay_store_open(path, REPLAY_DURABILITY_PROCESS, &fixture->clock.clock, &problem),
        .clock = &fixture->clock.clock,
    };
    CU_ASSERT_PTR_NOT_NULL_FATAL(racroute.replay);
}

static void
finish(void)
{
    replay_store_close(racroute.replay);
    fixture_free(fixture);
}

static void
command(const char *text)
{
    CU_ASSERT_TRUE(fixture_command(fixture, text) <= 4);
}

static const char *
new_ticket(const char *userid, const char *application)
{
    static char ticket[PASSTICKET_SIZE + 1];
    struct passticket_legacy_key *key = passticket_legacy_key_new(key_bytes);
    CU_ASSERT_TRUE(passticket_legacy_generate(key, userid, application, (uint32_t)clock_utc_seconds(&fixture->clock.clock), ticket));
    passticket_legacy_key_free(key);
    return ticket;
}

static struct saf_verify
request(const char *userid, const char *credential, const char *application)
{
    struct saf_verify verify = { .address = "192.0.2.7", .mixed_case = 'R' };
    snprintf(verify.userid, sizeof verify.userid, "%s", userid);
    snprintf(verify.credential, sizeof verify.credential, "%s", credential);
    snprintf(verify.application, sizeof verify.application, "%s", application);
    return verify;
}

static enum racroute_step
begin(const char *userid, const char *credential)
{
    struct saf_verify verify = request(userid, credential, "IMSCON1");
    return racroute_begin(&racroute, &verify, &decision);
}

static unsigned
verify_as(char mixed_case, const char *userid, const char *credential, const char *application)
{
    struct saf_verify verify = request(userid, credential, application);
    verify.mixed_case = (uint8_t)mixed_case;
    racroute_verify(&racroute, &verify, &decision);
    CU_ASSERT_EQUAL(decision.answer.result.saf, decision.answer.result.racf == FINE ? SAF_OK : SAF_REFUSED);
    return decision.answer.result.racf;
}

static unsigned
verify(const char *userid, const char *credential)
{
    return verify_as('R', userid, credential, "IMSCON1");
}

static void
a_password_logs_on(void)
{
    start();
    CU_ASSERT_EQUAL(verify("TOM", "SECRET01"), FINE);
    CU_ASSERT_EQUAL(decision.facts.ticket_kind, 'P');
    CU_ASSERT_FALSE(decision.facts.claimed);
    CU_ASSERT_EQUAL(verify("tom", "SECRET01"), FINE);
    CU_ASSERT_STRING_EQUAL(decision.answer.userid, "TOM");
    CU_ASSERT_EQUAL(verify("TOM", "SECRET02"), WRONG);
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_PASSWORD);
    CU_ASSERT_EQUAL(verify("TOM", "SECRET011"), WRONG); /* a phrase, of which there is none */
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_TICKET_LENGTH);
    CU_ASSERT_EQUAL(verify_as('R', "TOM", "SECRET01", "NOSUCH"), FINE);
    CU_ASSERT_EQUAL(verify_as('R', "TOM", "SECRET01", "LABELLED"), FINE);
    command("SETROPTS NOCLASSACT(PTKTDATA)");
    CU_ASSERT_EQUAL(verify("TOM", "SECRET01"), FINE);
    finish();
}

static void
a_phrase_logs_on(void)
{
    start();
    CU_ASSERT_EQUAL(verify("PHIL", phrase), FINE);
    CU_ASSERT_EQUAL(verify_as('N', "PHIL", phrase, "IMSCON1"), FINE); /* phrases are never folded */
    CU_ASSERT_EQUAL(verify("PHIL", "correct horse, battery staple!"), WRONG);
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_PASSWORD);
    CU_ASSERT_EQUAL(verify("TOM", phrase), WRONG);
    char longest[PHRASE_LENGTH_MAX + 3];
    memset(longest, 'x', sizeof longest);
    longest[PHRASE_LENGTH_MAX + 2] = '\0';
    CU_ASSERT_EQUAL(verify("PHIL", longest), WRONG);
    CU_ASSERT_EQUAL(begin("NOSUCH", longest), RACROUTE_DECIDED);
    CU_ASSERT_EQUAL(begin("PHIL", longest), RACROUTE_DECIDED);
    finish();
}

/* PSWDMC: N folds, Y does not, R does as SETROPTS PASSWORD says. */
static void
passwords_are_folded_as_pswdmc_says(void)
{
    start();
    CU_ASSERT_EQUAL(verify_as('R', "TOM", "secret01", "IMSCON1"), FINE);
    CU_ASSERT_EQUAL(verify_as('N', "TOM", "secret01", "IMSCON1"), FINE);
    CU_ASSERT_EQUAL(verify_as('Y', "TOM", "secret01", "IMSCON1"), WRONG);
    command("SETROPTS PASSWORD(MIXEDCASE)");
    command("ALTUSER TOM PASSWORD(Secret03) NOEXPIRED");
    CU_ASSERT_EQUAL(verify_as('R', "TOM", "Secret03", "IMSCON1"), FINE);
    CU_ASSERT_EQUAL(verify_as('Y', "TOM", "Secret03", "IMSCON1"), FINE);
    CU_ASSERT_EQUAL(verify_as('R', "TOM", "SECRET03", "IMSCON1"), WRONG);
    CU_ASSERT_EQUAL(verify_as('N', "TOM", "Secret03", "IMSCON1"), WRONG);
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_PASSWORD);
    finish();
}

static void
passwords_expire_and_tickets_do_not(void)
{
    start();
    CU_ASSERT_EQUAL(verify("NEW", "SECRET02"), EXPIRED);
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_PASSWORD_EXPIRED);
    CU_ASSERT_EQUAL(verify("NEW", "SECRET03"), WRONG); /* not told to those who do not know it */
    CU_ASSERT_EQUAL(verify("NEW", new_ticket("NEW", "IMSCON1")), FINE);
    clock_fake_advance_ms(&fixture->clock, 30LL * DAY_MS - 1000);
    CU_ASSERT_EQUAL(verify("TOM", "SECRET01"), FINE);
    clock_fake_advance_ms(&fixture->clock, 1000);
    CU_ASSERT_EQUAL(verify("TOM", "SECRET01"), EXPIRED);
    CU_ASSERT_EQUAL(verify("PHIL", phrase), EXPIRED);
    CU_ASSERT_EQUAL(verify("TOM", new_ticket("TOM", "IMSCON1")), FINE);
    CU_ASSERT_EQUAL(racf_user_find(racroute.racf, "TOM")->failed_attempts, 0); /* an expired password is no wrong one */
    command("PASSWORD USER(TOM) NOINTERVAL");
    CU_ASSERT_EQUAL(verify("TOM", "SECRET01"), FINE);
    CU_ASSERT_TRUE(fixture_restart(fixture));
    racroute.racf = fixture->racf;
    CU_ASSERT_EQUAL(verify("TOM", "SECRET01"), FINE);
    CU_ASSERT_EQUAL(verify("PHIL", phrase), EXPIRED);
    finish();
}

static void
wrong_passwords_revoke(void)
{
    start();
    CU_ASSERT_EQUAL(verify("TOM", "WRONG1"), WRONG);
    CU_ASSERT_EQUAL(verify("TOM", "WRONG2"), WRONG);
    CU_ASSERT_EQUAL(verify("TOM", "SECRET01"), FINE); /* sets the count back */
    for (int i = 1; i <= 3; i++) {
        CU_ASSERT_EQUAL(verify("TOM", "WRONG"), WRONG);
        CU_ASSERT_EQUAL(decision.facts.revoked_now, i == 3);
    }
    CU_ASSERT_EQUAL(begin("TOM", "SECRET01"), RACROUTE_DECIDED); /* no work for a revoked user */
    CU_ASSERT_EQUAL(decision.answer.result.racf, REVOKED);
    command("ALTUSER TOM RESUME");
    CU_ASSERT_EQUAL(verify("TOM", "SECRET01"), FINE);
    finish();
}

static void
group_and_application_count_for_passwords(void)
{
    start();
    struct saf_verify asked = request("TOM", "SECRET01", "IMSCON1");
    snprintf(asked.group, sizeof asked.group, "BATCH");
    racroute_verify(&racroute, &asked, &decision);
    CU_ASSERT_EQUAL(decision.answer.result.racf, NO_GROUP);
    command("CONNECT TOM GROUP(BATCH)");
    racroute_verify(&racroute, &asked, &decision);
    CU_ASSERT_EQUAL(decision.answer.result.racf, FINE);
    CU_ASSERT_STRING_EQUAL(decision.answer.group, "BATCH");
    CU_ASSERT_EQUAL(verify_as('R', "TOM", "SECRET01", "CLOSED"), NO_APPL);
    CU_ASSERT_EQUAL(verify_as('R', "TOM", "SECRET02", "CLOSED"), WRONG);
    finish();
}

/* What is done for an undefined or PROTECTED user does not differ from what is done for a user whose password is wrong. */
static void
undefined_users_take_the_same_steps(void)
{
    start();
    static const char *const users[] = { "TOM", "PHIL", "PROT", "NOSUCH", "nine chars" };
    static const char *const credentials[] = { "WRONG", "LZTKEEDQ", "AEPRRZ3S", phrase };
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
        for (size_t j = 0; j < sizeof credentials / sizeof credentials[0]; j++) {
            CU_ASSERT_EQUAL(begin(users[i], credentials[j]), RACROUTE_WANTS_PASSWORD);
            CU_ASSERT_EQUAL(decision.password.stored.size != 0, (i == 0 && j < 3) || (i == 1 && j == 3));
            CU_ASSERT_STRING_EQUAL(decision.password.text, credentials[j]);
        }
    CU_ASSERT_EQUAL(verify("NOSUCH", "WRONG"), NOT_DEFINED);
    CU_ASSERT_EQUAL(verify("PROT", "WRONG"), WRONG);
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_USER_PROTECTED);
    finish();
}

static int64_t
cpu_us(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

static int64_t
cost_us(const char *userid, const char *credential)
{
    int64_t begun = cpu_us();
    (void)verify(userid, credential);
    return cpu_us() - begun;
}

/* By the fastest of some, which other load on the machine disturbs least. */
static bool
take_the_same_time(const char *credential)
{
    int64_t known = INT64_MAX;
    int64_t unknown = INT64_MAX;
    for (int i = 0; i < 10; i++) {
        int64_t of_known = cost_us("TOM", credential);
        int64_t of_unknown = cost_us("NOSUCH", credential);
        known = of_known < known ? of_known : known;
        unknown = of_unknown < unknown ? of_unknown : unknown;
    }
    printf("# defined %" PRId64 " us, not defined %" PRId64 " us\n", known, unknown);
    return unknown > known * 3 / 4 && unknown < known * 4 / 3;
}

/* What other load does to a comparison it does not do to all of them; a real difference shows in each. */
static void
undefined_users_take_the_same_time(void)
{
    enum { COMPARISONS = 10 };
    start();
    command("SETROPTS PASSWORD(NOREVOKE)");
    static const char *const credentials[] = { "WRONG", "AEPRRZ3S", phrase };
    for (size_t i = 0; i < sizeof credentials / sizeof credentials[0]; i++) {
        bool same = false;
        for (int n = 0; n < COMPARISONS && !same; n++)
            same = take_the_same_time(credentials[i]);
        CU_ASSERT_TRUE(same);
    }
    finish();
}

/* Thousands of guesses may be under way at once: what counts is what the user is when each comes back. */
static void
a_user_who_changes_meanwhile_counts_as_he_is(void)
{
    start();
    struct racroute_decision guesses[5];
    for (size_t i = 0; i < 5; i++) {
        struct saf_verify asked = request("TOM", i == 4 ? "SECRET01" : "WRONG", "IMSCON1");
        CU_ASSERT_EQUAL(racroute_begin(&racroute, &asked, &guesses[i]), RACROUTE_WANTS_PASSWORD);
    }
    for (size_t i = 0; i < 5; i++) {
        password_check_run(&guesses[i].password);
        racroute_password_checked(&racroute, &guesses[i]);
        CU_ASSERT_EQUAL(guesses[i].answer.result.racf, i < 3 ? WRONG : REVOKED);
    }
    command("ALTUSER TOM RESUME");
    CU_ASSERT_EQUAL(begin("TOM", "SECRET01"), RACROUTE_WANTS_PASSWORD);
    command("DELUSER TOM");
    password_check_run(&decision.password);
    racroute_password_checked(&racroute, &decision);
    CU_ASSERT_EQUAL(decision.answer.result.racf, NOT_DEFINED);
    CU_ASSERT_EQUAL(decision.answer.result.saf, SAF_REFUSED);
    finish();
}

static void
a_key_that_is_missing_does_not_make_guessing_free(void)
{
    start();
    CU_ASSERT_EQUAL(verify_as('R', "TOM", "LZTKEEDQ", "LABELLED"), WRONG);
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_KEY_UNAVAILABLE);
    CU_ASSERT_EQUAL(racf_user_find(racroute.racf, "TOM")->failed_attempts, 0); /* it may be a right ticket */
    CU_ASSERT_EQUAL(verify_as('R', "TOM", "SECRET!", "LABELLED"), WRONG);
    CU_ASSERT_EQUAL(verify_as('R', "TOM", phrase, "LABELLED"), WRONG);
    CU_ASSERT_EQUAL(racf_user_find(racroute.racf, "TOM")->failed_attempts, 2);
    finish();
}

static void
a_ticket_wants_a_claim(void)
{
    start();
    const struct replay_use use = { .utc_us = 5, .address = "192.0.2.9" };
    static const struct {
        enum replay_outcome outcome;
        unsigned racf;
        enum saf_explanation explanation;
        uint32_t failed_attempts;
    } rows[] = {
        { REPLAY_CLAIMED, FINE, SAF_EXPLAIN_NONE, 0 },
        { REPLAY_USED_BEFORE, WRONG, SAF_EXPLAIN_TICKET_REPLAYED, 1 },
        { REPLAY_CANNOT_BE_KNOWN, WRONG, SAF_EXPLAIN_CLOCK_SET_BACK, 1 },
        { REPLAY_UNAVAILABLE, WRONG, SAF_EXPLAIN_REPLAY_STORE, 1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT_EQUAL(begin("TOM", new_ticket("TOM", "IMSCON1")), RACROUTE_WANTS_CLAIM);
        CU_ASSERT_STRING_EQUAL(decision.claim.userid, "TOM");
        CU_ASSERT_STRING_EQUAL(decision.claim.application, "IMSCON1");
        CU_ASSERT_STRING_EQUAL(decision.claim.address, "192.0.2.7");
        CU_ASSERT_EQUAL(decision.claim.kind, 'L');
        CU_ASSERT_EQUAL(decision.claim.ticket_time_s, FIXTURE_NOW_S);
        racroute_claimed(&racroute, &decision, rows[i].outcome, &use);
        CU_ASSERT_EQUAL(decision.answer.result.saf, rows[i].racf == FINE ? SAF_OK : SAF_REFUSED);
        CU_ASSERT_EQUAL(decision.answer.result.racf, rows[i].racf);
        CU_ASSERT_EQUAL(decision.answer.result.explanation, rows[i].explanation);
        CU_ASSERT_EQUAL(decision.answer.result.retryable, rows[i].outcome == REPLAY_UNAVAILABLE);
        CU_ASSERT_EQUAL(decision.facts.claimed, rows[i].racf == FINE);
        CU_ASSERT_EQUAL(decision.facts.first_use.utc_us, rows[i].outcome == REPLAY_USED_BEFORE ? 5 : 0);
        CU_ASSERT_EQUAL(racf_user_find(racroute.racf, "TOM")->failed_attempts, rows[i].failed_attempts);
    }
    finish();
}

static char report[8192];

static uint8_t
explain(const char *userid, const char *application, const char *credential)
{
    struct saf_explain asked = { .userid = "" };
    snprintf(asked.userid, sizeof asked.userid, "%s", userid);
    snprintf(asked.application, sizeof asked.application, "%s", application);
    snprintf(asked.credential, sizeof asked.credential, "%s", credential);
    struct wire_writer output = wire_writer(report, sizeof report - 1);
    uint8_t return_code = explain_ticket(&racroute, &asked, NULL, &output);
    CU_ASSERT_FALSE(output.failed);
    report[output.used] = '\0';
    return return_code;
}

static bool
reports(const char *words)
{
    bool found = strstr(report, words) != NULL;
    if (!found)
        printf("# expected \"%s\" in:\n%s", words, report);
    return found;
}

static unsigned
verify_known(enum saf_evidence evidence, const char *userid, const char *application)
{
    struct saf_verify verify = request(userid, "", application);
    verify.evidence = (uint8_t)evidence;
    CU_ASSERT_EQUAL(racroute_begin(&racroute, &verify, &decision), RACROUTE_DECIDED);
    CU_ASSERT_EQUAL(decision.answer.result.saf, decision.answer.result.racf == FINE ? SAF_OK : SAF_REFUSED);
    CU_ASSERT_FALSE(decision.facts.claimed);
    CU_ASSERT_FALSE(decision.answer.by_ticket);
    return decision.answer.result.racf;
}

/* What the gateway recognised needs no credential, but everything else: user, group and application, as they are now. */
static void
without_credential_user_and_application_still_count(void)
{
    static const enum saf_evidence evidences[] = { SAF_EVIDENCE_SAME_CONNECTION, SAF_EVIDENCE_PARTNER };
    start();
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(verify_known(evidences[i], "tom", "IMSCON1"), FINE);
        CU_ASSERT_STRING_EQUAL(decision.answer.userid, "TOM");
        CU_ASSERT_EQUAL(verify_known(evidences[i], "TOM", "CLOSED"), NO_APPL);
        CU_ASSERT_EQUAL(verify_known(evidences[i], "NOBODY", "IMSCON1"), NOT_DEFINED);
        CU_ASSERT_EQUAL(verify_known(evidences[i], "", "IMSCON1"), NOT_DEFINED);
    }
    CU_ASSERT_EQUAL(verify_known(SAF_EVIDENCE_SAME_CONNECTION, "PROT", "IMSCON1"), WRONG);
    CU_ASSERT_EQUAL(verify_known(SAF_EVIDENCE_PARTNER, "PROT", "IMSCON1"), FINE);
    command("ALTUSER TOM REVOKE");
    CU_ASSERT_EQUAL(verify_known(SAF_EVIDENCE_SAME_CONNECTION, "TOM", "IMSCON1"), REVOKED);
    CU_ASSERT_EQUAL(verify_known(SAF_EVIDENCE_PARTNER, "TOM", "IMSCON1"), REVOKED);
    finish();
}

/* Others may be guessing at the same user ID meanwhile: a pool that reuses its connections must not give them more attempts. */
static void
without_credential_no_failure_is_forgotten(void)
{
    start();
    command("SETROPTS PASSWORD(REVOKE(3))");
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(verify_known(SAF_EVIDENCE_SAME_CONNECTION, "TOM", "IMSCON1"), FINE);
        CU_ASSERT_EQUAL(verify("TOM", "GUESSED1"), WRONG);
    }
    CU_ASSERT_EQUAL(verify_known(SAF_EVIDENCE_SAME_CONNECTION, "TOM", "IMSCON1"), REVOKED);
    finish();
}

static void
an_explanation_changes_nothing(void)
{
    start();
    char ticket[PASSTICKET_SIZE + 1];
    memcpy(ticket, new_ticket("TOM", "IMSCON1"), sizeof ticket);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(explain("TOM", "IMSCON1", ticket), 0);
        CU_ASSERT_TRUE(reports("VALID, a legacy ticket, profile IMSCON1") && reports("would be ACCEPTED"));
        CU_ASSERT_EQUAL(explain("TOM", "IMSCON1", "LZTKEEDQ"), 4);
        CU_ASSERT_EQUAL(explain("TOM", "IMSCON1", "SECRET01"), 4); /* a password is not compared: no way to guess one */
        CU_ASSERT_TRUE(reports("not a PassTicket of any key"));
    }
    CU_ASSERT_EQUAL(racf_user_find(racroute.racf, "TOM")->failed_attempts, 0);
    CU_ASSERT_EQUAL(verify("TOM", ticket), FINE);
    CU_ASSERT_TRUE(replay_store_commit(racroute.replay));
    CU_ASSERT_EQUAL(explain("TOM", "IMSCON1", ticket), 4);
    CU_ASSERT_TRUE(reports("used before; first use 2026-01-01T00:00:00Z from 192.0.2.7"));
    CU_ASSERT_EQUAL(racf_user_find(racroute.racf, "TOM")->failed_attempts, 0);
    finish();
}

static void
definitions_are_explained_without_a_ticket(void)
{
    start();
    CU_ASSERT_EQUAL(explain("tom", "IMSCON1", ""), 0);
    CU_ASSERT_TRUE(reports("TOM (TOM SMITH), group SYS1") && reports("IMSCON1: legacy key") && reports("with a right PassTicket"));
    CU_ASSERT_EQUAL(explain("NOSUCH", "IMSCON1", ""), 4);
    CU_ASSERT_TRUE(reports("NOSUCH is not defined"));
    CU_ASSERT_EQUAL(explain("n-o", "IMSCON1", ""), 4);
    CU_ASSERT_EQUAL(explain("PROT", "IMSCON1", ""), 4);
    CU_ASSERT_TRUE(reports("PROTECTED"));
    CU_ASSERT_EQUAL(explain("TOM", "LABELLED", ""), 4);
    CU_ASSERT_TRUE(reports("A KEY CANNOT BE OPENED"));
    CU_ASSERT_EQUAL(explain("TOM", "CLOSED", ""), 4);
    CU_ASSERT_TRUE(reports("NONE in force for application CLOSED") && reports("REFUSED: PERMIT"));
    command("ALTUSER TOM REVOKE");
    CU_ASSERT_EQUAL(explain("TOM", "IMSCON1", new_ticket("TOM", "IMSCON1")), 4);
    CU_ASSERT_TRUE(reports(", REVOKED") && reports("the user ID is revoked"));
    command("SETROPTS NOCLASSACT(PTKTDATA)");
    CU_ASSERT_EQUAL(explain("PHIL", "IMSCON1", ""), 4);
    CU_ASSERT_TRUE(reports("not active or not RACLISTed"));
    finish();
}

/* The HWS ID beside APPL= is what clients take for the application name most easily. */
static void
a_login_under_the_other_name_is_explained(void)
{
    start();
    struct saf_verify asked = request("TOM", new_ticket("TOM", "HWS1"), "IMSCON1");
    snprintf(asked.other_application, sizeof asked.other_application, "HWS1");
    racroute_verify(&racroute, &asked, &decision);
    CU_ASSERT_EQUAL(decision.answer.result.racf, WRONG);
    CU_ASSERT_EQUAL(decision.answer.result.explanation, SAF_EXPLAIN_TICKET_OTHER_APPLICATION);
    CU_ASSERT_STRING_EQUAL(decision.facts.other_application, "HWS1");
    CU_ASSERT_STRING_EQUAL(decision.facts.profile, "IMSCON1");
    finish();
}

static void
only_special_users_are_answered(void)
{
    start();
    char path[64];
    struct problem problem;
    snprintf(path, sizeof path, "%s/audit", fixture->folder);
    struct audit *audit = audit_open(&(struct audit_settings) { .file = path }, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(audit);
    const struct saf_explain asked = { .userid = "TOM", .application = "IMSCON1" };
    const struct racf_issuer ordinary = { .userid = "TOM", .special = false };
    struct wire_writer output = wire_writer(report, sizeof report - 1);
    CU_ASSERT_EQUAL(explain_service(&racroute, audit, NULL, 1000, &asked, NULL, &output), 12);
    CU_ASSERT_EQUAL(explain_service(&racroute, audit, &ordinary, 1000, &asked, NULL, &output), 12);
    report[output.used] = '\0';
    CU_ASSERT_TRUE(reports("NOT AUTHORIZED") && strstr(report, "TOM SMITH") == NULL);
    CU_ASSERT_EQUAL(explain_service(&racroute, audit, &fixture->issuer, 0, &asked, NULL, &output), 0);
    audit_close(audit);
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    int records = 0;
    while (fgets(report, sizeof report, file) != NULL)
        records += reports("\"record\":\"explain\"") && reports("\"subject\":\"TOM\"");
    CU_ASSERT_EQUAL(records, 3);
    fclose(file);
    finish();
}

static void
what_cannot_be_recorded_is_not_answered(void)
{
    start();
    struct problem problem;
    struct audit *audit = audit_open(&(struct audit_settings) { .file = "/dev/full" }, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(audit);
    const struct saf_explain asked = { .userid = "TOM", .application = "IMSCON1" };
    struct wire_writer output = wire_writer(report, sizeof report - 1);
    CU_ASSERT_EQUAL(explain_service(&racroute, audit, &fixture->issuer, 0, &asked, NULL, &output), 8);
    report[output.used] = '\0';
    CU_ASSERT_TRUE(reports("NOT ANSWERED") && strstr(report, "TOM") == NULL);
    audit_close(audit);
    finish();
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a password logs on", a_password_logs_on },
        { "a phrase logs on", a_phrase_logs_on },
        { "passwords are folded as PSWDMC says", passwords_are_folded_as_pswdmc_says },
        { "passwords expire and tickets do not", passwords_expire_and_tickets_do_not },
        { "wrong passwords revoke", wrong_passwords_revoke },
        { "group and application count for passwords", group_and_application_count_for_passwords },
        { "undefined users take the same steps", undefined_users_take_the_same_steps },
        { "undefined users take the same time", undefined_users_take_the_same_time },
        { "a user who changes meanwhile counts as he is", a_user_who_changes_meanwhile_counts_as_he_is },
        { "a key that is missing does not make guessing free", a_key_that_is_missing_does_not_make_guessing_free },
        { "a ticket wants a claim", a_ticket_wants_a_claim },
        { "without credential user and application still count", without_credential_user_and_application_still_count },
        { "without credential no failure is forgotten", without_credential_no_failure_is_forgotten },
        { "an explanation changes nothing", an_explanation_changes_nothing },
        { "definitions are explained without a ticket", definitions_are_explained_without_a_ticket },
        { "a login under the other name is explained", a_login_under_the_other_name_is_explained },
        { "only SPECIAL users are answered", only_special_users_are_answered },
        { "what cannot be recorded is not answered", what_cannot_be_recorded_is_not_answered },
    };
    return SUITE_RUN("racroute steps", cases);
}
