#include "clients/sqlbatch/credential.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/sqlbatch/credential_ticket.h"
#include "clients/terminal.h"
#include "common/hex.h"
#include "common/secret.h"
#include "security/passticket/seconds.h"

void
credential_source_clear(struct credential_source *source)
{
    passticket_seconds_close(source->seconds);
    passticket_legacy_key_free(source->key);
    secret_free(source->password, CREDENTIAL_PASSWORD_SIZE);
    *source = (struct credential_source) { 0 };
}

/* Secrets that others may read are none. Pipes and terminals have no lasting content. */
static bool
check_mode(int file, const char *path, struct problem *problem)
{
    struct stat status;
    if (fstat(file, &status) != 0) {
        problem_set_errno(problem, "%s", path);
        return false;
    }
    if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        problem_set(problem, "%s: mode %04o lets others at a secret: chmod 600 %s", path, (unsigned)status.st_mode & 07777u, path);
        return false;
    }
    return true;
}

/* Reads the whole of a short file; false also when it does not fit. */
static bool
read_bytes(int file, const char *path, char *bytes, size_t room, size_t *size, struct problem *problem)
{
    *size = 0;
    for (;;) {
        ssize_t got = read(file, bytes + *size, room - *size);
        if (got == 0)
            return true;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            problem_set_errno(problem, "%s", path);
            return false;
        }
        *size += (size_t)got;
        if (*size == room) {
            problem_set(problem, "%s: longer than %zu bytes: it must hold nothing but the secret", path, room - 1);
            return false;
        }
    }
}

static bool
read_secret(const char *path, char *bytes, size_t room, size_t *size, struct problem *problem)
{
    bool standard_input = strcmp(path, "-") == 0;
    int file = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        problem_set_errno(problem, "%s", path);
        return false;
    }
    const char *name = standard_input ? "standard input" : path;
    bool good = (standard_input || check_mode(file, name, problem)) && read_bytes(file, name, bytes, room, size, problem);
    if (!standard_input)
        close(file);
    return good;
}

static bool
read_key(const char *path, char *text, size_t room, uint8_t key[PASSTICKET_LEGACY_KEY_SIZE], struct problem *problem)
{
    size_t size;
    if (!read_secret(path, text, room, &size, problem))
        return false;
    size_t start = 0;
    while (start < size && isspace((unsigned char)text[start]))
        start++;
    while (size > start && isspace((unsigned char)text[size - 1]))
        size--;
    if (size - start == 2 * PASSTICKET_LEGACY_KEY_SIZE && hex_decode(text + start, size - start, key))
        return true;
    problem_set(problem, "%s: not a PassTicket key: it must be 16 hexadecimal digits", path);
    return false;
}

bool
credential_read_key(struct credential_source *source, const char *path, struct problem *problem)
{
    enum { ROOM = 256 };
    struct {
        char text[ROOM];
        uint8_t key[PASSTICKET_LEGACY_KEY_SIZE];
    } *memory = secret_new(sizeof *memory);
    if (memory == NULL) {
        problem_set(problem, "no memory for secrets");
        return false;
    }
    bool read = read_key(path, memory->text, sizeof memory->text, memory->key, problem);
    if (read) {
        source->key = passticket_legacy_key_new(memory->key);
        if (source->key == NULL)
            problem_set(problem, "no memory for secrets");
    }
    secret_free(memory, sizeof *memory);
    return read && source->key != NULL;
}

bool
credential_read_password(struct credential_source *source, const char *path, struct problem *problem)
{
    size_t size;
    source->password = secret_new(CREDENTIAL_PASSWORD_SIZE);
    if (source->password == NULL) {
        problem_set(problem, "no memory for secrets");
        return false;
    }
    if (!read_secret(path, source->password, CREDENTIAL_PASSWORD_SIZE, &size, problem))
        return false;
    source->password[size] = '\0';
    if (strlen(source->password) != size) {
        problem_set(problem, "%s: a password holds no byte X'00'", path);
        return false;
    }
    size_t line = strcspn(source->password, "\r\n");
    if (line == 0 || strspn(source->password + line, "\r\n") != size - line) {
        problem_set(problem, "%s: the password must be its one line", path);
        return false;
    }
    secret_wipe(source->password + line, size - line);
    return true;
}

static bool
choose_user(const struct credential_source *source, const struct connection_url *url, struct credential *credential,
            struct problem *problem)
{
    const struct passwd *self = NULL;
    const char *user = url->user[0] != '\0' ? url->user : source->user;
    if (user == NULL) {
        self = getpwuid(getuid());
        user = self != NULL ? self->pw_name : "";
    }
    size_t size = strlen(user);
    if (size == 0 || size >= sizeof credential->user) {
        problem_set(problem, "no user ID of 1 to %zu characters: give the property user= in the URL, or --user",
                    sizeof credential->user - 1);
        return false;
    }
    for (size_t i = 0; i <= size; i++)
        credential->user[i] = (char)(self != NULL ? toupper((unsigned char)user[i]) : user[i]);
    return true;
}

static bool
choose_password(struct credential_source *source, const struct connection_url *url, struct credential *credential, struct problem *problem)
{
    bool ticket = url->application[0] != '\0' && source->key != NULL;
    if (ticket && url->password[0] != '\0') {
        problem_set(problem, "applName asks for a PassTicket and there is a password too: leave one of them out of the URL");
        return false;
    }
    if (ticket)
        return credential_ticket_by_key(source, url->application, credential, problem);
    const char *password = url->password[0] != '\0' ? url->password : source->password;
    if (password != NULL) {
        snprintf(credential->password, sizeof credential->password, "%s", password);
        return true;
    }
    if (url->application[0] != '\0')
        return credential_ticket_by_safd(source, url->application, credential, problem);
    if (source->key != NULL)
        problem_set(problem, "there is a key but no application name: give the property applName= in the URL");
    else
        problem_set(problem, "nothing to log on with: give applName= in the URL and --key-file, or --password-file");
    return false;
}

struct credential *
credential_make(struct credential_source *source, const struct connection_url *url, struct problem *problem)
{
    struct credential *credential = secret_new(sizeof *credential);
    if (credential == NULL) {
        problem_set(problem, "no memory for secrets");
        return NULL;
    }
    if (choose_user(source, url, credential, problem) && choose_password(source, url, credential, problem))
        return credential;
    credential_free(credential);
    return NULL;
}

static bool
ask_password(struct credential_source *source, const struct named_connection *connection, struct problem *problem)
{
    char label[CONNECTION_NAME_MAX + CONNECTION_URL_TEXT_MAX + 32];
    struct problem why = { 0 };
    source->password = secret_new(CREDENTIAL_PASSWORD_SIZE);
    if (source->password == NULL) {
        problem_set(problem, "no memory for secrets");
        return false;
    }
    snprintf(label, sizeof label, "Password for %s%s%s", connection->user, connection->user[0] != '\0' ? " at " : "", connection->name);
    if (terminal_read_secret(label, source->password, CREDENTIAL_PASSWORD_SIZE, &why))
        return true;
    problem_set(problem, "connection %s has no password_file, and %s", connection->name, why.text);
    return false;
}

static bool
read_named_secret(struct credential_source *source, const struct named_connection *connection, struct problem *problem)
{
    if (connection->authentication == CONNECTION_PASSTICKET)
        return connection->key_file[0] == '\0' || credential_read_key(source, connection->key_file, problem);
    if (connection->password_file[0] != '\0')
        return credential_read_password(source, connection->password_file, problem);
    return ask_password(source, connection, problem);
}

struct credential *
credential_make_named(struct credential_source *source, const struct named_connection *connection, const struct connection_url *url,
                      struct problem *problem)
{
    struct credential_source own = { .user = source->user, .clock = source->clock, .seconds = source->seconds };
    own.saf_socket = source->saf_socket;
    own.token = source->token;
    struct credential *credential = NULL;
    if (read_named_secret(&own, connection, problem))
        credential = credential_make(&own, url, problem);
    source->seconds = own.seconds; /* seconds are used up whatever key the ticket was made with */
    own.seconds = NULL;
    credential_source_clear(&own);
    return credential;
}

void
credential_free(struct credential *credential)
{
    secret_free(credential, sizeof *credential);
}
