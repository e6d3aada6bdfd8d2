/* Security mechanisms with a client that nobody here wrote, Apache Derby's: user ID and PassTicket encrypted (SECMEC 9), in clear
 * (3), and a user ID alone (4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "drda/accsec.h"
#include "drda/codepoint.h"
#include "drda/server.h"
#include "tests/support/derby.h"
#include "tests/support/gateway.h"
#include "tests/support/java.h"
#include "tests/support/peer.h"
#include "tests/support/shell.h"
#include "tests/support/suite.h"

/* Java's own Diffie-Hellman refuses a prime of 256 bits; Bouncy Castle's does as it is told. */
#define CLASSES "/usr/share/java/derbyclient.jar:/usr/share/java/derbytools.jar:/usr/share/java/bcprov.jar"
#define JAVA                                                                                                                             \
    "env -u ASAN_OPTIONS java -Xshare:auto -Djava.security.properties=%s/java.security -Dorg.bouncycastle.dh.allow_unsafe_p_value=true " \
    "-cp " CLASSES " "

static struct gateway gateway;
static char output[65536];

static void
write_java_security(void)
{
    char path[128];
    snprintf(path, sizeof path, "%s/java.security", gateway.directory);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        exit(1);
    fputs("security.provider.1=org.bouncycastle.jce.provider.BouncyCastleProvider\n"
          "security.provider.2=SUN\nsecurity.provider.3=SunRsaSign\nsecurity.provider.4=SunEC\nsecurity.provider.5=SunJSSE\n"
          "security.provider.6=SunJCE\n",
          file);
    fclose(file);
}

/* Connects with ij and asks for a value; `attributes` stand behind the database's name in the URL. */
static void
run_ij(uint16_t port, const char *attributes)
{
    char path[128];
    char command[1024];
    snprintf(path, sizeof path, "%s/connect.sql", gateway.directory);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fprintf(file, "connect 'jdbc:derby://127.0.0.1:%u/SAMPLE;%s';\nvalues 4700 + 11;\n", port, attributes);
    fclose(file);
    snprintf(command, sizeof command, JAVA "org.apache.derby.tools.ij %s/connect.sql 2>&1", gateway.directory, gateway.directory);
    CU_ASSERT_EQUAL(shell_run(output, sizeof output, command), 0);
}

static void
expect(const char *text)
{
    shell_expect(output, &text, 1);
}

static void
connect_with(const char *mechanism, const char *user, const char *credential)
{
    char attributes[256];
    snprintf(attributes, sizeof attributes, "securityMechanism=%s;user=%s%s%s", mechanism, user, credential[0] != '\0' ? ";password=" : "",
             credential);
    run_ij(gateway.port, attributes);
}

static void
an_encrypted_ticket_logs_on(void)
{
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    connect_with("9", "IMSUSR1", ticket);
    expect("4711");
    connect_with("9", "IMSUSR1", ticket);
    expect("ERROR 08004");
    connect_with("9", "IMSUSR1", "AAAAAAAA");
    expect("ERROR 08004");
    connect_with("9", "TOM", "S3CRETPW"); /* must be changed first: PASSWORD() of ADDUSER has expired */
    expect("ERROR 08004");
}

/* Each reuse agrees on a new key and sends other tokens; what they hold is the same ticket. */
static void
a_pool_reuses_an_encrypted_ticket(void)
{
    char ticket[9];
    char command[1024];
    static const char *const expected[] = { "round 0 rows 1", "round 4 rows 5", "another connection is refused: 08004" };
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    snprintf(command, sizeof command, JAVA "%s/tests/integration/java/Pool.java %u SAMPLE IMSUSR1 %s 9 2>&1", gateway.directory,
             getenv("PASSGATE_SOURCE"), gateway.port, ticket);
    CU_ASSERT_EQUAL(shell_run(output, sizeof output, command), 0);
    shell_expect(output, expected, sizeof expected / sizeof *expected);
}

static void
a_ticket_in_clear_logs_on(void)
{
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    connect_with("3", "IMSUSR1", ticket);
    expect("4711");
}

static void
a_user_id_alone_is_not_enough(void)
{
    connect_with("4", "IMSUSR1", "");
    expect("ERROR");
    CU_ASSERT_PTR_NULL(strstr(output, "4711"));
}

static void
a_trusted_port_takes_a_user_id_alone(void)
{
    char trusted[64];
    static const char *const refused[] = { "REVOKED1", "NOAPPL", "NOBODY" };
    snprintf(trusted, sizeof trusted, "trusted_ports = %u", gateway.drda_port);
    gateway_configure(&gateway, &(struct gateway_options) { .passgate = trusted });
    connect_with("4", "IMSUSR1", "");
    expect("4711");
    connect_with("4", "PROTECT1", "");
    expect("4711");
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        connect_with("4", refused[i], "");
        expect("ERROR 08004");
    }
    char *audit = gateway_file(&gateway, "audit.json");
    CU_ASSERT_PTR_NOT_NULL(strstr(audit, "\"evidence\":\"partner\""));
    free(audit);
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    connect_with("3", "IMSUSR1", ticket);
    expect("4711");
}

static uint16_t
secmec_offered(uint16_t asked)
{
    static struct peer peer;
    uint8_t memory[512];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    struct drda_accsecrd accsecrd;
    struct drda_fault fault;
    peer_connect(&peer, gateway.port);
    peer_put_excsat_accsec(&writer, asked);
    peer_send_writer(&peer, &writer);
    CU_ASSERT_EQUAL(peer_receive(&peer).codepoint, CP_EXCSATRD);
    struct peer_reply reply = peer_receive(&peer);
    CU_ASSERT_TRUE(drda_accsecrd_decode(reply.parameters, &accsecrd, &fault));
    CU_ASSERT_EQUAL(accsecrd.secmec_count, 1);
    CU_ASSERT_EQUAL(accsecrd.secchkcd, accsecrd.secmec[0] == asked ? DRDA_SECCHKCD_OK : DRDA_SECCHKCD_SECMEC_NOT_SUPPORTED);
    peer_close(&peer);
    return accsecrd.secmec[0];
}

static void
what_is_not_configured_is_refused_by_naming_what_is(void)
{
    gateway_configure(&gateway, &(struct gateway_options) { .passgate = "security_mechanisms = USRIDPWD" });
    CU_ASSERT_EQUAL(secmec_offered(SECMEC_EUSRIDPWD), SECMEC_USRIDPWD);
    CU_ASSERT_EQUAL(secmec_offered(SECMEC_USRIDONL), SECMEC_USRIDPWD);
    CU_ASSERT_EQUAL(secmec_offered(SECMEC_USRIDPWD), SECMEC_USRIDPWD);
    gateway_configure(&gateway, &(struct gateway_options) { .passgate = "security_mechanisms = EUSRIDPWD" });
    CU_ASSERT_EQUAL(secmec_offered(SECMEC_USRIDPWD), SECMEC_EUSRIDPWD);
    char ticket[9];
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    connect_with("9", "IMSUSR1", ticket);
    expect("4711");
}

static int
run_sqlbatch(uint16_t port, const char *rdb, const char *user, const char *credential, const char *properties)
{
    char path[128];
    char command[1024];
    snprintf(path, sizeof path, "%s/password", gateway.directory);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fchmod(fileno(file), 0600);
    fprintf(file, "%s\n", credential);
    fclose(file);
    snprintf(command, sizeof command,
             "echo 'values 4700 + 11;' | %s/sqlbatch --user %s --password-file %s --url 'drda://127.0.0.1:%u/%s%s' 2>&1",
             getenv("PASSGATE_BUILD"), user, path, port, rdb, properties);
    return shell_run(output, sizeof output, command);
}

static void
our_own_client_encrypts_too(void)
{
    char ticket[9];
    gateway_configure(&gateway, &(struct gateway_options) { 0 });
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(run_sqlbatch(gateway.port, "SAMPLE", "IMSUSR1", ticket, ":securityMechanism=9"), 0);
    expect("4711");
    CU_ASSERT_EQUAL(run_sqlbatch(gateway.port, "SAMPLE", "IMSUSR1", ticket, ":securityMechanism=9"), 11);
    gateway_configure(&gateway, &(struct gateway_options) { .passgate = "security_mechanisms = USRIDPWD" });
    gateway_ticket(&gateway, "IMSUSR1", "IMSCON1", 0, ticket);
    CU_ASSERT_EQUAL(run_sqlbatch(gateway.port, "SAMPLE", "IMSUSR1", ticket, ":securityMechanism=9"), 11);
    expect("encrypted (SECMEC 9)");
    CU_ASSERT_EQUAL(run_sqlbatch(gateway.port, "SAMPLE", "IMSUSR1", ticket, ""), 0);
    expect("4711");
}

/* A server that nobody here wrote takes what our client encrypts. */
static void
our_own_client_logs_on_to_derby_encrypted(void)
{
    struct derby derby;
    char home[128];
    char path[256];
    snprintf(home, sizeof home, "%s/derby", gateway.directory);
    snprintf(path, sizeof path, "%s/derby.properties", home);
    CU_ASSERT_EQUAL_FATAL(java_compile(gateway.directory, "tests/integration/java/IBMJCE.java", DERBY_JARS "bcprov.jar"), 0);
    CU_ASSERT_EQUAL_FATAL(mkdir(home, 0700), 0);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs("derby.connection.requireAuthentication=true\nderby.authentication.provider=BUILTIN\nderby.user.APP=APPPW\n", file);
    fclose(file);
    derby_start(&derby, gateway.directory);
    CU_ASSERT_EQUAL(run_sqlbatch(derby.port, "demodb;create=true", "APP", "APPPW", ":securityMechanism=9"), 0);
    expect("4711");
    CU_ASSERT_EQUAL(run_sqlbatch(derby.port, "demodb", "APP", "WRONG", ":securityMechanism=9"), 11);
    expect("SECCHKCD");
    derby_stop(&derby);
}

static void
the_gateway_stops_on_request(void)
{
    gateway_stop(&gateway);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "an encrypted ticket logs on", an_encrypted_ticket_logs_on },
        { "a pool reuses an encrypted ticket", a_pool_reuses_an_encrypted_ticket },
        { "a ticket in clear logs on", a_ticket_in_clear_logs_on },
        { "a user ID alone is not enough", a_user_id_alone_is_not_enough },
        { "a trusted port takes a user ID alone", a_trusted_port_takes_a_user_id_alone },
        { "what is not configured is refused by naming what is", what_is_not_configured_is_refused_by_naming_what_is },
        { "our own client encrypts too", our_own_client_encrypts_too },
        { "our own client logs on to Derby encrypted", our_own_client_logs_on_to_derby_encrypted },
        { "the gateway stops on request", the_gateway_stops_on_request },
    };
    gateway_start(&gateway, &(struct gateway_options) { 0 });
    write_java_security();
    return SUITE_RUN("security mechanisms", cases);
}
