#include "clients/sqlbatch/script.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "clients/sqlbatch/interrupt.h"
#include "common/secret.h"
#include "common/utf8.h"

enum { END_OF_SCRIPT = -1, PROPERTY_NAME_MAX = 64, WORD_MAX = 16 };

/* What has been seen of a statement that may be a CREATE TRIGGER, whose body has ';' of its own. */
enum trigger { TRIGGER_START, TRIGGER_CREATE, TRIGGER_NAMED, TRIGGER_BODY, TRIGGER_STATEMENT_ENDED, TRIGGER_END, TRIGGER_NONE };

struct scan {
    struct script *script;
    struct script_statement *statement;
    struct problem *problem;
    enum trigger trigger;
    char word[WORD_MAX]; /* the word being read, in upper case; cut */
    size_t word_size;
};

void
script_init(struct script *script, int file)
{
    *script = (struct script) { .file = file, .line = 1 };
}

void
script_clear(struct script *script)
{
    text_clear(&script->text);
    secret_wipe(script->buffer, sizeof script->buffer);
}

static void
fill(struct script *script)
{
    memmove(script->buffer, script->buffer + script->at, script->filled - script->at);
    script->filled -= script->at;
    script->at = 0;
    ssize_t got;
    do
        got = interrupt_poll(script->file, POLLIN, -1) < 0
                  ? -1
                  : read(script->file, script->buffer + script->filled, sizeof script->buffer - script->filled);
    while (got < 0 && errno == EINTR);
    script->ended = got <= 0;
    script->error = got < 0 ? errno : 0;
    if (got > 0)
        script->filled += (size_t)got;
}

/* The byte `ahead` bytes from here, or END_OF_SCRIPT. */
static int
peek(struct script *script, size_t ahead)
{
    while (script->filled - script->at <= ahead && !script->ended)
        fill(script);
    return script->filled - script->at <= ahead ? END_OF_SCRIPT : (unsigned char)script->buffer[script->at + ahead];
}

static int
take(struct script *script)
{
    int c = peek(script, 0);
    if (c == END_OF_SCRIPT)
        return c;
    script->at++;
    script->line += c == '\n';
    return c;
}

static bool
keep(struct scan *scan, int c)
{
    struct text *text = &scan->script->text;
    if (text->size == SCRIPT_STATEMENT_MAX) {
        problem_set(scan->problem, "the statement is longer than %d bytes: end it with ';' or split it", SCRIPT_STATEMENT_MAX);
        return false;
    }
    if (c == '\0') {
        problem_set(scan->problem, "a byte X'00' in line %zu: a script is text", scan->script->line);
        return false;
    }
    text_append_byte(text, (char)c);
    return true;
}

/* Notes the word that has just ended. */
static void
end_word(struct scan *scan)
{
    if (scan->word_size == 0)
        return;
    const char *word = scan->word;
    switch (scan->trigger) {
    case TRIGGER_START:
        scan->trigger = strcmp(word, "CREATE") == 0 ? TRIGGER_CREATE : TRIGGER_NONE;
        break;
    case TRIGGER_CREATE:
        if (strcmp(word, "TRIGGER") == 0)
            scan->trigger = TRIGGER_NAMED;
        else if (strcmp(word, "TEMP") != 0 && strcmp(word, "TEMPORARY") != 0)
            scan->trigger = TRIGGER_NONE;
        break;
    case TRIGGER_NAMED:
        if (strcmp(word, "BEGIN") == 0)
            scan->trigger = TRIGGER_BODY;
        break;
    case TRIGGER_STATEMENT_ENDED:
        scan->trigger = strcmp(word, "END") == 0 ? TRIGGER_END : TRIGGER_BODY;
        break;
    case TRIGGER_END:
        scan->trigger = TRIGGER_BODY;
        break;
    case TRIGGER_BODY:
    case TRIGGER_NONE:
        break;
    }
    scan->word_size = 0;
}

static void
note_character(struct scan *scan, int c)
{
    if (!isalnum(c) && c != '_') {
        end_word(scan);
        return;
    }
    if (scan->word_size < WORD_MAX - 1)
        scan->word[scan->word_size++] = (char)toupper(c);
    scan->word[scan->word_size] = '\0';
}

static bool
keep_quoted(struct scan *scan)
{
    size_t line = scan->script->line;
    int quote = take(scan->script);
    if (!keep(scan, quote))
        return false;
    for (;;) {
        int c = take(scan->script);
        if (c == END_OF_SCRIPT) {
            problem_set(scan->problem, "the %c opened in line %zu is not closed", quote, line);
            return false;
        }
        if (!keep(scan, c))
            return false;
        if (c == quote)
            return true;
    }
}

static void
skip_line_comment(struct script *script)
{
    while (peek(script, 0) != END_OF_SCRIPT && peek(script, 0) != '\n')
        take(script);
}

static bool
at_pair(struct script *script, char first, char second)
{
    return peek(script, 0) == first && peek(script, 1) == second;
}

static bool
skip_block_comment(struct scan *scan)
{
    struct script *script = scan->script;
    size_t line = script->line;
    size_t depth = 0;
    do {
        bool opens = at_pair(script, '/', '*');
        bool closes = at_pair(script, '*', '/');
        if (opens || closes)
            take(script);
        depth += opens;
        depth -= closes;
        if (take(script) == END_OF_SCRIPT) {
            problem_set(scan->problem, "the comment opened in line %zu is not closed", line);
            return false;
        }
    } while (depth > 0);
    return true;
}

/* Skips one comment when there is one; *skipped says so. */
static bool
skip_comment(struct scan *scan, bool *skipped)
{
    bool line = at_pair(scan->script, '-', '-');
    bool block = !line && at_pair(scan->script, '/', '*');
    *skipped = line || block;
    if (line)
        skip_line_comment(scan->script);
    return !block || skip_block_comment(scan);
}

/* UTF-8 files made elsewhere may begin with U+FEFF. */
static void
skip_byte_order_mark(struct script *script)
{
    if (!script->begun && peek(script, 0) == 0xEF && peek(script, 1) == 0xBB && peek(script, 2) == 0xBF)
        script->at += 3;
    script->begun = true;
}

/* Skips blanks, comments and, when `also` is ';', empty statements. */
static bool
skip_blank(struct scan *scan, char also)
{
    bool skipped;
    do {
        while (isspace(peek(scan->script, 0)) || peek(scan->script, 0) == also)
            take(scan->script);
        if (!skip_comment(scan, &skipped))
            return false;
    } while (skipped);
    return true;
}

/* True when the ';' here belongs to a URL: `;;`, or `;property=`. */
static bool
semicolon_goes_on(struct script *script)
{
    if (peek(script, 1) == ';')
        return true;
    size_t size = 0;
    while (size < PROPERTY_NAME_MAX && isalnum(peek(script, 1 + size)))
        size++;
    return size > 0 && peek(script, 1 + size) == '=';
}

static bool
refuse_unended(struct scan *scan)
{
    problem_set(scan->problem, "the statement does not end in ';' before the script ends");
    return false;
}

/* After CONNECT: the URL, then ';'. */
static bool
read_url(struct scan *scan)
{
    struct script *script = scan->script;
    text_reset(&script->text);
    if (!skip_blank(scan, ' '))
        return false;
    for (int c = peek(script, 0); c != END_OF_SCRIPT && !isspace(c) && (c != ';' || semicolon_goes_on(script)); c = peek(script, 0))
        if (!keep(scan, take(script)))
            return false;
    if (!skip_blank(scan, ' '))
        return false;
    int end = take(script);
    if (end == END_OF_SCRIPT)
        return refuse_unended(scan);
    if (end != ';') {
        problem_set(scan->problem, "CONNECT takes one URL or name without blanks and then ';'");
        return false;
    }
    scan->statement->kind = SCRIPT_CONNECT;
    return true;
}

static bool
text_is(const struct text *text, const char *word)
{
    return text->size == strlen(word) && strncasecmp(text->bytes, word, text->size) == 0;
}

/* CONNECT and a blank: what follows is a URL. */
static bool
is_connect(const struct text *text)
{
    static const char word[] = "CONNECT";
    return text->size == sizeof word && strncasecmp(text->bytes, word, sizeof word - 1) == 0 &&
           isspace((unsigned char)text->bytes[sizeof word - 1]);
}

/* Reads one piece: a quoted string, a comment or a character. */
static bool
read_piece(struct scan *scan)
{
    int c = peek(scan->script, 0);
    if (c == '\'' || c == '"') {
        end_word(scan);
        return keep_quoted(scan);
    }
    bool skipped;
    if (!skip_comment(scan, &skipped))
        return false;
    c = skipped ? ' ' : take(scan->script);
    note_character(scan, c);
    return keep(scan, c);
}

/* Takes the ';' here when it ends the statement. */
static bool
take_end(struct scan *scan)
{
    if (peek(scan->script, 0) != ';')
        return false;
    end_word(scan);
    if (scan->trigger != TRIGGER_BODY && scan->trigger != TRIGGER_STATEMENT_ENDED) {
        take(scan->script);
        return true;
    }
    scan->trigger = TRIGGER_STATEMENT_ENDED;
    return false;
}

static bool
read_statement(struct scan *scan)
{
    struct script *script = scan->script;
    while (!take_end(scan)) {
        if (peek(script, 0) == END_OF_SCRIPT)
            return refuse_unended(scan);
        if (!read_piece(scan))
            return false;
        if (is_connect(&script->text))
            return read_url(scan);
    }
    while (script->text.size > 0 && isspace((unsigned char)script->text.bytes[script->text.size - 1]))
        script->text.bytes[--script->text.size] = '\0';
    return true;
}

static bool
check_utf8(struct scan *scan)
{
    const struct text *text = &scan->script->text;
    uint32_t character;
    size_t line = scan->statement->line;
    for (size_t at = 0; at < text->size;) {
        size_t size = utf8_decode(text->bytes + at, text->size - at, &character);
        if (size == 0) {
            problem_set(scan->problem, "byte X'%02X' near line %zu is not UTF-8: convert the script with iconv",
                        (unsigned)(uint8_t)text->bytes[at], line);
            return false;
        }
        line += character == '\n';
        at += size;
    }
    return true;
}

static const struct control_statement {
    const char *text;
    enum script_kind kind;
} control_statements[] = {
    { "COMMIT", SCRIPT_COMMIT },          { "COMMIT WORK", SCRIPT_COMMIT },    { "ROLLBACK", SCRIPT_ROLLBACK },
    { "ROLLBACK WORK", SCRIPT_ROLLBACK }, { "DISCONNECT", SCRIPT_DISCONNECT },
};

static bool
classify(struct scan *scan)
{
    const struct text *text = &scan->script->text;
    for (size_t i = 0; i < sizeof control_statements / sizeof control_statements[0]; i++)
        if (text_is(text, control_statements[i].text))
            scan->statement->kind = control_statements[i].kind;
    if (text_is(text, "CONNECT") || (scan->statement->kind == SCRIPT_CONNECT && text->size == 0)) {
        problem_set(scan->problem, "CONNECT needs a URL or the name of a connection: CONNECT jdbc:ims://host:port/DATABASE:applName=...;");
        return false;
    }
    return check_utf8(scan);
}

enum script_kind
script_next(struct script *script, struct script_statement *statement, struct problem *problem)
{
    struct scan scan = { .script = script, .statement = statement, .problem = problem };
    *statement = (struct script_statement) { .kind = SCRIPT_SQL };
    text_reset(&script->text);
    skip_byte_order_mark(script);
    bool good = skip_blank(&scan, ';');
    statement->line = script->line;
    if (good && peek(script, 0) == END_OF_SCRIPT)
        statement->kind = SCRIPT_END;
    else if (!good || !read_statement(&scan) || !classify(&scan))
        statement->kind = SCRIPT_INVALID;
    if (script->error != 0 || script->text.failed) {
        errno = script->error != 0 ? script->error : ENOMEM;
        problem_set_errno(problem, "cannot read the script");
        statement->kind = SCRIPT_UNREADABLE;
    }
    statement->text = script->text.bytes != NULL ? script->text.bytes : "";
    statement->size = script->text.size;
    return statement->kind;
}
