#include "config/settings_replay.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "config/replay_url.h"
#include "config/settings_value.h"

void
settings_replay_refuse(struct problem_sink *sink, unsigned line, const char *value)
{
    struct replay_url url;
    struct problem problem = { "expected the path of a file, or the URL of a Redis" };
    if (!replay_url_is_meant(value))
        problem_error(sink, line, "[racf] replay: its path has 1 to %d bytes with its folder", CONFIGURATION_PATH_MAX - 1);
    else if (!replay_url_parse(value, &url, &problem))
        problem_error(sink, line, "[racf] replay: %s", problem.text);
    else
        problem_error(sink, line, "[racf] replay: a URL has at most %d bytes", CONFIGURATION_PATH_MAX - 1);
    replay_url_clear(&url);
}

static bool
is_loopback(const char *host)
{
    uint8_t address[sizeof(struct in_addr)];
    bool loops = inet_pton(AF_INET, host, address) == 1 && address[0] == IN_LOOPBACKNET;
    return loops || strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0;
}

static void
check_without_redis(struct problem_sink *sink, const struct passgate_settings *settings)
{
    const struct {
        const char *key;
        const char *value;
    } keys[] = {
        { "replay_password_file", settings->replay_password_file },
        { "replay_ca", settings->replay_ca },
        { "replay_certificate", settings->replay_certificate },
        { "replay_key", settings->replay_key },
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].value[0] != '\0')
            problem_warning(sink, 0, "[racf] %s has no effect: replay names a file, no Redis", keys[i].key);
    if (settings->replay_fallback)
        problem_warning(sink, 0, "[racf] replay_fallback has no effect: replay names a file, no Redis");
}

static void
check_login(struct problem_sink *sink, unsigned line, const struct passgate_settings *settings, const struct replay_url *url)
{
    bool in_file = settings->replay_password_file[0] != '\0';
    if (in_file && url->password[0] != '\0')
        problem_error(sink, line, "[racf] replay holds a password and replay_password_file another: remove one of them");
    if (url->user[0] != '\0' && url->password[0] == '\0' && !in_file)
        problem_error(sink, line, "[racf] replay names a user of Redis without a password: set replay_password_file");
    if (!url->tls && !is_loopback(url->host))
        problem_warning(sink, line,
                        "[racf] replay: who can reach the network between here and %s can read the password and forge answers: use "
                        "rediss://",
                        url->host);
}

static void
check_tls(struct problem_sink *sink, unsigned line, const struct passgate_settings *settings, const struct replay_url *url)
{
    bool has_certificate = settings->replay_certificate[0] != '\0';
    bool has_key = settings->replay_key[0] != '\0';
    if (has_certificate != has_key)
        problem_error(sink, line, "[racf] replay_certificate and replay_key are given together or not at all");
    if (!url->tls && (has_certificate || has_key || settings->replay_ca[0] != '\0'))
        problem_error(sink, line, "[racf] replay_ca, replay_certificate and replay_key need rediss:// in replay");
}

void
settings_replay_check(struct problem_sink *sink, unsigned line, const struct passgate_settings *settings)
{
    struct replay_url url;
    struct problem problem;
    if (!replay_url_is_meant(settings->replay)) {
        check_without_redis(sink, settings);
        return;
    }
    if (replay_url_parse(settings->replay, &url, &problem)) {
        check_login(sink, line, settings, &url);
        check_tls(sink, line, settings, &url);
    }
    replay_url_clear(&url);
    if (settings->replay_timeout_ms >= settings->saf_timeout_ms)
        problem_error(sink, line,
                      "[racf] replay_timeout_ms = %u must be less than [saf] timeout_ms = %u, so that a login is refused for its reason",
                      settings->replay_timeout_ms, settings->saf_timeout_ms);
}

bool
settings_replay_check_mode(struct problem_sink *sink, const char *path, const struct passgate_settings *settings)
{
    struct replay_url url;
    struct problem problem;
    struct stat status;
    if (!replay_url_is_meant(settings->replay) || stat(path, &status) != 0)
        return true;
    bool exposed = replay_url_parse(settings->replay, &url, &problem) && url.password[0] != '\0' && (status.st_mode & 07) != 0;
    replay_url_clear(&url);
    if (exposed)
        problem_error(sink, 0,
                      "holds the password of [racf] replay and may be read by everybody (mode %04o): chmod o= it, or keep the password in "
                      "a replay_password_file",
                      status.st_mode & 07777U);
    return !exposed;
}
