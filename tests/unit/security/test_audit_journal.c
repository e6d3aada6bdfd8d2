/* Audit records in the journal: a socket of the test stands in for journald. */
#include "security/audit_journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "security/audit.h"
#include "tests/support/suite.h"

static const int64_t when_us = INT64_C(1767225600000042);
static char folder[] = "/tmp/test-journal-XXXXXX";
static char path[64];
static char entry[1 << 18];

static int
start_journal(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    unlink(path);
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CU_ASSERT_EQUAL_FATAL(bind(descriptor, (struct sockaddr *)&address, sizeof address), 0);
    return descriptor;
}

/* The next entry, "" when there is none. */
static const char *
receive(int journal)
{
    ssize_t n = recv(journal, entry, sizeof entry - 1, 0);
    entry[n > 0 ? n : 0] = '\0';
    return entry;
}

/* True when the entry has this field, with nothing more in its line. */
static bool
has(const char *field)
{
    const char *found = strstr(entry, field);
    while (found != NULL && ((found != entry && found[-1] != '\n') || found[strlen(field)] != '\n'))
        found = strstr(found + 1, field);
    return found != NULL;
}

static struct audit *
open_audit(const char *file, bool go_on)
{
    struct problem problem = { "" };
    struct audit *audit = audit_open(&(struct audit_settings) { .file = file, .journal = path, .go_on = go_on }, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(audit);
    return audit;
}

static void
each_field_can_be_filtered_by(void)
{
    int journal = start_journal();
    struct audit *audit = open_audit(NULL, false);
    struct saf_verify verify = { .userid = "tom\n", .credential = "TOPSECRET", .application = "IMSCON1", .port = 50000, .connection = 77 };
    struct racroute_facts facts = { .ticket_kind = 'L' };
    struct saf_verify_answer refused = { .result = { .saf = SAF_REFUSED, .racf = 8, .explanation = SAF_EXPLAIN_TICKET_OTHER_KEY } };
    struct saf_verify_answer accepted = { .result = { .saf = SAF_OK } };
    audit_verify(audit, when_us, &verify, &refused, &facts);
    audit_verify(audit, when_us, &verify, &accepted, &facts);
    CU_ASSERT_STRING_EQUAL(receive(journal), "");
    CU_ASSERT_TRUE(audit_flush(audit));
    receive(journal);
    CU_ASSERT_TRUE(has("SYSLOG_IDENTIFIER=safd-audit"));
    CU_ASSERT_TRUE(has("SYSLOG_FACILITY=10"));
    CU_ASSERT_TRUE(has("PRIORITY=4"));
    CU_ASSERT_TRUE(has("PASSGATE_RECORD=verify"));
    CU_ASSERT_TRUE(has("PASSGATE_USER=tom\\x0A"));
    CU_ASSERT_TRUE(has("PASSGATE_CONNECTION=77"));
    CU_ASSERT_TRUE(has("PASSGATE_QUALIFIER=1"));
    CU_ASSERT_PTR_NULL(strstr(entry, "TOPSECRET"));
    char *message = strstr(entry, "MESSAGE=");
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    *strchr(message, '\n') = '\0';
    json_t *record = json_loads(message + strlen("MESSAGE="), JSON_REJECT_DUPLICATES, NULL);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(record, "port")), 50000);
    json_decref(record);
    receive(journal);
    CU_ASSERT_TRUE(has("PRIORITY=6"));
    CU_ASSERT_STRING_EQUAL(receive(journal), "");
    audit_close(audit);
    close(journal);
}

static void
a_record_longer_than_a_datagram_is_cut(void)
{
    int journal = start_journal();
    struct audit *audit = open_audit(NULL, false);
    char *command = malloc(SAF_COMMAND_MAX + 1);
    memset(command, 'x', SAF_COMMAND_MAX);
    memcpy(command, "ADDGROUP G DATA('", 17);
    memcpy(command + SAF_COMMAND_MAX - 2, "')", 3);
    audit_command(audit, when_us, "IBMUSER", 0, command, 12);
    CU_ASSERT_TRUE(audit_flush(audit));
    receive(journal);
    CU_ASSERT(strlen(entry) > 2048 && strlen(entry) < 8192);
    CU_ASSERT_TRUE(has("PASSGATE_RETURN_CODE=12"));
    CU_ASSERT_PTR_NOT_NULL(strstr(entry, "...\"")); /* in the JSON */
    free(command);
    audit_close(audit);
    close(journal);
}

static void
both_must_take_a_record(void)
{
    char file[96];
    snprintf(file, sizeof file, "%s/audit", folder);
    int journal = start_journal();
    struct audit *audit = open_audit(file, false);
    audit_command(audit, when_us, "IBMUSER", 0, "LISTUSER", 0);
    CU_ASSERT_TRUE(audit_flush(audit));
    CU_ASSERT_STRING_NOT_EQUAL(receive(journal), "");
    CU_ASSERT_EQUAL(access(file, F_OK), 0);
    close(journal);
    audit_command(audit, when_us, "IBMUSER", 0, "LISTUSER", 0);
    CU_ASSERT_FALSE(audit_flush(audit));
    CU_ASSERT_TRUE(audit_flush(audit)); /* nothing is left of the batch */
    journal = start_journal();
    audit_command(audit, when_us, "IBMUSER", 0, "LISTUSER", 0);
    CU_ASSERT_TRUE(audit_flush(audit));
    CU_ASSERT_STRING_NOT_EQUAL(receive(journal), "");
    audit_close(audit);
    audit = open_audit("/dev/full", false);
    audit_command(audit, when_us, "IBMUSER", 0, "LISTUSER", 0);
    CU_ASSERT_FALSE(audit_flush(audit));
    audit_close(audit);
    audit = open_audit("/dev/full", true);
    audit_command(audit, when_us, "IBMUSER", 0, "LISTUSER", 0);
    CU_ASSERT_TRUE(audit_flush(audit));
    audit_close(audit);
    close(journal);
}

static void
a_restarted_journal_is_found_again(void)
{
    int journal = start_journal();
    struct audit *audit = open_audit(NULL, false);
    int next = start_journal();
    close(journal);
    audit_command(audit, when_us, "IBMUSER", 0, "LISTUSER", 0);
    CU_ASSERT_TRUE(audit_flush(audit));
    CU_ASSERT_STRING_NOT_EQUAL(receive(next), "");
    audit_close(audit);
    close(next);
}

/* A journal that reads nothing takes some entries and then no more; those that fit none of its queue are told, not dropped. */
static void
a_journal_that_hangs_is_told(void)
{
    struct problem problem = { "" };
    int hanging = start_journal();
    struct audit_journal *journal = audit_journal_open(path, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(journal);
    json_t *record = json_pack("{s:s}", "record", "command");
    bool sent = true;
    int batches = 0;
    while (sent && batches < 100000) {
        CU_ASSERT_TRUE(audit_journal_append(journal, record, "{}", 2));
        sent = audit_journal_flush(journal, 0, &problem);
        batches += sent;
    }
    CU_ASSERT(batches > 0 && batches < 100000);
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, "the journal does not take audit records"));
    int received = 0;
    while (*receive(hanging) != '\0')
        received++;
    CU_ASSERT_EQUAL(received, batches);
    CU_ASSERT_TRUE(audit_journal_append(journal, record, "{}", 2));
    CU_ASSERT_TRUE(audit_journal_flush(journal, 0, &problem));
    json_decref(record);
    audit_journal_close(journal);
    close(hanging);
}

static void
a_journal_that_is_not_there_is_a_problem(void)
{
    struct problem problem = { "" };
    char long_path[200];
    memset(long_path, 'x', sizeof long_path);
    long_path[sizeof long_path - 1] = '\0';
    unlink(path);
    CU_ASSERT_PTR_NULL(audit_journal_open(path, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, path));
    CU_ASSERT_PTR_NULL(audit_journal_open(long_path, &problem));
    CU_ASSERT_PTR_NULL(audit_open(&(struct audit_settings) { .journal = path }, &problem));
    audit_journal_close(NULL);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "each field can be filtered by", each_field_can_be_filtered_by },
        { "a record longer than a datagram is cut", a_record_longer_than_a_datagram_is_cut },
        { "both must take a record", both_must_take_a_record },
        { "a restarted journal is found again", a_restarted_journal_is_found_again },
        { "a journal that hangs is told", a_journal_that_hangs_is_told },
        { "a journal that is not there is a problem", a_journal_that_is_not_there_is_a_problem },
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/socket", folder);
    int status = SUITE_RUN("audit journal", cases);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) != 0 || status != 0;
}
