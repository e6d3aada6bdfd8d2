/* The real safd: who may ask what. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/secret.h"
#include "tests/support/program.h"
#include "tests/unit/security/safd_fixture.h"

enum { NOBODY = 65534 };

/* Runs `ask` as another operating-system user in a child; true when it returned true. Only root can: others skip the test. */
static bool
as_nobody(const struct security_server *server, bool (*ask)(const struct security_server *server))
{
    int status;
    CU_ASSERT_EQUAL(chmod(server->directory, 0711), 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        _exit(setgid(NOBODY) != 0 || setuid(NOBODY) != 0 || !ask(server));
    return waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
nobody_runs_no_command(const struct security_server *server)
{
    char output[1024];
    return security_server_command(server, "ADDUSER EVIL SPECIAL", output, sizeof output) == 12 &&
           strncmp(output, "SAFD0030E NOT AUTHORIZED: UID 65534", 35) == 0;
}

static bool
nobody_gets_no_verdict(const struct security_server *server)
{
    struct saf_authorize authorize = { .uid = 0, .access = 4, .class_name = "OPERCMDS", .resource = "IMS.CSLPLEX1.UPD.IMSCON" };
    struct saf_authorize_answer authorized = { 0 };
    struct problem problem;
    struct saf_client *client = security_server_connect(server);
    struct saf_verify_answer answer = ask_verify(client, "S3CRETPW");
    bool answered = saf_client_authorize(client, &authorize, &authorized, &problem);
    saf_client_close(client);
    return answered && answer.result.saf == SAF_NO_DECISION && answer.result.racf == RACF_VERIFY_NOT_ACTIVE &&
           authorized.saf == SAF_REFUSED;
}

static bool
nobody_is_the_gateway(const struct security_server *server)
{
    char ticket[PASSTICKET_SIZE + 1];
    make_ticket(time(NULL), ticket);
    return verify_once(server, ticket).result.saf == SAF_OK && nobody_runs_no_command(server);
}

static bool
nobody_gets_only_so_many_links(const struct security_server *server)
{
    enum { TRIES = 40 };
    int descriptors[TRIES];
    int open_ones = 0;
    for (int i = 0; i < TRIES; i++)
        descriptors[i] = connect_raw(server);
    for (int i = 0; i < TRIES; i++) {
        struct pollfd waiting = { .fd = descriptors[i], .events = POLLIN };
        open_ones += poll(&waiting, 1, 100) == 0;
    }
    return open_ones == 32;
}

static void
other_users_get_nothing(void)
{
    if (geteuid() != 0) {
        printf("# skipped: only root can become another user\n");
        return;
    }
    struct security_server server;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_runs_no_command));
    CU_ASSERT_TRUE(as_nobody(&server, nobody_gets_no_verdict));
    CU_ASSERT_TRUE(as_nobody(&server, nobody_gets_only_so_many_links));
    CU_ASSERT_NOT_EQUAL(security_server_command(&server, "LISTUSER EVIL", NULL, 0), 0);
    CU_ASSERT_TRUE(file_holds(&server, "audit.json", "\"uid\":65534"));
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0010W"));
    CU_ASSERT_TRUE(file_holds(&server, "log", "SAFD0012W"));
    security_server_stop(&server);
}

static void
the_gateway_user_may_verify_and_no_more(void)
{
    if (geteuid() != 0) {
        printf("# skipped: only root can become another user\n");
        return;
    }
    struct security_server server;
    security_server_make(&server, "gateway_user = nobody", NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_is_the_gateway));
    security_server_stop(&server);
}

static void
the_owner_acts_as_ibmuser(void)
{
    struct security_server server;
    struct saf_authorize authorize = { .uid = geteuid(), .access = 4, .class_name = "OPERCMDS", .resource = "IMS.CSLPLEX1.UPD.IMSCON" };
    struct saf_authorize_answer answer;
    struct problem problem;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    struct saf_client *client = security_server_connect(&server);
    CU_ASSERT_TRUE(saf_client_authorize(client, &authorize, &answer, &problem));
    CU_ASSERT_EQUAL(answer.saf, SAF_OK);
    CU_ASSERT_STRING_EQUAL(answer.userid, "IBMUSER");
    authorize.uid = NOBODY;
    CU_ASSERT_TRUE(saf_client_authorize(client, &authorize, &answer, &problem));
    CU_ASSERT_EQUAL(answer.saf, SAF_REFUSED);
    CU_ASSERT_STRING_EQUAL(answer.userid, "");
    saf_client_close(client);
    security_server_stop(&server);
}

static bool
nobody_cannot_connect(const struct security_server *server)
{
    struct problem problem;
    struct saf_client *client = saf_client_connect(server->socket, 1000, &problem);
    saf_client_close(client);
    return client == NULL && strstr(problem.text, "ask its administrator for access") != NULL;
}

static bool
nobody_can_connect(const struct security_server *server)
{
    struct problem problem;
    struct saf_client *client = saf_client_connect(server->socket, 1000, &problem);
    saf_client_close(client);
    return client != NULL;
}

static void
only_a_group_may_connect_when_one_is_set(void)
{
    if (geteuid() != 0) {
        printf("# skipped: only root can become another user\n");
        return;
    }
    static const struct {
        const char *lines;
        gid_t group;
        mode_t mode;
        bool (*ask)(const struct security_server *server);
    } cases[] = {
        { "socket_group = root", 0, 0660, nobody_cannot_connect },
        { "socket_group = nogroup", NOBODY, 0660, nobody_can_connect },
        { NULL, 0, 0666, nobody_can_connect },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct security_server server;
        struct stat status;
        security_server_make(&server, cases[i].lines, NULL);
        security_server_start(&server);
        CU_ASSERT(stat(server.socket, &status) == 0 && status.st_gid == cases[i].group && (status.st_mode & 0777) == cases[i].mode);
        CU_ASSERT_TRUE(as_nobody(&server, cases[i].ask));
        security_server_stop(&server);
    }
}

static bool
nobody_is_an_ordinary_user(const struct security_server *server)
{
    char output[2048];
    return security_server_command(server, "LISTUSER", output, sizeof output) == 0 && strncmp(output, "USER=IMSUSR1 ", 13) == 0 &&
           security_server_command(server, "PASSWORD PASSWORD(S3CRETPW OTHERPW)", NULL, 0) == 0 &&
           security_server_command(server, "LISTUSER IBMUSER", NULL, 0) == 8 &&
           security_server_command(server, "ALTUSER IMSUSR1 SPECIAL", NULL, 0) == 12;
}

static bool
nobody_is_an_administrator(const struct security_server *server)
{
    return security_server_command(server, "ADDUSER BYADMIN PASSWORD(X)", NULL, 0) == 0;
}

static bool
nobody_is_revoked(const struct security_server *server)
{
    char output[1024];
    return security_server_command(server, "LISTUSER", output, sizeof output) == 12 &&
           strncmp(output, "SAFD0035E NOT AUTHORIZED: UID 65534 is IMSUSR1, which is revoked", 62) == 0;
}

static void
callers_are_the_users_that_have_their_uids(void)
{
    if (geteuid() != 0) {
        printf("# skipped: only root can become another user\n");
        return;
    }
    struct security_server server;
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    security_server_set_up(&server, key);
    CU_ASSERT_EQUAL(security_server_command(&server, "ALTUSER IMSUSR1 OMVS(UID(65534)) PASSWORD(S3CRETPW) NOEXPIRED", NULL, 0), 0);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_is_an_ordinary_user));
    CU_ASSERT_EQUAL(security_server_command(&server, "ALTUSER IMSUSR1 SPECIAL", NULL, 0), 0);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_is_an_administrator));
    CU_ASSERT_TRUE(file_holds(&server, "audit.json", "\"user\":\"IMSUSR1\",\"uid\":65534,\"command\":\"ADDUSER BYADMIN"));
    CU_ASSERT_EQUAL(security_server_command(&server, "ALTUSER IMSUSR1 REVOKE", NULL, 0), 0);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_is_revoked));
    CU_ASSERT_EQUAL(security_server_command(&server, "ALTUSER IMSUSR1 RESUME NOOMVS", NULL, 0), 0);
    CU_ASSERT_TRUE(as_nobody(&server, nobody_runs_no_command));
    security_server_stop(&server);
}

static uint8_t
authorized(struct saf_client *client, const struct saf_authorize *authorize, const char *userid)
{
    struct saf_authorize_answer answer;
    struct problem problem;
    CU_ASSERT_TRUE(saf_client_authorize(client, authorize, &answer, &problem));
    CU_ASSERT_STRING_EQUAL(answer.userid, userid);
    return answer.saf;
}

static void
profiles_decide_what_operators_may_do(void)
{
    struct security_server server;
    struct saf_authorize update = { .uid = NOBODY, .access = 4, .class_name = "OPERCMDS", .resource = "IMS.PLEX1.UPD.IMSCON" };
    struct saf_authorize query = { .uid = NOBODY, .access = 2, .class_name = "OPERCMDS", .resource = "IMS.PLEX1.QRY.IMSCON" };
    security_server_make(&server, NULL, NULL);
    security_server_start(&server);
    struct saf_client *client = security_server_connect(&server);
    CU_ASSERT_EQUAL(security_server_command(&server, "ADDUSER OPER1 OMVS(UID(65534)) PASSWORD(X) SPECIAL", NULL, 0), 0);
    CU_ASSERT_EQUAL(authorized(client, &query, "OPER1"), SAF_REFUSED); /* the class protects nothing, so nobody is let through */
    CU_ASSERT_EQUAL(security_server_command(&server, "SETROPTS CLASSACT(OPERCMDS)", NULL, 0), 0);
    CU_ASSERT_EQUAL(security_server_command(&server, "RDEFINE OPERCMDS IMS.PLEX1.*.IMSCON UACC(NONE)", NULL, 0), 0);
    CU_ASSERT_EQUAL(authorized(client, &query, "OPER1"), SAF_REFUSED); /* SPECIAL gives no access */
    CU_ASSERT_EQUAL(security_server_command(&server, "PERMIT IMS.PLEX1.*.IMSCON CLASS(OPERCMDS) ID(OPER1) ACCESS(READ)", NULL, 0), 0);
    CU_ASSERT_EQUAL(authorized(client, &query, "OPER1"), SAF_OK);
    CU_ASSERT_EQUAL(authorized(client, &update, "OPER1"), SAF_REFUSED);
    CU_ASSERT_EQUAL(security_server_command(&server, "ALTUSER OPER1 REVOKE", NULL, 0), 0);
    CU_ASSERT_EQUAL(authorized(client, &query, "OPER1"), SAF_REFUSED);
    saf_client_close(client);
    security_server_stop(&server);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "other users get nothing", other_users_get_nothing },
        { "the gateway user may verify and no more", the_gateway_user_may_verify_and_no_more },
        { "the owner acts as IBMUSER", the_owner_acts_as_ibmuser },
        { "only a group may connect when one is set", only_a_group_may_connect_when_one_is_set },
        { "callers are the users that have their uids", callers_are_the_users_that_have_their_uids },
        { "profiles decide what operators may do", profiles_decide_what_operators_may_do },
    };
    if (!secret_memory_init(1 << 16))
        return 1;
    return SUITE_RUN("safd callers", cases);
}
