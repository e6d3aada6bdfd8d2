#include "config/settings_value.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <sys/un.h>

#include "config/replay_url.h"

enum { SOCKET_PATH_MAX = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1 };

void
settings_value_describe(const struct setting *setting, char *text, size_t size)
{
    switch (setting->kind) {
    case SETTING_PATH:
        snprintf(text, size, "a path");
        break;
    case SETTING_SOCKET:
        snprintf(text, size, "a path of at most %d bytes with its folder", SOCKET_PATH_MAX);
        break;
    case SETTING_NUMBER:
        snprintf(text, size, "%u to %u", setting->least, setting->most);
        break;
    case SETTING_FLAG:
    case SETTING_ENUM:
        snprintf(text, size, "%s%s", strchr(setting->allowed, '|') != NULL ? "one of " : "", setting->allowed);
        break;
    case SETTING_SET:
        snprintf(text, size, "one or more of %s, separated by commas", setting->allowed);
        break;
    case SETTING_PORTS:
        snprintf(text, size, "1 to %zu ports separated by commas", setting->size / sizeof(uint16_t) - 1);
        break;
    case SETTING_ADDRESS:
        snprintf(text, size, "an IPv4 or IPv6 address");
        break;
    case SETTING_USERNAME:
        snprintf(text, size, "a name of 1 to 32 characters");
        break;
    case SETTING_TEXT:
        snprintf(text, size, "1 to %u characters, none of them a control character", (unsigned)setting->size - 1);
        break;
    case SETTING_CLAIMS:
        snprintf(text, size, "a path, or redis:// or rediss:// and [[user]:password@]host[:port][/database]");
        break;
    }
}

static void
keep(const struct setting *setting, void *base, const void *value, size_t size)
{
    assert(size <= setting->size);
    memcpy((char *)base + setting->field, value, size);
}

static bool
store_path(const struct setting *setting, const char *value, const char *folder, void *base, size_t most)
{
    char path[CONFIGURATION_PATH_MAX];
    int length = snprintf(path, sizeof path, "%s%s", value[0] == '/' ? "" : folder, value);
    if (length < 0 || (size_t)length >= sizeof path || (size_t)length > most)
        return false;
    keep(setting, base, path, (size_t)length + 1);
    return true;
}

static bool
store_number(const struct setting *setting, const char *value, void *base)
{
    uint64_t sum = 0;
    for (const char *digit = value; *digit != '\0'; digit++) {
        if (!isdigit((unsigned char)*digit))
            return false;
        sum = sum * 10 + (unsigned)(*digit - '0');
        if (sum > setting->most)
            return false;
    }
    uint32_t number = (uint32_t)sum;
    if (number < setting->least)
        return false;
    keep(setting, base, &number, sizeof number);
    return true;
}

/* The position of `value` among words separated by bars, or -1. */
static int
find_choice(const char *allowed, const char *value, size_t length)
{
    for (int index = 0;; index++) {
        const char *bar = strchrnul(allowed, '|');
        if ((size_t)(bar - allowed) == length && memcmp(allowed, value, length) == 0)
            return index;
        if (*bar == '\0')
            return -1;
        allowed = bar + 1;
    }
}

static bool
store_choice(const struct setting *setting, const char *value, void *base)
{
    int index = find_choice(setting->allowed, value, strlen(value));
    if (index < 0)
        return false;
    bool flag = index == 1;
    if (setting->kind == SETTING_FLAG)
        keep(setting, base, &flag, sizeof flag);
    else
        keep(setting, base, &index, sizeof index);
    return true;
}

/* Takes the next of a list separated by commas and blanks. False at the end of the list. An empty item has length 0. */
static bool
next_item(const char **list, const char **item, size_t *length)
{
    if (*list == NULL)
        return false;
    *item = *list + strspn(*list, " \t");
    const char *comma = strchrnul(*item, ',');
    *length = (size_t)(comma - *item);
    while (*length > 0 && isblank((unsigned char)(*item)[*length - 1]))
        --*length;
    *list = *comma == ',' ? comma + 1 : NULL;
    return true;
}

static bool
store_set(const struct setting *setting, const char *value, void *base)
{
    uint32_t set = 0;
    const char *word;
    size_t length;
    while (next_item(&value, &word, &length)) {
        int index = find_choice(setting->allowed, word, length);
        if (index < 0)
            return false;
        set |= 1u << index;
    }
    keep(setting, base, &set, sizeof set);
    return true;
}

static bool
store_ports(const struct setting *setting, const char *value, void *base)
{
    uint16_t ports[CONFIGURATION_TRUSTED_PORTS_MAX + 1] = { 0 };
    size_t count = 0;
    const char *digits;
    size_t length;
    while (next_item(&value, &digits, &length)) {
        uint32_t port = 0;
        for (size_t i = 0; i < length && length <= 5 && isdigit((unsigned char)digits[i]); i++)
            port = port * 10 + (unsigned)(digits[i] - '0');
        bool number = length > 0 && strspn(digits, "0123456789") == length;
        if (!number || port == 0 || port > UINT16_MAX || count == CONFIGURATION_TRUSTED_PORTS_MAX)
            return false;
        ports[count++] = (uint16_t)port;
    }
    keep(setting, base, ports, sizeof ports);
    return true;
}

static bool
store_address(const struct setting *setting, const char *value, void *base)
{
    struct in6_addr scratch;
    if (inet_pton(AF_INET, value, &scratch) != 1 && inet_pton(AF_INET6, value, &scratch) != 1)
        return false;
    keep(setting, base, value, strlen(value) + 1);
    return true;
}

static bool
store_username(const struct setting *setting, const char *value, void *base)
{
    size_t length = strlen(value);
    if (length >= setting->size || strpbrk(value, " \t:/") != NULL)
        return false;
    keep(setting, base, value, length + 1);
    return true;
}

static bool
store_text(const struct setting *setting, const char *value, void *base)
{
    size_t length = strlen(value);
    for (size_t i = 0; i < length; i++)
        if (iscntrl((unsigned char)value[i]))
            return false;
    if (length >= setting->size)
        return false;
    keep(setting, base, value, length + 1);
    return true;
}

static bool
store_claims(const struct setting *setting, const char *value, const char *folder, void *base)
{
    struct replay_url url;
    struct problem problem;
    if (!replay_url_is_meant(value))
        return store_path(setting, value, folder, base, CONFIGURATION_PATH_MAX - 1);
    bool good = strlen(value) < setting->size && replay_url_parse(value, &url, &problem);
    replay_url_clear(&url);
    if (good)
        keep(setting, base, value, strlen(value) + 1);
    return good;
}

static bool
store(const struct setting *setting, const char *value, const char *folder, void *base)
{
    switch (setting->kind) {
    case SETTING_PATH:
        return store_path(setting, value, folder, base, CONFIGURATION_PATH_MAX - 1);
    case SETTING_SOCKET:
        return store_path(setting, value, folder, base, SOCKET_PATH_MAX);
    case SETTING_NUMBER:
        return store_number(setting, value, base);
    case SETTING_FLAG:
    case SETTING_ENUM:
        return store_choice(setting, value, base);
    case SETTING_SET:
        return store_set(setting, value, base);
    case SETTING_PORTS:
        return store_ports(setting, value, base);
    case SETTING_ADDRESS:
        return store_address(setting, value, base);
    case SETTING_USERNAME:
        return store_username(setting, value, base);
    case SETTING_TEXT:
        return store_text(setting, value, base);
    case SETTING_CLAIMS:
        return store_claims(setting, value, folder, base);
    }
    return false;
}

bool
settings_value_store(const struct setting *setting, const char *value, const char *folder, void *base,
                     char complaint[SETTING_COMPLAINT_SIZE])
{
    complaint[0] = '\0';
    if (*value != '\0' && store(setting, value, folder, base))
        return true;
    settings_value_describe(setting, complaint, SETTING_COMPLAINT_SIZE);
    return false;
}
