#include "clients/passgate/location.h"

#include <stdio.h>
#include <string.h>

static bool
copy_path(const char *source, char path[CONFIGURATION_PATH_MAX])
{
    size_t length = strlen(source);
    if (length == 0 || length >= CONFIGURATION_PATH_MAX) {
        fprintf(stderr, "passgate: socket: its path must have 1 to %d bytes: give another one by --socket\n", CONFIGURATION_PATH_MAX - 1);
        return false;
    }
    memcpy(path, source, length + 1);
    return true;
}

bool
location_find(enum location_server server, const char *socket, const char *config, char path[CONFIGURATION_PATH_MAX])
{
    if (socket != NULL && config != NULL) {
        fprintf(stderr, "passgate: --socket and --config: both name the server: leave one out\n");
        return false;
    }
    if (socket != NULL)
        return copy_path(socket, path);
    static struct passgate_settings settings;
    struct problem_list problems = { 0 };
    bool read = configuration_read_settings(config != NULL ? config : CONFIGURATION_DEFAULT_PATH, &settings, &problems);
    configuration_forget_secrets(&settings);
    /* Warnings are for the server's operator, not for each call of a tool. */
    for (size_t i = 0; !read && i < problems.count; i++)
        if (problems.problems[i].severity == CONFIGURATION_ERROR)
            fprintf(stderr, "passgate: %s\n", problems.problems[i].text);
    problem_list_clear(&problems);
    if (read && server == LOCATION_AUDIT && settings.audit_to == AUDIT_TO_JOURNAL) {
        fprintf(stderr, "passgate: [racf] audit_to = journal: there is no audit file: journalctl -o cat SYSLOG_IDENTIFIER=safd-audit | "
                        "passgate audit -\n");
        return false;
    }
    const char *const paths[] = {
        [LOCATION_SAFD] = settings.saf_socket,
        [LOCATION_GATEWAY] = settings.operator_socket,
        [LOCATION_AUDIT] = settings.audit_file,
    };
    return read && copy_path(paths[server], path);
}

bool
location_find_safd(const char *socket, const char *config, const char *token, char path[CONFIGURATION_PATH_MAX])
{
    char with_token[CONFIGURATION_PATH_MAX];
    if (!location_find(LOCATION_SAFD, socket, config, path))
        return false;
    if (token == NULL)
        return true;
    int length = snprintf(with_token, sizeof with_token, "%s.%s", path, token);
    bool fits = length > 0 && (size_t)length < sizeof with_token;
    return copy_path(fits ? with_token : "", path);
}
