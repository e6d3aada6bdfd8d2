#include "drda/sql/message.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { TOKEN_SEPARATOR_WIRE = 0x14, TOKEN_SEPARATOR = 0xFF, TOKENS_SHOWN = 8 };

/* %1 is the first token, %2 the second. */
static const struct {
    int32_t sqlcode;
    const char *text;
} texts[] = {
    { 100, "No row was found for FETCH, UPDATE or DELETE; or the result of a query is an empty table." },
    { 10000, "One or more SET statements were not recognized: %1" },
    { -7, "The statement contains the illegal character %1." },
    { -101, "The statement is too long or too complex: %1" },
    { -104, "An unexpected token %1 was found; the statement is not valid SQL." },
    { -117, "The number of values assigned is not the same as the number of columns: %1" },
    { -120, "An aggregate function is not allowed where it stands: %1" },
    { -125, "The ORDER BY clause names a column that the result does not have: %1" },
    { -150, "The view or table %1 cannot be changed." },
    { -171, "An argument of a function or procedure is not valid: %1" },
    { -180, "The text of a date, time or timestamp is not valid: %1" },
    { -203, "The reference to column %1 is ambiguous." },
    { -204, "%1 is an undefined name." },
    { -206, "%1 is not a column of any table that the statement names." },
    { -302, "The value of a parameter is not valid or too large: %1" },
    { -305, "A NULL value cannot be returned: %1" },
    { -310, "The value of a decimal parameter is not valid: %1" },
    { -313, "The number of values given is not the number of parameter markers: %1" },
    { -330, "A text cannot be used because it is not in its encoding: %1" },
    { -332, "A text cannot be converted: %1" },
    { -407, "An assignment of NULL to the column %1, which is NOT NULL, is not allowed." },
    { -408, "A value is not compatible with the type of its column: %1" },
    { -412, "A subselect has more than one column: %1" },
    { -413, "A number is out of range: %1" },
    { -420, "A text is not valid as the number or type asked for: %1" },
    { -421, "The operands of a set operator have not the same number of columns: %1" },
    { -423, "The locator of a large object is not valid: %1" },
    { -433, "A value is too long: %1" },
    { -438, "The application raised an error: %1" },
    { -440, "No function with the name and arguments of %1 was found." },
    { -501, "The cursor is not open: %1" },
    { -502, "The cursor is already open: %1" },
    { -503, "The column %1 is not among those that FOR UPDATE OF names for the cursor %2." },
    { -504, "The cursor %1 is not declared." },
    { -507, "The cursor %1 of the UPDATE or DELETE is not open." },
    { -508, "The cursor %1 of the UPDATE or DELETE is not on a row that can be changed." },
    { -509, "The table %1 is not the one of the cursor %2." },
    { -510, "The table of the cursor %1 cannot be changed by UPDATE or DELETE: %2" },
    { -514, "The cursor is not in a prepared state: %1" },
    { -517, "The cursor cannot be used because its statement is not a query: %1" },
    { -518, "The statement to execute is not in a prepared state or is a query: %1" },
    { -530, "The value of a foreign key is not the value of any parent key: %1" },
    { -538, "The foreign key does not match the parent key: %1" },
    { -545, "A check constraint is not satisfied: %1" },
    { -551, "%1 is not authorized for the operation: %2" },
    { -574, "The default value is not a constant: %1" },
    { -601, "An object of the name %1 exists already." },
    { -612, "%1 is a duplicate column name." },
    { -801, "A division by zero was attempted: %1" },
    { -802, "An arithmetic operation overflowed: %1" },
    { -803, "The statement would make duplicate values in a unique index or primary key: %1" },
    { -804, "The parameters of the statement are described in a way that is not supported: %1" },
    { -805, "The package %1 was not found." },
    { -817, "The statement would change data, which is not allowed: %1" },
    { -880, "The savepoint %1 does not exist." },
    { -904, "A resource is not available: %1" },
    { -911, "The unit of work was rolled back because of a deadlock or timeout, reason %1: %2" },
    { -913, "The statement failed because of a deadlock or timeout, reason %1: %2" },
    { -950, "The object is in use: %1" },
    { -952, "Processing was cancelled by an interrupt or timeout: %1" },
};

struct tokens {
    const char *start;
    size_t size;
};

struct message {
    char *text;
    size_t used;
};

static void
append(struct message *message, const char *text, size_t size)
{
    size_t room = SQL_MESSAGE_MAX - message->used;
    if (size > room) {
        size = room;
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
            size--;
    }
    memcpy(message->text + message->used, text, size);
    message->used += size;
    message->text[message->used] = '\0';
}

static bool
is_separator(char c)
{
    return (unsigned char)c == TOKEN_SEPARATOR_WIRE || (unsigned char)c == TOKEN_SEPARATOR;
}

/* The token of that number, counted from 1; empty when there is none. */
static struct tokens
token(struct tokens all, unsigned number)
{
    struct tokens found = { all.start, 0 };
    for (size_t i = 0; i <= all.size; i++) {
        if (i < all.size && !is_separator(all.start[i]))
            continue;
        found.size = (size_t)(all.start + i - found.start);
        if (--number == 0)
            return found;
        found = (struct tokens) { all.start + i + 1, 0 };
    }
    return (struct tokens) { all.start, 0 };
}

/* A text with its tokens in place; where there is no token the mark goes, and a colon that would announce it. */
static void
append_filled(struct message *message, const char *text, struct tokens all)
{
    while (*text != '\0') {
        size_t plain = strcspn(text, "%");
        bool mark = text[plain] == '%';
        struct tokens one = mark ? token(all, (unsigned)(text[plain + 1] - '0')) : (struct tokens) { text, 0 };
        bool announced = mark && one.size == 0 && plain >= 2 && text[plain - 2] == ':';
        append(message, text, announced ? plain - 2 : plain);
        if (announced)
            append(message, ".", 1);
        append(message, one.start, one.size);
        text += plain + (mark ? 2 : 0);
    }
}

/* For codes that have no text here: "SQLCODE -1234, SQLSTATE 56000: token, token". */
static void
append_plain(struct message *message, int32_t sqlcode, const char *sqlstate, struct tokens all)
{
    char head[64];
    snprintf(head, sizeof head, "SQLCODE %d, SQLSTATE %.5s", (int)sqlcode, sqlstate);
    append(message, head, strlen(head));
    for (unsigned i = 1; i <= TOKENS_SHOWN; i++) {
        struct tokens one = token(all, i);
        if (one.size == 0)
            break;
        append(message, i == 1 ? ": " : ", ", 2);
        append(message, one.start, one.size);
    }
}

size_t
sql_message(int32_t sqlcode, const char *sqlstate, const void *tokens, size_t tokens_size, char message[static SQL_MESSAGE_MAX + 1])
{
    struct message written = { .text = message };
    struct tokens all = { tokens_size > 0 ? tokens : "", tokens_size };
    message[0] = '\0';
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].sqlcode != sqlcode)
            continue;
        append_filled(&written, texts[i].text, all);
        return written.used;
    }
    append_plain(&written, sqlcode, sqlstate, all);
    return written.used;
}
