#include "tests/support/shell.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/support/suite.h"

int
shell_run(char *output, size_t size, const char *command)
{
    fflush(stdout);
    FILE *pipe = popen(command, "r");
    size_t used = pipe != NULL ? fread(output, 1, size - 1, pipe) : 0;
    output[used] = '\0';
    int status = pipe != NULL ? pclose(pipe) : -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

void
shell_show(const char *output)
{
    for (const char *line = output; *line != '\0';) {
        int length = (int)strcspn(line, "\n");
        printf("# %.*s\n", length, line);
        line += length + (line[length] == '\n');
    }
}

void
shell_expect(const char *output, const char *const *expected, size_t count)
{
    const char *at = output;
    for (size_t i = 0; i < count && at != NULL; i++) {
        at = strstr(at, expected[i]);
        if (at == NULL)
            printf("# missing: %s\n", expected[i]);
    }
    CU_ASSERT_PTR_NOT_NULL(at);
    if (at == NULL)
        shell_show(output);
}
