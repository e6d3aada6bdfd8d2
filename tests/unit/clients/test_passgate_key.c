/* `passgate key` against a real safd, and what `safd --check` says of what it stored. */
#include <stdio.h>
#include <string.h>

#include "tests/support/program.h"
#include "tests/support/security_server.h"
#include "tests/support/suite.h"

static struct security_server server;
static struct program_result result;

/* Runs `passgate key FUNCTION ... --config FILE`. */
static int
key(const char *input, const char *function, const char *first, const char *second, const char *third)
{
    const char *const arguments[] = { "key", function, "--config", server.settings, first, second, third, NULL };
    program_run(&result, program_path("PASSGATE"), arguments, input);
    return result.status;
}

static bool
check_says(const char *words)
{
    const char *const arguments[] = { "--check", "--config", server.settings, NULL };
    program_run(&result, program_path("SAFD"), arguments, NULL);
    CU_ASSERT_EQUAL(result.status, 0);
    bool says = strstr(result.output, words) != NULL;
    if (!says)
        printf("# expected %s in: %s", words, result.output);
    return says;
}

static void
keys_are_made_listed_and_deleted(void)
{
    CU_ASSERT_EQUAL(key(NULL, "list", NULL, NULL, NULL), 4);
    CU_ASSERT_EQUAL(key(NULL, "generate", "USRLCL.CKDS.CSM", NULL, NULL), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "HMAC KEY OF 64 BYTES STORED UNDER USRLCL.CKDS.CSM"));
    CU_ASSERT_EQUAL(key(NULL, "generate", "USRLCL.CKDS.CSM", "--bytes", "256"), 8);
    CU_ASSERT_EQUAL(key("E001193519561977\n", "import", "DES.KEY", NULL, NULL), 0);
    CU_ASSERT_EQUAL(key("0123456789abcdef0123456789ABCDEF", "import", "RAW.KEY", "--format", "raw"), 0);
    CU_ASSERT_EQUAL(key(NULL, "list", NULL, NULL, NULL), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "DES.KEY          DES       8"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "RAW.KEY          HMAC     32"));
    CU_ASSERT_PTR_NULL(strstr(result.output, "E0011935"));
    CU_ASSERT_EQUAL(key(NULL, "rewrap", NULL, NULL, NULL), 0);
    CU_ASSERT_EQUAL(key(NULL, "delete", "RAW.KEY", NULL, NULL), 0);
    CU_ASSERT_EQUAL(key(NULL, "delete", "RAW.KEY", NULL, NULL), 8);
}

static void
wrong_input_is_named_and_not_repeated(void)
{
    CU_ASSERT_EQUAL(key("", "import", "X", NULL, NULL), 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "it is empty"));
    CU_ASSERT_EQUAL(key("E0011935195619Z7\n", "import", "X", NULL, NULL), 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "character 15 is not a hexadecimal digit"));
    CU_ASSERT_PTR_NULL(strstr(result.errors, "E0011935"));
    CU_ASSERT_EQUAL(key("E00119351956197711\n", "import", "X", NULL, NULL), 8);
    CU_ASSERT_PTR_NOT_NULL(strstr(result.errors, "PGR151I"));
    CU_ASSERT_EQUAL(key("X", "import", "X", "--format", "base64"), 2);
    CU_ASSERT_EQUAL(key(NULL, "generate", "A B", NULL, NULL), 2);
    CU_ASSERT_EQUAL(key(NULL, "generate", NULL, NULL, NULL), 2);
    CU_ASSERT_EQUAL(key(NULL, "generate", "X", "--bytes", "many"), 2);
    CU_ASSERT_EQUAL(key(NULL, "rewrap", "X", NULL, NULL), 2);
}

/* The set-up that IBM publishes for Copy Services Manager, from the command line to a logon with a ticket of that key. */
static void
the_published_set_up_logs_its_user_on(void)
{
    static const char digits[] = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
                                 "202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F";
    static const char setup[] = "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)\n"
                                "SETROPTS RACLIST (PTKTDATA) REFRESH\n"
                                "ADDUSER HOSTUSR PASSWORD(TEMP4NOW)\n"
                                "RDEFINE PTKTDATA IOSHMCSM.HOSTUSR SSIGNON(EPTKEYLABEL(USRLCL.CKDS.CSM) TYPE(UPPER) TIMEOUT(600)) "
                                "APPLDATA('CSM TO HYPERSWAP CONNECTION')\n"
                                "RALT PTKTDATA IOSHMCSM.HOSTUSR SSIGNON(EPTKEYLABEL(USRLCL.CKDS.CSM) TYPE(UPPER) TIMEOUT(600)) "
                                "APPLDATA('CSM TO HYPERSWAP CONNECTION')\n"
                                "SETROPTS RACLIST (PTKTDATA) REFRESH\n";
    const char *const commands[] = { "racf", "--config", server.settings, NULL };
    const char *const ticket[] = { "ticket",     "generate", "--user", "HOSTUSR", "--appl", "IOSHMCSM",
                                   "--key-file", "-",        "--kind", "upper",   NULL };
    struct saf_verify verify = { .userid = "HOSTUSR", .application = "IOSHMCSM", .mixed_case = 'R' };
    struct saf_verify_answer answer;
    struct problem problem;
    CU_ASSERT_EQUAL(key(digits, "import", "USRLCL.CKDS.CSM", "--replace", NULL), 0);
    program_run(&result, program_path("PASSGATE"), commands, setup);
    CU_ASSERT_EQUAL(result.status, 0);
    program_run(&result, program_path("PASSGATE"), ticket, digits);
    CU_ASSERT_EQUAL_FATAL(result.status, 0);
    snprintf(verify.credential, sizeof verify.credential, "%.8s", result.output);
    struct saf_client *client = security_server_connect(&server);
    CU_ASSERT_TRUE(saf_client_verify(client, &verify, &answer, &problem));
    CU_ASSERT_EQUAL(answer.result.saf, SAF_OK);
    CU_ASSERT_STRING_EQUAL(answer.userid, "HOSTUSR");
    saf_client_close(client);
}

static void
check_asks_the_server_or_reads_the_database(void)
{
    CU_ASSERT_EQUAL(security_server_command(&server, "RDEFINE PTKTDATA OMVSAPPL SSIGNON(EPTKEYLABEL(NO.KEY))", NULL, 0), 0);
    CU_ASSERT_TRUE(check_says("PGR050W OMVSAPPL IS SHARED"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "PGR057W CLASS PTKTDATA HAS CHANGES"));
    CU_ASSERT_PTR_NOT_NULL(strstr(result.output, "PGR067W OMVSAPPL: THERE IS NO KEY UNDER NO.KEY"));
    security_server_kill(&server);
    CU_ASSERT_TRUE(check_says("PGR050W OMVSAPPL IS SHARED"));
    CU_ASSERT_PTR_NULL(strstr(result.output, "PGR057W")); /* what the file has is in force after a start */
    security_server_start(&server);
    CU_ASSERT_TRUE(program_wait_for(server.pid, server.log, "PGR050W OMVSAPPL IS SHARED"));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "keys are made, listed and deleted", keys_are_made_listed_and_deleted },
        { "wrong input is named and not repeated", wrong_input_is_named_and_not_repeated },
        { "the published set-up logs its user on", the_published_set_up_logs_its_user_on },
        { "check asks the server or reads the database", check_asks_the_server_or_reads_the_database },
    };
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, "A1B2C3D4E5F6A7B8");
    int status = SUITE_RUN("passgate key", cases);
    security_server_stop(&server);
    return status;
}
