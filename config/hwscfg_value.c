#include "config/hwscfg_value.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

static void
keep(const struct hwscfg_parameter *parameter, void *base, const void *value, size_t size)
{
    if (base == NULL || parameter->field == HWSCFG_NOT_KEPT)
        return;
    assert(size <= parameter->size);
    memcpy((char *)base + parameter->field, value, size);
}

void
hwscfg_value_describe(const struct hwscfg_parameter *parameter, char *text, size_t size)
{
    switch (parameter->kind) {
    case HWSCFG_YES_NO:
        snprintf(text, size, "N or Y");
        break;
    case HWSCFG_CHOICE:
        snprintf(text, size, "one of %s", parameter->allowed);
        break;
    case HWSCFG_NUMBER:
        snprintf(text, size, "%s%u to %u", parameter->or_zero ? "0 or " : "", parameter->least, parameter->most);
        break;
    case HWSCFG_PORT:
        snprintf(text, size, "a port from 1 to 65535");
        break;
    case HWSCFG_PORTS:
        snprintf(text, size, "ports from 1 to 65535, or LOCAL");
        break;
    case HWSCFG_NAME:
        snprintf(text, size, "%u to %u characters of A-Z 0-9 $ # @", parameter->least, parameter->most);
        break;
    case HWSCFG_IDENTIFIER:
        snprintf(text, size, "%u to %u characters of A-Z 0-9 $ # @, the first a letter", parameter->least, parameter->most);
        break;
    case HWSCFG_ANYTHING:
        snprintf(text, size, "not checked");
        break;
    }
}

/* Digits alone, so that neither signs nor blanks nor hexadecimal slip through. */
static bool
parse_number(const char *text, uint32_t *number)
{
    uint64_t sum = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (!isdigit((unsigned char)*text))
            return false;
        sum = sum * 10 + (unsigned)(*text - '0');
        if (sum > UINT32_MAX)
            return false;
    }
    *number = (uint32_t)sum;
    return true;
}

static bool
store_number(const struct hwscfg_parameter *parameter, const char *text, void *base)
{
    uint32_t number;
    if (!parse_number(text, &number))
        return false;
    bool in_range = (number >= parameter->least && number <= parameter->most) || (number == 0 && parameter->or_zero);
    if (in_range)
        keep(parameter, base, &number, sizeof number);
    return in_range;
}

static bool
store_port(const struct hwscfg_parameter *parameter, const char *text, void *base)
{
    uint32_t number;
    if (!parse_number(text, &number) || number < 1 || number > UINT16_MAX)
        return false;
    uint16_t port = (uint16_t)number;
    keep(parameter, base, &port, sizeof port);
    return true;
}

static bool
store_yes_no(const struct hwscfg_parameter *parameter, const char *text, void *base)
{
    bool yes = strcmp(text, "Y") == 0;
    if (!yes && strcmp(text, "N") != 0)
        return false;
    keep(parameter, base, &yes, sizeof yes);
    return true;
}

/* The choices are single letters between bars. */
static bool
store_choice(const struct hwscfg_parameter *parameter, const char *text, void *base)
{
    const char *choice = strlen(text) == 1 && *text != '|' ? strchr(parameter->allowed, *text) : NULL;
    if (choice == NULL)
        return false;
    unsigned index = (unsigned)(choice - parameter->allowed) / 2;
    if (parameter->size == sizeof(char))
        keep(parameter, base, text, sizeof(char));
    else
        keep(parameter, base, &index, sizeof index);
    return true;
}

static bool
store_name(const struct hwscfg_parameter *parameter, const char *text, void *base)
{
    size_t length = strlen(text);
    bool good = length >= parameter->least && length <= parameter->most;
    for (size_t i = 0; i < length && good; i++)
        good = isupper((unsigned char)text[i]) || isdigit((unsigned char)text[i]) || strchr("$#@", text[i]) != NULL;
    if (parameter->kind == HWSCFG_IDENTIFIER)
        good = good && isupper((unsigned char)text[0]);
    if (good)
        keep(parameter, base, text, length + 1);
    return good;
}

/* Nothing after the equals sign is the default; not every parameter has one. */
static bool
store_blank(const struct hwscfg_parameter *parameter, void *base)
{
    if (parameter->kind == HWSCFG_CHOICE && parameter->size == sizeof(char))
        keep(parameter, base, " ", sizeof(char));
    else if (parameter->kind == HWSCFG_NAME || parameter->kind == HWSCFG_IDENTIFIER)
        keep(parameter, base, "", sizeof(char));
    return !parameter->required;
}

static bool
store(const struct hwscfg_parameter *parameter, const char *text, void *base)
{
    switch (parameter->kind) {
    case HWSCFG_YES_NO:
        return store_yes_no(parameter, text, base);
    case HWSCFG_CHOICE:
        return store_choice(parameter, text, base);
    case HWSCFG_NUMBER:
        return store_number(parameter, text, base);
    case HWSCFG_PORT:
    case HWSCFG_PORTS:
        return store_port(parameter, text, base);
    case HWSCFG_NAME:
    case HWSCFG_IDENTIFIER:
        return store_name(parameter, text, base);
    case HWSCFG_ANYTHING:
        return true;
    }
    return false;
}

bool
hwscfg_value_store(const struct hwscfg_parameter *parameter, const char *text, void *base, char complaint[HWSCFG_COMPLAINT_SIZE])
{
    const char *value = *text != '\0' ? text : parameter->fallback;
    bool stored = *value != '\0' ? store(parameter, value, base) : store_blank(parameter, base);
    complaint[0] = '\0';
    if (!stored)
        hwscfg_value_describe(parameter, complaint, HWSCFG_COMPLAINT_SIZE);
    return stored;
}

void
hwscfg_value_defaults(enum hwscfg_group group, void *base)
{
    for (size_t i = 0; i < hwscfg_parameter_count; i++) {
        const struct hwscfg_parameter *parameter = &hwscfg_parameters[i];
        if (parameter->group != group)
            continue;
        bool good = *parameter->fallback != '\0' ? store(parameter, parameter->fallback, base)
                                                 : store_blank(parameter, base) || parameter->required;
        assert(good); /* a default that its own row refuses is a mistake in the table */
        (void)good;
    }
}
