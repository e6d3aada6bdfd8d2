#include "security/racroute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/suite.h"

enum { NOW = 1767225600 };

static const uint8_t appl_key[8] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
static const uint8_t tim_key[8] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF };
static const uint8_t batch_key[8] = { 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6, 0xA7, 0xB8 };
static const uint8_t wrong_key[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static const char *const setup[] = {
    "SETROPTS CLASSACT(PTKTDATA APPL) PASSWORD(NOREVOKE)",
    "ADDGROUP BATCH SUPGROUP(SYS1)",
    "ADDGROUP OTHER SUPGROUP(SYS1)",
    "ADDGROUP ALONE SUPGROUP(SYS1)",
    "ADDUSER TOM NAME('TOM SMITH') DFLTGRP(BATCH) PASSWORD(SECRET01)",
    "ADDUSER TIM DFLTGRP(SYS1) PASSWORD(SECRET02)",
    "ADDUSER A DFLTGRP(SYS1) PASSWORD(SECRET03)",
    "ADDUSER EIGHTCHR DFLTGRP(SYS1) PASSWORD(SECRET04)",
    "ADDUSER $#@ DFLTGRP(SYS1) PASSWORD(SECRET05)",
    "ADDUSER STEVE DFLTGRP(SYS1) PHRASE('A phrase is no password at all')",
    "ADDUSER PROT DFLTGRP(SYS1) NOPASSWORD",
    "ADDUSER GONE DFLTGRP(SYS1) PASSWORD(SECRET06)",
    "ALTUSER GONE REVOKE",
    "CONNECT TOM GROUP(OTHER)",
    "CONNECT TOM GROUP(ALONE)",
    "CONNECT TOM GROUP(ALONE) REVOKE",
    "RDEFINE PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E001193519561977)) UACC(NONE)",
    "RDEFINE PTKTDATA IMSCON1.TIM SSIGNON(KEYMASKED(0123456789ABCDEF))",
    "RDEFINE PTKTDATA IMSCON1.BATCH SSIGNON(KEYMASKED(A1B2C3D4E5F6A7B8))",
    "RDEFINE PTKTDATA OPEN SSIGNON(KEYMASKED(E001193519561977)) APPLDATA('NO REPLAY PROTECTION - DO NOT CHANGE')",
    "RDEFINE PTKTDATA CLOSED SSIGNON(KEYMASKED(E001193519561977))",
    "RDEFINE PTKTDATA NOKEY UACC(NONE)",
    "RDEFINE PTKTDATA LABELLED SSIGNON(EPTKEYLABEL(NO.SUCH.KEY))",
    "RDEFINE APPL CLOSED UACC(NONE)",
    "PERMIT CLOSED CLASS(APPL) ID(TIM) ACCESS(READ)",
    "SETROPTS RACLIST(PTKTDATA)",
};

static char folder[] = "/tmp/test-racroute-XXXXXX";
static struct clock_fake fake;
static struct keystore *keystore;
static struct racroute racroute;

static const char *
path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void
command(const char *text)
{
    static const struct racf_issuer issuer = { .userid = "IBMUSER", .special = true };
    char output[8192];
    struct wire_writer writer = wire_writer(output, sizeof output - 1);
    uint8_t code = racf_command(racroute.racf, &issuer, text, strlen(text), &writer);
    output[writer.used] = '\0';
    CU_ASSERT_TRUE(code <= 4);
    if (code > 4)
        printf("# %s: %s\n", text, output);
}

/* Every test begins with a database and a store of its own. */
static void
start(void)
{
    static int number;
    char name[32];
    struct problem problem = { "" };
    number++;
    clock_fake_init(&fake, NOW);
    keystore = keystore_open(path_of("master"), true, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(keystore);
    snprintf(name, sizeof name, "racf%d", number);
    racroute.racf = racf_open(path_of(name), true, keystore, &fake.clock, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(racroute.racf);
    snprintf(name, sizeof name, "replay%d", number);
    racroute.replay = replay_store_open(path_of(name), REPLAY_DURABILITY_PROCESS, &fake.clock, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(racroute.replay);
    racroute.clock = &fake.clock;
    for (size_t i = 0; i < sizeof setup / sizeof setup[0]; i++)
        command(setup[i]);
}

static void
finish(void)
{
    replay_store_close(racroute.replay);
    racf_close(racroute.racf);
    keystore_free(keystore);
}

/* A ticket of this key for a time so many seconds from now. */
static void
make_ticket(const uint8_t key_bytes[8], const char *userid, const char *application, int64_t offset_s, char ticket[PASSTICKET_SIZE + 1])
{
    struct passticket_legacy_key *key = passticket_legacy_key_new(key_bytes);
    uint32_t time = (uint32_t)(clock_utc_seconds(&fake.clock) + offset_s);
    CU_ASSERT_TRUE(passticket_legacy_generate(key, userid, application, time, ticket));
    passticket_legacy_key_free(key);
}

static struct saf_verify_answer answer;
static struct racroute_facts facts;

static bool
verify(const char *userid, const char *credential, const char *application, const char *group)
{
    struct saf_verify request = { .address = "192.0.2.7", .mixed_case = 'R' };
    snprintf(request.userid, sizeof request.userid, "%s", userid);
    snprintf(request.credential, sizeof request.credential, "%s", credential);
    snprintf(request.application, sizeof request.application, "%s", application);
    snprintf(request.group, sizeof request.group, "%s", group);
    struct racroute_decision decision;
    racroute_verify(&racroute, &request, &decision);
    answer = decision.answer;
    facts = decision.facts;
    return answer.result.saf == SAF_OK;
}

static bool
verify_new_ticket(const char *userid, const char *application)
{
    char ticket[PASSTICKET_SIZE + 1];
    make_ticket(appl_key, userid, application, 0, ticket);
    return verify(userid, ticket, application, "");
}

enum { FINE = 0, NOT_DEFINED = 0x04, WRONG = 0x08, EXPIRED = 0x0C, NO_GROUP = 0x14, REVOKED = 0x1C, GROUP_REVOKED = 0x24, NO_APPL = 0x34 };

/* The ticket is made with `key` for `of_user` and `of_application` (or the ones of the request), or is `literal`. */
static const struct situation {
    const char *what;
    const char *userid;
    const char *application;
    const char *group;
    const uint8_t *key;
    int64_t offset_s;
    const char *of_user;
    const char *of_application;
    const char *literal;
    uint8_t racf;
    enum saf_explanation explanation;
    const char *profile;
} situations[] = {
    { "a new ticket", "STEVE", "IMSCON1", "", appl_key, 0, .racf = FINE, .profile = "IMSCON1" },
    { "user ID in lower case", "steve", "IMSCON1", "", appl_key, 0, .racf = FINE, .profile = "IMSCON1" },
    { "user ID of one character", "A", "IMSCON1", "", appl_key, 0, .racf = FINE, .profile = "IMSCON1" },
    { "user ID of eight characters", "EIGHTCHR", "IMSCON1", "", appl_key, 0, .racf = FINE, .profile = "IMSCON1" },
    { "user ID of national characters", "$#@", "IMSCON1", "", appl_key, 0, .racf = FINE, .profile = "IMSCON1" },
    { "application in lower case", "STEVE", "imscon1", "", appl_key, 0, .racf = FINE, .profile = "IMSCON1" },
    { "600 s old", "STEVE", "IMSCON1", "", appl_key, -600, .racf = FINE },
    { "600 s ahead", "STEVE", "IMSCON1", "", appl_key, 600, .racf = FINE },
    { "601 s old", "STEVE", "IMSCON1", "", appl_key, -601, .racf = WRONG, .explanation = SAF_EXPLAIN_TICKET_OUT_OF_WINDOW },
    { "601 s ahead", "STEVE", "IMSCON1", "", appl_key, 601, .racf = WRONG, .explanation = SAF_EXPLAIN_TICKET_OUT_OF_WINDOW },
    { "an hour ahead", "STEVE", "IMSCON1", "", appl_key, 3600, .racf = WRONG, .explanation = SAF_EXPLAIN_TICKET_OUT_OF_WINDOW },
    { "half a day old", "STEVE", "IMSCON1", "", appl_key, -43200, .racf = WRONG, .explanation = SAF_EXPLAIN_TICKET_OUT_OF_WINDOW },
    { "years old", "STEVE", "IMSCON1", "", appl_key, -100000000, .racf = WRONG, .explanation = SAF_EXPLAIN_TICKET_OTHER_KEY },
    { "of another key", "STEVE", "IMSCON1", "", wrong_key, 0, .racf = WRONG, .explanation = SAF_EXPLAIN_TICKET_OTHER_KEY },
    { "of another user", "STEVE", "IMSCON1", "", appl_key, 0, "A", .racf = WRONG, .explanation = SAF_EXPLAIN_TICKET_OTHER_KEY },
    { "of another application", "STEVE", "IMSCON1", "", appl_key, 0, NULL, "OPEN", .racf = WRONG,
      .explanation = SAF_EXPLAIN_TICKET_OTHER_APPLICATION },
    { "qualified by user", "TIM", "IMSCON1", "", tim_key, 0, .racf = FINE, .profile = "IMSCON1.TIM" },
    { "unqualified beside a qualified one", "TIM", "IMSCON1", "", appl_key, 0, .racf = FINE, .profile = "IMSCON1" },
    { "another user's qualified key", "A", "IMSCON1", "", tim_key, 0, .racf = WRONG, .explanation = SAF_EXPLAIN_TICKET_OTHER_APPLICATION,
      .profile = "IMSCON1.TIM" },
    { "qualified by default group", "TOM", "IMSCON1", "", batch_key, 0, .racf = FINE, .profile = "IMSCON1.BATCH" },
    { "qualified by group given", "TOM", "IMSCON1", "batch", batch_key, 0, .racf = FINE, .profile = "IMSCON1.BATCH" },
    { "the key of a group not in force", "TOM", "IMSCON1", "OTHER", batch_key, 0, .racf = WRONG,
      .explanation = SAF_EXPLAIN_TICKET_OTHER_APPLICATION, .profile = "IMSCON1.BATCH" },
    { "another group of the user", "TOM", "IMSCON1", "OTHER", appl_key, 0, .racf = FINE, .profile = "IMSCON1" },
    { "no user ID", "", "IMSCON1", "", NULL, 0, .literal = "ABCDEFGH", .racf = NOT_DEFINED, .explanation = SAF_EXPLAIN_USERID_MISSING },
    { "unknown user", "NOSUCH", "IMSCON1", "", appl_key, 0, .racf = NOT_DEFINED, .explanation = SAF_EXPLAIN_USER_NOT_DEFINED },
    { "user ID too long", "NINECHARS", "IMSCON1", "", NULL, 0, .literal = "ABCDEFGH", .racf = NOT_DEFINED,
      .explanation = SAF_EXPLAIN_USER_NOT_DEFINED },
    { "user ID that cannot be one", "a'b--\x01", "IMSCON1", "", NULL, 0, .literal = "ABCDEFGH", .racf = NOT_DEFINED,
      .explanation = SAF_EXPLAIN_USER_NOT_DEFINED },
    { "revoked user with a right ticket", "GONE", "IMSCON1", "", appl_key, 0, .racf = REVOKED, .explanation = SAF_EXPLAIN_USER_REVOKED },
    { "revoked user with a wrong ticket", "GONE", "IMSCON1", "", wrong_key, 0, .racf = REVOKED, .explanation = SAF_EXPLAIN_USER_REVOKED },
    { "not in the group", "STEVE", "IMSCON1", "BATCH", appl_key, 0, .racf = NO_GROUP, .explanation = SAF_EXPLAIN_GROUP },
    { "a group that is none", "STEVE", "IMSCON1", "N-O", appl_key, 0, .racf = NO_GROUP, .explanation = SAF_EXPLAIN_GROUP },
    { "connection revoked", "TOM", "IMSCON1", "ALONE", appl_key, 0, .racf = GROUP_REVOKED, .explanation = SAF_EXPLAIN_GROUP },
    { "PROTECTED user", "PROT", "IMSCON1", "", appl_key, 0, .racf = WRONG, .explanation = SAF_EXPLAIN_USER_PROTECTED },
    { "no credential", "STEVE", "IMSCON1", "", NULL, 0, .literal = "", .racf = WRONG, .explanation = SAF_EXPLAIN_CREDENTIAL_MISSING },
    { "seven characters", "STEVE", "IMSCON1", "", NULL, 0, .literal = "ABCDEFG", .racf = WRONG, .explanation = SAF_EXPLAIN_TICKET_LENGTH },
    { "nine characters, of a user with a phrase", "STEVE", "IMSCON1", "", NULL, 0, .literal = "ABCDEFGHI", .racf = WRONG,
      .explanation = SAF_EXPLAIN_PASSWORD },
    { "not well-formed", "STEVE", "IMSCON1", "", NULL, 0, .literal = "LZTKEEDQ", .racf = WRONG,
      .explanation = SAF_EXPLAIN_TICKET_NOT_WELL_FORMED },
    { "an expired password", "TOM", "IMSCON1", "", NULL, 0, .literal = "SECRET01", .racf = EXPIRED,
      .explanation = SAF_EXPLAIN_PASSWORD_EXPIRED },
    { "not a ticket, of a user with a password", "TOM", "IMSCON1", "", NULL, 0, .literal = "SECRET!", .racf = WRONG,
      .explanation = SAF_EXPLAIN_PASSWORD },
    { "a long phrase of a user with a password", "TOM", "IMSCON1", "", NULL, 0, .literal = "correct horse battery staple", .racf = WRONG,
      .explanation = SAF_EXPLAIN_TICKET_LENGTH },
    { "no profile", "STEVE", "NOSUCH", "", appl_key, 0, .racf = WRONG, .explanation = SAF_EXPLAIN_NO_PROFILE },
    { "a profile without a key", "STEVE", "NOKEY", "", appl_key, 0, .racf = WRONG, .explanation = SAF_EXPLAIN_NO_PROFILE },
    { "no application", "STEVE", "", "", NULL, 0, .literal = "AEPRRZ3S", .racf = WRONG, .explanation = SAF_EXPLAIN_NO_PROFILE },
    { "a key that is not there", "STEVE", "LABELLED", "", appl_key, 0, .racf = WRONG, .explanation = SAF_EXPLAIN_KEY_UNAVAILABLE },
    { "application refused", "STEVE", "CLOSED", "", appl_key, 0, .racf = NO_APPL, .explanation = SAF_EXPLAIN_APPL_REFUSED,
      .profile = "CLOSED" },
    { "application permitted", "TIM", "CLOSED", "", appl_key, 0, .racf = FINE, .profile = "CLOSED" },
    { "wrong ticket for a refused application", "STEVE", "CLOSED", "", wrong_key, 0, .racf = WRONG,
      .explanation = SAF_EXPLAIN_TICKET_OTHER_KEY },
};

static void
check_situation(const struct situation *situation)
{
    char ticket[PASSTICKET_SIZE + 1] = "";
    if (situation->literal == NULL)
        make_ticket(situation->key, situation->of_user != NULL ? situation->of_user : situation->userid,
                    situation->of_application != NULL ? situation->of_application : situation->application, situation->offset_s, ticket);
    bool accepted =
        verify(situation->userid, situation->literal != NULL ? situation->literal : ticket, situation->application, situation->group);
    bool as_expected = accepted == (situation->racf == FINE) && answer.result.saf == (accepted ? SAF_OK : SAF_REFUSED) &&
                       answer.result.racf == situation->racf && answer.result.reason == 0 &&
                       answer.result.explanation == situation->explanation && facts.claimed == accepted && !answer.result.retryable &&
                       (situation->profile == NULL || strcmp(facts.profile, situation->profile) == 0);
    bool right_key = accepted || situation->explanation == SAF_EXPLAIN_TICKET_OUT_OF_WINDOW;
    if (right_key)
        as_expected = as_expected && answer.result.ticket_offset_s == situation->offset_s && facts.ticket_kind == 'L';
    CU_ASSERT_TRUE(as_expected);
    if (!as_expected)
        printf("# %s: SAF %u RACF %02X explanation %d (%s) profile %s\n", situation->what, answer.result.saf, answer.result.racf,
               (int)answer.result.explanation, saf_explanation_text(answer.result.explanation), facts.profile);
}

static void
every_situation_is_decided_as_expected(void)
{
    start();
    for (size_t i = 0; i < sizeof situations / sizeof situations[0]; i++) {
        check_situation(&situations[i]);
        CU_ASSERT_TRUE(replay_store_commit(racroute.replay));
        clock_fake_advance_ms(&fake, 1000);
    }
    finish();
}

static void
the_answer_names_user_and_group(void)
{
    start();
    CU_ASSERT_TRUE(verify_new_ticket("TIM", "OPEN"));
    CU_ASSERT_STRING_EQUAL(answer.userid, "TIM");
    CU_ASSERT_STRING_EQUAL(answer.group, "SYS1");
    char ticket[PASSTICKET_SIZE + 1];
    make_ticket(appl_key, "TOM", "IMSCON1", 0, ticket);
    CU_ASSERT_TRUE(verify("tom", ticket, "IMSCON1", "other"));
    CU_ASSERT_STRING_EQUAL(answer.userid, "TOM");
    CU_ASSERT_STRING_EQUAL(answer.group, "OTHER");
    CU_ASSERT_STRING_EQUAL(facts.userid, "TOM");
    CU_ASSERT_STRING_EQUAL(facts.group, "OTHER");
    CU_ASSERT_FALSE(verify("nine chars", ticket, "IMSCON1", "other"));
    CU_ASSERT_STRING_EQUAL(answer.userid, "");
    CU_ASSERT_STRING_EQUAL(facts.userid, "");
    finish();
}

static void
a_ticket_is_good_for_one_login(void)
{
    start();
    char ticket[PASSTICKET_SIZE + 1];
    make_ticket(appl_key, "STEVE", "IMSCON1", -5, ticket);
    CU_ASSERT_TRUE(verify("STEVE", ticket, "IMSCON1", ""));
    CU_ASSERT_TRUE(replay_store_commit(racroute.replay));
    clock_fake_advance_ms(&fake, 2000);
    CU_ASSERT_FALSE(verify("STEVE", ticket, "IMSCON1", ""));
    CU_ASSERT_EQUAL(answer.result.racf, RACF_VERIFY_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    CU_ASSERT_EQUAL(answer.result.ticket_offset_s, -7);
    CU_ASSERT_EQUAL(facts.first_use.utc_us, NOW * INT64_C(1000000));
    CU_ASSERT_STRING_EQUAL(facts.first_use.address, "192.0.2.7");
    CU_ASSERT_FALSE(facts.claimed);
    clock_fake_advance_ms(&fake, -3600 * 1000);
    CU_ASSERT_FALSE(verify("STEVE", ticket, "IMSCON1", ""));
    clock_fake_advance_ms(&fake, 3600 * 1000);
    CU_ASSERT_FALSE(verify("STEVE", ticket, "IMSCON1", ""));
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    finish();
}

static void
no_replay_protection_lets_a_ticket_be_used_again(void)
{
    start();
    char ticket[PASSTICKET_SIZE + 1];
    make_ticket(appl_key, "STEVE", "OPEN", 0, ticket);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_TRUE(verify("STEVE", ticket, "OPEN", ""));
        CU_ASSERT_FALSE(facts.claimed);
    }
    finish();
}

static void
a_refused_application_leaves_the_ticket_unused(void)
{
    start();
    char ticket[PASSTICKET_SIZE + 1];
    make_ticket(appl_key, "STEVE", "CLOSED", 0, ticket);
    CU_ASSERT_FALSE(verify("STEVE", ticket, "CLOSED", ""));
    CU_ASSERT_EQUAL(answer.result.racf, RACF_VERIFY_APPL_REFUSED);
    command("PERMIT CLOSED CLASS(APPL) ID(STEVE) ACCESS(READ)");
    CU_ASSERT_TRUE(verify("STEVE", ticket, "CLOSED", ""));
    command("SETROPTS NOCLASSACT(APPL)");
    CU_ASSERT_TRUE(verify_new_ticket("A", "CLOSED"));
    finish();
}

static void
an_inactive_class_or_a_missing_refresh_is_told(void)
{
    start();
    command("RALTER PTKTDATA IMSCON1 SSIGNON(KEYMASKED(0102030405060708))");
    char ticket[PASSTICKET_SIZE + 1];
    make_ticket(wrong_key, "STEVE", "IMSCON1", 0, ticket);
    CU_ASSERT_FALSE(verify("STEVE", ticket, "IMSCON1", ""));
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_NOT_REFRESHED);
    CU_ASSERT_TRUE(verify_new_ticket("STEVE", "IMSCON1"));
    command("SETROPTS RACLIST(PTKTDATA) REFRESH");
    clock_fake_advance_ms(&fake, 1000);
    make_ticket(wrong_key, "STEVE", "IMSCON1", 0, ticket);
    CU_ASSERT_TRUE(verify("STEVE", ticket, "IMSCON1", ""));
    command("SETROPTS NOCLASSACT(PTKTDATA)");
    CU_ASSERT_FALSE(verify_new_ticket("STEVE", "OPEN"));
    CU_ASSERT_EQUAL(answer.result.racf, RACF_VERIFY_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_CLASS_INACTIVE);
    finish();
}

static void
failures_in_a_row_revoke_the_user(void)
{
    start();
    command("SETROPTS PASSWORD(REVOKE(3))");
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2; i++) {
            CU_ASSERT_FALSE(verify("STEVE", "LZTKEEDQ", "IMSCON1", ""));
            CU_ASSERT_FALSE(facts.revoked_now);
        }
        clock_fake_advance_ms(&fake, 1000);
        CU_ASSERT_TRUE(verify_new_ticket("STEVE", "IMSCON1")); /* sets the count back */
    }
    for (int i = 1; i <= 3; i++) {
        CU_ASSERT_FALSE(verify("STEVE", "LZTKEEDQ", "IMSCON1", ""));
        CU_ASSERT_EQUAL(facts.revoked_now, i == 3);
    }
    clock_fake_advance_ms(&fake, 1000);
    CU_ASSERT_FALSE(verify_new_ticket("STEVE", "IMSCON1"));
    CU_ASSERT_EQUAL(answer.result.racf, RACF_VERIFY_USER_REVOKED);
    command("ALTUSER STEVE RESUME");
    CU_ASSERT_TRUE(verify_new_ticket("STEVE", "IMSCON1"));
    finish();
}

static void
what_is_no_wrong_credential_does_not_count(void)
{
    start();
    command("SETROPTS PASSWORD(REVOKE(1))");
    CU_ASSERT_FALSE(verify("STEVE", "", "IMSCON1", ""));
    CU_ASSERT_FALSE(verify("STEVE", "LZTKEEDQ", "LABELLED", ""));
    CU_ASSERT_FALSE(verify_new_ticket("STEVE", "CLOSED"));
    CU_ASSERT_FALSE(verify("STEVE", "LZTKEEDQ", "IMSCON1", "BATCH"));
    CU_ASSERT_FALSE(verify("PROT", "LZTKEEDQ", "IMSCON1", ""));
    CU_ASSERT_FALSE(verify("NOSUCH", "LZTKEEDQ", "IMSCON1", ""));
    replay_store_limit(racroute.replay, 0);
    CU_ASSERT_FALSE(verify_new_ticket("STEVE", "IMSCON1"));
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_REPLAY_STORE);
    CU_ASSERT_TRUE(answer.result.retryable);
    replay_store_limit(racroute.replay, REPLAY_CLAIMS_MAX);
    CU_ASSERT_TRUE(verify_new_ticket("STEVE", "IMSCON1"));
    CU_ASSERT_FALSE(verify_new_ticket("STEVE", "IMSCON1"));
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_TICKET_REPLAYED);
    CU_ASSERT_TRUE(facts.revoked_now);
    finish();
}

static void
a_lost_claim_becomes_a_refusal_that_may_be_retried(void)
{
    struct saf_verify_answer lost = { .result = { .saf = SAF_OK, .ticket_offset_s = 5 }, .userid = "TOM" };
    racroute_claim_lost(&lost);
    CU_ASSERT_EQUAL(lost.result.saf, SAF_REFUSED);
    CU_ASSERT_EQUAL(lost.result.racf, RACF_VERIFY_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(lost.result.explanation, SAF_EXPLAIN_REPLAY_STORE);
    CU_ASSERT_TRUE(lost.result.retryable);
    CU_ASSERT_STRING_EQUAL(lost.userid, "TOM");
}

static void
a_clock_set_back_does_not_reopen_a_ticket(void)
{
    start();
    char ticket[PASSTICKET_SIZE + 1];
    char unused[PASSTICKET_SIZE + 1];
    make_ticket(appl_key, "STEVE", "IMSCON1", 0, ticket);
    make_ticket(appl_key, "STEVE", "IMSCON1", -1, unused);
    CU_ASSERT_TRUE(verify("STEVE", ticket, "IMSCON1", ""));
    CU_ASSERT_TRUE(replay_store_commit(racroute.replay));
    clock_fake_advance_ms(&fake, 24 * 3600 * INT64_C(1000));
    CU_ASSERT_TRUE(verify_new_ticket("STEVE", "IMSCON1")); /* its commit drops yesterday's claim */
    CU_ASSERT_TRUE(replay_store_commit(racroute.replay));
    clock_fake_init(&fake, NOW);
    CU_ASSERT_FALSE(verify("STEVE", ticket, "IMSCON1", ""));
    CU_ASSERT_EQUAL(answer.result.explanation, SAF_EXPLAIN_CLOCK_SET_BACK);
    CU_ASSERT_FALSE(verify("STEVE", unused, "IMSCON1", ""));
    clock_fake_advance_ms(&fake, 1000);
    CU_ASSERT_TRUE(verify_new_ticket("STEVE", "IMSCON1"));
    finish();
}

static void
every_explanation_has_a_text(void)
{
    for (int i = SAF_EXPLAIN_NONE; i <= SAF_EXPLAIN_CLOCK_SET_BACK; i++)
        CU_ASSERT_STRING_NOT_EQUAL(saf_explanation_text((enum saf_explanation)i), "an unknown reason");
    CU_ASSERT_STRING_EQUAL(saf_explanation_text((enum saf_explanation)9999), "an unknown reason");
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "every situation is decided as expected", every_situation_is_decided_as_expected },
        { "the answer names user and group", the_answer_names_user_and_group },
        { "a ticket is good for one login", a_ticket_is_good_for_one_login },
        { "NO REPLAY PROTECTION lets a ticket be used again", no_replay_protection_lets_a_ticket_be_used_again },
        { "a refused application leaves the ticket unused", a_refused_application_leaves_the_ticket_unused },
        { "an inactive class or a missing REFRESH is told", an_inactive_class_or_a_missing_refresh_is_told },
        { "failures in a row revoke the user", failures_in_a_row_revoke_the_user },
        { "what is no wrong credential does not count", what_is_no_wrong_credential_does_not_count },
        { "a lost claim becomes a refusal that may be retried", a_lost_claim_becomes_a_refusal_that_may_be_retried },
        { "a clock set back does not reopen a ticket", a_clock_set_back_does_not_reopen_a_ticket },
        { "every explanation has a text", every_explanation_has_a_text },
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    int status = SUITE_RUN("racroute", cases);
    char remove[64];
    snprintf(remove, sizeof remove, "rm -rf %s", folder);
    return system(remove) != 0 || status != 0;
}
