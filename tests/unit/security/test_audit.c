#include "security/audit.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/printable.h"
#include "tests/support/suite.h"

static char folder[] = "/tmp/test-audit-XXXXXX";
static const int64_t when_us = INT64_C(1767225600000042);

static const char *
path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static struct audit *
open_audit(const char *path)
{
    struct problem problem = { "" };
    struct audit *audit = audit_open(&(struct audit_settings) { .file = path }, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(audit);
    return audit;
}

static struct saf_verify
sample_verify(void)
{
    return (struct saf_verify) {
        .userid = "tom",
        .credential = "TOPSECRET",
        .application = "IMSCON1",
        .address = "192.0.2.7",
        .port = 50000,
        .connection = 77,
        .mixed_case = 'R',
    };
}

static struct racroute_facts
sample_facts(void)
{
    return (struct racroute_facts) { .userid = "TOM", .group = "BATCH", .profile = "IMSCON1.TOM", .ticket_kind = 'L' };
}

/* Line `number` of the file, parsed; NULL when there is none or it is no JSON object. */
static json_t *
read_line(const char *path, int number)
{
    FILE *file = fopen(path, "re");
    char line[16384];
    json_t *json = NULL;
    for (int i = 0; file != NULL && fgets(line, sizeof line, file) != NULL; i++)
        if (i == number)
            json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    if (file != NULL)
        fclose(file);
    return json;
}

static int
count_lines(const char *path)
{
    FILE *file = fopen(path, "re");
    int lines = 0;
    for (int c; file != NULL && (c = fgetc(file)) != EOF;)
        lines += c == '\n';
    if (file != NULL)
        fclose(file);
    return lines;
}

static const char *
text_in(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text != NULL ? text : "(none)";
}

static int64_t
number_in(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);
    return json_is_integer(value) ? json_integer_value(value) : -999;
}

static void
a_login_is_recorded_with_all_fields(void)
{
    const char *path = path_of("login");
    struct audit *audit = open_audit(path);
    struct saf_verify verify = sample_verify();
    struct racroute_facts facts = sample_facts();
    struct saf_verify_answer answer = { .result = { .saf = SAF_OK, .ticket_offset_s = -3 } };
    audit_verify(audit, when_us, &verify, &answer, &facts);
    CU_ASSERT_EQUAL(count_lines(path), 0);
    CU_ASSERT_TRUE(audit_flush(audit));
    json_t *record = read_line(path, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(record);
    CU_ASSERT_STRING_EQUAL(text_in(record, "time"), "2026-01-01T00:00:00.000042Z");
    CU_ASSERT_STRING_EQUAL(text_in(record, "record"), "verify");
    CU_ASSERT_EQUAL(number_in(record, "event"), 1);
    CU_ASSERT_EQUAL(number_in(record, "qualifier"), 32);
    CU_ASSERT_STRING_EQUAL(text_in(record, "user"), "TOM");
    CU_ASSERT_STRING_EQUAL(text_in(record, "group"), "BATCH");
    CU_ASSERT_STRING_EQUAL(text_in(record, "application"), "IMSCON1");
    CU_ASSERT_STRING_EQUAL(text_in(record, "address"), "192.0.2.7");
    CU_ASSERT_EQUAL(number_in(record, "port"), 50000);
    CU_ASSERT_EQUAL(number_in(record, "connection"), 77);
    CU_ASSERT_EQUAL(number_in(record, "saf"), 0);
    CU_ASSERT_EQUAL(number_in(record, "racf"), 0);
    CU_ASSERT_EQUAL(number_in(record, "reason"), 0);
    CU_ASSERT_STRING_EQUAL(text_in(record, "ticket"), "legacy");
    CU_ASSERT_EQUAL(number_in(record, "ticket_offset_s"), -3);
    CU_ASSERT_STRING_EQUAL(text_in(record, "profile"), "IMSCON1.TOM");
    CU_ASSERT_EQUAL(number_in(record, "explanation"), 0);
    CU_ASSERT_STRING_EQUAL(text_in(record, "explanation_text"), "accepted");
    json_decref(record);
    audit_close(audit);
    struct stat file;
    CU_ASSERT_EQUAL(stat(path, &file), 0);
    CU_ASSERT_EQUAL(file.st_mode & 0777, 0600);
}

static void
every_outcome_has_its_qualifier(void)
{
    static const struct {
        struct saf_result result;
        char kind;
        bool revoked_now;
        int qualifier;
    } outcomes[] = {
        { { .saf = SAF_OK }, 'L', false, 32 },
        { { .saf = SAF_OK }, 'U', false, 32 },
        { { .saf = SAF_OK }, 'M', false, 32 },
        { { .saf = SAF_OK }, 'P', false, 0 },
        { { .saf = SAF_REFUSED, .racf = 0x04, .explanation = SAF_EXPLAIN_USER_NOT_DEFINED }, 0, false, 9 },
        { { .saf = SAF_REFUSED, .racf = 0x08, .explanation = SAF_EXPLAIN_TICKET_OTHER_KEY }, 0, false, 1 },
        { { .saf = SAF_REFUSED, .racf = 0x08, .explanation = SAF_EXPLAIN_TICKET_OTHER_KEY }, 0, true, 7 },
        { { .saf = SAF_REFUSED, .racf = 0x08, .explanation = SAF_EXPLAIN_TICKET_REPLAYED }, 'L', false, 33 },
        { { .saf = SAF_REFUSED, .racf = 0x14, .explanation = SAF_EXPLAIN_GROUP }, 0, false, 2 },
        { { .saf = SAF_REFUSED, .racf = 0x24, .explanation = SAF_EXPLAIN_GROUP }, 0, false, 2 },
        { { .saf = SAF_REFUSED, .racf = 0x1C, .explanation = SAF_EXPLAIN_USER_REVOKED }, 0, false, 6 },
        { { .saf = SAF_REFUSED, .racf = 0x34, .explanation = SAF_EXPLAIN_APPL_REFUSED }, 'L', false, 5 },
    };
    const char *path = path_of("qualifiers");
    struct audit *audit = open_audit(path);
    struct saf_verify verify = sample_verify();
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        struct saf_verify_answer answer = { .result = outcomes[i].result };
        struct racroute_facts facts = { .ticket_kind = outcomes[i].kind, .revoked_now = outcomes[i].revoked_now };
        audit_verify(audit, when_us, &verify, &answer, &facts);
    }
    CU_ASSERT_TRUE(audit_flush(audit));
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        json_t *record = read_line(path, (int)i);
        CU_ASSERT_EQUAL(number_in(record, "qualifier"), outcomes[i].qualifier);
        CU_ASSERT_EQUAL(number_in(record, "explanation"), outcomes[i].result.explanation);
        json_decref(record);
    }
    audit_close(audit);
}

static void
a_replay_names_its_first_use(void)
{
    const char *path = path_of("replay");
    struct audit *audit = open_audit(path);
    struct saf_verify verify = sample_verify();
    struct racroute_facts facts = sample_facts();
    facts.first_use = (struct replay_use) { .utc_us = when_us - 1000000, .address = "2001:db8::1" };
    struct saf_verify_answer answer = {
        .result = { .saf = SAF_REFUSED, .racf = RACF_VERIFY_PASSWORD_INVALID, .explanation = SAF_EXPLAIN_TICKET_REPLAYED },
    };
    audit_verify(audit, when_us, &verify, &answer, &facts);
    CU_ASSERT_TRUE(audit_flush(audit));
    json_t *record = read_line(path, 0);
    CU_ASSERT_STRING_EQUAL(text_in(record, "first_use"), "2025-12-31T23:59:59.000042Z");
    CU_ASSERT_STRING_EQUAL(text_in(record, "first_address"), "2001:db8::1");
    json_decref(record);
    audit_close(audit);
}

static void
hostile_strings_stay_inside_their_line(void)
{
    static const struct {
        const char *sent;
        const char *recorded;
    } strings[] = {
        { "a\nb", "a\\x0Ab" },
        { "\",\"saf\":0,\"x\":\"", "\",\"saf\":0,\"x\":\"" },
        { "back\\slash", "back\\x5Cslash" },
        { "\x1b[2J", "\\x1B[2J" },
        { "\xff\xfe", "\\xFF\\xFE" },
        { "\xc3\xa4", "\xc3\xa4" },
        { "\xc2\x85", "\\xC2\\x85" },
        { "\xc3", "\\xC3" },
        { "\xe2\x82", "\\xE2\\x82" },
        { "\xed\xa0\x80", "\\xED\\xA0\\x80" },
        { "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
        { "\xf5\x80\x80\x80", "\\xF5\\x80\\x80\\x80" },
        { "\xc0\x80", "\\xC0\\x80" },
        { "\x7f", "\\x7F" },
    };
    const char *path = path_of("hostile");
    struct audit *audit = open_audit(path);
    struct saf_verify_answer answer = { .result = { .saf = SAF_REFUSED, .racf = RACF_VERIFY_USER_NOT_DEFINED } };
    struct racroute_facts facts = { 0 };
    enum { COUNT = sizeof strings / sizeof strings[0] };
    for (size_t i = 0; i < COUNT; i++) {
        struct saf_verify verify = sample_verify();
        snprintf(verify.userid, sizeof verify.userid, "%s", strings[i].sent);
        snprintf(verify.address, sizeof verify.address, "%s", strings[i].sent);
        audit_verify(audit, when_us, &verify, &answer, &facts);
    }
    CU_ASSERT_TRUE(audit_flush(audit));
    CU_ASSERT_EQUAL(count_lines(path), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        json_t *record = read_line(path, (int)i);
        CU_ASSERT_STRING_EQUAL(text_in(record, "user"), strings[i].recorded);
        CU_ASSERT_STRING_EQUAL(text_in(record, "address"), strings[i].recorded);
        CU_ASSERT_EQUAL(number_in(record, "saf"), 8);
        json_decref(record);
    }
    audit_close(audit);
}

static void
the_longest_strings_fit(void)
{
    const char *path = path_of("long");
    struct audit *audit = open_audit(path);
    struct saf_verify verify = sample_verify();
    struct saf_verify_answer answer = { .result = { .saf = SAF_REFUSED, .racf = RACF_VERIFY_USER_NOT_DEFINED } };
    struct racroute_facts facts = { 0 };
    memset(verify.userid, 0xFF, sizeof verify.userid - 1);
    memset(verify.address, 0x01, sizeof verify.address - 1);
    memset(verify.application, 0x80, sizeof verify.application - 1);
    memset(facts.profile, 'P', sizeof facts.profile - 1);
    for (int i = 0; i < 1000; i++) /* more than the batch has room for at first */
        audit_verify(audit, when_us, &verify, &answer, &facts);
    CU_ASSERT_TRUE(audit_flush(audit));
    CU_ASSERT_EQUAL(count_lines(path), 1000);
    json_t *record = read_line(path, 999);
    CU_ASSERT_EQUAL(strlen(text_in(record, "user")), 4 * SAF_USERID_MAX);
    CU_ASSERT_EQUAL(strlen(text_in(record, "profile")), RACF_KEY_PROFILE_MAX);
    json_decref(record);
    audit_close(audit);
}

static void
printable_text_is_cut_between_characters(void)
{
    for (size_t size = 1; size < 12; size++) {
        char *exact = malloc(size); /* exact size: AddressSanitizer sees one byte too far */
        printable_copy("a\xc3\xa4\x01z", exact, size);
        size_t length = size > 8 ? 8 : size > 7 ? 7 : size > 3 ? 3 : size > 1 ? 1 : 0;
        CU_ASSERT_EQUAL(strlen(exact), length);
        CU_ASSERT_EQUAL(memcmp("a\xc3\xa4\\x01z", exact, length), 0);
        free(exact);
    }
}

static void
credentials_are_not_recorded(void)
{
    const char *path = path_of("secret");
    struct audit *audit = open_audit(path);
    struct saf_verify verify = sample_verify();
    struct racroute_facts facts = sample_facts();
    struct saf_verify_answer answer = { .result = { .saf = SAF_REFUSED, .racf = RACF_VERIFY_PASSWORD_INVALID } };
    audit_verify(audit, when_us, &verify, &answer, &facts);
    audit_command(audit, when_us, "IBMUSER", 0, "ADDUSER TOM PASSWORD(TOPSECRET) DFLTGRP(SYS1)", 0);
    audit_command(audit, when_us, "IBMUSER", 0, "RDEFINE PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E001193519561977))", 0);
    audit_command(audit, when_us, "IBMUSER", 0, "ALU TOM PHRASE('TOPSECRET of mine (E001193519561977'", 12);
    CU_ASSERT_TRUE(audit_flush(audit));
    audit_close(audit);
    char all[8192] = "";
    FILE *file = fopen(path, "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    size_t size = fread(all, 1, sizeof all - 1, file);
    fclose(file);
    CU_ASSERT_TRUE(size > 0);
    CU_ASSERT_PTR_NULL(strstr(all, "TOPSECRET"));
    CU_ASSERT_PTR_NULL(strstr(all, "E001193519561977"));
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "IMSCON1"));
    CU_ASSERT_PTR_NOT_NULL(strstr(all, "<hidden>"));
}

static void
a_command_is_recorded(void)
{
    const char *path = path_of("command");
    struct audit *audit = open_audit(path);
    audit_command(audit, when_us, "IBMUSER", 1000, "SETROPTS RACLIST(PTKTDATA) REFRESH", 4);
    audit_command(audit, when_us, "", 65534, "LISTUSER \xff\n", 12);
    CU_ASSERT_TRUE(audit_flush(audit));
    json_t *record = read_line(path, 0);
    CU_ASSERT_STRING_EQUAL(text_in(record, "time"), "2026-01-01T00:00:00.000042Z");
    CU_ASSERT_STRING_EQUAL(text_in(record, "record"), "command");
    CU_ASSERT_STRING_EQUAL(text_in(record, "user"), "IBMUSER");
    CU_ASSERT_EQUAL(number_in(record, "uid"), 1000);
    CU_ASSERT_STRING_EQUAL(text_in(record, "command"), "SETROPTS RACLIST(PTKTDATA) REFRESH");
    CU_ASSERT_EQUAL(number_in(record, "return_code"), 4);
    json_decref(record);
    record = read_line(path, 1);
    CU_ASSERT_EQUAL(number_in(record, "uid"), 65534);
    CU_ASSERT_EQUAL(number_in(record, "return_code"), 12);
    json_decref(record);
    audit_close(audit);
}

static void
record_one(struct audit *audit)
{
    struct saf_verify verify = sample_verify();
    struct racroute_facts facts = sample_facts();
    struct saf_verify_answer answer = { .result = { .saf = SAF_OK } };
    audit_verify(audit, when_us, &verify, &answer, &facts);
}

static void
a_full_disk_is_told(void)
{
    struct audit *audit = open_audit("/dev/full");
    record_one(audit);
    CU_ASSERT_FALSE(audit_flush(audit));
    CU_ASSERT_TRUE(audit_flush(audit)); /* nothing is left of the batch */
    record_one(audit);
    CU_ASSERT_FALSE(audit_flush(audit));
    audit_close(audit);
}

static void
operators_may_choose_to_go_on_without_records(void)
{
    struct problem problem = { "" };
    struct audit *audit = audit_open(&(struct audit_settings) { .file = "/dev/full", .go_on = true }, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(audit);
    record_one(audit);
    CU_ASSERT_TRUE(audit_flush(audit));
    audit_close(audit);
}

static void
a_line_written_in_part_is_taken_back(void)
{
    const char *path = path_of("partial");
    struct audit *audit = open_audit(path);
    struct rlimit unlimited;
    record_one(audit);
    CU_ASSERT_TRUE(audit_flush(audit));
    struct stat file;
    CU_ASSERT_EQUAL(stat(path, &file), 0);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &unlimited);
    struct rlimit limit = { (rlim_t)file.st_size + 10, unlimited.rlim_max };
    setrlimit(RLIMIT_FSIZE, &limit);
    record_one(audit);
    CU_ASSERT_FALSE(audit_flush(audit));
    setrlimit(RLIMIT_FSIZE, &unlimited);
    record_one(audit);
    CU_ASSERT_TRUE(audit_flush(audit));
    CU_ASSERT_EQUAL(count_lines(path), 2);
    for (int i = 0; i < 2; i++) {
        json_t *record = read_line(path, i);
        CU_ASSERT_PTR_NOT_NULL(record);
        json_decref(record);
    }
    audit_close(audit);
}

static void
rotation_opens_the_name_again(void)
{
    char moved[128];
    snprintf(moved, sizeof moved, "%s", path_of("rotated.1"));
    const char *path = path_of("rotated");
    struct problem problem;
    struct audit *audit = open_audit(path);
    record_one(audit);
    CU_ASSERT_TRUE(audit_flush(audit));
    CU_ASSERT_EQUAL(rename(path, moved), 0);
    CU_ASSERT_TRUE(audit_reopen(audit, &problem));
    record_one(audit);
    record_one(audit);
    CU_ASSERT_TRUE(audit_flush(audit));
    CU_ASSERT_EQUAL(count_lines(moved), 1);
    CU_ASSERT_EQUAL(count_lines(path), 2);
    audit_close(audit);
}

static void
a_file_that_cannot_be_opened_is_a_problem(void)
{
    struct problem problem = { "" };
    CU_ASSERT_PTR_NULL(audit_open(&(struct audit_settings) { .file = path_of("no/such/file") }, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "no/such/file"));
    audit_close(NULL);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a login is recorded with all fields", a_login_is_recorded_with_all_fields },
        { "every outcome has its qualifier", every_outcome_has_its_qualifier },
        { "a replay names its first use", a_replay_names_its_first_use },
        { "hostile strings stay inside their line", hostile_strings_stay_inside_their_line },
        { "the longest strings fit", the_longest_strings_fit },
        { "printable text is cut between characters", printable_text_is_cut_between_characters },
        { "credentials are not recorded", credentials_are_not_recorded },
        { "a command is recorded", a_command_is_recorded },
        { "a full disk is told", a_full_disk_is_told },
        { "operators may choose to go on without records", operators_may_choose_to_go_on_without_records },
        { "a line written in part is taken back", a_line_written_in_part_is_taken_back },
        { "rotation opens the name again", rotation_opens_the_name_again },
        { "a file that cannot be opened is a problem", a_file_that_cannot_be_opened_is_a_problem },
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    int status = SUITE_RUN("audit", cases);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) != 0 || status != 0;
}
