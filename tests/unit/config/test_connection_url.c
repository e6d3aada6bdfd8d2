#include <stdlib.h>
#include <string.h>

#include "config/connection_url.h"
#include "tests/support/suite.h"

static const struct good {
    const char *text;
    const char *host;
    uint16_t port;
    const char *rdbnam;
    const char *application;
    const char *user;
    const char *password;
} good[] = {
    { "jdbc:ims://localhost/SAMPLE", "localhost", 8888, "SAMPLE", "", "", "" },
    { "jdbc:ims://127.0.0.1:5555/SAMPLE", "127.0.0.1", 5555, "SAMPLE", "", "", "" },
    { "JDBC:IMS://Host.example.com/S:", "Host.example.com", 8888, "S", "", "", "" },
    { "jdbc:ims://h/DB:applName=imsapp;user=ibmuser;password=a=b:c?/d;", "h", 8888, "DB", "IMSAPP", "ibmuser", "a=b:c?/d" },
    { "jdbc:ims://h/DB:;APPLNAME=A#@$1;;USER=u", "h", 8888, "DB", "A#@$1", "u", "" },
    { "jdbc:ims://[::1]:1/DB", "::1", 1, "DB", "", "", "" },
    { "jdbc:ims://[fe80::1%eth0]/DB", "fe80::1%eth0", 8888, "DB", "", "", "" },
    { "jdbc:ims://h/AUTPSB11:datastoreName=IMS1", "h", 8888, "AUTPSB11.IMS1", "", "", "" },
    { "jdbc:ims://h/PSB:datastoreName=I;databaseName=psb", "h", 8888, "PSB.I   ", "", "", "" },
    { "jdbc:ims://h/DB:portNumber=9999;driverType=4;sslConnection=false", "h", 9999, "DB", "", "", "" },
    { "jdbc:ims://h:9999/DB:portNumber=9999", "h", 9999, "DB", "", "", "" },
    { "drda://h/SAMPLE", "h", 446, "SAMPLE", "", "", "" },
    { "drda://h:1527/demodb;create=true:user=APP;password=X;", "h", 1527, "demodb;create=true", "", "APP", "X" },
};

static const struct bad {
    const char *text;
    const char *says; /* must occur in the problem */
} bad[] = {
    { "", "position 1: a URL begins with" },
    { "http://h/DB", "position 1: a URL begins with" },
    { "jdbc:ims:DB:user=U", "type-2" },
    { "jdbc:ims://", "/DATABASE" },
    { "jdbc:ims://h", "/DATABASE" },
    { "jdbc:ims://h:8888:user=U;password=SECRET/", "/DATABASE" },
    { "jdbc:ims:///DB", "position 12: '' is not a host" },
    { "jdbc:ims://ibmuser:SECRET@h/DB", "are properties" },
    { "jdbc:ims://h_!/DB", "'h_!' is not a host" },
    { "jdbc:ims://::1/DB", "is not a host" },
    { "jdbc:ims://[::1/DB", "'[' without ']'" },
    { "jdbc:ims://[::1]8/DB", "expected ':port'" },
    { "jdbc:ims://[h]/DB", "is not a host" },
    { "jdbc:ims://h:/DB", "position 14: port ''" },
    { "jdbc:ims://h:0/DB", "port '0'" },
    { "jdbc:ims://h:65536/DB", "port '65536'" },
    { "jdbc:ims://h:99999999999999999999/DB", "from 1 to 65535" },
    { "jdbc:ims://h:80x/DB", "port '80x'" },
    { "jdbc:ims://h/", "position 14: the database name is missing" },
    { "drda://h/", "position 10: the RDB name is missing" },
    { "jdbc:ims://h/:user=U", "name is missing" },
    { "jdbc:ims://h/DB;user=U", "position 16: ';' in the database name" },
    { "jdbc:ims://h/DB?user=U", "'?' in the database name" },
    { "drda://h/DB/x", "'/' in the database name" },
    { "jdbc:ims://h/class://my.Meta:user=U", "position 14: class://" },
    { "jdbc:ims://h/D B", "X'20'" },
    { "drda://h/db;create=true;password=SECRET", "position 25: property password must follow a ':'" },
    { "jdbc:ims://h/DB:user", "position 17: expected property=value" },
    { "jdbc:ims://h/DB:aplName=A", "position 17: property 'aplName' is not known: known are applName, user, password" },
    { "jdbc:ims://h/DB:user=U;user=V", "position 24: property user is given twice" },
    { "jdbc:ims://h/DB:user=", "user has 0 bytes" },
    { "jdbc:ims://h/DB:applName=NINECHARS", "applName has 9 bytes: give 1 to 8" },
    { "jdbc:ims://h/DB:applName=A-B", "position 26: applName 'A-B'" },
    { "jdbc:ims://h/DB:datastoreName=ABCDE", "alias of 1 to 4" },
    { "jdbc:ims://h/DB:datastoreName=A:B", "letters, digits" },
    { "jdbc:ims://h/DB:datastoreName=", "alias of 1 to 4" },
    { "jdbc:ims://h/LONGERTHAN8:datastoreName=IMS1", "at most 8" },
    { "drda://h/DB:datastoreName=IMS1", "IMS alias" },
    { "jdbc:ims://h/DB:databaseName=OTHER", "not the name that follows" },
    { "jdbc:ims://h:1/DB:portNumber=2", "not the port 1" },
    { "jdbc:ims://h/DB:loginTimeout=86401", "0 to 86400" },
    { "jdbc:ims://h/DB:loginTimeout=-1", "0 to 86400" },
    { "drda://h/DB:readOnly=yes", "property readOnly must be true or false" },
    { "jdbc:ims://h/DB:securityMechanism=4", "must be 3 (user ID and password in clear) or 9" },
    { "jdbc:ims://h/DB:driverType=2", "must be 4" },
    { "jdbc:ims://h/DB:sslConnection=true", "must be false" },
    { "jdbc:ims://h/DB:password=a;SECRET", "without '='" },
    { "jdbc:ims://h/DB:password=a;SECRET=b", "password file" },
};

/* The text on a heap block of its exact size, so that the sanitizer sees one byte too far. */
static bool
parse_copy(const char *text, size_t size, struct connection_url *url, struct problem *problem)
{
    char *copy = malloc(size + 1);
    memcpy(copy, text, size);
    copy[size] = '\0';
    bool parsed = connection_url_parse(copy, url, problem);
    free(copy);
    return parsed;
}

static void
good_urls_are_taken_apart(void)
{
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct connection_url url;
        struct problem problem = { 0 };
        CU_ASSERT_TRUE(parse_copy(good[i].text, strlen(good[i].text), &url, &problem));
        CU_ASSERT_STRING_EQUAL(problem.text, "");
        CU_ASSERT_STRING_EQUAL(url.host, good[i].host);
        CU_ASSERT_EQUAL(url.port, good[i].port);
        CU_ASSERT_STRING_EQUAL(url.rdbnam, good[i].rdbnam);
        CU_ASSERT_STRING_EQUAL(url.application, good[i].application);
        CU_ASSERT_STRING_EQUAL(url.user, good[i].user);
        CU_ASSERT_STRING_EQUAL(url.password, good[i].password);
    }
}

static void
bad_urls_name_the_part_and_its_position(void)
{
    static const struct connection_url wiped = { 0 };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct connection_url url;
        struct problem problem = { 0 };
        CU_ASSERT_FALSE(parse_copy(bad[i].text, strlen(bad[i].text), &url, &problem));
        CU_ASSERT_PTR_NOT_NULL(strstr(problem.text, bad[i].says));
        if (strstr(problem.text, bad[i].says) == NULL)
            printf("# %s: %s\n", bad[i].text, problem.text);
        CU_ASSERT_PTR_NULL(strstr(problem.text, "SECRET"));
        CU_ASSERT_EQUAL(memcmp(&url, &wiped, sizeof url), 0);
    }
}

static void
every_prefix_parses_or_has_a_problem(void)
{
    static const char text[] = "jdbc:ims://[::1]:5555/PSB:applName=A;user=U;password=P;datastoreName=IMS1;loginTimeout=5;fetchSize=9;";
    for (size_t size = 0; size < sizeof text; size++) {
        struct connection_url url;
        struct problem problem = { 0 };
        bool parsed = parse_copy(text, size, &url, &problem);
        CU_ASSERT_EQUAL(parsed, problem.text[0] == '\0');
        CU_ASSERT_EQUAL(parsed, url.rdbnam[0] != '\0');
    }
}

static void
properties_without_effect_are_named(void)
{
    struct connection_url url;
    struct problem problem = { 0 };
    static const char text[] = "jdbc:ims://h/DB:fetchSize=10;loginTimeout=7;treatInvalidDecimalAsNull=true;traceFile=x";
    CU_ASSERT_TRUE(connection_url_parse(text, &url, &problem));
    CU_ASSERT_STRING_EQUAL(url.without_effect, "fetchSize, treatInvalidDecimalAsNull, traceFile");
    CU_ASSERT_EQUAL(url.login_timeout_s, 7);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "good URLs are taken apart", good_urls_are_taken_apart },
        { "bad URLs name the part and its position", bad_urls_name_the_part_and_its_position },
        { "every prefix parses or has a problem", every_prefix_parses_or_has_a_problem },
        { "properties without effect are named", properties_without_effect_are_named },
    };
    return SUITE_RUN("connection_url", cases);
}
