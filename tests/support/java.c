#include "tests/support/java.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/support/derby.h"

/* A JVM does not live with what sanitizers are told in the environment. */
#define WITHOUT_SANITIZERS "env -u ASAN_OPTIONS "

enum { COMMAND_SIZE = 2048, LINE_SIZE = 512 };

static int
run(const char *command)
{
    fflush(stdout);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

int
java_compile(const char *directory, const char *sources, const char *jars)
{
    char command[COMMAND_SIZE];
    snprintf(command, sizeof command,
             "cd '%s' && " WITHOUT_SANITIZERS "javac -cp '%s' -d '%s/classes' -encoding UTF-8 -Xlint:all,-path -Werror %s",
             getenv("PASSGATE_SOURCE"), jars != NULL ? jars : ".", directory, sources);
    return run(command);
}

static void
complete(const char *directory, const char *command, char whole[static COMMAND_SIZE])
{
    snprintf(whole, COMMAND_SIZE, "cd '%s' && " WITHOUT_SANITIZERS "java -cp classes:" DERBY_CLIENT_CLASSES " %s", directory, command);
}

int
java_run(const char *directory, const char *command)
{
    char whole[COMMAND_SIZE];
    complete(directory, command, whole);
    return run(whole);
}

int
java_follow(const char *directory, const char *command, void (*tell)(const char *line))
{
    char whole[COMMAND_SIZE];
    char line[LINE_SIZE];
    complete(directory, command, whole);
    fflush(stdout);
    FILE *lines = popen(whole, "r");
    if (lines == NULL)
        return 255;
    while (fgets(line, sizeof line, lines) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        tell(line);
    }
    int status = pclose(lines);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}
