#include "security/saf/safd_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock_sync.h"
#include "common/log.h"
#include "security/saf/client.h"
#include "security/saf/safd_exit.h"

enum { TIMEOUT_MS = 10000 };

static void
log_warning(void *context, enum warning warning, const char *text)
{
    (void)context;
    log_message(warning_id(warning), "%s", text);
}

static void
print_warning(void *context, enum warning warning, const char *text)
{
    (void)context;
    printf("%s %s\n", warning_id(warning), text);
}

struct status {
    struct wire_writer *output;
    size_t cut; /* warnings that found no room */
};

enum { LINE_SIZE = WARNING_TEXT_SIZE + 16 };

/* Leaves room for a last line. */
static void
put_warning(void *context, enum warning warning, const char *text)
{
    struct status *status = context;
    char line[LINE_SIZE];
    int size = snprintf(line, sizeof line, "%s %s\n", warning_id(warning), text);
    bool fits = status->output->size - status->output->used >= (size_t)size + LINE_SIZE;
    if (fits)
        wire_put_bytes(status->output, line, (size_t)size);
    status->cut += !fits;
}

static void
tell_clock(warning_tell *tell)
{
    char text[WARNING_TEXT_SIZE];
    if (clock_sync_of_host() != CLOCK_NOT_SYNCHRONIZED)
        return;
    warning_text(WARNING_CLOCK, "", "", text);
    tell(NULL, WARNING_CLOCK, text);
}

void
safd_check_log(struct racf *racf)
{
    tell_clock(log_warning);
    if (!racf_warnings(racf, log_warning, NULL))
        log_message("PGR201E", "the RACF database cannot be looked through for warnings");
}

void
safd_check_status(struct racf *racf, struct wire_writer *output)
{
    struct status status = { .output = output };
    char line[LINE_SIZE] = "";
    if (!racf_warnings(racf, put_warning, &status))
        snprintf(line, sizeof line, "PGR201E the RACF database cannot be looked through for warnings\n");
    else if (status.cut > 0)
        snprintf(line, sizeof line, "PGR211W %zu MORE WARNINGS DID NOT FIT; safd's log has them all from its start\n", status.cut);
    wire_put_bytes(output, line, strlen(line));
}

/* True when the safd that runs has told. */
static bool
ask_running(const char *socket)
{
    struct saf_command_answer answer;
    struct problem problem;
    struct saf_client *client = saf_client_connect(socket, TIMEOUT_MS, &problem);
    bool told = client != NULL && saf_client_status(client, &answer, &problem);
    if (told && answer.return_code != 0)
        puts("the RACF database was not looked at: safd tells what is in it only to gateways and SPECIAL users");
    else if (told)
        fwrite(answer.output, 1, answer.size, stdout);
    saf_client_close(client);
    return told;
}

static int
read_database(const struct passgate_settings *settings)
{
    struct problem problem = { "" };
    if (access(settings->racf_database, F_OK) != 0 && errno == ENOENT) {
        printf("%s: there is no RACF database yet: the first start of safd makes it\n", settings->racf_database);
        return SAFD_EXIT_ENDED;
    }
    if (access(settings->racf_database, R_OK | W_OK) != 0 || access(settings->master_key, R_OK) != 0) {
        printf(
            "%s: the RACF database was not looked at: this user may not read it and its master key, and no safd answers at [saf] socket\n",
            settings->racf_database);
        return SAFD_EXIT_ENDED;
    }
    struct keystore *keystore = keystore_open(settings->master_key, false, &problem);
    struct racf *racf = keystore != NULL ? racf_open(settings->racf_database, false, keystore, &clock_system, &problem) : NULL;
    int status = keystore == NULL ? SAFD_EXIT_KEYS : racf == NULL ? SAFD_EXIT_DATABASE : SAFD_EXIT_ENDED;
    if (racf != NULL)
        racf_warnings(racf, print_warning, NULL);
    else
        fprintf(stderr, "safd: %s\n", problem.text);
    racf_close(racf);
    keystore_free(keystore);
    return status;
}

int
safd_check_run(const struct passgate_settings *settings, const char *socket)
{
    tell_clock(print_warning);
    return ask_running(socket) ? SAFD_EXIT_ENDED : read_database(settings);
}
