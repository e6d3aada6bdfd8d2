#include "gateway/warnings.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "config/problems.h"
#include "gateway/saf_child.h"

extern char **environ;

static void
say(enum warning warning, const char *subject, warning_tell *tell, void *context)
{
    char text[WARNING_TEXT_SIZE];
    warning_text(warning, subject, "", text);
    tell(context, warning, text);
}

void
warnings_of_hwscfg(const struct hwscfg *hws, warning_tell *tell, void *context)
{
    enum warning warning;
    if (!hws->racf)
        say(WARNING_RACF_OFF, "", tell, context);
    else if (!hws->racfgenrc)
        say(WARNING_RACFGENRC_OFF, "", tell, context);
    if (warning_of_application(hwscfg_application(hws), &warning))
        say(warning, hwscfg_application(hws), tell, context);
}

void
warnings_log(void *unused, enum warning warning, const char *text)
{
    (void)unused;
    log_message(warning_id(warning), "%s", text);
}

static void
add_warning(void *context, enum warning warning, const char *text)
{
    problem_warning(context, 0, "%s %s", warning_id(warning), text);
}

/* Starts `safd --check` with both its outputs on a pipe. NULL: it cannot be started. */
static FILE *
start_safd(const char *program, const char *settings_path, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    char *const arguments[] = { (char[]) { "safd" }, (char[]) { "--check" }, (char[]) { "--config" }, strdup(settings_path), NULL };
    int ends[2];
    bool started = false;
    if (arguments[3] == NULL || pipe(ends) != 0) {
        free(arguments[3]);
        return NULL;
    }
    if (posix_spawn_file_actions_init(&actions) == 0) {
        started = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0 &&
                  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO) == 0 &&
                  posix_spawn_file_actions_addclose(&actions, ends[0]) == 0 && posix_spawn_file_actions_addclose(&actions, ends[1]) == 0 &&
                  posix_spawn(pid, program, &actions, NULL, arguments, environ) == 0;
        posix_spawn_file_actions_destroy(&actions);
    }
    free(arguments[3]);
    close(ends[1]);
    FILE *output = started ? fdopen(ends[0], "r") : NULL;
    if (output == NULL)
        close(ends[0]);
    return output;
}

/* A line that begins with an ID is a warning; any other says what could not be looked at. */
static void
add_line(struct problem_sink *sink, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    size_t id = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    if (id >= 7 && line[id] == ' ')
        problem_warning(sink, 0, "%s", line);
    else
        problem_note(sink, 0, "%s", line);
}

static void
check_safd(const char *settings_path, struct problem_sink *sink)
{
    char program[SAF_CHILD_PROGRAM_SIZE];
    struct problem problem;
    pid_t pid = 0;
    FILE *output = saf_child_find_program(program, &problem) ? start_safd(program, settings_path, &pid) : NULL;
    if (output == NULL) {
        problem_note(sink, 0, "the RACF database was not looked at: there is no safd beside this program that could be run");
        return;
    }
    char line[1024];
    while (fgets(line, sizeof line, output) != NULL)
        add_line(sink, line);
    fclose(output);
    waitpid(pid, NULL, 0);
}

void
warnings_check(const char *settings_path, const struct configuration *configuration, struct problem_list *problems)
{
    struct problem_sink member = problem_sink(problems, configuration->settings.member);
    warnings_of_hwscfg(&configuration->hws, add_warning, &member);
    struct problem_sink sink = problem_sink(problems, settings_path);
    check_safd(settings_path, &sink);
}
