#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/configuration.h"
#include "tests/support/suite.h"

static char folder[] = "/tmp/passgate-test-XXXXXX";
static char path[64];
static struct configuration configuration;

static void
write_file(const char *name, const char *text)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static char *
read_configuration(const char *ini)
{
    snprintf(path, sizeof path, "%s/%s", folder, ini);
    struct problem_list problems = { 0 };
    bool good = configuration_read(path, &configuration, &problems);
    CU_ASSERT_EQUAL(good, problems.errors == 0);
    char *said = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&said, &size);
    problem_list_print(&problems, false, stream);
    fclose(stream);
    problem_list_clear(&problems);
    return said;
}

static void
the_member_is_found_beside_the_ini(void)
{
    write_file("MEMBER", "HWS=(ID=A,RACF=Y)\nTCPIP=(IPV6=Y)\nODACCESS=(APPL=IMSAPPL,DRDAPORT=(ID=1))\n");
    write_file("good.ini", "[passgate]\nmember = MEMBER\n");
    char *said = read_configuration("good.ini");
    CU_ASSERT_STRING_EQUAL(said, "");
    CU_ASSERT_STRING_EQUAL(configuration.hws.id, "A");
    CU_ASSERT_STRING_EQUAL(hwscfg_application(&configuration.hws), "IMSAPPL");
    CU_ASSERT_STRING_EQUAL(configuration.settings.address, "::");
    free(said);
}

static void
problems_of_both_files_come_together(void)
{
    write_file("BAD", "HWS=(ID=A,RACF=Y)\nODACCESS=(DRDAPORT=(ID=0))\n");
    write_file("bad.ini", "[passgate]\n\n\nmember = BAD\nthreads = many\n");
    char *said = read_configuration("bad.ini");
    char expected[400];
    snprintf(expected, sizeof expected,
             "%s/bad.ini:5: error: [passgate] threads = many: allowed: 0 to 1024\n"
             "%s/BAD:2: error: ODACCESS DRDAPORT ID=0: allowed: a port from 1 to 65535\n",
             folder, folder);
    CU_ASSERT_STRING_EQUAL(said, expected);
    CU_ASSERT_STRING_EQUAL(configuration.settings.address, "0.0.0.0");
    free(said);
}

static void
settings_alone_need_no_member(void)
{
    write_file("alone.ini", "[passgate]\nmember = NOWHERE\n");
    struct problem_list problems = { 0 };
    struct passgate_settings settings;
    CU_ASSERT_TRUE(configuration_read_settings(path, &settings, &problems));
    CU_ASSERT_EQUAL(problems.count, 0);
    problem_list_clear(&problems);
    char *said = read_configuration("alone.ini");
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "/NOWHERE: error: cannot be opened: No such file or directory\n"));
    free(said);
}

static void
an_ini_that_cannot_be_read_is_a_problem(void)
{
    char *said = read_configuration("absent.ini");
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "/absent.ini: error: cannot be opened: No such file or directory\n"));
    free(said);
    said = read_configuration("");
    CU_ASSERT_PTR_NOT_NULL(strstr(said, "error: cannot be read: Is a directory\n"));
    free(said);
}

static void
the_sample_configuration_is_good(void)
{
    struct problem_list problems = { 0 };
    CU_ASSERT_TRUE(configuration_read(SAMPLES "/passgate.ini", &configuration, &problems));
    for (size_t i = 0; i < problems.count; i++)
        CU_ASSERT_EQUAL(problems.problems[i].severity, CONFIGURATION_NOTE);
    CU_ASSERT_TRUE(configuration.hws.racf);
    CU_ASSERT_TRUE(configuration.hws.racfgenrc);
    CU_ASSERT_EQUAL(configuration.settings.datastore_count, 1);
    problem_list_clear(&problems);
}

static char *
read_whole(const char *name)
{
    FILE *file = fopen(name, "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    enum { SIZE = 1 << 17 };
    char *text = calloc(1, SIZE);
    CU_ASSERT_TRUE(fread(text, 1, SIZE - 1, file) > 0);
    fclose(file);
    return text;
}

/* The manual holds the tables that the parsers follow, word for word. */
static void
the_manual_is_what_the_tables_say(void)
{
    char *reference = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&reference, &size);
    configuration_write_reference(stream);
    fclose(stream);
    char *manual = read_whole(DOCS "/configuration.md");
    CU_ASSERT_PTR_NOT_NULL(strstr(manual, reference));
    free(manual);
    free(reference);
}

int
main(void)
{
    if (mkdtemp(folder) == NULL)
        return 1;
    static const struct test_case cases[] = {
        { "the member is found beside the ini", the_member_is_found_beside_the_ini },
        { "problems of both files come together", problems_of_both_files_come_together },
        { "settings alone need no member", settings_alone_need_no_member },
        { "an ini that cannot be read is a problem", an_ini_that_cannot_be_read_is_a_problem },
        { "the sample configuration is good", the_sample_configuration_is_good },
        { "the manual is what the tables say", the_manual_is_what_the_tables_say },
    };
    int status = SUITE_RUN("configuration", cases);
    static const char *const names[] = { "MEMBER", "good.ini", "BAD", "bad.ini", "alone.ini" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    return status;
}
