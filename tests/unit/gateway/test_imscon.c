#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "gateway/operator/imscon.h"
#include "tests/support/suite.h"

static struct configuration configuration;
static struct gateway gateway;

static void
make_gateway(void)
{
    memset(&configuration, 0, sizeof configuration);
    configuration.hws = (struct hwscfg) { .id = "HWS1",
                                          .racf = true,
                                          .maxsoc = 600,
                                          .warnsoc_percent = 80,
                                          .warninc_percent = 5,
                                          .backlog = 50,
                                          .uidage_s = 2147483647,
                                          .multirtp = ' ',
                                          .sendaltp = ' ',
                                          .odaccess_member = "HWS1",
                                          .odaccess_tmember = "PLEX1",
                                          .appl = "IMSCON1" };
    gateway.configuration = &configuration;
    gateway.clock = &clock_system;
    socket_count_init(&gateway.sockets, &configuration.hws);
    CU_ASSERT_TRUE_FATAL(runtime_publisher_init(&gateway.runtime, &configuration.hws));
}

static void
clear_gateway(void)
{
    runtime_publisher_clear(&gateway.runtime);
    socket_count_clear(&gateway.sockets);
}

static enum command_effect
run(const char *text, struct om_response *response)
{
    static struct command command;
    struct problem problem;
    const struct command_issuer issuer = { .uid = 1000, .name = "OPER1" };
    *response = (struct om_response) { .om_name = "HWS1", .input = text, .input_size = strlen(text) };
    CU_ASSERT_TRUE_FATAL(command_parse(text, strlen(text), &command, &problem));
    const struct command_row *row = command_find(&command, &problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    return row->run(&gateway, &command, &issuer, response);
}

static const char *
value_of(const struct om_response *response, const char *column)
{
    for (size_t i = 0; i < response->column_count; i++)
        if (strcmp(response->columns[i].short_label, column) == 0)
            return response->columns[i].value;
    return "(none)";
}

static void
query_shows_what_is_asked(void)
{
    static struct om_response response;
    make_gateway();
    run("QRY IMSCON TYPE(CONFIG)", &response);
    CU_ASSERT_EQUAL(response.column_count, 2);
    CU_ASSERT_STRING_EQUAL(value_of(&response, "MBR"), "HWS1");
    CU_ASSERT_STRING_EQUAL(value_of(&response, "CC"), "0");
    run("QRY IMSCON TYPE(CONFIG) SHOW(ODBMAPPL MAXSOC)", &response);
    CU_ASSERT_EQUAL(response.column_count, 4);
    CU_ASSERT_STRING_EQUAL(value_of(&response, "ODBMAPPL"), "IMSCON1");
    CU_ASSERT_STRING_EQUAL(value_of(&response, "MAXSOC"), "600");
    run("QRY IMSCON TYPE(CONFIG) SHOW(ADAPTER)", &response);
    CU_ASSERT_EQUAL(response.column_count, 5);
    run("QRY IMSCON TYPE(CONFIG) SHOW(ALL)", &response);
    CU_ASSERT_EQUAL(response.column_count, imscon_keyword_count + 2);
    CU_ASSERT_STRING_EQUAL(value_of(&response, "RACF"), "Y");
    CU_ASSERT_STRING_EQUAL(value_of(&response, "PSWDMC"), "R");
    CU_ASSERT_STRING_EQUAL(value_of(&response, "MULTIRTP"), "");
    CU_ASSERT_STRING_EQUAL(value_of(&response, "ODBMTMEM"), "PLEX1");
    clear_gateway();
}

/* The fields of QUERY IMSCON TYPE(CONFIG) in IMS Connect; each can be asked for by itself. */
static void
every_field_can_be_shown(void)
{
    static const char *const fields[] = {
        "ADAPTER",  "CASCADE",   "CM0ATOQ",  "ICONID",   "IDLETO",   "IPADDR",   "MAXLSSSZ", "MAXSOC",    "MULTIRTP", "NUMSOC", "ODBMAC",
        "ODBMAPPL", "ODBMIPMEM", "ODBMTMEM", "ODBMTO",   "ODRACFST", "PSWDMC",   "RACF",     "RACFGENRC", "RECORDER", "RRS",    "SENDALTP",
        "SMEM",     "TCPIPQ",    "TIMEOUT",  "TMRACFST", "UIDAGE",   "UIDCACHE", "VERSION",  "WARNINC",   "WARNSOC",
    };
    static struct om_response response;
    make_gateway();
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        char text[96];
        snprintf(text, sizeof text, "QRY IMSCON TYPE(CONFIG) SHOW(%s)", fields[i]);
        run(text, &response);
        CU_ASSERT_STRING_EQUAL(value_of(&response, "CC"), "0");
        CU_ASSERT_STRING_NOT_EQUAL(value_of(&response, fields[i]), "(none)");
    }
    clear_gateway();
}

static void
update_changes_the_snapshot(void)
{
    static const struct {
        const char *set;
        const char *column;
        const char *shown;
        const char *completion;
    } changes[] = {
        { "ODBMAPPL(IMSCON2)", "ODBMAPPL", "IMSCON2", "0" },
        { "APPL(imscon3)", "ODBMAPPL", "IMSCON3", "0" },
        { "ODBMAPPL(0)", "ODBMAPPL", "", "0" },
        { "ODBMAPPL($#@45678)", "ODBMAPPL", "$#@45678", "0" },
        { "RACF(OFF)", "RACF", "N", "0" },
        { "RACF(ON),RACFGENRC(ON)", "RACFGENRC", "Y", "0" },
        { "PSWDMC(ON)", "PSWDMC", "Y", "0" },
        { "PSWDMC(OFF)", "PSWDMC", "N", "0" },
        { "PSWDMC(RCF)", "PSWDMC", "R", "0" },
        { "CASCADE(ON)", "CASCADE", "Y", "4" },
        { "MULTIRTP(ON)", "MULTIRTP", "Y", "4" },
        { "MULTIRTP(0)", "MULTIRTP", "", "4" },
        { "SENDALTP(OFF)", "SENDALTP", "N", "4" },
        { "OAUTO(ON)", "ODBMAC", "Y", "4" },
        { "ODRACFST(ON)", "ODRACFST", "Y", "4" },
        { "TMRACFST(ON) RRS(ON)", "RRS", "Y", "4" },
        { "UIDCACHE(ON)", "UIDCACHE", "Y", "4" },
        { "IDLETO(2147483647)", "IDLETO", "2147483647", "4" },
    };
    static struct om_response response;
    make_gateway();
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "UPD IMSCON TYPE(CONFIG) SET(%s)", changes[i].set);
        CU_ASSERT_EQUAL(run(text, &response), COMMAND_DONE);
        CU_ASSERT_STRING_EQUAL(value_of(&response, "CC"), changes[i].completion);
        CU_ASSERT_EQUAL(response.completion_text[0] == '\0', strcmp(changes[i].completion, "0") == 0);
        run("QRY IMSCON TYPE(CONFIG) SHOW(ALL)", &response);
        CU_ASSERT_STRING_EQUAL(value_of(&response, changes[i].column), changes[i].shown);
    }
    clear_gateway();
}

static void
the_application_name_in_force_follows(void)
{
    static struct om_response response;
    make_gateway();
    struct runtime *before = runtime_acquire(&gateway.runtime);
    run("UPD IMSCON TYPE(CONFIG) SET(ODBMAPPL(0))", &response);
    struct runtime *after = runtime_acquire(&gateway.runtime);
    CU_ASSERT_STRING_EQUAL(before->application, "IMSCON1");
    CU_ASSERT_STRING_EQUAL(after->application, "HWS1");
    runtime_release(before);
    runtime_release(after);
    clear_gateway();
}

static void
wrong_updates_change_nothing(void)
{
    static const char *const wrong[] = {
        "SET(ODBMAPPL())",
        "SET(ODBMAPPL)",
        "SET(ODBMAPPL(A B))",
        "SET(ODBMAPPL(ABCDEFGHI))",
        "SET(ODBMAPPL(A-B))",
        "SET(ODBMAPPL(A(B)))",
        "SET(RACF(Y))",
        "SET(RACF(0))",
        "SET(PSWDMC(0))",
        "SET(PSWDMC(R))",
        "SET(IDLETO(-1))",
        "SET(IDLETO(2147483648))",
        "SET(IDLETO(1X))",
        "SET(MAXSOC(100))",
        "SET(VERSION(1))",
        "SET(ODBMAC(ON))",
        "SET(NOSUCH(ON))",
        "SET()",
        "SET",
        "SET(RACF(OFF) NOSUCH(ON))",
        "SET(ODBMAPPL(NEW1)) SET(RACF(OFF))",
        "SET(ODBMAPPL(NEW1)) SHUTDOWN(COMM)",
        "SET(ODBMAPPL(NEW1)) OPTION(FORCE)",
        "SET(ODBMAPPL(NEW1)) NAME(X)",
        "START(RECORDER)",
        "SHUTDOWN(X)",
        "SHUTDOWN(COMM) OPTION(SLOW)",
        "SHUTDOWN(COMM) OPTION()",
        "OPTION(FORCE)",
        "",
    };
    static struct om_response response;
    make_gateway();
    struct runtime *before = runtime_acquire(&gateway.runtime);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[128];
        snprintf(text, sizeof text, "UPD IMSCON TYPE(CONFIG) %s", wrong[i]);
        CU_ASSERT_EQUAL(run(text, &response), COMMAND_DONE);
        CU_ASSERT_EQUAL(response.return_code, OM_NONE_WORKED);
        CU_ASSERT_TRUE(strcmp(value_of(&response, "CC"), "8") == 0 || strcmp(value_of(&response, "CC"), "C") == 0);
        CU_ASSERT_TRUE(response.completion_text[0] != '\0');
        struct runtime *after = runtime_acquire(&gateway.runtime);
        CU_ASSERT_PTR_EQUAL(after, before);
        runtime_release(after);
    }
    run("QRY IMSCON TYPE(CONFIG) SHOW(NOSUCH)", &response);
    CU_ASSERT_STRING_EQUAL(value_of(&response, "CC"), "8");
    run("QRY IMSCON TYPE(CONFIG) SHOW(RACF(ON))", &response);
    CU_ASSERT_STRING_EQUAL(value_of(&response, "CC"), "8");
    runtime_release(before);
    clear_gateway();
}

static void
shutdown_tells_its_owner(void)
{
    static struct om_response response;
    make_gateway();
    CU_ASSERT_EQUAL(run("UPD IMSCON TYPE(CONFIG) SHUTDOWN(COMM)", &response), COMMAND_STOP_GATEWAY);
    CU_ASSERT_EQUAL(run("UPD IMSCON TYPE(CONFIG) SHUTDOWN(COMM) OPTION(QUIESCE)", &response), COMMAND_STOP_GATEWAY);
    CU_ASSERT_EQUAL(run("UPD IMSCON TYPE(CONFIG) SHUTDOWN(COMM) OPTION(FORCE)", &response), COMMAND_STOP_GATEWAY_NOW);
    CU_ASSERT_STRING_EQUAL(value_of(&response, "CC"), "0");
    clear_gateway();
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "QUERY shows what is asked for", query_shows_what_is_asked },
        { "every field of IMS Connect can be shown", every_field_can_be_shown },
        { "UPDATE changes the snapshot", update_changes_the_snapshot },
        { "the application name in force follows", the_application_name_in_force_follows },
        { "wrong updates change nothing", wrong_updates_change_nothing },
        { "SHUTDOWN tells its owner", shutdown_tells_its_owner },
    };
    log_set_level(LOG_LEVEL_ERROR);
    return SUITE_RUN("IMSCON", cases);
}
