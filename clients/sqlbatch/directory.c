#include "clients/sqlbatch/directory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/suggestion.h"

/* The user's own file; "" when the environment does not say where that is. */
static void
own_path(char path[CONFIGURATION_PATH_MAX])
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    int length = 0;
    if (config != NULL && config[0] == '/')
        length = snprintf(path, CONFIGURATION_PATH_MAX, "%s/passgate/connections.ini", config);
    else if (home != NULL && home[0] == '/')
        length = snprintf(path, CONFIGURATION_PATH_MAX, "%s/.config/passgate/connections.ini", home);
    if (length <= 0 || length >= CONFIGURATION_PATH_MAX)
        path[0] = '\0';
}

static bool
choose_file(const char *given, char path[CONFIGURATION_PATH_MAX], struct problem *problem)
{
    if (given != NULL) {
        snprintf(path, CONFIGURATION_PATH_MAX, "%s", given);
        return true;
    }
    char own[CONFIGURATION_PATH_MAX];
    own_path(own);
    bool is_own = own[0] != '\0' && access(own, F_OK) == 0;
    snprintf(path, CONFIGURATION_PATH_MAX, "%s", is_own ? own : CONNECTIONS_SYSTEM_PATH);
    if (is_own || access(path, F_OK) == 0)
        return true;
    problem_set(problem, "there is no file of connections, neither %s nor %s: make one, or name one with --connections",
                own[0] != '\0' ? own : "one of your own", CONNECTIONS_SYSTEM_PATH);
    return false;
}

static void
tell_first(const struct problem_list *problems, struct problem *problem)
{
    const char *more = problems->errors > 1 ? " (and more: all connections must be right)" : "";
    problem_set(problem, "%s%s", problems->count > 0 ? problems->problems[0].text : "out of memory", more);
}

static void
tell_unknown(const struct named_connections *connections, const char *path, const char *name, struct problem *problem)
{
    struct suggestion suggestion = suggestion_for(name);
    for (size_t i = 0; i < connections->count; i++)
        suggestion_offer(&suggestion, connections->list[i].name);
    if (suggestion.best != NULL)
        problem_set(problem, "%s: there is no connection [%s]; did you mean %s?", path, name, suggestion.best);
    else
        problem_set(problem, "%s: there is no connection [%s]; it has %zu others", path, name, connections->count);
}

bool
directory_find(const char *given, const char *name, struct named_connection *connection, struct problem *problem)
{
    char path[CONFIGURATION_PATH_MAX];
    struct named_connections connections;
    struct problem_list problems = { 0 };
    if (!choose_file(given, path, problem))
        return false;
    bool read = connections_read(path, &connections, &problems);
    const struct named_connection *found = read ? connections_find(&connections, name) : NULL;
    if (found != NULL)
        *connection = *found;
    else if (read)
        tell_unknown(&connections, path, name, problem);
    else
        tell_first(&problems, problem);
    connections_clear(&connections);
    problem_list_clear(&problems);
    return found != NULL;
}
