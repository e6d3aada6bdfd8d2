#include "clients/passgate/secret_prompt.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "clients/terminal.h"
#include "common/secret.h"

enum { SECRET_MAX = 512, ABBREVIATION_MIN = 3 };

struct place {
    const char *keyword; /* NULL: there is none */
    size_t star;         /* where the * stands */
};

static const char *
secret_keyword(const char *word, size_t length)
{
    static const char *const keywords[] = { "PASSWORD", "PHRASE", "KEYMASKED", "KEYENCRYPTED", "VALUE" };
    for (size_t i = 0; length >= ABBREVIATION_MIN && i < sizeof keywords / sizeof keywords[0]; i++)
        if (length <= strlen(keywords[i]) && strncasecmp(word, keywords[i], length) == 0)
            return keywords[i];
    return NULL;
}

/* The next KEYWORD(*) outside quotes. */
static struct place
find_place(const char *text, size_t size)
{
    bool in_quotes = false;
    size_t word = 0; /* where the latest run of letters began */
    for (size_t i = 0; i < size; i++) {
        in_quotes = in_quotes != (text[i] == '\'');
        if (i > 0 && !isalpha((unsigned char)text[i - 1]))
            word = i;
        if (in_quotes || text[i] != '(')
            continue;
        size_t star = i + 1;
        while (star < size && text[star] == ' ')
            star++;
        size_t close = star + 1;
        while (close < size && text[close] == ' ')
            close++;
        const char *keyword = close < size && text[star] == '*' && text[close] == ')' ? secret_keyword(text + word, i - word) : NULL;
        if (keyword != NULL)
            return (struct place) { .keyword = keyword, .star = star };
    }
    return (struct place) { 0 };
}

/* Reads one line without its end, byte by byte: what follows it belongs to others. */
static bool
read_line(int descriptor, char line[SECRET_MAX + 1], struct problem *problem)
{
    size_t used = 0;
    for (;;) {
        char byte;
        ssize_t n = read(descriptor, &byte, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            problem_set_errno(problem, "the secret cannot be read");
            return false;
        }
        if (n == 0 || byte == '\n')
            break;
        if (used == SECRET_MAX) {
            problem_set(problem, "the secret is longer than %d characters", SECRET_MAX);
            return false;
        }
        line[used++] = byte;
    }
    line[used] = '\0';
    if (used == 0)
        problem_set(problem, "no secret was given: type it at the prompt, or send it as a line of standard input");
    return used > 0;
}

static bool
obtain(const char *keyword, bool from_input, char line[SECRET_MAX + 1], struct problem *problem)
{
    if (from_input && !isatty(STDIN_FILENO))
        return read_line(STDIN_FILENO, line, problem);
    struct problem why;
    if (terminal_read_secret(keyword, line, SECRET_MAX + 1, &why))
        return true;
    problem_set(problem, "%s(*) asks for a secret: %s: give the value in its place", keyword, why.text);
    return false;
}

/* As a command holds it: a plain word stays one (and is folded as such), anything else is quoted. */
static size_t
quote(const char *keyword, const char *line, char quoted[2 * SECRET_MAX + 3])
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@#$";
    size_t length = strlen(line);
    if (strspn(line, plain) == length && strcmp(keyword, "PHRASE") != 0) {
        memcpy(quoted, line, length);
        return length;
    }
    size_t used = 0;
    quoted[used++] = '\'';
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\'')
            quoted[used++] = '\'';
        quoted[used++] = line[i];
    }
    quoted[used++] = '\'';
    return used;
}

static bool
replace(char *text, size_t *size, size_t room, size_t star, const char *value, size_t length, struct problem *problem)
{
    if (length > room - *size) {
        problem_set(problem, "the command is too long with its secret: at most %zu bytes", room);
        return false;
    }
    memmove(text + star + length, text + star + 1, *size - star - 1);
    memcpy(text + star, value, length);
    *size += length - 1;
    return true;
}

bool
secret_prompt_fill(char *text, size_t *size, size_t room, bool from_input, struct problem *problem)
{
    char line[SECRET_MAX + 1];
    char quoted[2 * SECRET_MAX + 3];
    bool good = true;
    for (size_t from = 0; good;) {
        struct place place = find_place(text + from, *size - from);
        if (place.keyword == NULL)
            break;
        size_t star = from + place.star;
        good = obtain(place.keyword, from_input, line, problem);
        if (!good)
            break;
        size_t length = quote(place.keyword, line, quoted);
        good = replace(text, size, room, star, quoted, length, problem);
        from = star + length; /* the secret itself may look like a place */
    }
    secret_wipe(line, sizeof line);
    secret_wipe(quoted, sizeof quoted);
    return good;
}
