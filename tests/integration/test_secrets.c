/* After a full run at the noisiest level, no key, password or PassTicket is to be found: in logs, audit records, databases, error
 * texts, arguments, environments, the memory that a core dump of either daemon would hold, or a real core dump. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/hex.h"
#include "drda/server.h"
#include "tests/support/gateway.h"
#include "tests/support/memory.h"
#include "tests/support/peer.h"
#include "tests/support/shell.h"
#include "tests/support/suite.h"

#define KEY "F0E1D2C3B4A59687"
#define OTHER_KEY "5A4B3C2D1E0F9A8B"
#define ENHANCED_KEY "C0FFEE0123456789ABCDEF9876543210F00DBABE13579BDF2468ACE0DEADBEEF"
#define PHRASE "Zebra quixotic jumps 77"

enum { OUTPUT_SIZE = 1 << 18, OLD_TICKET_S = -5000 };

/* Whatever of it turns up anywhere is one too many. The first ones are secrets that were accepted, then those that were not. */
static const char *const words[] = {
    KEY,        OTHER_KEY,  "ZQXJPW01", "ZQXJPW02",   "ZQXJPW03", "ZQXJPW04", "ZQXJPW05",       "ZQXJPW06",        "ZQXJPW07",
    "ZQXJPW08", "ZQXJPW09", "ZQXJRED1", ENHANCED_KEY, "ZQXJRED2", PHRASE,     "quixotic leaps", "F0E1D2C3B4A5968",
};

enum { WORDS = sizeof words / sizeof words[0], TICKETS_MAX = 8, TEXTS_MAX = WORDS + TICKETS_MAX + 8 };

static struct gateway gateway;
static char tickets[TICKETS_MAX][9];
static size_t ticket_count;
static uint8_t key_bytes[8];
static uint8_t other_key_bytes[8];
static uint8_t enhanced_key_bytes[32];
static uint8_t master_key[64];
static size_t master_key_size;
static struct memory_text texts[TEXTS_MAX];
static size_t text_count;
static char said[OUTPUT_SIZE]; /* by all programs */
static size_t said_size;

static void
add_text(const char *name, const void *bytes, size_t size)
{
    texts[text_count++] = (struct memory_text) { .name = name, .bytes = bytes, .size = size };
}

static void
collect_texts(void)
{
    text_count = 0;
    for (size_t i = 0; i < WORDS; i++)
        add_text(words[i], words[i], strlen(words[i]));
    for (size_t i = 0; i < ticket_count; i++)
        add_text("a PassTicket", tickets[i], 8);
    add_text("the bytes of a key", key_bytes, sizeof key_bytes);
    add_text("the bytes of a changed key", other_key_bytes, sizeof other_key_bytes);
    add_text("the bytes of an enhanced key", enhanced_key_bytes, sizeof enhanced_key_bytes);
    if (master_key_size > 0)
        add_text("the master key", master_key, master_key_size);
}

/* Tells by name what was found; true when nothing was. */
static bool
nothing_found(const char *where)
{
    bool clean = true;
    for (size_t i = 0; i < text_count; i++) {
        if (texts[i].found)
            printf("# %s holds %s\n", where, texts[i].name);
        clean = clean && !texts[i].found;
        texts[i].found = false;
    }
    return clean;
}

static int
passgate(const char *input, const char *const arguments[])
{
    int status = gateway_passgate(&gateway, said + said_size, sizeof said - said_size, input, arguments);
    said_size += strlen(said + said_size);
    return status;
}

static void
administrators_work_with_secrets(void)
{
    static const char commands[] = "ADDUSER SEC1 DFLTGRP(SYS1) PASSWORD(ZQXJPW01)\n"
                                   "ALTUSER SEC1 PASSWORD(ZQXJPW02) PHRASE('" PHRASE "') NOEXPIRED\n"
                                   "RALTER PTKTDATA IMSCON1 SSIGNON(KEYMASKED(" KEY "))\n"
                                   "RALTER PTKTDATA IMSCON2 SSIGNON(KEYENCRYPTED(" OTHER_KEY "))\n"
                                   "KEY IMPORT SEC.LABEL VALUE(" ENHANCED_KEY ")\n"
                                   "RALTER PTKTDATA IMSCON1 SSIGNON(EPTKEYLABEL(SEC.LABEL) TYPE(UPPER))\n"
                                   "PERMIT IMSCON1 CLASS(APPL) ID(SEC1) ACCESS(READ)\n"
                                   "SETROPTS RACLIST(PTKTDATA) REFRESH\nRLIST PTKTDATA * ALL SSIGNON\nLISTUSER *\n";
    static const char mistakes[] = "PASSWORD PASSWORD(ZQXJPW03 ZQXJPW04)\n"
                                   "ADDUSER SEC2 PASSWORD(ZQXJPW05TOOLONG)\n"
                                   "ALTUSER NOSUCH PASSWORD(ZQXJPW06)\n"
                                   "BOGUS PASSWORD(ZQXJPW07)\n"
                                   "ALTUSER SEC1 PASSWORD(ZQXJPW08) BOGUS(1)\n"
                                   "RDEFINE PTKTDATA X SSIGNON(KEYMASKED(F0E1D2C3B4A5968))\n"
                                   "RDEFINE PTKTDATA X SSIGNON(KEYMASKED(" KEY ")\n"
                                   "ALTUSER SEC1 PHRASE('Zebra quixotic leaps\n";
    CU_ASSERT(passgate(commands, (const char *const[]) { "racf", "--echo", NULL }) <= 4);
    CU_ASSERT(passgate(mistakes, (const char *const[]) { "racf", "--echo", NULL }) >= 8);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "KEYMASKED(<hidden>)"));
}

static const char *
new_ticket(const char *key, int offset_s)
{
    char *ticket = tickets[ticket_count++];
    snprintf(gateway.key, sizeof gateway.key, "%s", key);
    gateway_ticket(&gateway, "SEC1", "IMSCON1", offset_s, ticket);
    return ticket;
}

static void
clients_log_on_rightly_and_wrongly(void)
{
    const char *ticket = new_ticket(KEY, 0);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "SEC1", ticket), DRDA_SECCHKCD_OK);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "SEC1", ticket), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "SEC1", new_ticket(KEY, OLD_TICKET_S)), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "SEC1", new_ticket(OTHER_KEY, 0)), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "NOBODY", new_ticket(KEY, 0)), DRDA_SECCHKCD_USERID_INVALID);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "SEC1", "ZQXJPW02"), DRDA_SECCHKCD_OK);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "SEC1", "ZQXJPW09"), DRDA_SECCHKCD_PASSWORD_INVALID);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "SEC1", PHRASE), DRDA_SECCHKCD_OK);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "SEC1", "Zebra quixotic leaps 77"), DRDA_SECCHKCD_PASSWORD_INVALID);
}

static void
write_private(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", gateway.directory, name);
    FILE *file = fopen(path, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fchmod(fileno(file), S_IRUSR | S_IWUSR);
    fputs(text, file);
    fclose(file);
}

/* The secrets stand in files of the test's own, which are then removed. TOM's ticket is sqlbatch's own: no second of it is taken. */
static void
tools_use_secrets(void)
{
    char line[256];
    char key_file[128];
    snprintf(key_file, sizeof key_file, "%s/key", gateway.directory);
    write_private("key", KEY "\n");
    snprintf(line, sizeof line, "%s\n", new_ticket(KEY, 0));
    CU_ASSERT_EQUAL(
        passgate(line, (const char *const[]) { "ticket", "explain", "--user", "SEC1", "--appl", "IMSCON1", "--ticket", "-", NULL }), 0);
    CU_ASSERT_EQUAL(
        passgate("ZQXJPW09\n", (const char *const[]) { "ticket", "explain", "--user", "SEC1", "--appl", "IMSCON1", "--ticket", "-", NULL }),
        1);
    write_private("connections.ini", "");
    snprintf(line, sizeof line,
             "[T]\nhost = 127.0.0.1\nport = %u\nrdb = SAMPLE\nuser = TOM\nauthentication = passticket\n"
             "application = IMSCON1\nkey_file = key\n[P]\nhost = localhost\nport = %u\nrdb = SAMPLE\nuser = SEC1\n"
             "authentication = password\npassword_file = password\n",
             gateway.port, gateway.port);
    write_private("connections.ini", line);
    write_private("password", "ZQXJPW02\n");
    write_private("job.sql", "CONNECT T;\nVALUES 1;\nDISCONNECT;\nCONNECT P;\nVALUES 2;\n");
    char command[512];
    snprintf(command, sizeof command, "cd %s && %s/sqlbatch --connections connections.ini job.sql 2>&1 </dev/null", gateway.directory,
             getenv("PASSGATE_BUILD"));
    CU_ASSERT_EQUAL(shell_run(said + said_size, sizeof said - said_size, command), 0);
    said_size += strlen(said + said_size);
    write_private("password", "ZQXJPW09\n");
    CU_ASSERT_NOT_EQUAL(shell_run(said + said_size, sizeof said - said_size, command), 0);
    said_size += strlen(said + said_size);
    snprintf(command, sizeof command, "cd %s && rm key password connections.ini job.sql", gateway.directory);
    CU_ASSERT_EQUAL(system(command), 0);
}

static void
no_output_holds_a_secret(void)
{
    collect_texts();
    for (size_t i = 0; i < text_count; i++)
        texts[i].found = memmem(said, said_size, texts[i].bytes, texts[i].size) != NULL;
    CU_ASSERT(said_size > 1000);
    CU_ASSERT_TRUE(nothing_found("what the programs said"));
}

static void
no_file_holds_a_secret(void)
{
    char path[512];
    int files = 0;
    collect_texts();
    DIR *folder = opendir(gateway.directory);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        struct stat file;
        snprintf(path, sizeof path, "%s/%s", gateway.directory, entry->d_name);
        if (stat(path, &file) != 0 || !S_ISREG(file.st_mode) || strcmp(entry->d_name, "master.key") == 0)
            continue;
        files += memory_search_file(path, texts, text_count) > 0;
        CU_ASSERT_TRUE(nothing_found(entry->d_name));
    }
    closedir(folder);
    CU_ASSERT(files >= 6); /* two logs, the audit file, three databases */
    char *log = gateway_file(&gateway, "passgated.log");
    CU_ASSERT_PTR_NOT_NULL(strstr(log, "HWSG0900D")); /* it was as noisy as it gets */
    free(log);
}

static void
no_process_shows_a_secret(void)
{
    static const char *const files[] = { "cmdline", "environ" };
    const pid_t processes[] = { gateway.passgated, gateway.safd };
    char path[64];
    collect_texts();
    for (size_t p = 0; p < 2; p++)
        for (size_t f = 0; f < 2; f++) {
            snprintf(path, sizeof path, "/proc/%d/%s", (int)processes[p], files[f]);
            CU_ASSERT(memory_search_file(path, texts, text_count) > 0);
            CU_ASSERT_TRUE(nothing_found(path));
        }
}

static void
read_master_key(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/master.key", gateway.directory);
    FILE *file = fopen(path, "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    master_key_size = fread(master_key, 1, sizeof master_key, file);
    fclose(file);
    CU_ASSERT(master_key_size >= 32);
}

static void
check_dump(const char *name, pid_t pid)
{
    struct memory_text there = { .name = "what is no secret", .bytes = "IMSCON1", .size = 7 };
    CU_ASSERT(memory_search(pid, true, texts, text_count) > 1 << 20);
    CU_ASSERT_TRUE(nothing_found(name));
    (void)memory_search(pid, true, &there, 1);
    CU_ASSERT_TRUE(there.found);
}

static void
no_core_dump_would_hold_a_secret(void)
{
    read_master_key();
    collect_texts();
    check_dump("the memory of passgated", gateway.passgated);
    check_dump("the memory of safd", gateway.safd);
}

/* With a sanitizer a core dump is terabytes of shadow. */
static void
a_real_core_dump_holds_no_secret(void)
{
#if !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
    const pid_t processes[] = { gateway.passgated, gateway.safd };
    char command[256];
    char path[128];
    for (size_t i = 0; i < 2; i++) {
        snprintf(command, sizeof command, "gcore -o %s/core %d >/dev/null 2>&1", gateway.directory, (int)processes[i]);
        CU_ASSERT_EQUAL(system(command), 0);
        snprintf(path, sizeof path, "%s/core.%d", gateway.directory, (int)processes[i]);
        CU_ASSERT(memory_search_file(path, texts, text_count) > 1 << 20);
        CU_ASSERT_TRUE(nothing_found(i == 0 ? "passgated's core" : "safd's core"));
        unlink(path);
    }
#endif
}

static void
a_crash_of_safd_leaves_no_core(void)
{
    int status;
    kill(gateway.safd, SIGABRT);
    CU_ASSERT_EQUAL(waitpid(gateway.safd, &status, 0), gateway.safd);
    CU_ASSERT(!WIFSIGNALED(status) || !WCOREDUMP(status));
    gateway.safd = 0;
    gateway_start_safd(&gateway);
}

/* A Redis that is not there, and a URL that says too much. */
static void
a_redis_password_is_not_told(void)
{
    gateway_stop(&gateway);
    gateway_start(&gateway, &(struct gateway_options) { .external_safd = true,
                                                        .debug = true,
                                                        .replay = "redis://user:ZQXJRED1@127.0.0.1:1/0\nreplay_timeout_ms = 200" });
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(peer_try(gateway.port, "IMSUSR1", ticket), DRDA_SECCHKCD_LOCAL_RETRYABLE);
    collect_texts();
    static const char *const logs[] = { "passgated.log", "safd.log", "audit.json" };
    for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", gateway.directory, logs[i]);
        CU_ASSERT(memory_search_file(path, texts, text_count) > 0);
        CU_ASSERT_TRUE(nothing_found(logs[i]));
    }
}

static void
the_gateway_stops_on_request(void)
{
    gateway_stop(&gateway);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "administrators work with secrets", administrators_work_with_secrets },
        { "clients log on rightly and wrongly", clients_log_on_rightly_and_wrongly },
        { "tools use secrets", tools_use_secrets },
        { "no output holds a secret", no_output_holds_a_secret },
        { "no file holds a secret", no_file_holds_a_secret },
        { "no process shows a secret", no_process_shows_a_secret },
        { "no core dump would hold a secret", no_core_dump_would_hold_a_secret },
        { "a real core dump holds no secret", a_real_core_dump_holds_no_secret },
        { "a crash of safd leaves no core", a_crash_of_safd_leaves_no_core },
        { "a Redis password is not told", a_redis_password_is_not_told },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    if (!hex_decode(KEY, 16, key_bytes) || !hex_decode(OTHER_KEY, 16, other_key_bytes) || !hex_decode(ENHANCED_KEY, 64, enhanced_key_bytes))
        return 1;
    gateway_start(&gateway, &(struct gateway_options) { .external_safd = true, .debug = true });
    return SUITE_RUN("secrets", cases);
}
