#include "config/connection_url.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/secret.h"

enum { LOGIN_TIMEOUT_MAX_S = 86400, DATABASE_WITH_ALIAS_MAX = 8, ALIAS_SIZE = 4 };

/* A piece of the URL; `at` points into the text that is parsed. */
struct piece {
    const char *at;
    size_t size;
};

struct parser {
    const char *text;
    struct connection_url *url;
    struct problem *problem;
    struct piece alias; /* datastoreName */
    bool ims;
    bool port_given;
    bool password_seen; /* from here on a wrong piece may be the rest of a password with ';' in it: not shown */
};

/* Handles the value of a property; false when it is wrong and the problem is set. */
typedef bool (*property_taker)(struct parser *parser, const char *name, struct piece value);

static size_t
position_of(const struct parser *parser, const char *at)
{
    return (size_t)(at - parser->text) + 1;
}

/* Sets the problem and returns false, for the callers to return. */
static bool fail_at(const struct parser *parser, const char *at, const char *format, ...) PRINTF_LIKE(3, 4);

static bool
fail_at(const struct parser *parser, const char *at, const char *format, ...)
{
    char text[PROBLEM_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    problem_set(parser->problem, "connection URL, position %zu: %s", position_of(parser, at), text);
    return false;
}

static bool
piece_is(struct piece piece, const char *text)
{
    return strlen(text) == piece.size && strncasecmp(piece.at, text, piece.size) == 0;
}

static bool
copy_text(struct parser *parser, const char *name, struct piece value, char *text, size_t size)
{
    if (value.size == 0 || value.size >= size)
        return fail_at(parser, value.at, "property %s has %zu bytes: give 1 to %zu", name, value.size, size - 1);
    memcpy(text, value.at, value.size);
    text[value.size] = '\0';
    return true;
}

static bool
read_number(struct piece piece, uint32_t maximum, uint32_t *number)
{
    *number = 0;
    for (size_t i = 0; i < piece.size; i++) {
        if (piece.at[i] < '0' || piece.at[i] > '9')
            return false;
        *number = *number * 10 + (uint32_t)(piece.at[i] - '0');
        if (*number > maximum)
            return false;
    }
    return piece.size > 0;
}

static bool
read_port(struct parser *parser, struct piece piece)
{
    uint32_t port;
    if (!read_number(piece, UINT16_MAX, &port) || port == 0)
        return fail_at(parser, piece.at, "port '%.*s' is not a number from 1 to 65535", (int)piece.size, piece.at);
    if (parser->port_given && parser->url->port != port)
        return fail_at(parser, piece.at, "portNumber=%u is not the port %u before it: leave one out", port, (unsigned)parser->url->port);
    parser->url->port = (uint16_t)port;
    parser->port_given = true;
    return true;
}

static bool
is_racf_character(char c)
{
    return isalnum((unsigned char)c) || c == '#' || c == '@' || c == '$';
}

static bool
take_application(struct parser *parser, const char *name, struct piece value)
{
    if (!copy_text(parser, name, value, parser->url->application, sizeof parser->url->application))
        return false;
    for (char *c = parser->url->application; *c != '\0'; c++) {
        if (!is_racf_character(*c))
            return fail_at(parser, value.at, "applName '%s' may hold letters, digits, #, @ and $ only", parser->url->application);
        *c = (char)toupper((unsigned char)*c);
    }
    return true;
}

static bool
take_user(struct parser *parser, const char *name, struct piece value)
{
    return copy_text(parser, name, value, parser->url->user, sizeof parser->url->user);
}

static bool
take_password(struct parser *parser, const char *name, struct piece value)
{
    return copy_text(parser, name, value, parser->url->password, sizeof parser->url->password);
}

static bool
take_datastore(struct parser *parser, const char *name, struct piece value)
{
    if (!parser->ims)
        return fail_at(parser, value.at, "property %s is an IMS alias: use jdbc:ims:// or leave it out", name);
    for (size_t i = 0; i < value.size; i++)
        if (!is_racf_character(value.at[i]))
            return fail_at(parser, value.at, "%s may hold letters, digits, #, @ and $ only", name);
    if (value.size == 0 || value.size > ALIAS_SIZE)
        return fail_at(parser, value.at, "%s '%.*s' is not an alias of 1 to %d characters", name, (int)value.size, value.at, ALIAS_SIZE);
    parser->alias = value;
    return true;
}

static bool
take_database(struct parser *parser, const char *name, struct piece value)
{
    if (!piece_is(value, parser->url->rdbnam))
        return fail_at(parser, value.at, "property %s is not the name that follows the host: leave the property out", name);
    return true;
}

static bool
take_port(struct parser *parser, const char *name, struct piece value)
{
    (void)name;
    return read_port(parser, value);
}

static bool
take_login_timeout(struct parser *parser, const char *name, struct piece value)
{
    if (!read_number(value, LOGIN_TIMEOUT_MAX_S, &parser->url->login_timeout_s))
        return fail_at(parser, value.at, "property %s is not a number of seconds from 0 to %d", name, LOGIN_TIMEOUT_MAX_S);
    return true;
}

static bool
take_security_mechanism(struct parser *parser, const char *name, struct piece value)
{
    parser->url->encrypted_login = piece_is(value, "9");
    if (!parser->url->encrypted_login && !piece_is(value, "3"))
        return fail_at(parser, value.at, "property %s must be 3 (user ID and password in clear) or 9 (encrypted)", name);
    return true;
}

static bool
take_read_only(struct parser *parser, const char *name, struct piece value)
{
    parser->url->read_only = piece_is(value, "true");
    if (!parser->url->read_only && !piece_is(value, "false"))
        return fail_at(parser, value.at, "property %s must be true or false", name);
    return true;
}

static bool
take_driver_type(struct parser *parser, const char *name, struct piece value)
{
    if (!piece_is(value, "4"))
        return fail_at(parser, value.at, "property %s must be 4: type 2 needs IMS in the same system", name);
    return true;
}

static bool
take_ssl(struct parser *parser, const char *name, struct piece value)
{
    if (!piece_is(value, "false"))
        return fail_at(parser, value.at, "property %s must be false: this client speaks no TLS; put a TLS tunnel in between", name);
    return true;
}

/* `take` is NULL when the property says nothing to this client. */
static const struct property {
    const char *name;
    property_taker take;
} properties[] = {
    { "applName", take_application },
    { "user", take_user },
    { "password", take_password },
    { "datastoreName", take_datastore },
    { "loginTimeout", take_login_timeout },
    { "securityMechanism", take_security_mechanism },
    { "readOnly", take_read_only },
    { "databaseName", take_database },
    { "portNumber", take_port },
    { "driverType", take_driver_type },
    { "sslConnection", take_ssl },
    { "currentSchema", NULL },
    { "dpsbOnCommit", NULL },
    { "expandArrayResultSet", NULL },
    { "fetchSize", NULL },
    { "flattenTables", NULL },
    { "initStatusGroup", NULL },
    { "keyStoreType", NULL },
    { "metadataURL", NULL },
    { "traceFile", NULL },
    { "traceFileAppend", NULL },
    { "traceLevel", NULL },
    { "treatInvalidDecimalAsNull", NULL },
    { "xmlMetadataLocation", NULL },
};

enum { PROPERTY_COUNT = sizeof properties / sizeof properties[0] };

static const struct property *
find_property(struct piece name)
{
    for (size_t i = 0; i < PROPERTY_COUNT; i++)
        if (piece_is(name, properties[i].name))
            return &properties[i];
    return NULL;
}

static bool
refuse_unknown_property(struct parser *parser, struct piece name)
{
    char names[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < PROPERTY_COUNT && properties[i].take != NULL; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "", properties[i].name);
    if (parser->password_seen)
        return fail_at(parser, name.at, "not a property (a password with ';' in it must come from a password file): known are %s", names);
    return fail_at(parser, name.at, "property '%.*s' is not known: known are %s", (int)name.size, name.at, names);
}

static void
note_without_effect(struct connection_url *url, const char *name)
{
    size_t used = strlen(url->without_effect);
    snprintf(url->without_effect + used, sizeof url->without_effect - used, "%s%s", used > 0 ? ", " : "", name);
}

static bool
parse_property(struct parser *parser, struct piece piece, uint32_t *seen)
{
    const char *equals = memchr(piece.at, '=', piece.size);
    if (equals == NULL)
        return fail_at(parser, piece.at, "expected property=value, found %zu characters without '='", piece.size);
    struct piece name = { piece.at, (size_t)(equals - piece.at) };
    struct piece value = { equals + 1, piece.size - name.size - 1 };
    const struct property *property = find_property(name);
    if (property == NULL)
        return refuse_unknown_property(parser, name);
    uint32_t bit = UINT32_C(1) << (property - properties);
    if ((*seen & bit) != 0)
        return fail_at(parser, piece.at, "property %s is given twice", property->name);
    *seen |= bit;
    parser->password_seen |= property->take == take_password;
    if (property->take != NULL)
        return property->take(parser, property->name, value);
    note_without_effect(parser->url, property->name);
    return true;
}

static bool
parse_properties(struct parser *parser, const char *at)
{
    uint32_t seen = 0;
    static_assert(PROPERTY_COUNT <= 32, "one bit for each property");
    while (*at != '\0') {
        struct piece piece = { at, strcspn(at, ";") };
        if (piece.size > 0 && !parse_property(parser, piece, &seen))
            return false;
        at += piece.size;
        at += *at == ';';
    }
    return true;
}

/* A server attribute that is really one of our properties would send a password inside RDBNAM. */
static bool
refuse_misplaced_property(struct parser *parser, struct piece database)
{
    const char *end = database.at + database.size;
    const char *separator = database.at;
    while ((separator = memchr(separator, ';', (size_t)(end - separator))) != NULL) {
        separator++;
        struct piece name = { separator, 0 };
        while (separator + name.size < end && strchr("=;", separator[name.size]) == NULL)
            name.size++;
        const struct property *property = find_property(name);
        if (property != NULL)
            return fail_at(parser, separator, "property %s must follow a ':', not a ';'", property->name);
    }
    return true;
}

static bool
parse_database(struct parser *parser, struct piece database)
{
    struct connection_url *url = parser->url;
    if (database.size == 0)
        return fail_at(parser, database.at, "the %s name is missing after the host", parser->ims ? "database" : "RDB");
    if (database.size > CONNECTION_URL_RDBNAM_MAX)
        return fail_at(parser, database.at, "the database name has %zu bytes, the most is %d", database.size, CONNECTION_URL_RDBNAM_MAX);
    for (size_t i = 0; i < database.size; i++) {
        const char *c = database.at + i;
        if (*c == '?' || *c == '/' || (parser->ims && *c == ';'))
            return fail_at(parser, c, "'%c' in the database name: properties begin with ':' (DATABASE:property=value;...)", *c);
        if (!isgraph((unsigned char)*c))
            return fail_at(parser, c, "a database name holds no byte X'%02X'", (unsigned)(unsigned char)*c);
    }
    if (!refuse_misplaced_property(parser, database))
        return false;
    memcpy(url->rdbnam, database.at, database.size);
    url->rdbnam[database.size] = '\0';
    return true;
}

/* IMS names a PSB and the alias of a data store as PSB.ALIAS, the alias padded to 4. */
static bool
append_alias(struct parser *parser)
{
    char *rdbnam = parser->url->rdbnam;
    size_t size = strlen(rdbnam);
    if (parser->alias.size == 0)
        return true;
    if (size > DATABASE_WITH_ALIAS_MAX)
        return fail_at(parser, parser->alias.at, "datastoreName asks for a database name of at most %d characters, '%s' has %zu",
                       DATABASE_WITH_ALIAS_MAX, rdbnam, size);
    snprintf(rdbnam + size, CONNECTION_URL_RDBNAM_MAX + 1 - size, ".%-*.*s", ALIAS_SIZE, (int)parser->alias.size, parser->alias.at);
    return true;
}

static bool
is_host(struct piece host, bool bracketed)
{
    for (size_t i = 0; i < host.size; i++)
        if (!isalnum((unsigned char)host.at[i]) && strchr(bracketed ? ":.%_-" : "._-", host.at[i]) == NULL)
            return false;
    return host.size > 0 && host.size <= CONNECTION_URL_HOST_MAX && (!bracketed || memchr(host.at, ':', host.size) != NULL);
}

static bool
parse_host(struct parser *parser, struct piece authority, struct piece *rest)
{
    bool bracketed = authority.size > 0 && authority.at[0] == '[';
    struct piece host = authority;
    if (bracketed) {
        const char *close = memchr(authority.at, ']', authority.size);
        if (close == NULL)
            return fail_at(parser, authority.at, "'[' without ']': an IPv6 address is written [::1]");
        host = (struct piece) { authority.at + 1, (size_t)(close - authority.at) - 1 };
        *rest = (struct piece) { close + 1, authority.size - host.size - 2 };
    } else {
        const char *colon = memchr(authority.at, ':', authority.size);
        host.size = colon != NULL ? (size_t)(colon - authority.at) : authority.size;
        *rest = (struct piece) { authority.at + host.size, authority.size - host.size };
    }
    if (!is_host(host, bracketed))
        return fail_at(parser, authority.at, "'%.*s' is not a host name or address", (int)(authority.size - rest->size), authority.at);
    memcpy(parser->url->host, host.at, host.size);
    parser->url->host[host.size] = '\0';
    return true;
}

static bool
parse_authority(struct parser *parser, struct piece authority)
{
    struct piece port = { 0 };
    if (!parse_host(parser, authority, &port))
        return false;
    if (port.size == 0)
        return true;
    if (port.at[0] == ':')
        return read_port(parser, (struct piece) { port.at + 1, port.size - 1 });
    return fail_at(parser, port.at, "expected ':port' or '/' after the host, found '%.*s' (an IPv6 address is written [::1])",
                   (int)port.size, port.at);
}

static bool
parse_scheme(struct parser *parser, const char **rest)
{
    static const char ims[] = "jdbc:ims://";
    static const char type_2[] = "jdbc:ims:";
    static const char drda[] = "drda://";
    parser->ims = strncasecmp(parser->text, ims, sizeof ims - 1) == 0;
    *rest = parser->text + (parser->ims ? sizeof ims : sizeof drda) - 1;
    parser->url->port = parser->ims ? CONNECTION_URL_IMS_PORT : CONNECTION_URL_DRDA_PORT;
    if (parser->ims || strncasecmp(parser->text, drda, sizeof drda - 1) == 0)
        return true;
    if (strncasecmp(parser->text, type_2, sizeof type_2 - 1) == 0)
        return fail_at(parser, parser->text + sizeof type_2 - 1, "a type-2 URL needs IMS in the same system: write %shost/DATABASE", ims);
    return fail_at(parser, parser->text, "a URL begins with %s or %s", ims, drda);
}

static bool
parse_url(struct parser *parser)
{
    const char *at;
    if (!parse_scheme(parser, &at))
        return false;
    struct piece authority = { at, strcspn(at, "/") };
    if (memchr(authority.at, '@', authority.size) != NULL)
        return fail_at(parser, at, "user and password are properties: host[:port]/DATABASE:user=...;password=...");
    if (authority.at[authority.size] != '/' || memchr(authority.at, '=', authority.size) != NULL)
        return fail_at(parser, at, "'/DATABASE' is missing after the host");
    if (!parse_authority(parser, authority))
        return false;
    at += authority.size;
    struct piece database = { at + 1, strcspn(at + 1, ":") };
    if (!parse_database(parser, database))
        return false;
    at = database.at + database.size;
    if (strncmp(at, "://", 3) == 0)
        return fail_at(parser, database.at, "class:// and xml:// metadata are not used: write the database name alone");
    return parse_properties(parser, at + (*at == ':')) && append_alias(parser);
}

bool
connection_url_parse(const char *text, struct connection_url *url, struct problem *problem)
{
    *url = (struct connection_url) { 0 };
    struct parser parser = { .text = text, .url = url, .problem = problem };
    if (parse_url(&parser))
        return true;
    connection_url_clear(url);
    return false;
}

void
connection_url_clear(struct connection_url *url)
{
    secret_wipe(url, sizeof *url);
}
