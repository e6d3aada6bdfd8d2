#include <stdio.h>
#include <string.h>

#include "security/racf/access.h"
#include "security/racf/command.h"
#include "security/racf/user.h"

const char *
run_word(const struct run *run, enum operand_id id)
{
    const struct syntax_node *value = run->operands->value[id];
    return value != NULL ? value->text : NULL;
}

const char *
run_text(const struct run *run, enum operand_id id)
{
    const struct syntax_node *value = run->operands->value[id];
    return value != NULL ? value->typed : NULL;
}

/* The keyword of an operand for a message: the tables know it. */
static const char *
keyword(const struct operand *table, enum operand_id id)
{
    for (const struct operand *operand = table; operand != NULL && operand->name != NULL; operand++) {
        if (operand->id == id)
            return operand->name;
        const char *inner = keyword(operand->inner, id);
        if (inner != NULL)
            return inner;
    }
    return NULL;
}

bool
run_number(struct run *run, enum operand_id id, uint32_t least, uint32_t most, uint32_t *value)
{
    const char *word = run_word(run, id);
    if (word == NULL || operand_number(word, least, most, value))
        return true;
    run_say(run, RC_ERROR, "PGR015I %s MUST BE A NUMBER FROM %u TO %u", keyword(run->verb->operands, id), least, most);
    return false;
}

bool
run_choice(struct run *run, enum operand_id id, const char *const *words, unsigned *value)
{
    const char *word = run_word(run, id);
    if (word == NULL)
        return true;
    char allowed[96] = "";
    unsigned matches = 0;
    for (unsigned i = 0; words[i] != NULL; i++) {
        size_t used = strlen(allowed);
        snprintf(allowed + used, sizeof allowed - used, "%s%s", i > 0 ? ", " : "", words[i]);
        if (strncmp(words[i], word, strlen(word)) != 0)
            continue;
        *value = i;
        matches++;
        if (strcmp(words[i], word) == 0) {
            matches = 1;
            break;
        }
    }
    if (matches != 1)
        run_say(run, RC_ERROR, "PGR016I %s MUST BE ONE OF %s", keyword(run->verb->operands, id), allowed);
    return matches == 1;
}

bool
run_level(struct run *run, enum operand_id id, uint8_t *access)
{
    static const char *const words[] = { "NONE", "EXECUTE", "READ", "UPDATE", "CONTROL", "ALTER", NULL };
    unsigned choice = 0;
    if (run_word(run, id) == NULL)
        return true;
    if (!run_choice(run, id, words, &choice))
        return false;
    *access = (uint8_t)access_level_find(words[choice]);
    return true;
}

bool
run_string(struct run *run, enum operand_id id, char *text, size_t size)
{
    const char *typed = run_text(run, id);
    if (typed == NULL)
        return true;
    if (strlen(typed) < size) {
        snprintf(text, size, "%s", typed);
        return true;
    }
    run_say(run, RC_ERROR, "PGR017I %s IS LONGER THAN %zu BYTES", keyword(run->verb->operands, id), size - 1);
    return false;
}

bool
run_owner(struct run *run, char owner[RACF_NAME_MAX + 1])
{
    const char *word = run_word(run, OPERAND_OWNER);
    if (word == NULL)
        return true;
    if (!racf_name_is_valid(word) || (!user_exists(run->racf, word) && !group_exists(run->racf, word))) {
        run_say(run, RC_ERROR, "PGR018I OWNER %.64s IS NEITHER A USER NOR A GROUP", word);
        return false;
    }
    snprintf(owner, RACF_NAME_MAX + 1, "%s", word);
    return true;
}

int
run_class(struct run *run, const char *name)
{
    int class = racf_class_find(name);
    if (class < 0)
        run_say(run, RC_ERROR, "PGR019I %.64s IS NOT A CLASS; THE CLASSES ARE APPL, FACILITY, OPERCMDS, PTKTDATA, SERVAUTH", name);
    return class;
}

int
run_positional_class(struct run *run)
{
    const struct syntax_node *node = run->operands->positional[0];
    return run_class(run, node->kind == SYNTAX_LIST ? "(" : node->text);
}

const struct syntax_node *
run_names(const struct run *run, int i, const struct syntax_node *previous)
{
    const struct syntax_node *node = run->operands->positional[i];
    if (previous == NULL)
        return operand_elements(node);
    return node != NULL && node->kind == SYNTAX_LIST ? previous->next : NULL;
}

bool
run_fold(const struct syntax_node *node, char *name, size_t size)
{
    size_t length = strlen(node->text);
    name[0] = '\0';
    if (length >= size)
        return false;
    for (size_t i = 0; i <= length; i++) {
        char c = node->text[i];
        name[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    return true;
}

const char *
run_current_group(const struct run *run)
{
    const struct racf_user *user = racf_user_find(run->racf, run->issuer->userid);
    return user != NULL ? user->default_group : "SYS1";
}

bool
run_is_special(struct run *run, const char *what)
{
    if (run->issuer->special)
        return true;
    run_say(run, RC_ERROR, "ICH21005I NOT AUTHORIZED TO SPECIFY %s, OPERAND IGNORED.", what);
    return false;
}

void
run_warn_of_permissions(struct run *run, const char *id)
{
    if (racf_sql_exists(run->racf, "SELECT 1 FROM permission WHERE id = ?", "t", id))
        run_say(run, RC_FINE, "PGR100W %s STILL STANDS IN ACCESS LISTS; A NEW USER OR GROUP OF THAT NAME WOULD INHERIT THEM", id);
}

void
run_warn(void *context, enum warning warning, const char *text)
{
    struct run *run = context;
    run_say(run, RC_FINE, "%s %s", warning_id(warning), text);
}
