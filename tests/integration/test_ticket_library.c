/* libpassgate-ticket as others get it: installed, found by pkg-config, linked in both forms, run against a safd that is all there
 * is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/security_server.h"
#include "tests/support/shell.h"
#include "tests/support/suite.h"

static char directory[] = "/tmp/passgate-library-XXXXXX";
static char output[1 << 16];

/* Runs a command in the directory with the installed library in sight; $1 of it is `argument`. */
static bool
runs(const char *command, const char *argument)
{
    char text[4096];
    snprintf(text, sizeof text,
             "cd %s && PKG_CONFIG_SYSROOT_DIR=$PWD && export PKG_CONFIG_SYSROOT_DIR && "
             "PKG_CONFIG_LIBDIR=$(dirname $(find $PWD -name passgate-ticket.pc | head -1) 2>/dev/null || echo none) && "
             "export PKG_CONFIG_LIBDIR && set -- '%s' && %s",
             directory, argument, command);
    int status = shell_run(output, sizeof output, text);
    if (status != 0)
        shell_show(output);
    return status == 0;
}

static void
the_library_is_installed(void)
{
    CU_ASSERT_TRUE_FATAL(runs("DESTDIR=$PWD $MESON install -C $PASSGATE_BUILD --no-rebuild --quiet 2>&1", ""));
    CU_ASSERT_TRUE(runs("pkg-config --modversion passgate-ticket", ""));
    CU_ASSERT_EQUAL(strncmp(output, "0.1.0", 5), 0);
    CU_ASSERT_TRUE(runs("find . -name 'passgate-ticket.3*' | grep . && find . -name passgate-ticket.h | grep .", ""));
}

/* Nothing but libc, sanitizers apart, and no name but its own. */
static void
it_brings_nothing_else_along(void)
{
    CU_ASSERT_TRUE(runs("! readelf -d $(find . -name libpassgate-ticket.so.0) | grep NEEDED | "
                        "grep -vE 'libc\\.so|libasan|libubsan|libtsan|libgcc|libm\\.so|libstdc|ld-linux'",
                        ""));
    CU_ASSERT_TRUE(runs("readelf -d $(find . -name libpassgate-ticket.so.0) | grep SONAME | grep -F '[libpassgate-ticket.so.0]'", ""));
    CU_ASSERT_TRUE(runs("! nm -g --defined-only $(find . -name libpassgate-ticket.a) $(find . -name libpassgate-ticket.so.0) 2>/dev/null | "
                        "grep -E ' [TDBRC] ' | grep -vE ' (passgate_ticket_|__asan|__odr_asan|_init|_fini)'",
                        ""));
}

static void
programs_compile_and_run(void)
{
    struct security_server server;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, "E001193519561977");
    CU_ASSERT(security_server_command(&server, "RDEFINE PTKTDATA IRRPTAUTH.IMSCON1.* UACC(UPDATE)", NULL, 0) <= 4);
    CU_ASSERT(security_server_command(&server, "SETROPTS RACLIST(PTKTDATA) REFRESH", NULL, 0) <= 4);
    CU_ASSERT_TRUE(runs("$CONSUMER_CC -std=c11 -Wall -Wextra -Wpedantic -Werror $CONSUMER $(pkg-config --cflags --libs passgate-ticket) "
                        "-o shared 2>&1",
                        ""));
    CU_ASSERT_TRUE(runs("LD_LIBRARY_PATH=$(dirname $(find $PWD -name libpassgate-ticket.so.0)) ./shared $1 2>&1", server.socket));
    CU_ASSERT_TRUE(runs("$CONSUMER_CC -std=c11 -Wall -Wextra -Wpedantic -Werror $CONSUMER $(pkg-config --cflags passgate-ticket) "
                        "$(find . -name libpassgate-ticket.a) -o static 2>&1",
                        ""));
    CU_ASSERT_TRUE(runs("./static $1 2>&1", server.socket));
    security_server_stop(&server);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the library is installed", the_library_is_installed },
        { "it brings nothing else along", it_brings_nothing_else_along },
        { "programs compile and run", programs_compile_and_run },
    };
    if (mkdtemp(directory) == NULL)
        return 1;
    int status = SUITE_RUN("ticket library", cases);
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    return system(command) != 0 ? 1 : status;
}
