#include "clients/sqlbatch/host_variables.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/utf8.h"
#include "drda/sql/extdta_object.h"

/* A regular file as a large object. */
struct host_variable_file {
    struct sql_lob lob; /* first */
    int fd;
};

static bool
read_file(struct sql_lob *lob, uint64_t offset, void *bytes, size_t size)
{
    const struct host_variable_file *file = (const struct host_variable_file *)lob;
    uint8_t *at = bytes;
    while (size > 0) {
        ssize_t got = pread(file->fd, at, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false; /* it has become shorter */
        at += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

static void
drop_value(struct host_variable *variable)
{
    if (variable->file != NULL)
        close(variable->file->fd);
    free(variable->file);
    free(variable->value);
    variable->file = NULL;
    variable->value = NULL;
    variable->size = 0;
}

void
host_variables_clear(struct host_variables *variables)
{
    for (size_t i = 0; i < variables->count; i++)
        drop_value(&variables->list[i]);
    free(variables->list);
    *variables = (struct host_variables) { 0 };
}

/* How many bytes of a name `text` begins with; 0 when with none. */
static size_t
name_size(const char *text, size_t size)
{
    size_t length = 0;
    if (size == 0 || !isalpha((unsigned char)text[0]))
        return 0;
    while (length < size && (isalnum((unsigned char)text[length]) || text[length] == '_'))
        length++;
    return length;
}

/* The ways to give a value, behind the name of the variable. */
static const struct way {
    const char *mark;
    bool is_file;
    bool is_text;
} ways[] = { { "=", false, true }, { ":clob=", true, true }, { ":blob=", true, false } };

/* The way that `text` goes on with; NULL when it is none. */
static const struct way *
find_way(const char *text)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (strncasecmp(text, ways[i].mark, strlen(ways[i].mark)) == 0)
            return &ways[i];
    return NULL;
}

bool
host_variables_is_assignment(const char *text)
{
    size_t size = name_size(text, strlen(text));
    return size > 0 && find_way(text + size) != NULL;
}

static struct host_variable *
find(const struct host_variables *variables, const char *name, size_t size)
{
    for (size_t i = 0; i < variables->count; i++)
        if (strlen(variables->list[i].name) == size && strncasecmp(variables->list[i].name, name, size) == 0)
            return &variables->list[i];
    return NULL;
}

/* The variable of that name, made when there is none; NULL when there can be no more. */
static struct host_variable *
obtain(struct host_variables *variables, const char *name, size_t size)
{
    struct host_variable *variable = find(variables, name, size);
    if (variable != NULL)
        return variable;
    if (variables->list == NULL)
        variables->list = calloc(HOST_VARIABLES_MAX, sizeof *variables->list);
    if (variables->list == NULL || variables->count == HOST_VARIABLES_MAX)
        return NULL;
    variable = &variables->list[variables->count++];
    memcpy(variable->name, name, size);
    return variable;
}

static bool
is_utf8(const char *text, size_t size)
{
    uint32_t character;
    size_t at = 0;
    for (size_t length = 1; at < size && length > 0; at += length)
        length = utf8_decode(text + at, size - at, &character);
    return at == size;
}

static bool
check_name(size_t length, struct problem *problem)
{
    if (length >= 1 && length <= HOST_VARIABLE_NAME_MAX)
        return true;
    problem_set(problem, "not NAME=VALUE, NAME:clob=FILE or NAME:blob=FILE: a name has 1 to %d letters, digits or _, the first a letter",
                HOST_VARIABLE_NAME_MAX);
    return false;
}

static bool
fail_for_want_of_room(const char *name, size_t length, struct problem *problem)
{
    problem_set(problem, "%.*s: no memory, or more than %d variables", (int)length, name, HOST_VARIABLES_MAX);
    return false;
}

/* `value` NULL is NULL. */
static bool
set(struct host_variables *variables, const char *name, size_t length, const char *value, struct problem *problem)
{
    size_t size = value != NULL ? strlen(value) : 0;
    if (!check_name(length, problem))
        return false;
    if (size > HOST_VARIABLE_VALUE_MAX || (value != NULL && !is_utf8(value, size))) {
        problem_set(problem, "%.*s: a value has at most %d bytes of UTF-8: give a longer one as %.*s:clob=FILE", (int)length, name,
                    HOST_VARIABLE_VALUE_MAX, (int)length, name);
        return false;
    }
    struct host_variable *variable = obtain(variables, name, length);
    char *copy = value != NULL ? strdup(value) : NULL;
    if (variable == NULL || (copy == NULL && value != NULL)) {
        free(copy);
        return fail_for_want_of_room(name, length, problem);
    }
    drop_value(variable);
    variable->value = copy;
    variable->size = size;
    return true;
}

/* NULL with a problem. */
static struct host_variable_file *
open_file(const char *path, bool is_text, struct problem *problem)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) != 0) {
        problem_set_errno(problem, "%s", path);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    struct host_variable_file *file = NULL;
    if (!S_ISREG(status.st_mode))
        problem_set(problem, "%s: not a file: large objects are read from regular files, whose length is known", path);
    else if (status.st_size > EXTDTA_SIZE_MAX)
        problem_set(problem, "%s: longer than the %d bytes that can be sent", path, EXTDTA_SIZE_MAX);
    else if ((file = calloc(1, sizeof *file)) == NULL)
        problem_set(problem, "no memory");
    if (file == NULL) {
        close(fd);
        return NULL;
    }
    file->fd = fd;
    file->lob = (struct sql_lob) { .size = (uint64_t)status.st_size, .is_text = is_text, .read = read_file };
    return file;
}

static bool
set_file(struct host_variables *variables, const char *name, size_t length, const char *path, bool is_text, struct problem *problem)
{
    struct problem why;
    if (!check_name(length, problem))
        return false;
    struct host_variable_file *file = open_file(path, is_text, &why);
    if (file == NULL) {
        problem_set(problem, "%.*s: %s", (int)length, name, why.text);
        return false;
    }
    struct host_variable *variable = obtain(variables, name, length);
    if (variable == NULL) {
        close(file->fd);
        free(file);
        return fail_for_want_of_room(name, length, problem);
    }
    drop_value(variable);
    variable->file = file;
    return true;
}

bool
host_variables_set(struct host_variables *variables, const char *assignment, struct problem *problem)
{
    size_t length = name_size(assignment, strlen(assignment));
    const struct way *way = find_way(assignment + length);
    if (way == NULL)
        return check_name(0, problem);
    const char *value = assignment + length + strlen(way->mark);
    return way->is_file ? set_file(variables, assignment, length, value, way->is_text, problem)
                        : set(variables, assignment, length, value, problem);
}

static bool
take_line(struct host_variables *variables, char *line, struct problem *problem)
{
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] == '\0' || line[0] == '#')
        return true;
    size_t length = name_size(line, strlen(line));
    if (line[length] == '\0')
        return set(variables, line, length, NULL, problem);
    return host_variables_set(variables, line, problem);
}

bool
host_variables_read(struct host_variables *variables, const char *path, struct problem *problem)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        problem_set_errno(problem, "%s", path);
        return false;
    }
    char *line = NULL;
    size_t room = 0;
    size_t number = 0;
    bool good = true;
    struct problem why;
    for (ssize_t size; good && (size = getline(&line, &room, file)) >= 0;) {
        number++;
        bool text = strlen(line) == (size_t)size;
        if (!text)
            problem_set(&why, "a byte X'00': values are text");
        good = text && take_line(variables, line, &why);
        if (!good)
            problem_set(problem, "%s:%zu: %s", path, number, why.text);
    }
    if (good && ferror(file) != 0) {
        problem_set_errno(problem, "%s", path);
        good = false;
    }
    free(line);
    fclose(file);
    return good;
}

/* The end of a quoted string that begins at `at`; a doubled quote ends one and begins the next. */
static size_t
skip_quoted(const char *statement, size_t size, size_t at)
{
    const char *close = memchr(statement + at + 1, statement[at], size - at - 1);
    return close != NULL ? (size_t)(close - statement) + 1 : size;
}

static bool
bind(const struct host_variables *variables, const char *name, size_t length, struct bound_statement *bound, struct problem *problem)
{
    const struct host_variable *variable = find(variables, name, length);
    if (variable == NULL) {
        problem_set(problem, "host variable :%.*s has no value: give %.*s=VALUE behind the script's name, or in the file of --variables",
                    (int)length, name, (int)length, name);
        return false;
    }
    struct sql_value *larger = realloc(bound->values, (bound->count + 1) * sizeof *larger);
    if (larger == NULL) {
        problem_set(problem, "no memory");
        return false;
    }
    bound->values = larger;
    struct sql_value *value = &bound->values[bound->count++];
    text_append_byte(&bound->text, '?');
    if (variable->file != NULL) {
        *value = (struct sql_value) { .kind = SQL_VALUE_LOB, .lob = &variable->file->lob };
        return true;
    }
    *value = (struct sql_value) { .kind = variable->value != NULL ? SQL_VALUE_TEXT : SQL_VALUE_NULL };
    value->data.bytes = (const uint8_t *)variable->value;
    value->data.size = variable->size;
    return true;
}

bool
host_variables_bind(const struct host_variables *variables, const char *statement, size_t size, struct bound_statement *bound,
                    struct problem *problem)
{
    *bound = (struct bound_statement) { 0 };
    for (size_t at = 0; at < size;) {
        size_t end = at + 1;
        size_t length = statement[at] == ':' ? name_size(statement + at + 1, size - at - 1) : 0;
        if (length > 0) {
            if (!bind(variables, statement + at + 1, length, bound, problem))
                return false;
            at += 1 + length;
            continue;
        }
        if (statement[at] == '\'' || statement[at] == '"')
            end = skip_quoted(statement, size, at);
        text_append(&bound->text, statement + at, end - at);
        at = end;
    }
    if (bound->text.failed)
        problem_set(problem, "no memory");
    return !bound->text.failed;
}

void
bound_statement_clear(struct bound_statement *bound)
{
    text_clear(&bound->text);
    free(bound->values);
    *bound = (struct bound_statement) { 0 };
}
