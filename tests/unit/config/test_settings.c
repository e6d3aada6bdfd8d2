#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "tests/support/suite.h"

static struct passgate_settings settings;

static char *
parse(const char *text, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, text, size);
    struct problem_list problems = { 0 };
    bool good = settings_parse("/etc/passgate/passgate.ini", copy, size, &settings, &problems);
    free(copy);
    CU_ASSERT_EQUAL(good, problems.errors == 0);
    char *said = NULL;
    size_t said_size = 0;
    FILE *stream = open_memstream(&said, &said_size);
    problem_list_print(&problems, true, stream);
    fclose(stream);
    problem_list_clear(&problems);
    return said;
}

#define INI "/etc/passgate/passgate.ini"

static const struct {
    const char *text;
    const char *problems;
} files[] = {
    { "", "" },
    { "# comment\n; comment\n\n[passgate]\r\nthreads = 4 ; inline\r\n  shutdown_ms=5\n", "" },
    { "\xEF\xBB\xBF[passgate]\nthreads = 4\n", "" },
    { "threads = 4\n", INI ":1: error: a key must stand in a section such as [passgate]\n" },
    { "[passgat]\nx = 1\n", INI ":1: error: [passgat]: unknown section; did you mean [passgate]?\n" },
    { "[network]\n", INI ":1: error: [network]: unknown section; known are passgate, limits, saf, racf, throttle and datastore NAME\n" },
    { "[passgate\nthreads = 1\n", INI ":1: error: a section is written as [name], alone in its line\n" },
    { "[passgate] threads = 1\n", INI ":1: error: a section is written as [name], alone in its line\n" },
    { "[passgate x]\n", INI ":1: error: [passgate x]: unknown section; did you mean [passgate]?\n" },
    { "[passgate]\nthread = 1\n", INI ":2: error: [passgate] thread: unknown key; did you mean threads?\n" },
    { "[saf]\nfoobar = 1\n",
      INI ":2: error: [saf] foobar: unknown key; known are start, socket, socket_group, gateway_user, timeout_ms\n" },
    { "[passgate]\nthreads = 1\n[saf]\n[passgate]\n\nthreads = 2\n",
      INI ":6: error: [passgate] threads is given twice; the first is in line 2\n" },
    { "[passgate]\nthreads\n", INI ":2: error: expected [section], key = value or a comment beginning with # or ;\n" },
    { "[passgate]\nthreads", INI ":2: error: expected [section], key = value or a comment beginning with # or ;\n" },
    { "[passgate]\nthreads =\n", INI ":2: error: [passgate] threads = : allowed: 0 to 1024\n" },
    { "[passgate]\nthreads = 1025\n", INI ":2: error: [passgate] threads = 1025: allowed: 0 to 1024\n" },
    { "[passgate]\nthreads = -1\n", INI ":2: error: [passgate] threads = -1: allowed: 0 to 1024\n" },
    { "[passgate]\nthreads = 99999999999999999999999999999999\n",
      INI ":2: error: [passgate] threads = 99999999999999999999999999999999: allowed: 0 to 1024\n" },
    { "[passgate]\naddress = localhost\n", INI ":2: error: [passgate] address = localhost: allowed: an IPv4 or IPv6 address\n" },
    { "[passgate]\naddress = 2001:db8::1\n", "" },
    { "[saf]\nstart = daemon\n", INI ":2: error: [saf] start = daemon: allowed: one of external|child\n" },
    { "[saf]\ngateway_user = a b\n", INI ":2: error: [saf] gateway_user = a b: allowed: a name of 1 to 32 characters\n" },
    { "[passgate]\nsecurity_mechanisms = EUSRIDPWD , USRIDPWD\ntrusted_ports = 447,  50000\n", "" },
    { "[passgate]\nsecurity_mechanisms = EUSRIDPWD,\n",
      INI ":2: error: [passgate] security_mechanisms = EUSRIDPWD,: allowed: one or more of USRIDPWD|EUSRIDPWD, separated by commas\n" },
    { "[passgate]\nsecurity_mechanisms = KERSEC\n",
      INI ":2: error: [passgate] security_mechanisms = KERSEC: allowed: one or more of USRIDPWD|EUSRIDPWD, separated by commas\n" },
    { "[passgate]\ntrusted_ports = 0\n", INI ":2: error: [passgate] trusted_ports = 0: allowed: 1 to 16 ports separated by commas\n" },
    { "[passgate]\ntrusted_ports = 65536\n",
      INI ":2: error: [passgate] trusted_ports = 65536: allowed: 1 to 16 ports separated by commas\n" },
    { "[passgate]\ntrusted_ports = 447 448\n",
      INI ":2: error: [passgate] trusted_ports = 447 448: allowed: 1 to 16 ports separated by commas\n" },
    { "[passgate]\ntrusted_ports = 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n",
      INI ":2: error: [passgate] trusted_ports = 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17: allowed: 1 to 16 ports separated by commas\n" },
    { "[passgate]\nreauthentication = lax\n", INI ":2: error: [passgate] reauthentication = lax: allowed: one of strict|same-ticket\n" },
    { "[racf]\nreplay_durability = disk\n", INI ":2: error: [racf] replay_durability = disk: allowed: one of process|power\n" },
    { "[racf]\nreplay = redis://localhost\n", "" },
    { "[racf]\nreplay = redis://:p%40ss@127.0.0.1:6380/2\n", "" },
    { "[racf]\nreplay = redis://h:99999/\n", INI ":2: error: [racf] replay: after the host may follow : and a port from 1 to 65535\n" },
    { "[racf]\nreplay = rediss://safd:S3CRET@h:1/x\n",
      INI ":2: error: [racf] replay: after the / there must be the number of a Redis database, 0 to 65535, and nothing else\n" },
    { "[racf]\nreplay = rediss://safd:S3%zzCRET@h\n",
      INI ":2: error: [racf] replay: before the @ there must be user:password or :password, each of at most 255 bytes, with %XX for a byte "
          "such as @ or %\n" },
    { "[racf]\nreplay = http://:S3CRET@h\n",
      INI ":2: error: [racf] replay: expected the path of a file, or a URL that begins with redis:// or rediss://\n" },
    { "[racf]\nreplay = redis://safd@localhost\n",
      INI ":2: error: [racf] replay names a user of Redis without a password: set replay_password_file\n" },
    { "[racf]\nreplay = rediss://a:b@h\nreplay_password_file = p\n",
      INI ":2: error: [racf] replay holds a password and replay_password_file another: remove one of them\n" },
    { "[racf]\nreplay = redis://10.0.0.1\n",
      INI ":2: warning: [racf] replay: who can reach the network between here and 10.0.0.1 can read the password and forge answers: use "
          "rediss://\n" },
    { "[racf]\nreplay = redis://127.example.com\n",
      INI ":2: warning: [racf] replay: who can reach the network between here and 127.example.com can read the password and forge answers: "
          "use rediss://\n" },
    { "[racf]\nreplay = redis://localhost\nreplay_ca = ca.pem\n",
      INI ":2: error: [racf] replay_ca, replay_certificate and replay_key need rediss:// in replay\n" },
    { "[racf]\nreplay = rediss://h\nreplay_key = k.pem\n",
      INI ":2: error: [racf] replay_certificate and replay_key are given together or not at all\n" },
    { "[racf]\nreplay = rediss://h\nreplay_timeout_ms = 5000\n",
      INI ":2: error: [racf] replay_timeout_ms = 5000 must be less than [saf] timeout_ms = 5000, so that a login is refused for its "
          "reason\n" },
    { "[racf]\nreplay_fallback = local\n", INI ": warning: [racf] replay_fallback has no effect: replay names a file, no Redis\n" },
    { "[throttle]\nlongest_delay_ms = 5000\n\nhold_ms = 5000\n",
      INI ":4: error: [throttle] hold_ms = 5000 must be less than [saf] timeout_ms = 5000\n" },
    { "[saf]\ntimeout_ms = 1000\n", "" },
    { "[throttle]\npair_failures = 0\n", INI ":2: error: [throttle] pair_failures = 0: allowed: 1 to 100000\n" },
    { "[datastore A]\n", INI ":1: error: [datastore A] needs path = FILE\n" },
    { "[datastore]\npath = a\n",
      INI ":1: error: [datastore ]: the name must be 1 to 18 letters, digits or _ $ # @ . -, the first a letter, as [datastore SAMPLE]\n" },
    { "[datastore A/B]\npath = a\n", INI
      ":1: error: [datastore A/B]: the name must be 1 to 18 letters, digits or _ $ # @ . -, the first a letter, as [datastore SAMPLE]\n" },
    { "[datastore ABCDEFGHIJKLMNOPQRS]\npath = a\n",
      INI ":1: error: [datastore ABCDEFGHIJKLMNOPQRS]: the name must be 1 to 18 letters, digits "
          "or _ $ # @ . -, the first a letter, as [datastore SAMPLE]\n" },
    { "[datastore A]\npath = a\n[datastore a]\npath = b\n", INI ":3: error: [datastore a] is given twice; the first is in line 1\n" },
    { "[datastore A]\npath = a\nread_only = yes\ncreate = yes\n",
      INI ":1: error: [datastore A]: read_only = yes and create = yes exclude each other\n" },
    { "[datastore A]\npath = a\ntype = db2\n", INI ":3: error: [datastore] type = db2: allowed: sqlite\n" },
    { "[passgate]\nthreads = x\nfoo\n[saf]\nstart = no\n",
      INI ":2: error: [passgate] threads = x: allowed: 0 to 1024\n" INI
          ":3: error: expected [section], key = value or a comment beginning with # or ;\n" INI
          ":5: error: [saf] start = no: allowed: one of external|child\n" },
};

static void
each_file_says_exactly_this(void)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char *said = parse(files[i].text, strlen(files[i].text));
        if (strcmp(said, files[i].problems) != 0)
            fprintf(stderr, "file:\n%s\nsays:\n%s\nexpected:\n%s\n", files[i].text, said, files[i].problems);
        CU_ASSERT_STRING_EQUAL(said, files[i].problems);
        free(said);
    }
}

static void
defaults_stand_in_the_folder_of_the_file(void)
{
    free(parse("", 0));
    CU_ASSERT_STRING_EQUAL(settings.member, "/etc/passgate/HWSCFG00");
    CU_ASSERT_STRING_EQUAL(settings.address, "");
    CU_ASSERT_EQUAL(settings.threads, 0);
    CU_ASSERT_EQUAL(settings.executor_threads, 8);
    CU_ASSERT_STRING_EQUAL(settings.operator_socket, "/etc/passgate/run/operator");
    CU_ASSERT_STRING_EQUAL(settings.saf_socket, "/etc/passgate/run/saf");
    CU_ASSERT_TRUE(settings.saf_child);
    CU_ASSERT_EQUAL(settings.security_mechanisms, SECURITY_MECHANISM_USRIDPWD | SECURITY_MECHANISM_EUSRIDPWD);
    CU_ASSERT_EQUAL(settings.trusted_ports[0], 0);
    CU_ASSERT_TRUE(settings.reauthentication_same_ticket);
    CU_ASSERT_TRUE(settings.replay_power);
    CU_ASSERT_STRING_EQUAL(settings.racf_database, "/etc/passgate/racf.db");
    CU_ASSERT_EQUAL(settings.unauthenticated_bytes, 8192);
    CU_ASSERT_EQUAL(settings.datastore_count, 0);
}

static void
every_key_is_stored(void)
{
    static const char text[] =
        "[passgate]\nmember = /srv/HWSCFG01\naddress = ::1\nthreads = 2\nexecutor_threads = 3\n"
        "operator_socket = op\nshutdown_ms = 4\n"
        "security_mechanisms = EUSRIDPWD\ntrusted_ports = 447, 448\nreauthentication = strict\n"
        "[limits]\nlogin_ms = 500\nunauthenticated_bytes = 2048\ncommand_bytes = 70000\n"
        "[saf]\nstart = external\nsocket = /run/saf\nsocket_group = batch\ngateway_user = passgate\ntimeout_ms = 60\n"
        "[racf]\ndatabase = a\nmaster_key = b\nreplay = c\nreplay_durability = process\naudit = /var/log/d\n"
        "[throttle]\nenabled = no\npair_failures = 5\naddress_failures = 6\nuser_failures = 7\nfirst_delay_ms = 8\n"
        "longest_delay_ms = 9\nhold_ms = 10\n"
        "[datastore Sample]\npath = s.db\nread_only = yes\n"
        "[datastore OTHER]\ntype = sqlite\npath = /o.db\ncreate = yes\n";
    char *said = parse(text, sizeof text - 1);
    CU_ASSERT_STRING_EQUAL(said, "");
    free(said);
    CU_ASSERT_STRING_EQUAL(settings.member, "/srv/HWSCFG01");
    CU_ASSERT_STRING_EQUAL(settings.address, "::1");
    CU_ASSERT_EQUAL(settings.threads, 2);
    CU_ASSERT_EQUAL(settings.executor_threads, 3);
    CU_ASSERT_STRING_EQUAL(settings.operator_socket, "/etc/passgate/op");
    CU_ASSERT_EQUAL(settings.shutdown_ms, 4);
    CU_ASSERT_EQUAL(settings.security_mechanisms, SECURITY_MECHANISM_EUSRIDPWD);
    CU_ASSERT_EQUAL(settings.trusted_ports[0], 447);
    CU_ASSERT_EQUAL(settings.trusted_ports[1], 448);
    CU_ASSERT_EQUAL(settings.trusted_ports[2], 0);
    CU_ASSERT_FALSE(settings.reauthentication_same_ticket);
    CU_ASSERT_EQUAL(settings.login_ms, 500);
    CU_ASSERT_EQUAL(settings.unauthenticated_bytes, 2048);
    CU_ASSERT_EQUAL(settings.command_bytes, 70000);
    CU_ASSERT_FALSE(settings.saf_child);
    CU_ASSERT_STRING_EQUAL(settings.saf_socket, "/run/saf");
    CU_ASSERT_STRING_EQUAL(settings.saf_gateway_user, "passgate");
    CU_ASSERT_STRING_EQUAL(settings.saf_socket_group, "batch");
    CU_ASSERT_EQUAL(settings.saf_timeout_ms, 60);
    CU_ASSERT_STRING_EQUAL(settings.racf_database, "/etc/passgate/a");
    CU_ASSERT_STRING_EQUAL(settings.master_key, "/etc/passgate/b");
    CU_ASSERT_STRING_EQUAL(settings.replay, "/etc/passgate/c");
    CU_ASSERT_FALSE(settings.replay_power);
    CU_ASSERT_STRING_EQUAL(settings.audit_file, "/var/log/d");
    CU_ASSERT_FALSE(settings.throttle.enabled);
    CU_ASSERT_EQUAL(settings.throttle.pair_failures, 5);
    CU_ASSERT_EQUAL(settings.throttle.address_failures, 6);
    CU_ASSERT_EQUAL(settings.throttle.user_failures, 7);
    CU_ASSERT_EQUAL(settings.throttle.first_delay_ms, 8);
    CU_ASSERT_EQUAL(settings.throttle.longest_delay_ms, 9);
    CU_ASSERT_EQUAL(settings.throttle.hold_ms, 10);
    CU_ASSERT_EQUAL(settings.datastore_count, 2);
    CU_ASSERT_STRING_EQUAL(settings.datastores[0].name, "Sample");
    CU_ASSERT_STRING_EQUAL(settings.datastores[0].path, "/etc/passgate/s.db");
    CU_ASSERT_TRUE(settings.datastores[0].read_only);
    CU_ASSERT_FALSE(settings.datastores[0].create);
    CU_ASSERT_STRING_EQUAL(settings.datastores[1].path, "/o.db");
    CU_ASSERT_TRUE(settings.datastores[1].create);
    CU_ASSERT_EQUAL(settings.datastores[1].kind, DATASTORE_SQLITE);
}

/* Longer than what inih takes by itself: whole or not at all, never cut. */
static void
long_lines_are_whole_or_refused(void)
{
    char text[4096] = "[racf]\naudit = /";
    size_t used = strlen(text);
    memset(text + used, 'a', 1022);
    char *said = parse(text, used + 1022);
    CU_ASSERT_STRING_EQUAL(said, "");
    CU_ASSERT_EQUAL(strlen(settings.audit_file), 1023);
    free(said);
    memset(text + used, 'a', 1023);
    said = parse(text, used + 1023);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, INI ":2: error: [racf] audit = /aaaa"));
    free(said);
    memset(text + used, 'a', 3000);
    said = parse(text, used + 3000);
    CU_ASSERT_STRING_EQUAL(said, INI ":2: error: the line has 3009 bytes; at most 2045 are read\n");
    free(said);
}

static void
a_socket_path_must_fit_the_kernel(void)
{
    char text[256] = "[saf]\nsocket = /";
    size_t used = strlen(text);
    memset(text + used, 's', 107);
    char *said = parse(text, used + 106);
    CU_ASSERT_STRING_EQUAL(said, "");
    free(said);
    said = parse(text, used + 107);
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "allowed: a path of at most 107 bytes with its folder"));
    free(said);
}

static void
sixty_four_datastores_and_no_more(void)
{
    char text[4096] = "";
    size_t used = 0;
    for (unsigned i = 0; i < 65; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "[datastore D%u]\npath = d%u\n", i, i);
    char *said = parse(text, used);
    CU_ASSERT_STRING_EQUAL(said, INI ":129: error: [datastore D64] is one too many; there may be 64\n");
    CU_ASSERT_EQUAL(settings.datastore_count, 64);
    free(said);
}

static void
binary_and_damaged_files_are_survived(void)
{
    static const char binary[] = "[saf]\nsocket = a\0b\n";
    char *said = parse(binary, sizeof binary - 1);
    CU_ASSERT_STRING_EQUAL(said, INI ":2: error: the line holds a NUL byte; this is no text file\n");
    free(said);
    static const char good[] = "[passgate]\nthreads = 2\n[saf]\nstart = external\n[datastore Sample]\npath = s.db\nread_only = yes\n";
    char damaged[sizeof good];
    for (size_t n = 0; n < sizeof good; n++)
        free(parse(good, n));
    for (size_t i = 0; i < sizeof good - 1; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(damaged, good, sizeof damaged);
            damaged[i] = (char)(damaged[i] ^ 1 << bit);
            free(parse(damaged, sizeof good - 1));
        }
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "each file says exactly this", each_file_says_exactly_this },
        { "defaults stand in the folder of the file", defaults_stand_in_the_folder_of_the_file },
        { "every key is stored", every_key_is_stored },
        { "long lines are whole or refused", long_lines_are_whole_or_refused },
        { "a socket path must fit the kernel", a_socket_path_must_fit_the_kernel },
        { "sixty-four datastores and no more", sixty_four_datastores_and_no_more },
        { "binary and damaged files are survived", binary_and_damaged_files_are_survived },
    };
    return SUITE_RUN("settings", cases);
}
