/* The situations of VERIFY, one by one, through the real gateway on the wire: what the client is told, what the security server
 * decided and recorded, what the operator's log says, and what `passgate ticket explain` says of the same PassTicket. */
#include "tests/integration/verify_situations.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/hex.h"
#include "security/passticket/enhanced.h"
#include "tests/support/gateway.h"
#include "tests/support/peer.h"
#include "tests/support/suite.h"

enum { CASES_MAX = 200, TRIES_MAX = 100, OUTPUT_SIZE = 16384, QUARTER_SECOND_NS = 250000000 };

/* A gateway and what is tried with it. */
struct chapter {
    const char *name;
    struct gateway_options options;
    const struct situation *situations;
    size_t count;
};

#define ALL(table) table, sizeof(table) / sizeof((table)[0])

static const struct chapter chapters[] = {
    { "a gateway is set up", { 0 }, ALL(situations) },
    { "a gateway with a strict throttle is set up",
      { .throttle = "pair_failures = 1\nfirst_delay_ms = 3600000\nlongest_delay_ms = 3600000\nhold_ms = 0" },
      ALL(throttled_situations) },
    { "a gateway whose replay store cannot be reached is set up",
      { .replay = "redis://127.0.0.1:1/0\nreplay_timeout_ms = 200" },
      ALL(unclaimed_situations) },
};

static struct gateway gateway;
static const char *application;
static const struct chapter *next_chapter = chapters;
static const struct situation *next_situation;
static size_t questions; /* asked of `ticket explain` */

/* What came of a login. */
struct outcome {
    int secchkcd;
    int records;
    json_t *record; /* the last one; NULL: none */
    char *log;      /* what was added to it */
};

static void
run_racf(const char *commands)
{
    static const char *const arguments[] = { "racf", NULL };
    char output[OUTPUT_SIZE];
    char input[8192];
    snprintf(input, sizeof input, "%s\n", commands);
    int status = gateway_passgate(&gateway, output, sizeof output, input, arguments);
    CU_ASSERT(status <= 4);
    if (status > 4)
        printf("# %s\n# %s\n", commands, output);
}

static void
operate(const char *keywords)
{
    char output[OUTPUT_SIZE];
    char command[256];
    snprintf(command, sizeof command, "UPDATE IMSCON TYPE(CONFIG) SET(%s)", keywords);
    CU_ASSERT_EQUAL(gateway_operate(&gateway, command, output, sizeof output), 0);
}

/* Now, or the second before the one that was taken last for this user and application. */
static int64_t
unused_second(const char *user, const char *appl)
{
    static struct {
        char name[24];
        int64_t taken;
    } names[64];
    char name[24];
    size_t i = 0;
    snprintf(name, sizeof name, "%s.%s", user, appl);
    for (char *at = name; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
    while (names[i].name[0] != '\0' && strcmp(names[i].name, name) != 0)
        CU_ASSERT_FATAL(++i < sizeof names / sizeof names[0]);
    memcpy(names[i].name, name, sizeof name);
    int64_t now = time(NULL);
    names[i].taken = names[i].taken != 0 && names[i].taken <= now ? names[i].taken - 1 : now;
    return names[i].taken;
}

static void
generate_enhanced(const struct credential *credential, const char *user, const char *appl, int64_t when, char ticket[9])
{
    const char *digits = credential->text != NULL ? credential->text : KEY_ENHANCED;
    uint8_t bytes[PASSTICKET_ENHANCED_KEY_MAX];
    CU_ASSERT_TRUE_FATAL(hex_decode(digits, strlen(digits), bytes));
    struct passticket_enhanced_key *key = passticket_enhanced_key_new(bytes, strlen(digits) / 2);
    enum passticket_enhanced_type type = credential->kind == MIXED ? PASSTICKET_MIXED : PASSTICKET_UPPER;
    CU_ASSERT_TRUE_FATAL(passticket_enhanced_generate(key, type, user, appl, (uint64_t)when, ticket));
    passticket_enhanced_key_free(key);
}

static void
generate_legacy(const struct credential *credential, const char *user, const char *appl, int64_t when, char ticket[9])
{
    uint8_t bytes[8];
    CU_ASSERT_TRUE_FATAL(hex_decode(credential->text != NULL ? credential->text : KEY_IMSCON1, 16, bytes));
    struct passticket_legacy_key *key = passticket_legacy_key_new(bytes);
    CU_ASSERT_TRUE_FATAL(passticket_legacy_generate(key, user, appl, (uint32_t)when, ticket));
    passticket_legacy_key_free(key);
}

/* The text to send as PASSWORD; NULL for none. */
static const char *
make_credential(const struct situation *situation)
{
    static char ticket[9];
    const struct credential *credential = &situation->credential;
    if (credential->kind == NOTHING || credential->kind == TEXT)
        return credential->text;
    const char *user = credential->user != NULL ? credential->user : situation->user;
    const char *appl = credential->application != NULL ? credential->application : application;
    int64_t when = credential->offset_s != 0 ? time(NULL) + credential->offset_s : unused_second(user, appl);
    if (credential->kind == LEGACY)
        generate_legacy(credential, user, appl, when, ticket);
    else
        generate_enhanced(credential, user, appl, when, ticket);
    for (char *at = ticket; credential->lower_case && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return ticket;
}

/* Takes the records that were added behind `before` bytes. */
static void
take_records(size_t before, struct outcome *outcome)
{
    char *text = gateway_file(&gateway, "audit.json");
    for (char *line = text + before; *line != '\0';) {
        char *end = strchr(line, '\n');
        json_t *record = end != NULL ? json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, NULL) : NULL;
        CU_ASSERT_PTR_NOT_NULL_FATAL(record);
        CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(record, "record")), "verify");
        json_decref(outcome->record);
        outcome->record = record;
        outcome->records++;
        line = end + 1;
    }
    free(text);
}

static size_t
size_of(const char *name)
{
    char *text = gateway_file(&gateway, name);
    size_t size = strlen(text);
    free(text);
    return size;
}

static char *
log_behind(size_t size)
{
    char *log = gateway_file(&gateway, "passgated.log");
    char *added = strdup(log + size);
    free(log);
    return added;
}

static void
log_on(const struct situation *situation, const char *credential, struct outcome *outcome)
{
    size_t log_before = size_of("passgated.log");
    size_t records_before = size_of("audit.json");
    *outcome = (struct outcome) { .secchkcd = peer_try(gateway.port, situation->user, credential) };
    take_records(records_before, outcome);
    outcome->log = log_behind(log_before);
    /* What the gateway refuses by itself it logs after it has answered. */
    while (situation->qualifier == NO_RECORD && situation->said != NULL && strstr(outcome->log, situation->said) == NULL) {
        free(outcome->log);
        nanosleep(&(struct timespec) { .tv_nsec = 10000000 }, NULL);
        outcome->log = log_behind(log_before);
    }
}

static void
clear(struct outcome *outcome)
{
    json_decref(outcome->record);
    free(outcome->log);
    *outcome = (struct outcome) { 0 };
}

static void
wait_for_the_beginning_of_a_second(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    while (now.tv_nsec > QUARTER_SECOND_NS) {
        nanosleep(&(struct timespec) { .tv_nsec = 1000000000 - now.tv_nsec }, NULL);
        clock_gettime(CLOCK_REALTIME, &now);
    }
}

/* The clock may go on between ticket and login: tried again until the server saw the offset that is wanted. */
static void
log_on_exactly(const struct situation *situation, struct outcome *outcome)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        clear(outcome);
        wait_for_the_beginning_of_a_second();
        log_on(situation, make_credential(situation), outcome);
        if (json_integer_value(json_object_get(outcome->record, "ticket_offset_s")) == situation->credential.offset_s)
            return;
    }
    CU_FAIL("the machine is too slow to hit a second");
}

static void
check_number(const struct outcome *outcome, const char *name, int expected)
{
    json_int_t found = json_integer_value(json_object_get(outcome->record, name));
    CU_ASSERT_EQUAL(found, expected);
    if (found != expected)
        printf("# %s is %d, expected %d\n", name, (int)found, expected);
}

static void
check_text(const struct outcome *outcome, const char *name, const char *expected)
{
    const char *found = json_string_value(json_object_get(outcome->record, name));
    bool same = expected == NULL || (found != NULL && strcmp(found, expected) == 0);
    CU_ASSERT_TRUE(same);
    if (!same)
        printf("# %s is %s, expected %s\n", name, found != NULL ? found : "missing", expected);
}

static void
check_log(const struct outcome *outcome, const char *expected)
{
    CU_ASSERT_PTR_NOT_NULL(strstr(outcome->log, expected));
    if (strstr(outcome->log, expected) == NULL)
        printf("# the log lacks: %s\n# %s\n", expected, outcome->log);
}

static void
check_refusal(const struct situation *situation, const struct outcome *outcome)
{
    char expected[256];
    snprintf(expected, sizeof expected,
             "HWSP1500E RACF SECURITY VIOLATION; R=%d, RACF=%02X, REASON=%04X, SECCHKCD=%02X, C=127.0.0.1:", situation->saf,
             (unsigned)situation->racf, (unsigned)situation->reason, (unsigned)situation->secchkcd);
    check_log(outcome, expected);
    snprintf(expected, sizeof expected, "SAF=%d RACF=%02X RSN=%02X: %s", situation->saf, (unsigned)situation->racf,
             (unsigned)situation->reason, saf_explanation_text(situation->explanation));
    check_log(outcome, "ICH408I USER(");
    check_log(outcome, expected);
}

static void
check(const struct situation *situation, const struct outcome *outcome)
{
    CU_ASSERT_EQUAL(outcome->secchkcd, situation->secchkcd);
    if (outcome->secchkcd != situation->secchkcd)
        printf("# SECCHKCD is %02X, expected %02X\n", (unsigned)outcome->secchkcd, (unsigned)situation->secchkcd);
    if (situation->said != NULL)
        check_log(outcome, situation->said);
    CU_ASSERT_EQUAL(outcome->records, situation->qualifier == NO_RECORD ? 0 : 1);
    if (situation->qualifier == NO_RECORD || outcome->record == NULL)
        return;
    check_number(outcome, "event", 1);
    check_number(outcome, "qualifier", situation->qualifier);
    check_number(outcome, "saf", situation->saf);
    check_number(outcome, "racf", situation->racf);
    check_number(outcome, "reason", situation->reason);
    check_number(outcome, "explanation", (int)situation->explanation);
    check_text(outcome, "explanation_text", saf_explanation_text(situation->explanation));
    check_text(outcome, "application", application);
    check_text(outcome, "ticket", situation->ticket);
    check_text(outcome, "profile", situation->profile);
    if (situation->saf == SAF_OK)
        CU_ASSERT_PTR_NULL(strstr(outcome->log, "ICH408I"))
    else
        check_refusal(situation, outcome);
}

/* What `passgate ticket explain` says before the login must be what then comes of it. */
static void
check_explanation(const struct situation *situation, const char *credential)
{
    char output[OUTPUT_SIZE];
    char expected[64];
    char input[128];
    const char *const words[] = { "ticket", "explain", "--user", situation->user, "--appl", application, "--ticket", "-", NULL };
    snprintf(input, sizeof input, "%s\n", credential);
    int status = gateway_passgate(&gateway, output, sizeof output, input, words);
    questions++;
    CU_ASSERT_EQUAL(status, situation->saf == SAF_OK ? 0 : 1);
    snprintf(expected, sizeof expected, situation->saf == SAF_OK ? "would be ACCEPTED" : "(explanation %d)", (int)situation->explanation);
    CU_ASSERT_PTR_NOT_NULL(strstr(output, expected));
    if (strstr(output, expected) == NULL)
        printf("# ticket explain does not say %s\n# %s\n", expected, output);
    bool detailed = situation->said != NULL && strchr(situation->said, ' ') != NULL && islower((unsigned char)situation->said[0]);
    if (detailed && strstr(situation->said, "revoked") == NULL && !situation->credential.exactly)
        CU_ASSERT_PTR_NOT_NULL(strstr(output, situation->said));
}

static bool
is_explained(const struct situation *situation)
{
    bool ticket = situation->credential.kind != NOTHING && situation->credential.kind != TEXT;
    bool never_a_ticket =
        situation->explanation == SAF_EXPLAIN_TICKET_LENGTH || situation->explanation == SAF_EXPLAIN_TICKET_NOT_WELL_FORMED;
    return (ticket || never_a_ticket) && !situation->not_explained;
}

static void
run_situation(void)
{
    const struct situation *situation = next_situation++;
    struct outcome outcome = { 0 };
    if (situation->before != NULL)
        run_racf(situation->before);
    if (situation->operate != NULL)
        operate(situation->operate);
    if (situation->application != NULL)
        application = situation->application;
    const char *credential = make_credential(situation);
    if (situation->credential.twice)
        CU_ASSERT_EQUAL(peer_try(gateway.port, situation->user, credential), DRDA_SECCHKCD_OK);
    if (is_explained(situation) && !situation->credential.exactly)
        check_explanation(situation, credential);
    if (situation->credential.exactly)
        log_on_exactly(situation, &outcome);
    else
        log_on(situation, credential, &outcome);
    check(situation, &outcome);
    clear(&outcome);
}

static void
every_question_is_on_record(void)
{
    char *text = gateway_file(&gateway, "audit.json");
    size_t count = 0;
    for (const char *at = strstr(text, "\"record\":\"explain\""); at != NULL; at = strstr(at + 1, "\"record\":\"explain\""))
        count++;
    CU_ASSERT_EQUAL(count, questions);
    free(text);
}

static void
the_gateway_stops_on_request(void)
{
    gateway_stop(&gateway);
}

static void
begin_chapter(void)
{
    gateway_start(&gateway, &next_chapter->options);
    run_racf(base);
    next_situation = next_chapter->situations;
    next_chapter++;
    questions = 0;
}

int
main(void)
{
    static struct test_case cases[CASES_MAX];
    size_t count = 0;
    for (size_t c = 0; c < sizeof chapters / sizeof chapters[0]; c++) {
        cases[count++] = (struct test_case) { chapters[c].name, begin_chapter };
        for (size_t i = 0; i < chapters[c].count && count < CASES_MAX - 2; i++)
            cases[count++] = (struct test_case) { chapters[c].situations[i].name, run_situation };
        cases[count++] = (struct test_case) { "every question is on record", every_question_is_on_record };
        cases[count++] = (struct test_case) { "the gateway stops on request", the_gateway_stops_on_request };
    }
    return suite_run("verify table", cases, count);
}
