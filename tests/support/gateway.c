#include "tests/support/gateway.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/attributes.h"
#include "common/hex.h"
#include "security/passticket/legacy.h"
#include "tests/support/free_port.h"

PRINTF_LIKE(1, 2)
static void
give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("Bail out! ");
    vprintf(format, arguments);
    printf(" (%s)\n", strerror(errno));
    va_end(arguments);
    exit(1);
}

static void
sleep_ms(long milliseconds)
{
    struct timespec pause = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
    nanosleep(&pause, NULL);
}

static void
new_key(char digits[17])
{
    uint8_t key[8];
    if (getrandom(key, sizeof key, 0) != sizeof key)
        give_up("no random bytes");
    hex_encode(key, sizeof key, digits);
}

static FILE *
create_file(const struct gateway *gateway, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", gateway->directory, name);
    FILE *file = fopen(path, "w");
    if (file == NULL || fchmod(fileno(file), S_IRUSR | S_IWUSR) != 0)
        give_up("cannot make %s", path);
    return file;
}

static void
write_member(const struct gateway *gateway, const struct gateway_options *options)
{
    FILE *file = create_file(gateway, "HWSCFG00");
    fprintf(file, "HWS=(ID=PASSGATE,RACF=%c,RACFGENRC=%c)\n", options->without_racf ? 'N' : 'Y', options->generic_codes ? 'Y' : 'N');
    fprintf(file, "TCPIP=(HOSTNAME=TCPIP,MAXSOC=5000)\nODACCESS=(%s\n", options->without_appl ? "" : "APPL=IMSCON1,");
    fprintf(file, "     IMSPLEX=(MEMBER=PASSGATE,TMEMBER=PLEX1),\n     DRDAPORT=(ID=%u,PORTTMOT=0))\n", gateway->drda_port);
    fclose(file);
}

static void
write_settings(const struct gateway *gateway, const struct gateway_options *options)
{
    FILE *file = create_file(gateway, "passgate.ini");
    fprintf(file, "[passgate]\nmember = HWSCFG00\naddress = 127.0.0.1\noperator_socket = run/operator\nthreads = %u\n",
            options->threads != 0 ? options->threads : 2);
    if (options->passgate != NULL)
        fprintf(file, "%s\n", options->passgate);
    fprintf(file, "[saf]\nstart = %s\nsocket = run/saf\ntimeout_ms = 3000\n", options->external_safd ? "external" : "child");
    fprintf(file, "[racf]\ndatabase = racf.db\nmaster_key = master.key\nreplay = %s\nreplay_durability = process\naudit = audit.json\n",
            options->replay != NULL ? options->replay : "replay.db");
    fprintf(file, "[datastore SAMPLE]\ntype = sqlite\npath = sample.db\ncreate = yes\n");
    fprintf(file, "[throttle]\n%s\n", options->throttle != NULL ? options->throttle : "enabled = no");
    if (options->limits != NULL)
        fprintf(file, "[limits]\n%s\n", options->limits);
    fclose(file);
}

static const char *
program_path(const char *program, char *path, size_t size)
{
    const char *build = getenv("PASSGATE_BUILD");
    if (build == NULL)
        give_up("PASSGATE_BUILD is not set; run the tests through meson or tests/run.sh");
    snprintf(path, size, "%s/%s", build, program);
    return path;
}

static pid_t
start_daemon(const struct gateway *gateway, const char *program)
{
    char path[512];
    char settings[128];
    char log[128];
    program_path(program, path, sizeof path);
    snprintf(settings, sizeof settings, "%s/passgate.ini", gateway->directory);
    snprintf(log, sizeof log, "%s/%s.log", gateway->directory, program);
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        give_up("fork");
    if (pid > 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    bool debug = gateway->debug && strcmp(program, "passgated") == 0;
    execl(path, program, "--config", settings, debug ? "--debug" : (char *)NULL, (char *)NULL);
    _exit(127);
}

char *
gateway_file(const struct gateway *gateway, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", gateway->directory, name);
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    if (file == NULL || getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    if (file != NULL)
        fclose(file);
    return text;
}

static size_t
count_text(const struct gateway *gateway, const char *name, const char *wanted)
{
    char *text = gateway_file(gateway, name);
    size_t count = 0;
    for (const char *at = strstr(text, wanted); at != NULL; at = strstr(at + 1, wanted))
        count++;
    free(text);
    return count;
}

/* Waits until a daemon's log holds `wanted` once more than `before`; there is no limit but the daemon's own end. */
static void
wait_for_log(const struct gateway *gateway, pid_t pid, const char *log, const char *wanted, size_t before)
{
    while (count_text(gateway, log, wanted) <= before) {
        if (waitpid(pid, NULL, WNOHANG) == pid) {
            char *text = gateway_file(gateway, log);
            give_up("%s ended while starting:\n%s", log, text);
        }
        sleep_ms(20);
    }
}

static void
wait_for_socket(const struct gateway *gateway, pid_t pid, const char *log)
{
    char path[128];
    snprintf(path, sizeof path, "%s/run/saf", gateway->directory);
    struct stat status;
    while (stat(path, &status) != 0) {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            give_up("%s ended while starting:\n%s", log, gateway_file(gateway, log));
        sleep_ms(20);
    }
}

void
gateway_launch_safd(struct gateway *gateway)
{
    char path[128];
    snprintf(path, sizeof path, "%s/run/saf", gateway->directory);
    unlink(path);
    gateway->safd = start_daemon(gateway, "safd");
}

void
gateway_launch_passgated(struct gateway *gateway)
{
    gateway->passgated = start_daemon(gateway, "passgated");
}

/* Ends the test program when the daemon has ended by itself. */
static void
wait_for_connection(const struct gateway *gateway, pid_t pid, const struct sockaddr *address, socklen_t size, const char *log)
{
    for (;;) {
        int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool connected = connect(descriptor, address, size) == 0;
        close(descriptor);
        if (connected)
            return;
        if (waitpid(pid, NULL, WNOHANG) == pid)
            give_up("%s: ended while starting:\n%s", log, gateway_file(gateway, log));
        sleep_ms(5);
    }
}

void
gateway_wait_until_ready(const struct gateway *gateway)
{
    struct sockaddr_un saf = { .sun_family = AF_UNIX };
    struct sockaddr_in port = { .sin_family = AF_INET, .sin_port = htons(gateway->drda_port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    snprintf(saf.sun_path, sizeof saf.sun_path, "%s/run/saf", gateway->directory);
    wait_for_connection(gateway, gateway->safd, (struct sockaddr *)&saf, sizeof saf, "safd.log");
    wait_for_connection(gateway, gateway->passgated, (struct sockaddr *)&port, sizeof port, "passgated.log");
}

void
gateway_kill_passgated(struct gateway *gateway)
{
    kill(gateway->passgated, SIGKILL);
    waitpid(gateway->passgated, NULL, 0);
}

void
gateway_start_safd(struct gateway *gateway)
{
    gateway_launch_safd(gateway);
    wait_for_socket(gateway, gateway->safd, "safd.log");
}

void
gateway_restart(struct gateway *gateway)
{
    if (gateway->external_safd)
        gateway_start_safd(gateway);
    size_t before = count_text(gateway, "passgated.log", "HWSC0010I");
    gateway->passgated = start_daemon(gateway, "passgated");
    wait_for_log(gateway, gateway->passgated, "passgated.log", "HWSC0010I", before);
    wait_for_socket(gateway, gateway->passgated, "passgated.log");
}

static void
set_up_racf(const struct gateway *gateway)
{
    static const char *const users[] = { "IMSUSR1", "A", "TOM", "ABCDEF7", "X#Y@Z$12", "REVOKED1", "PROTECT1", "NOAPPL" };
    static const char *const applications[] = { "IMSCON1", "IMSCON2", "PASSGATE" };
    char script[8192];
    size_t used = (size_t)snprintf(script, sizeof script, "SETROPTS CLASSACT(PTKTDATA APPL) RACLIST(PTKTDATA)\n");
    for (size_t i = 0; i < sizeof users / sizeof *users; i++)
        used += (size_t)snprintf(script + used, sizeof script - used, "ADDUSER %s NAME('TEST USER') DFLTGRP(SYS1) %s\n", users[i],
                                 strcmp(users[i], "PROTECT1") == 0 ? "NOPASSWORD" : "PASSWORD(S3CRETPW)");
    for (size_t a = 0; a < sizeof applications / sizeof *applications; a++) {
        used += (size_t)snprintf(script + used, sizeof script - used,
                                 "RDEFINE APPL %s UACC(NONE)\nRDEFINE PTKTDATA %s SSIGNON(KEYMASKED(%s)) UACC(NONE)\n", applications[a],
                                 applications[a], a == 1 ? gateway->other_key : gateway->key);
        for (size_t i = 0; i + 1 < sizeof users / sizeof *users; i++)
            used += (size_t)snprintf(script + used, sizeof script - used, "PERMIT %s CLASS(APPL) ID(%s) ACCESS(READ)\n", applications[a],
                                     users[i]);
    }
    used += (size_t)snprintf(script + used, sizeof script - used,
                             "ALTUSER REVOKED1 REVOKE\nSETROPTS PASSWORD(NOREVOKE)\n"
                             "SETROPTS RACLIST(PTKTDATA) REFRESH\n");
    char output[16384];
    static const char *const arguments[] = { "racf", NULL };
    int status = gateway_passgate(gateway, output, sizeof output, script, arguments);
    if (status != 0)
        give_up("passgate racf ended with %d:\n%s", status, output);
}

static void
start_recorder(struct gateway *gateway, const char *folder)
{
    static unsigned recordings;
    char file[512];
    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        give_up("cannot make %s", folder);
    snprintf(file, sizeof file, "%s/%s-%u.pcap", folder, program_invocation_short_name, ++recordings);
    recorder_start(&gateway->recorder, gateway->drda_port, file);
    gateway->port = gateway->recorder.port;
}

void
gateway_start(struct gateway *gateway, const struct gateway_options *options)
{
    *gateway =
        (struct gateway) { .directory = "/tmp/passgate-test-XXXXXX", .external_safd = options->external_safd, .debug = options->debug };
    signal(SIGPIPE, SIG_IGN);
    if (mkdtemp(gateway->directory) == NULL)
        give_up("mkdtemp");
    char run[128];
    snprintf(run, sizeof run, "%s/run", gateway->directory);
    if (mkdir(run, 0700) != 0)
        give_up("mkdir");
    gateway->drda_port = free_port();
    if (gateway->drda_port == 0)
        give_up("no free port");
    gateway->port = gateway->drda_port;
    if (options->unrecorded == NULL && getenv("PASSGATE_RECORDINGS") != NULL)
        start_recorder(gateway, getenv("PASSGATE_RECORDINGS"));
    new_key(gateway->key);
    new_key(gateway->other_key);
    write_member(gateway, options);
    write_settings(gateway, options);
    gateway_restart(gateway);
    set_up_racf(gateway);
}

static void
end_well(const struct gateway *gateway, pid_t pid, const char *log)
{
    int status;
    kill(pid, SIGTERM);
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        char *text = gateway_file(gateway, log);
        give_up("%s: ended with wait status %d:\n%s", log, status, text);
    }
}

void
gateway_end(struct gateway *gateway)
{
    end_well(gateway, gateway->passgated, "passgated.log");
    if (gateway->safd != 0)
        end_well(gateway, gateway->safd, "safd.log");
    if (count_text(gateway, "passgated.log", "Sanitizer") > 0 || count_text(gateway, "safd.log", "Sanitizer") > 0)
        give_up("a sanitizer reported:\n%s", gateway_file(gateway, "passgated.log"));
}

void
gateway_configure(struct gateway *gateway, const struct gateway_options *options)
{
    gateway_end(gateway);
    gateway->external_safd = options->external_safd;
    write_member(gateway, options);
    write_settings(gateway, options);
    gateway_restart(gateway);
}

void
gateway_remove(struct gateway *gateway)
{
    if (gateway->recorder.pid != 0)
        recorder_stop(&gateway->recorder);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", gateway->directory);
    if (system(command) != 0)
        give_up("%s", command);
}

void
gateway_stop(struct gateway *gateway)
{
    gateway_end(gateway);
    gateway_remove(gateway);
}

void
gateway_kill_safd(struct gateway *gateway)
{
    kill(gateway->safd, SIGKILL);
    waitpid(gateway->safd, NULL, 0);
    gateway->safd = 0;
}

/* The safd that passgated started, or 0. */
static pid_t
child_of(pid_t parent)
{
    char path[64];
    int child = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *file = fopen(path, "r");
    if (file != NULL && fscanf(file, "%d", &child) != 1)
        child = 0;
    if (file != NULL)
        fclose(file);
    return child;
}

/* A process that is not ours to wait for has ended when it is gone or a zombie. */
static bool
has_ended(pid_t pid)
{
    char path[64];
    char state = 'Z';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (file != NULL && fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'Z';
    if (file != NULL)
        fclose(file);
    return state == 'Z';
}

void
gateway_kill(struct gateway *gateway)
{
    pid_t child = gateway->external_safd ? 0 : child_of(gateway->passgated);
    kill(gateway->passgated, SIGKILL);
    waitpid(gateway->passgated, NULL, 0);
    if (gateway->safd != 0)
        gateway_kill_safd(gateway);
    if (child != 0)
        kill(child, SIGKILL);
    while (child != 0 && !has_ended(child))
        sleep_ms(5);
}

static void
run_child(const struct gateway *gateway, const int in[2], const int out[2], const char *const arguments[])
{
    char path[512];
    char settings[128];
    const char *child[16] = { "passgate" };
    snprintf(settings, sizeof settings, "%s/passgate.ini", gateway->directory);
    size_t count = 1;
    for (size_t i = 0; arguments[i] != NULL && count < 13; i++)
        child[count++] = arguments[i];
    child[count++] = "--config";
    child[count] = settings;
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(out[1], STDERR_FILENO);
    close(in[1]);
    close(out[0]);
    execv(program_path("passgate", path, sizeof path), (char *const *)(uintptr_t)child);
    _exit(127);
}

int
gateway_passgate(const struct gateway *gateway, char *output, size_t size, const char *input, const char *const arguments[])
{
    int in[2];
    int out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0)
        give_up("pipe");
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        run_child(gateway, in, out, arguments);
    close(in[0]);
    close(out[1]);
    if (input != NULL && write(in[1], input, strlen(input)) != (ssize_t)strlen(input))
        give_up("passgate does not read its input");
    close(in[1]);
    size_t used = 0;
    char piece[4096];
    for (ssize_t n; (n = read(out[0], piece, sizeof piece)) > 0;) {
        size_t fits = (size_t)n < size - 1 - used ? (size_t)n : size - 1 - used;
        memcpy(output + used, piece, fits);
        used += fits;
    }
    output[used] = '\0';
    close(out[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

int
gateway_operate(const struct gateway *gateway, const char *command, char *output, size_t size)
{
    const char *const arguments[] = { "command", command, NULL };
    return gateway_passgate(gateway, output, size, NULL, arguments);
}

/* The second itself, or the one before the last that was taken for this user and application. */
static int64_t
unused_second(const char *user, const char *application, int64_t when)
{
    static struct {
        char name[20];
        int64_t lowest;
    } taken[32];
    char name[20];
    snprintf(name, sizeof name, "%s.%s", user, application);
    for (char *at = name; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
    size_t i = 0;
    while (taken[i].name[0] != '\0' && strcmp(taken[i].name, name) != 0)
        if (++i == sizeof taken / sizeof *taken)
            give_up("too many users");
    snprintf(taken[i].name, sizeof taken[i].name, "%s", name);
    bool usable = taken[i].lowest != 0 && when - taken[i].lowest < 300;
    taken[i].lowest = usable ? taken[i].lowest - 1 : when;
    return taken[i].lowest;
}

void
gateway_ticket(const struct gateway *gateway, const char *user, const char *application, int offset_s, char ticket[9])
{
    int64_t when = (int64_t)time(NULL) + offset_s;
    if (offset_s == 0)
        when = unused_second(user, application, when);
    uint8_t bytes[8];
    if (!hex_decode(strcmp(application, "IMSCON2") == 0 ? gateway->other_key : gateway->key, 16, bytes))
        give_up("key");
    struct passticket_legacy_key *key = passticket_legacy_key_new(bytes);
    if (key == NULL || !passticket_legacy_generate(key, user, application, (uint32_t)when, ticket))
        give_up("no ticket for %s %s", user, application);
    passticket_legacy_key_free(key);
}

long
process_resident_kib(pid_t pid)
{
    char path[64];
    char line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (file != NULL)
        fclose(file);
    return kib;
}

double
process_cpu_seconds(pid_t pid)
{
    char path[64];
    char line[1024] = "";
    unsigned long user = 0;
    unsigned long system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *fields = strrchr(line, ')');
        if (fields != NULL)
            sscanf(fields + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    }
    if (file != NULL)
        fclose(file);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}
