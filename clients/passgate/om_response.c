#include "clients/passgate/om_response.h"

#include <expat.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 16, NAME_SIZE = 16, TEXT_MAX = 64 * 1024 };

struct parser {
    XML_Parser expat;
    struct om_response *response;
    char names[DEPTH_MAX][NAME_SIZE]; /* of the open elements */
    size_t depth;
    char *text; /* of the innermost element */
    size_t text_used;
    size_t text_size;
    const char *failure; /* why parsing was stopped */
};

static void
give_up(struct parser *parser, const char *why)
{
    if (parser->failure == NULL)
        parser->failure = why;
    XML_StopParser(parser->expat, XML_FALSE);
}

/* Makes room for one more element of `size` bytes at the end of an array and zeroes it; NULL without memory. */
static void *
append(struct parser *parser, void *array_of_any, size_t *count, size_t size)
{
    void *array;
    memcpy(&array, array_of_any, sizeof array);
    char *larger = realloc(array, (*count + 1) * size);
    if (larger == NULL) {
        give_up(parser, "out of memory");
        return NULL;
    }
    memcpy(array_of_any, &larger, sizeof larger);
    memset(larger + *count * size, 0, size);
    return larger + (*count)++ * size;
}

static char *
copy_text(struct parser *parser, const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL)
        give_up(parser, "out of memory");
    return copy;
}

static const char *
attribute(const char *const attributes[], const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(attributes[i], name) == 0)
            return attributes[i + 1];
    return "";
}

/* Is `name` the element `levels` above the innermost one? */
static bool
is_inside(const struct parser *parser, size_t levels, const char *name)
{
    return parser->depth > levels && strcmp(parser->names[parser->depth - 1 - levels], name) == 0;
}

static void
begin_column(struct parser *parser, const char *const attributes[])
{
    struct om_column *column = append(parser, &parser->response->columns, &parser->response->column_count, sizeof *column);
    if (column == NULL)
        return;
    column->short_label = copy_text(parser, attribute(attributes, "slbl"));
    column->long_label = copy_text(parser, attribute(attributes, "llbl"));
    column->right_aligned = strcmp(attribute(attributes, "align"), "right") == 0;
}

static void
begin_member_error(struct parser *parser, const char *const attributes[])
{
    struct om_member_error *error = append(parser, &parser->response->errors, &parser->response->error_count, sizeof *error);
    if (error != NULL)
        error->name = copy_text(parser, attribute(attributes, "name"));
}

static void
on_start(void *context, const char *name, const char **attributes)
{
    struct parser *parser = context;
    if (parser->depth == DEPTH_MAX) {
        give_up(parser, "its elements are nested too deeply");
        return;
    }
    snprintf(parser->names[parser->depth++], NAME_SIZE, "%s", name);
    parser->text_used = 0;
    if (is_inside(parser, 0, "hdr") && is_inside(parser, 1, "cmdrsphdr"))
        begin_column(parser, (const char *const *)attributes);
    else if (is_inside(parser, 0, "mbr") && is_inside(parser, 1, "cmderr"))
        begin_member_error(parser, (const char *const *)attributes);
}

static void
on_text(void *context, const char *text, int length)
{
    struct parser *parser = context;
    size_t needed = parser->text_used + (size_t)length + 1;
    if (needed > TEXT_MAX) {
        give_up(parser, "one of its elements is too long");
        return;
    }
    if (needed > parser->text_size) {
        char *larger = realloc(parser->text, 2 * needed);
        if (larger == NULL) {
            give_up(parser, "out of memory");
            return;
        }
        parser->text = larger;
        parser->text_size = 2 * needed;
    }
    memcpy(parser->text + parser->text_used, text, (size_t)length);
    parser->text_used += (size_t)length;
}

static void
take_ctl(struct parser *parser, const char *name, const char *text)
{
    struct om_response *response = parser->response;
    if (strcmp(name, "rc") == 0) {
        snprintf(response->return_code, OM_CODE_SIZE, "%s", text);
    } else if (strcmp(name, "rsn") == 0) {
        snprintf(response->reason_code, OM_CODE_SIZE, "%s", text);
    } else if ((strcmp(name, "rsntxt") == 0 || strcmp(name, "rsnmsg") == 0) && *text != '\0') {
        free(response->reason_text);
        response->reason_text = copy_text(parser, text);
    }
}

static void
take_member_error(struct parser *parser, const char *name, const char *text)
{
    if (parser->response->error_count == 0 || *text == '\0')
        return;
    struct om_member_error *error = &parser->response->errors[parser->response->error_count - 1];
    bool is_text = strcmp(name, "rsntxt") == 0 || strcmp(name, "msg") == 0;
    char **field = strcmp(name, "rc") == 0 ? &error->return_code : strcmp(name, "rsn") == 0 ? &error->reason_code : NULL;
    if (is_text)
        field = &error->text;
    if (field == NULL)
        return;
    free(*field);
    *field = copy_text(parser, text);
}

static void
take_security_code(struct parser *parser, const char *name, const char *text)
{
    static const struct {
        const char *element;
        const char *shown;
    } codes[] = { { "rc", "SAF" }, { "racfrc", "RACF" }, { "racfrsn", "RSN" } };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(name, codes[i].element) != 0)
            continue;
        char *before = parser->response->security_codes;
        char *joined = NULL;
        if (asprintf(&joined, "%s%s%s %s", before != NULL ? before : "", before != NULL ? " " : "", codes[i].shown, text) < 0) {
            give_up(parser, "out of memory");
            return;
        }
        free(before);
        parser->response->security_codes = joined;
    }
}

static void
take_line(struct parser *parser, char ***lines, size_t *count, const char *text)
{
    char **line = append(parser, lines, count, sizeof *line);
    if (line != NULL)
        *line = copy_text(parser, text);
}

static void
on_end(void *context, const char *name)
{
    struct parser *parser = context;
    struct om_response *response = parser->response;
    const char *text = "";
    if (parser->text != NULL) {
        parser->text[parser->text_used] = '\0';
        text = parser->text;
    }
    if (is_inside(parser, 1, "ctl"))
        take_ctl(parser, name, text);
    else if (is_inside(parser, 0, "rsp") && is_inside(parser, 1, "cmdrspdata"))
        take_line(parser, &response->rows, &response->row_count, text);
    else if (is_inside(parser, 1, "mbr") && is_inside(parser, 2, "cmderr"))
        take_member_error(parser, name, text);
    else if (is_inside(parser, 0, "msg") && is_inside(parser, 2, "msgdata"))
        take_line(parser, &response->messages, &response->message_count, text);
    else if (is_inside(parser, 1, "saf") && is_inside(parser, 2, "cmdsecerr"))
        take_security_code(parser, name, text);
    parser->depth--;
    parser->text_used = 0;
}

static bool
is_code(const char *text)
{
    return strlen(text) == OM_CODE_SIZE - 1 && strspn(text, "0123456789ABCDEFabcdef") == OM_CODE_SIZE - 1;
}

/* False when a stored string is missing for want of memory, or the document was cut short or is none of ours. */
static bool
finish(struct parser *parser, const char *xml, size_t size, struct problem *problem)
{
    bool whole = size <= INT_MAX && XML_Parse(parser->expat, xml, (int)size, 1) == XML_STATUS_OK;
    if (parser->failure != NULL)
        problem_set(problem, "the answer cannot be used: %s", parser->failure);
    else if (!whole)
        problem_set(problem, "the answer is not well-formed XML: line %lu: %s: is this a gateway's operator socket?",
                    XML_GetCurrentLineNumber(parser->expat), XML_ErrorString(XML_GetErrorCode(parser->expat)));
    else if (!is_code(parser->response->return_code) || !is_code(parser->response->reason_code))
        problem_set(problem, "the answer has no return and reason code: is this a gateway's operator socket?");
    else
        return true;
    return false;
}

bool
om_response_parse(const char *xml, size_t size, struct om_response *response, struct problem *problem)
{
    *response = (struct om_response) { 0 };
    struct parser parser = { .expat = XML_ParserCreate(NULL), .response = response };
    if (parser.expat == NULL) {
        problem_set(problem, "out of memory");
        return false;
    }
    XML_SetUserData(parser.expat, &parser);
    XML_SetElementHandler(parser.expat, on_start, on_end);
    XML_SetCharacterDataHandler(parser.expat, on_text);
    bool parsed = finish(&parser, xml, size, problem);
    XML_ParserFree(parser.expat);
    free(parser.text);
    if (!parsed)
        om_response_clear(response);
    return parsed;
}

static void
clear_lines(char **lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(lines[i]);
    free(lines);
}

void
om_response_clear(struct om_response *response)
{
    for (size_t i = 0; i < response->column_count; i++) {
        free(response->columns[i].short_label);
        free(response->columns[i].long_label);
    }
    for (size_t i = 0; i < response->error_count; i++) {
        free(response->errors[i].name);
        free(response->errors[i].return_code);
        free(response->errors[i].reason_code);
        free(response->errors[i].text);
    }
    free(response->columns);
    free(response->errors);
    clear_lines(response->rows, response->row_count);
    clear_lines(response->messages, response->message_count);
    free(response->reason_text);
    free(response->security_codes);
    *response = (struct om_response) { 0 };
}

/* The column whose "SLBL(" stands at `text`; NULL when none does. */
static const struct om_column *
column_at(const struct om_response *response, const char *text)
{
    for (size_t i = 0; i < response->column_count; i++) {
        size_t length = strlen(response->columns[i].short_label);
        if (length > 0 && strncmp(text, response->columns[i].short_label, length) == 0 && text[length] == '(')
            return &response->columns[i];
    }
    return NULL;
}

/* The parenthesis that ends a value: the next one that the row's end or another value follows, as texts may hold some. */
static const char *
value_end(const struct om_response *response, const char *value)
{
    for (const char *end = strchr(value, ')'); end != NULL; end = strchr(end + 1, ')')) {
        const char *next = end + 1 + strspn(end + 1, " ");
        if (*next == '\0' || (next > end + 1 && column_at(response, next) != NULL))
            return end;
    }
    return value + strlen(value);
}

const char *
om_row_value(const struct om_response *response, const char *row, const char *short_label, size_t *size)
{
    *size = 0;
    for (const char *at = row + strspn(row, " "); *at != '\0';) {
        const char *value = strchr(at, '(');
        if (value == NULL)
            return NULL;
        const char *end = value_end(response, ++value);
        if ((size_t)(value - 1 - at) == strlen(short_label) && strncmp(at, short_label, strlen(short_label)) == 0) {
            while (value < end && *value == ' ')
                value++;
            while (end > value && end[-1] == ' ')
                end--;
            *size = (size_t)(end - value);
            return value;
        }
        at = *end == '\0' ? end : end + 1;
        at += strspn(at, " ");
    }
    return NULL;
}
