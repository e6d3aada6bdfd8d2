#include "config/replay_url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"

/* On a heap block of exactly its size, so that a byte too far is seen. */
static bool
parse(const char *text, struct replay_url *url, struct problem *problem)
{
    char *copy = strdup(text);
    bool parsed = replay_url_parse(copy, url, problem);
    free(copy);
    return parsed;
}

static void
urls_that_are_right(void)
{
    static const struct {
        const char *text;
        struct replay_url url;
    } cases[] = {
        { "redis://localhost", { .host = "localhost", .port = 6379 } },
        { "redis://localhost/", { .host = "localhost", .port = 6379 } },
        { "rediss://r-1.example.com:6380/15", { .tls = true, .host = "r-1.example.com", .port = 6380, .database = 15 } },
        { "redis://[2001:db8::1]:1/0", { .host = "2001:db8::1", .port = 1 } },
        { "redis://[::1]", { .host = "::1", .port = 6379 } },
        { "redis://:pass@h", { .host = "h", .port = 6379, .password = "pass" } },
        { "redis://safd:p%40%3a%2F%25@h:2", { .host = "h", .port = 2, .user = "safd", .password = "p@:/%" } },
        { "redis://safd:a@b@h", { .host = "h", .port = 6379, .user = "safd", .password = "a@b" } },
        { "redis://safd@h", { .host = "h", .port = 6379, .user = "safd" } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct replay_url url;
        struct problem problem = { "" };
        CU_ASSERT_TRUE(parse(cases[i].text, &url, &problem));
        CU_ASSERT_EQUAL(url.tls, cases[i].url.tls);
        CU_ASSERT_STRING_EQUAL(url.host, cases[i].url.host);
        CU_ASSERT_EQUAL(url.port, cases[i].url.port);
        CU_ASSERT_EQUAL(url.database, cases[i].url.database);
        CU_ASSERT_STRING_EQUAL(url.user, cases[i].url.user);
        CU_ASSERT_STRING_EQUAL(url.password, cases[i].url.password);
        CU_ASSERT_STRING_EQUAL(problem.text, "");
        CU_ASSERT_TRUE(replay_url_is_meant(cases[i].text));
    }
}

static void
urls_that_are_wrong_are_named_without_their_password(void)
{
    static const char *const texts[] = {
        "redis:/h",
        "REDIS://SeCrEt@h",
        "http://h",
        "redis://",
        "redis:///0",
        "redis://:6379",
        "redis://h:",
        "redis://h:0",
        "redis://h:65536",
        "redis://h:1x",
        "redis://h/x",
        "redis://h/0/1",
        "redis://h/65536",
        "redis://h?SeCrEt",
        "redis://[::1",
        "redis://[h]",
        "redis://::1",
        "redis://[::1]x",
        "redis://-h",
        "redis://a b",
        "redis://:@h",
        "redis://u:SeCrEt%@h",
        "redis://u:SeCrEt%4@h",
        "redis://u:SeCrEt%00@h",
        "redis://u:SeCrEt%g0@h",
        "redis://u:SeCrEt@",
        "redis://u:SeCrEt@h h",
        "rediss://u:SeCrEt@h:x",
        "redis://99999999999999999999h/99999999999999999999",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct replay_url url;
        struct problem problem = { "" };
        CU_ASSERT_FALSE(parse(texts[i], &url, &problem));
        CU_ASSERT_STRING_NOT_EQUAL(problem.text, "");
        CU_ASSERT_PTR_NULL(strstr(problem.text, "SeCrEt"));
        CU_ASSERT_STRING_EQUAL(url.password, "");
    }
}

static void
parts_have_their_limits(void)
{
    struct replay_url url;
    struct problem problem;
    char text[1024];
    snprintf(text, sizeof text, "redis://%0255d:%0255d@%0253d", 0, 0, 0);
    CU_ASSERT_TRUE(parse(text, &url, &problem));
    snprintf(text, sizeof text, "redis://%0256d:%0255d@%0253d", 0, 0, 0);
    CU_ASSERT_FALSE(parse(text, &url, &problem));
    snprintf(text, sizeof text, "redis://%0255d:%0256d@%0253d", 0, 0, 0);
    CU_ASSERT_FALSE(parse(text, &url, &problem));
    snprintf(text, sizeof text, "redis://%0255d:%0255d@%0254d", 0, 0, 0);
    CU_ASSERT_FALSE(parse(text, &url, &problem));
}

static void
every_truncation_and_changed_byte_is_survived(void)
{
    static const char right[] = "rediss://safd:p%40ss@[2001:db8::1]:6380/15";
    struct replay_url url;
    struct problem problem;
    char text[sizeof right];
    for (size_t i = 0; i < sizeof right - 1; i++)
        for (int byte = 0; byte < 256; byte++) {
            memcpy(text, right, sizeof right);
            text[i] = (char)byte;
            (void)parse(text, &url, &problem);
        }
}

static void
paths_are_no_urls(void)
{
    static const char *const paths[] = { "replay.db", "/var/lib/passgate/replay.db", "redis.db", "./redis", "a:b" };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        CU_ASSERT_FALSE(replay_url_is_meant(paths[i]));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "URLs that are right", urls_that_are_right },
        { "URLs that are wrong are named without their password", urls_that_are_wrong_are_named_without_their_password },
        { "parts have their limits", parts_have_their_limits },
        { "every truncation and changed byte is survived", every_truncation_and_changed_byte_is_survived },
        { "paths are no URLs", paths_are_no_urls },
    };
    return SUITE_RUN("replay_url", cases);
}
