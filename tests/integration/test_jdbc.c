/* One JDBC program over Apache Derby's client, run against Passgate and against Derby's own Network Server: what it observes of the
 * two is the same, except where docs/compatibility.md lists a difference, and every listed difference is one. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/derby.h"
#include "tests/support/gateway.h"
#include "tests/support/java.h"
#include "tests/support/suite.h"

enum { CONNECTIONS = 80, DIFFERENCES_SHOWN = 200, OBSERVATIONS_LEAST = 1000 };

struct observation {
    char *name;
    char *value;
};

struct observations {
    char *text; /* owns the strings */
    struct observation *items;
    size_t count;
};

/* A line of the table in docs/compatibility.md. */
struct listed {
    char *pattern; /* as for fnmatch */
    size_t matched;
};

static struct gateway gateway;
static struct derby derby;
static struct observations of_passgate;
static struct observations of_derby;
static char *compatibility;
static struct listed *differences;
static size_t difference_count;

static void
derby_network_server_starts(void)
{
    derby_start(&derby, gateway.directory);
}

static void
the_program_compiles(void)
{
    CU_ASSERT_EQUAL_FATAL(java_compile(gateway.directory, "tests/integration/java/comparison/*.java", NULL), 0);
}

/* Every connection of the program logs on with a ticket of its own. */
static void
write_passwords(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/passwords", gateway.directory);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (size_t i = 0; i < CONNECTIONS; i++) {
        char ticket[9];
        gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
        fprintf(file, "%s\n", ticket);
    }
    fclose(file);
}

/* Splits "name = value" lines. */
static struct observations
read_observations(const char *file)
{
    struct observations all = { .text = gateway_file(&gateway, file) };
    size_t lines = 0;
    for (const char *at = all.text; *at != '\0'; at++)
        lines += *at == '\n';
    all.items = calloc(lines + 1, sizeof *all.items);
    CU_ASSERT_PTR_NOT_NULL_FATAL(all.items);
    char *rest = all.text;
    for (char *line = strsep(&rest, "\n"); rest != NULL; line = strsep(&rest, "\n")) {
        char *equals = strstr(line, " = ");
        CU_ASSERT_PTR_NOT_NULL_FATAL(equals);
        *equals = '\0';
        all.items[all.count++] = (struct observation) { line, equals + strlen(" = ") };
    }
    return all;
}

static struct observations
observe(const char *server, const char *attributes, uint16_t port)
{
    char command[1024];
    char file[32];
    write_passwords();
    snprintf(file, sizeof file, "%s.txt", server);
    snprintf(command, sizeof command,
             "-Dstdout.encoding=UTF-8 -Dsun.stdout.encoding=UTF-8 -Duser.timezone=UTC -Duser.language=en "
             "Comparison 'jdbc:derby://127.0.0.1:%u/SAMPLE%s' IMSUSR1 < passwords > %s 2> %s.errors",
             port, attributes, file, server);
    CU_ASSERT_EQUAL(java_run(gateway.directory, command), 0);
    struct observations all = read_observations(file);
    CU_ASSERT(all.count > OBSERVATIONS_LEAST);
    return all;
}

static void
it_runs_on_derby(void)
{
    of_derby = observe("derby", ";create=true", derby.port);
}

static void
it_runs_on_passgate(void)
{
    of_passgate = observe("passgate", "", gateway.port);
}

/* Lines such as "| `types: DECIMAL* described` | why |". */
static void
the_list_is_readable(void)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/docs/compatibility.md", getenv("PASSGATE_SOURCE"));
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    size_t size = 0;
    CU_ASSERT_FATAL(getdelim(&compatibility, &size, '\0', file) > 0);
    fclose(file);
    differences = calloc(size, sizeof *differences);
    CU_ASSERT_PTR_NOT_NULL_FATAL(differences);
    char *rest = compatibility;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        char *end = strncmp(line, "| `", strlen("| `")) == 0 ? strstr(line, "` | ") : NULL;
        if (end == NULL)
            continue;
        *end = '\0';
        CU_ASSERT(strlen(end + strlen("` | ")) > strlen("why |"));
        differences[difference_count++].pattern = line + strlen("| `");
    }
    CU_ASSERT(difference_count > 0);
}

static const char *
find_value(const struct observations *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->items[i].name, name) == 0)
            return all->items[i].value;
    }
    return NULL;
}

static bool
is_listed(const char *name)
{
    bool listed = false;
    for (size_t i = 0; i < difference_count; i++) {
        if (fnmatch(differences[i].pattern, name, 0) != 0)
            continue;
        differences[i].matched++;
        listed = true;
    }
    return listed;
}

/* Counts what is in `all` and otherwise or not at all in `others`. */
static size_t
count_unlisted(const struct observations *all, const char *whose, const struct observations *others, bool only_missing)
{
    size_t unlisted = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct observation *one = &all->items[i];
        const char *other = find_value(others, one->name);
        bool differs = other == NULL || (!only_missing && strcmp(other, one->value) != 0);
        if (!differs || is_listed(one->name))
            continue;
        if (unlisted++ < DIFFERENCES_SHOWN)
            printf("# %s = %.300s (%s), %.300s\n", one->name, one->value, whose, other != NULL ? other : "not observed");
    }
    return unlisted;
}

static void
they_observe_the_same(void)
{
    CU_ASSERT_EQUAL(count_unlisted(&of_passgate, "Passgate", &of_derby, false), 0);
    CU_ASSERT_EQUAL(count_unlisted(&of_derby, "Derby", &of_passgate, true), 0);
}

static void
every_listed_difference_is_one(void)
{
    for (size_t i = 0; i < difference_count; i++) {
        CU_ASSERT(differences[i].matched > 0);
        if (differences[i].matched == 0)
            printf("# listed, but no difference: %s\n", differences[i].pattern);
    }
}

static void
the_servers_stop_on_request(void)
{
    derby_stop(&derby);
    gateway_stop(&gateway);
}

static void
forget(struct observations *all)
{
    free(all->items);
    free(all->text);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the comparison program compiles", the_program_compiles },
        { "Derby's Network Server starts", derby_network_server_starts },
        { "the program runs on Derby", it_runs_on_derby },
        { "the program runs on Passgate", it_runs_on_passgate },
        { "docs/compatibility.md lists differences with their reasons", the_list_is_readable },
        { "what is not listed is the same on both", they_observe_the_same },
        { "what is listed is different", every_listed_difference_is_one },
        { "the servers stop on request", the_servers_stop_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    int status = SUITE_RUN("jdbc", cases);
    forget(&of_derby);
    forget(&of_passgate);
    free(compatibility);
    free(differences);
    return status;
}
