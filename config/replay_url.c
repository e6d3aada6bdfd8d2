#include "config/replay_url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/secret.h"

static const char clear_scheme[] = "redis://";
static const char tls_scheme[] = "rediss://";

bool
replay_url_is_meant(const char *text)
{
    return strncasecmp(text, "redis:", 6) == 0 || strncasecmp(text, "rediss:", 7) == 0 || strstr(text, "://") != NULL;
}

static int
digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes %XX. False when it does not fit, or a % is not followed by two digits, or a byte is NUL. */
static bool
decode(const char *from, const char *end, char *text, size_t size)
{
    size_t used = 0;
    for (; from < end && used + 1 < size; used++) {
        int byte = (unsigned char)*from++;
        if (byte == '%') {
            int high = end - from >= 2 ? digit_of(from[0]) : -1;
            int low = end - from >= 2 ? digit_of(from[1]) : -1;
            byte = high >= 0 && low >= 0 ? high << 4 | low : 0;
            from += 2;
        }
        if (byte == 0)
            return false;
        text[used] = (char)byte;
    }
    text[used] = '\0';
    return from == end;
}

static bool
read_credentials(const char *from, const char *end, struct replay_url *url, struct problem *problem)
{
    const char *colon = memchr(from, ':', (size_t)(end - from));
    const char *user_end = colon != NULL ? colon : end;
    bool decoded = decode(from, user_end, url->user, sizeof url->user) &&
                   (colon == NULL || decode(colon + 1, end, url->password, sizeof url->password));
    if (!decoded)
        problem_set(problem,
                    "before the @ there must be user:password or :password, each of at most %d bytes, with %%XX for a byte such as @ "
                    "or %%",
                    REPLAY_URL_CREDENTIAL_MAX);
    else if (colon != NULL && url->password[0] == '\0')
        problem_set(problem, "the password between : and @ is empty: write it, or leave out the : and name a replay_password_file");
    else
        return true;
    return false;
}

static bool
is_host_name(const char *host)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    return host[0] != '\0' && host[0] != '-' && host[strspn(host, allowed)] == '\0';
}

static bool
read_host(const char **at, const char *end, struct replay_url *url, struct problem *problem)
{
    const char *from = *at;
    bool bracketed = from < end && *from == '[';
    const char *stop = memchr(from, bracketed ? ']' : ':', (size_t)(end - from));
    if (bracketed)
        from++;
    if (stop == NULL)
        stop = end;
    *at = bracketed && stop < end ? stop + 1 : stop;
    size_t length = (size_t)(stop - from);
    struct in6_addr scratch;
    if (length < sizeof url->host) {
        memcpy(url->host, from, length);
        url->host[length] = '\0';
        if (bracketed ? stop < end && inet_pton(AF_INET6, url->host, &scratch) == 1 : is_host_name(url->host))
            return true;
    }
    problem_set(problem, "the host must be a name, an IPv4 address, or an IPv6 address in brackets, as redis://redis.example.com:6379/0");
    return false;
}

/* Digits up to `end`, of which there must be some. */
static bool
read_number(const char *from, const char *end, uint32_t most, uint32_t *number)
{
    uint32_t sum = 0;
    for (const char *digit = from; digit < end; digit++) {
        if (!isdigit((unsigned char)*digit) || (sum = sum * 10 + (uint32_t)(*digit - '0')) > most)
            return false;
    }
    *number = sum;
    return from < end;
}

static bool
read_place(const char *from, struct replay_url *url, struct problem *problem)
{
    const char *end = from + strlen(from);
    const char *slash = strchrnul(from, '/');
    uint32_t port = REPLAY_URL_PORT;
    if (!read_host(&from, slash, url, problem))
        return false;
    if (from < slash && (*from != ':' || !read_number(from + 1, slash, UINT16_MAX, &port) || port == 0)) {
        problem_set(problem, "after the host may follow : and a port from 1 to 65535");
        return false;
    }
    if (slash < end && slash + 1 < end && !read_number(slash + 1, end, REPLAY_URL_DATABASE_MAX, &url->database)) {
        problem_set(problem, "after the / there must be the number of a Redis database, 0 to %d, and nothing else",
                    REPLAY_URL_DATABASE_MAX);
        return false;
    }
    url->port = (uint16_t)port;
    return true;
}

static bool
parse(const char *text, struct replay_url *url, struct problem *problem)
{
    url->tls = strncmp(text, tls_scheme, sizeof tls_scheme - 1) == 0;
    if (!url->tls && strncmp(text, clear_scheme, sizeof clear_scheme - 1) != 0) {
        problem_set(problem, "expected the path of a file, or a URL that begins with redis:// or rediss://");
        return false;
    }
    const char *from = text + (url->tls ? sizeof tls_scheme : sizeof clear_scheme) - 1;
    const char *at = memrchr(from, '@', strlen(from));
    if (at != NULL && !read_credentials(from, at, url, problem))
        return false;
    return read_place(at != NULL ? at + 1 : from, url, problem);
}

bool
replay_url_parse(const char *text, struct replay_url *url, struct problem *problem)
{
    *url = (struct replay_url) { 0 };
    bool parsed = parse(text, url, problem);
    if (!parsed)
        replay_url_clear(url);
    return parsed;
}

void
replay_url_clear(struct replay_url *url)
{
    secret_wipe(url, sizeof *url);
}
