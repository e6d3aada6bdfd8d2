#include "security/racf/complete.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "security/racf/classes.h"
#include "security/racf/command.h"

enum { WORD_SIZE = 32, DEPTH_MAX = 4 };

/* Where the cursor is in a command that is not finished. */
struct place {
    char verb[WORD_SIZE];
    char keywords[DEPTH_MAX][WORD_SIZE]; /* whose parentheses are open, outermost first */
    size_t depth;
    size_t words;         /* whole words and lists at the outermost level, the verb included */
    char last[WORD_SIZE]; /* the latest whole word */
    char word[WORD_SIZE]; /* the one before the cursor */
    bool quoted;
};

static void
end_word(struct place *place)
{
    if (place->word[0] == '\0')
        return;
    if (place->depth == 0 && place->words++ == 0)
        memcpy(place->verb, place->word, sizeof place->verb);
    memcpy(place->last, place->word, sizeof place->last);
    place->word[0] = '\0';
}

static void
open_list(struct place *place)
{
    end_word(place);
    /* A list behind a positional name's place is that name's; one behind a keyword is its values. */
    if (place->depth < DEPTH_MAX)
        memcpy(place->keywords[place->depth], place->last, sizeof place->last);
    place->depth++;
    place->last[0] = '\0';
}

static size_t
positional_count(const struct verb *verb)
{
    size_t count = 0;
    while (count < POSITIONAL_MAX && verb->positional[count].name != NULL)
        count++;
    return count;
}

/* The list stood where the verb's positional operands are. */
static bool
is_positional(const struct place *place)
{
    bool ambiguous = false;
    const struct verb *verb = verb_find(place->verb, &ambiguous);
    return verb != NULL && place->words - 1 < positional_count(verb);
}

static void
close_list(struct place *place)
{
    end_word(place);
    if (place->depth == 0)
        return;
    place->depth--;
    place->last[0] = '\0';
    if (place->depth == 0 && is_positional(place))
        place->words++;
}

static void
take(struct place *place, char c)
{
    size_t length = strlen(place->word);
    if (c == '\'')
        place->quoted = !place->quoted;
    else if (place->quoted)
        return;
    else if (c == '(')
        open_list(place);
    else if (c == ')')
        close_list(place);
    else if (isspace((unsigned char)c) || c == ',')
        end_word(place);
    else if (length + 1 < sizeof place->word) {
        place->word[length] = (char)toupper((unsigned char)c);
        place->word[length + 1] = '\0';
    }
}

static void
offer(struct racf_completion *completion, const char *word, const char *name, const char *end)
{
    if (strncmp(name, word, strlen(word)) != 0 || completion->count == RACF_CANDIDATES_MAX)
        return;
    snprintf(completion->candidates[completion->count++], RACF_CANDIDATE_SIZE, "%s%s", name, end);
}

static void
offer_words(struct racf_completion *completion, const char *word, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        offer(completion, word, words[i], "");
}

static void
offer_verbs(struct racf_completion *completion, const char *word)
{
    for (size_t i = 0; racf_verbs[i] != NULL; i++)
        offer(completion, word, racf_verbs[i]->name, "");
}

static void
offer_classes(struct racf_completion *completion, const char *word)
{
    for (int i = 0; i < RACF_CLASS_COUNT; i++)
        offer(completion, word, racf_classes[i].name, "");
}

static void
offer_operands(struct racf_completion *completion, const char *word, const struct operand *table)
{
    for (const struct operand *operand = table; operand->name != NULL; operand++)
        offer(completion, word, operand->name, operand->value == OPERAND_FLAG || operand->value == OPERAND_OPTIONAL ? "" : "(");
}

/* The words that are values of an operand. */
static void
offer_values(struct racf_completion *completion, const char *word, const struct operand *operand)
{
    static const char *const levels[] = { "NONE", "EXECUTE", "READ", "UPDATE", "CONTROL", "ALTER", NULL };
    static const char *const types[] = { "UPPER", "MIXED", NULL };
    static const char *const answers[] = { "YES", "NO", NULL };
    static const char *const authorities[] = { "USE", "CREATE", "CONNECT", "JOIN", NULL };
    switch ((int)operand->id) {
    case OPERAND_CLASS:
    case OPERAND_CLASSACT:
    case OPERAND_NOCLASSACT:
    case OPERAND_RACLIST:
    case OPERAND_NORACLIST:
    case OPERAND_GENERIC:
    case OPERAND_NOGENERIC:
        offer_classes(completion, word);
        break;
    case OPERAND_UACC:
    case OPERAND_ACCESS:
    case OPERAND_ALL:
    case OPERAND_SUCCESS:
    case OPERAND_FAILURES:
        offer_words(completion, word, levels);
        break;
    case OPERAND_TYPE:
        offer_words(completion, word, types);
        break;
    case OPERAND_REPLAY:
        offer_words(completion, word, answers);
        break;
    case OPERAND_AUTHORITY:
        offer_words(completion, word, authorities);
        break;
    default:
        break;
    }
}

static void
offer_positional(struct racf_completion *completion, const char *word, const struct verb *verb, size_t index)
{
    static const char *const functions[] = { "GENERATE", "IMPORT", "LIST", "DELETE", "REWRAP", NULL };
    const char *name = verb->positional[index].name;
    if (strcmp(name, "CLASS NAME") == 0)
        offer_classes(completion, word);
    else if (strcmp(name, "COMMAND") == 0)
        offer_verbs(completion, word);
    else if (strcmp(name, "FUNCTION") == 0)
        offer_words(completion, word, functions);
}

static void
offer_in_list(struct racf_completion *completion, const struct place *place, const struct verb *verb)
{
    const struct operand *table = verb->operands;
    const struct operand *operand = NULL;
    bool ambiguous = false;
    for (size_t i = 0; i < place->depth; i++) {
        operand = table != NULL && place->keywords[i][0] != '\0' ? operand_find(table, place->keywords[i], &ambiguous) : NULL;
        if (operand == NULL)
            return;
        table = operand->value == OPERAND_INNER ? operand->inner : NULL;
    }
    if (table != NULL)
        offer_operands(completion, place->word, table);
    else if (operand != NULL)
        offer_values(completion, place->word, operand);
}

void
racf_command_complete(const char *text, size_t size, struct racf_completion *completion)
{
    struct place place = { .depth = 0 };
    bool ambiguous = false;
    *completion = (struct racf_completion) { .count = 0 };
    for (size_t i = 0; i < size; i++)
        take(&place, text[i]);
    completion->typed = strlen(place.word);
    if (place.quoted || place.depth > DEPTH_MAX)
        return;
    if (place.words == 0) {
        offer_verbs(completion, place.word);
        return;
    }
    const struct verb *verb = verb_find(place.verb, &ambiguous);
    if (verb == NULL)
        return;
    size_t index = place.words - 1;
    if (place.depth > 0)
        offer_in_list(completion, &place, verb);
    else if (index < positional_count(verb))
        offer_positional(completion, place.word, verb, index);
    else
        offer_operands(completion, place.word, verb->operands);
}
