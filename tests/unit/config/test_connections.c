#include <stdlib.h>
#include <string.h>

#include "config/connections.h"
#include "tests/support/suite.h"

#define INI "/etc/passgate/connections.ini"
#define GOOD "host = ims1\nrdb = SAMPLE\nauthentication = password\n"

static struct named_connections connections;

/* What is said about the text, on an exactly sized block; `connections` is what was read. */
static char *
parse(const char *text, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, text, size);
    struct problem_list problems = { 0 };
    connections_clear(&connections);
    bool good = connections_parse(INI, copy, size, &connections, &problems);
    free(copy);
    CU_ASSERT_EQUAL(good, problems.errors == 0);
    char *said = NULL;
    size_t said_size = 0;
    FILE *stream = open_memstream(&said, &said_size);
    problem_list_print(&problems, true, stream);
    fclose(stream);
    problem_list_clear(&problems);
    return said;
}

static const struct {
    const char *text;
    const char *problems;
} files[] = {
    { "", "" },
    { "[A]\n" GOOD, "" },
    { "host = x\n", INI ":1: error: a key must stand in a section such as [PROD]\n" },
    { "[A]\n", INI ":1: error: [A] needs host: name or address of the server\n" INI ":1: error: [A] needs rdb: name of the database\n" INI
                   ":1: error: [A] needs authentication: with what\n" },
    { "[A]\n" GOOD "[a]\n" GOOD, INI ":5: error: [a] is given twice; the first is in line 1\n" },
    { "[A]\n" GOOD "rdb = B\n", INI ":5: error: rdb is given twice; the first is in line 3\n" },
    { "[1A]\n" GOOD, INI ":1: error: [1A]: a name has 1 to 32 letters, digits, _ or -, the first a letter\n" },
    { "[A B]\n" GOOD, INI ":1: error: [A B]: a name has 1 to 32 letters, digits, _ or -, the first a letter\n" },
    { "[A]\n" GOOD "hots = x\n", INI ":5: error: hots: unknown key; did you mean host?\n" },
    { "[A]\n" GOOD "colour = x\n", INI ":5: error: colour: unknown key; known are host, port, rdb, user, authentication, application, "
                                       "key_file, password_file, security_mechanism, read_only, login_timeout\n" },
    { "[A]\n" GOOD "password = SECRET\n",
      INI ":5: error: password: a password does not belong here: name a file of mode 0600 with password_file\n" },
    { "[A]\n" GOOD "port = 65536\n", INI ":5: error: port = 65536: allowed: 1 to 65535\n" },
    { "[A]\n" GOOD "application = TOOLONGNAME\n",
      INI ":5: error: application = TOOLONGNAME: allowed: 1 to 8 characters, none of them a control character\n" },
    { "[A]\n" GOOD "application = IMS-1\n", INI ":1: error: [A] application = IMS-1: allowed: 1 to 8 of A-Z 0-9 # @ $\n" },
    { "[A]\nhost = h\nrdb = r\nauthentication = passticket\n", INI ":1: error: [A] needs application, which PassTickets are made for\n" },
    { "[A]\nhost = h\nrdb = r\nauthentication = kerberos\n",
      INI ":4: error: authentication = kerberos: allowed: one of password|passticket\n" },
    { "[A]\n" GOOD "[B]\nhost = IMS1\nrdb = r\nauthentication = passticket\napplication = X\n",
      INI ":5: error: [B]: authentication = passticket, but [A] in line 1 has another one for the same host and port: one server takes "
          "one of them\n" },
    { "[A]\n" GOOD "[B]\nhost = ims1\nport = 447\nrdb = r\nauthentication = passticket\napplication = X\n", "" },
    { "[A\n" GOOD, INI ":1: error: a section is written as [name], alone in its line\n" },
};

static void
every_mistake_is_told_with_its_line(void)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char *said = parse(files[i].text, strlen(files[i].text));
        CU_ASSERT_STRING_EQUAL(said, files[i].problems);
        if (strcmp(said, files[i].problems) != 0)
            printf("# %zu: %s", i, said);
        free(said);
    }
}

static void
a_connection_is_read_whole(void)
{
    static const char text[] = "[PROD]\nhost = ims1.example.com\nport = 8888\nrdb = demodb;create=true\nuser = BATCH1\n"
                               "authentication = passticket\napplication = imsapp1\nkey_file = keys/imsapp1\n"
                               "password_file = /etc/prod.pw\nlogin_timeout = 5\nsecurity_mechanism = EUSRIDPWD\nread_only = yes\n";
    char *said = parse(text, sizeof text - 1);
    CU_ASSERT_STRING_EQUAL(said, "");
    free(said);
    const struct named_connection *found = connections_find(&connections, "prod");
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    CU_ASSERT_PTR_NULL(connections_find(&connections, "PRODUCTION"));
    CU_ASSERT_STRING_EQUAL(found->key_file, "/etc/passgate/keys/imsapp1");
    CU_ASSERT_STRING_EQUAL(found->password_file, "/etc/prod.pw");
    struct connection_url url;
    connections_to_url(found, &url);
    CU_ASSERT_STRING_EQUAL(url.host, "ims1.example.com");
    CU_ASSERT_EQUAL(url.port, 8888);
    CU_ASSERT_STRING_EQUAL(url.rdbnam, "demodb;create=true");
    CU_ASSERT_STRING_EQUAL(url.user, "BATCH1");
    CU_ASSERT_STRING_EQUAL(url.application, "IMSAPP1");
    CU_ASSERT_STRING_EQUAL(url.password, "");
    CU_ASSERT_EQUAL(url.login_timeout_s, 5);
    CU_ASSERT_TRUE(url.encrypted_login);
    CU_ASSERT_TRUE(url.read_only);
}

static void
one_word_switches_the_method(void)
{
    static const char text[] = "[PROD]\nhost = h\nrdb = r\nauthentication = password\napplication = IMSAPP1\nkey_file = k\n"
                               "password_file = p\n";
    free(parse(text, sizeof text - 1));
    CU_ASSERT_EQUAL_FATAL(connections.count, 1);
    CU_ASSERT_EQUAL(connections.list[0].authentication, CONNECTION_PASSWORD);
    struct connection_url url;
    connections_to_url(&connections.list[0], &url);
    CU_ASSERT_STRING_EQUAL(url.application, "");
    CU_ASSERT_EQUAL(url.port, 446);
}

static void
the_sample_is_valid(void)
{
    struct problem_list problems = { 0 };
    struct named_connections sample;
    CU_ASSERT_TRUE(connections_read(SAMPLES "/connections.ini", &sample, &problems));
    CU_ASSERT_EQUAL(problems.count, 0);
    CU_ASSERT_EQUAL(sample.count, 2);
    connections_clear(&sample);
    CU_ASSERT_FALSE(connections_read("/nowhere/connections.ini", &sample, &problems));
    CU_ASSERT_EQUAL(problems.errors, 1);
    connections_clear(&sample);
    problem_list_clear(&problems);
}

static void
no_url_is_a_name(void)
{
    CU_ASSERT_TRUE(connections_is_name("PROD-1_x"));
    static const char *const others[] = { "", "drda://h/r", "jdbc:ims://h/r", "1A", "A.B", "A B", "ABCDEFGHIJABCDEFGHIJABCDEFGHIJABC" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        CU_ASSERT_FALSE(connections_is_name(others[i]));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "every mistake is told with its line", every_mistake_is_told_with_its_line },
        { "a connection is read whole", a_connection_is_read_whole },
        { "one word switches the method", one_word_switches_the_method },
        { "the sample is valid", the_sample_is_valid },
        { "no URL is a name", no_url_is_a_name },
    };
    int status = SUITE_RUN("connections", cases);
    connections_clear(&connections);
    return status;
}
