#include "config/hwscfg_lexer.h"

#include <string.h>

/* Takes the next record as it stands; false at the end of the member. */
static bool
take_record(struct hwscfg_lexer *lexer)
{
    lexer->column = 0;
    lexer->length = 0;
    if (lexer->next == lexer->end)
        return false;
    const char *newline = memchr(lexer->next, '\n', (size_t)(lexer->end - lexer->next));
    const char *stop = newline != NULL ? newline : lexer->end;
    lexer->record = lexer->next;
    lexer->length = (size_t)(stop - lexer->record);
    lexer->next = newline != NULL ? newline + 1 : lexer->end;
    lexer->line++;
    while (lexer->length > 0 && strchr(" \t\r", lexer->record[lexer->length - 1]) != NULL && lexer->record[lexer->length - 1] != '\0')
        lexer->length--;
    return true;
}

/* A record that is too long is read to its end, so that what it says is checked all the same. */
static void
cut_sequence_columns(struct hwscfg_lexer *lexer)
{
    if (lexer->length > HWSCFG_RECORD_COLUMNS)
        problem_error(lexer->sink, lexer->line, "the record has %zu columns, a member has %d; continue it after a comma in the next record",
                      lexer->length, HWSCFG_RECORD_COLUMNS);
    else if (lexer->length > HWSCFG_TEXT_COLUMNS)
        lexer->length = HWSCFG_TEXT_COLUMNS;
}

static bool
is_comment_record(const struct hwscfg_lexer *lexer)
{
    return lexer->length > 0 && (lexer->record[0] == '*' || lexer->record[0] == '#');
}

/* Takes the next record that is not a comment. */
static bool
take_text_record(struct hwscfg_lexer *lexer)
{
    do {
        if (!take_record(lexer))
            return false;
    } while (is_comment_record(lexer));
    cut_sequence_columns(lexer);
    return true;
}

static bool
starts_comment(const struct hwscfg_lexer *lexer)
{
    return lexer->length - lexer->column >= 2 && memcmp(lexer->record + lexer->column, "/*", 2) == 0;
}

/* Inside a comment the first column means nothing, so that a closing star-slash may stand there. */
static void
skip_comment(struct hwscfg_lexer *lexer)
{
    unsigned opened = lexer->line;
    lexer->column += 2;
    for (;;) {
        const char *from = lexer->record + lexer->column;
        const char *close = lexer->column < lexer->length ? memmem(from, lexer->length - lexer->column, "*/", 2) : NULL;
        if (close != NULL) {
            lexer->column = (size_t)(close - lexer->record) + 2;
            return;
        }
        if (!take_record(lexer)) {
            problem_error(lexer->sink, opened, "the comment is not closed; end it with */");
            return;
        }
        if (lexer->length > HWSCFG_TEXT_COLUMNS)
            lexer->length = HWSCFG_TEXT_COLUMNS;
    }
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool
is_word_character(char c)
{
    return c > ' ' && c <= '~' && strchr("=(),'\"", c) == NULL;
}

/* Moves to the next character that begins a token; false at the end of the member. */
static bool
skip_to_token(struct hwscfg_lexer *lexer)
{
    for (;;) {
        if (lexer->column >= lexer->length) {
            if (!take_text_record(lexer))
                return false;
            continue;
        }
        char c = lexer->record[lexer->column];
        if (starts_comment(lexer)) {
            skip_comment(lexer);
            continue;
        }
        if (c > ' ' && c <= '~')
            return true;
        if (!is_blank(c))
            problem_error(lexer->sink, lexer->line, "column %zu holds X'%02X', which is no printable character", lexer->column + 1,
                          (unsigned)(unsigned char)c);
        lexer->column++;
    }
}

/* Word characters at `column` of a record, up to a comment. */
static size_t
word_length(const struct hwscfg_lexer *lexer)
{
    struct hwscfg_lexer at = *lexer;
    while (at.column < at.length && is_word_character(at.record[at.column]) && !starts_comment(&at))
        at.column++;
    return at.column - lexer->column;
}

/* True, and moved there, when a word that fills the record to its last column goes on in the next one. */
static bool
word_goes_on(struct hwscfg_lexer *lexer)
{
    if (lexer->column != HWSCFG_TEXT_COLUMNS)
        return false;
    struct hwscfg_lexer ahead = *lexer;
    if (!take_record(&ahead) || is_comment_record(&ahead) || word_length(&ahead) == 0)
        return false;
    return take_text_record(lexer);
}

static void
append(struct hwscfg_lexer *lexer, struct hwscfg_token *token, size_t *used, size_t count)
{
    size_t room = HWSCFG_WORD_MAX - *used;
    size_t copied = count < room ? count : room;
    memcpy(token->text + *used, lexer->record + lexer->column, copied);
    *used += copied;
    token->text[*used] = '\0';
    lexer->column += count;
    if (count > room)
        problem_error(lexer->sink, token->line, "the word beginning in column %u is longer than %d characters", token->column,
                      HWSCFG_WORD_MAX);
}

static void
take_word(struct hwscfg_lexer *lexer, struct hwscfg_token *token)
{
    size_t used = 0;
    do
        append(lexer, token, &used, word_length(lexer));
    while (word_goes_on(lexer));
}

/* A quoted string stands in one record. */
static void
take_string(struct hwscfg_lexer *lexer, struct hwscfg_token *token)
{
    char quote = lexer->record[lexer->column++];
    const char *from = lexer->record + lexer->column;
    const char *close = memchr(from, quote, lexer->length - lexer->column);
    if (close == NULL)
        problem_error(lexer->sink, token->line, "the string beginning in column %u is not closed; end it with %c", token->column, quote);
    size_t used = 0;
    append(lexer, token, &used, close != NULL ? (size_t)(close - from) : lexer->length - lexer->column);
    if (close != NULL)
        lexer->column++;
}

void
hwscfg_lexer_init(struct hwscfg_lexer *lexer, const char *text, size_t size, struct problem_sink *sink)
{
    *lexer = (struct hwscfg_lexer) { .sink = sink, .next = text, .end = text + size, .record = text };
}

void
hwscfg_lexer_next(struct hwscfg_lexer *lexer, struct hwscfg_token *token)
{
    bool more = skip_to_token(lexer);
    token->line = lexer->line > 0 ? lexer->line : 1;
    token->column = (unsigned)lexer->column + 1;
    token->text[0] = '\0';
    if (!more) {
        token->kind = HWSCFG_TOKEN_END;
        return;
    }
    static const char punctuation[] = "=(),";
    static const enum hwscfg_token_kind kinds[] = { HWSCFG_TOKEN_EQUALS, HWSCFG_TOKEN_OPEN, HWSCFG_TOKEN_CLOSE, HWSCFG_TOKEN_COMMA };
    char c = lexer->record[lexer->column];
    const char *mark = strchr(punctuation, c);
    if (mark != NULL) {
        size_t used = 0;
        token->kind = kinds[mark - punctuation];
        append(lexer, token, &used, 1);
        return;
    }
    token->kind = HWSCFG_TOKEN_WORD;
    if (c == '\'' || c == '"')
        take_string(lexer, token);
    else
        take_word(lexer, token);
}
