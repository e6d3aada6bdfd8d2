#include "config/connections.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/file.h"
#include "config/ini_file.h"
#include "config/settings_value.h"
#include "config/suggestion.h"

#define KEPT(member) offsetof(struct named_connection, member), sizeof(((struct named_connection *)NULL)->member)

static const struct setting keys[] = {
    { 0, "host", SETTING_TEXT, 0, 0, NULL, NULL, KEPT(host), "name or address of the server" },
    { 0, "port", SETTING_NUMBER, 1, 65535, NULL, "446", KEPT(port), "its port" },
    { 0, "rdb", SETTING_TEXT, 0, 0, NULL, NULL, KEPT(rdb), "name of the database" },
    { 0, "user", SETTING_TEXT, 0, 0, NULL, "", KEPT(user), "who logs on" },
    { 0, "authentication", SETTING_ENUM, 0, 0, "password|passticket", NULL, KEPT(authentication), "with what" },
    { 0, "application", SETTING_TEXT, 0, 0, NULL, "", KEPT(application), "what PassTickets are made for" },
    { 0, "key_file", SETTING_PATH, 0, 0, NULL, "", KEPT(key_file), "the key that they are made with" },
    { 0, "password_file", SETTING_PATH, 0, 0, NULL, "", KEPT(password_file), "the password" },
    { 0, "security_mechanism", SETTING_FLAG, 0, 0, "USRIDPWD|EUSRIDPWD", "USRIDPWD", KEPT(encrypted_login),
      "user ID and password in clear (SECMEC 3) or encrypted (SECMEC 9)" },
    { 0, "read_only", SETTING_FLAG, 0, 0, "no|yes", "no", KEPT(read_only), "have the server refuse changes" },
    { 0, "login_timeout", SETTING_NUMBER, 1, 86400, NULL, "", KEPT(login_timeout_s), "seconds to connect and log on in" },
};

enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

struct connections_reader {
    struct problem_sink *sink;
    struct named_connections *connections;
    const char *folder;
    struct named_connection *open; /* the one that keys belong to; NULL: they are passed over, which has been told */
    unsigned lines[CONNECTIONS_MAX];
    unsigned given[KEY_COUNT];
};

bool
connections_is_name(const char *text)
{
    size_t length = strlen(text);
    bool good = length >= 1 && length <= CONNECTION_NAME_MAX && isalpha((unsigned char)text[0]);
    for (size_t i = 0; i < length && good; i++)
        good = isalnum((unsigned char)text[i]) || text[i] == '_' || text[i] == '-';
    return good;
}

const struct named_connection *
connections_find(const struct named_connections *connections, const char *name)
{
    for (size_t i = 0; i < connections->count; i++)
        if (strcasecmp(connections->list[i].name, name) == 0)
            return &connections->list[i];
    return NULL;
}

/* True for 1 to 8 characters that RACF has in names; folded to upper case. */
static bool
fold_application(char *application)
{
    for (char *c = application; *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c);
        if (!isalnum((unsigned char)*c) && strchr("#@$", *c) == NULL)
            return false;
    }
    return true;
}

/* What the server takes cannot depend on the name that a client has for it. */
static void
check_same_server(struct connections_reader *reader, const struct named_connection *connection, unsigned line)
{
    const struct named_connection *list = reader->connections->list;
    for (const struct named_connection *other = list; other < connection; other++) {
        if (strcasecmp(other->host, connection->host) != 0 || other->port != connection->port ||
            other->authentication == connection->authentication)
            continue;
        problem_error(reader->sink, line,
                      "[%s]: authentication = %s, but [%s] in line %u has another one for the same host and port: "
                      "one server takes one of them",
                      connection->name, connection->authentication == CONNECTION_PASSWORD ? "password" : "passticket", other->name,
                      reader->lines[other - list]);
        return;
    }
}

/* A section is over: is anything missing? */
static void
end_section(struct connections_reader *reader)
{
    struct named_connection *connection = reader->open;
    reader->open = NULL;
    if (connection == NULL)
        return;
    unsigned line = reader->lines[connection - reader->connections->list];
    bool complete = true;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (keys[i].fallback != NULL || reader->given[i] != 0)
            continue;
        complete = false;
        problem_error(reader->sink, line, "[%s] needs %s: %s", connection->name, keys[i].key, keys[i].help);
    }
    if (!fold_application(connection->application))
        problem_error(reader->sink, line, "[%s] application = %s: allowed: 1 to 8 of A-Z 0-9 # @ $", connection->name,
                      connection->application);
    if (!complete)
        return;
    if (connection->authentication == CONNECTION_PASSTICKET && connection->application[0] == '\0')
        problem_error(reader->sink, line, "[%s] needs application, which PassTickets are made for", connection->name);
    check_same_server(reader, connection, line);
}

static struct named_connection *
add_connection(struct connections_reader *reader, unsigned line, const char *name)
{
    struct named_connections *connections = reader->connections;
    if (!connections_is_name(name)) {
        problem_error(reader->sink, line, "[%s]: a name has 1 to %d letters, digits, _ or -, the first a letter", name,
                      CONNECTION_NAME_MAX);
        return NULL;
    }
    const struct named_connection *twin = connections_find(connections, name);
    if (twin != NULL) {
        problem_error(reader->sink, line, "[%s] is given twice; the first is in line %u", name, reader->lines[twin - connections->list]);
        return NULL;
    }
    if (connections->count == CONNECTIONS_MAX) {
        problem_error(reader->sink, line, "[%s] is one too many; there may be %d", name, CONNECTIONS_MAX);
        return NULL;
    }
    reader->lines[connections->count] = line;
    struct named_connection *connection = &connections->list[connections->count++];
    *connection = (struct named_connection) { .port = CONNECTION_URL_DRDA_PORT };
    memcpy(connection->name, name, strlen(name) + 1);
    return connection;
}

static void
take_section(void *context, unsigned line, const char *header)
{
    struct connections_reader *reader = context;
    end_section(reader);
    memset(reader->given, 0, sizeof reader->given);
    if (header != NULL)
        reader->open = add_connection(reader, line, header);
}

static void
tell_unknown_key(struct connections_reader *reader, unsigned line, const char *key)
{
    struct suggestion suggestion = suggestion_for(key);
    for (size_t i = 0; i < KEY_COUNT; i++)
        suggestion_offer(&suggestion, keys[i].key);
    if (strcmp(key, "password") == 0)
        problem_error(reader->sink, line, "password: a password does not belong here: name a file of mode 0600 with password_file");
    else if (suggestion.best != NULL)
        problem_error(reader->sink, line, "%s: unknown key; did you mean %s?", key, suggestion.best);
    else
        problem_error(reader->sink, line,
                      "%s: unknown key; known are host, port, rdb, user, authentication, application, key_file, password_file, "
                      "security_mechanism, read_only, login_timeout",
                      key);
}

static void
take_key(void *context, unsigned line, const char *key, const char *value)
{
    struct connections_reader *reader = context;
    size_t i = 0;
    while (i < KEY_COUNT && strcmp(keys[i].key, key) != 0)
        i++;
    if (i == KEY_COUNT) {
        tell_unknown_key(reader, line, key);
        return;
    }
    if (reader->open == NULL)
        return;
    char complaint[SETTING_COMPLAINT_SIZE];
    if (reader->given[i] != 0)
        problem_error(reader->sink, line, "%s is given twice; the first is in line %u", key, reader->given[i]);
    reader->given[i] = line;
    if (!settings_value_store(&keys[i], value, reader->folder, reader->open, complaint))
        problem_error(reader->sink, line, "%s = %s: allowed: %s", key, value, complaint);
}

bool
connections_parse(const char *name, const char *text, size_t size, struct named_connections *connections, struct problem_list *problems)
{
    static const struct ini_handler handler = { .section = take_section, .key = take_key, .example = "PROD" };
    size_t errors = problems->errors;
    struct problem_sink sink = problem_sink(problems, name);
    const char *slash = strrchr(name, '/');
    char folder[CONFIGURATION_PATH_MAX] = "";
    if (slash != NULL && (size_t)(slash - name) + 1 < sizeof folder)
        memcpy(folder, name, (size_t)(slash - name) + 1);
    struct connections_reader reader = { .sink = &sink, .connections = connections, .folder = folder };
    *connections = (struct named_connections) { .list = calloc(CONNECTIONS_MAX, sizeof *connections->list) };
    if (connections->list == NULL) {
        problem_error(&sink, 0, "cannot be read: out of memory");
        return false;
    }
    ini_file_read(&sink, text, size, &handler, &reader);
    end_section(&reader);
    return problems->errors == errors;
}

bool
connections_read(const char *path, struct named_connections *connections, struct problem_list *problems)
{
    struct problem_sink sink = problem_sink(problems, path);
    char *text;
    size_t size;
    *connections = (struct named_connections) { 0 };
    if (!configuration_file_read(path, &sink, &text, &size))
        return false;
    bool good = connections_parse(path, text, size, connections, problems);
    free(text);
    return good;
}

void
connections_clear(struct named_connections *connections)
{
    free(connections->list);
    *connections = (struct named_connections) { 0 };
}

void
connections_to_url(const struct named_connection *connection, struct connection_url *url)
{
    *url = (struct connection_url) { .port = (uint16_t)connection->port, .login_timeout_s = connection->login_timeout_s };
    url->encrypted_login = connection->encrypted_login;
    url->read_only = connection->read_only;
    memcpy(url->host, connection->host, sizeof url->host);
    memcpy(url->rdbnam, connection->rdb, sizeof url->rdbnam);
    memcpy(url->user, connection->user, sizeof url->user);
    if (connection->authentication == CONNECTION_PASSTICKET)
        memcpy(url->application, connection->application, sizeof url->application);
}
