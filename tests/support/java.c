#include "tests/support/java.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "tests/support/derby.h"

/* A JVM does not live with what sanitizers are told in the environment. */
#define WITHOUT_SANITIZERS "env -u ASAN_OPTIONS "

enum { COMMAND_SIZE = 2048 };

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

int
java_run(const char *directory, const char *command)
{
    char whole[COMMAND_SIZE];
    snprintf(whole, sizeof whole, "cd '%s' && " WITHOUT_SANITIZERS "java -cp classes:" DERBY_CLIENT_CLASSES " %s", directory, command);
    return run(whole);
}
