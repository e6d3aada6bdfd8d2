#include "security/racf/generic.h"

#include <stddef.h>
#include <string.h>

bool
racf_generic_is(const char *name)
{
    return strpbrk(name, "%*") != NULL;
}

bool
racf_generic_is_valid(const char *pattern)
{
    for (const char *star = strchr(pattern, '*'); star != NULL; star = strchr(star + 1, '*')) {
        bool starts = star == pattern || star[-1] == '.';
        if (starts && star[1] == '*')
            star++;
        if (star[1] != '.' && star[1] != '\0')
            return false;
    }
    return true;
}

/* The qualifier that begins at `name` ends here: at a period or at the end. */
static const char *
qualifier_end(const char *name)
{
    return name + strcspn(name, ".");
}

static const char *
next_qualifier(const char *end)
{
    return *end == '.' ? end + 1 : NULL;
}

static bool
qualifier_matches(const char *pattern, const char *pattern_end, const char *name, const char *name_end)
{
    while (pattern < pattern_end && *pattern != '*') {
        if (name == name_end || (*pattern != '%' && *pattern != *name))
            return false;
        pattern++;
        name++;
    }
    return pattern < pattern_end || name == name_end;
}

static bool
is_any_qualifiers(const char *pattern)
{
    return pattern[0] == '*' && pattern[1] == '*';
}

/* Goes on with what follows the last ** whenever a qualifier does not match: never more steps than the product of both
 * numbers of qualifiers. */
bool
racf_generic_matches(const char *pattern, const char *resource)
{
    const char *after_any = NULL; /* pattern behind the last **; at its end when that was the last qualifier */
    const char *retry = NULL;     /* resource qualifier that the ** takes next */
    while (resource != NULL) {
        if (pattern != NULL && is_any_qualifiers(pattern)) {
            pattern = next_qualifier(pattern + 2);
            if (pattern == NULL)
                return true;
            after_any = pattern;
            retry = resource;
            continue;
        }
        const char *resource_end = qualifier_end(resource);
        if (pattern != NULL && qualifier_matches(pattern, qualifier_end(pattern), resource, resource_end)) {
            pattern = next_qualifier(qualifier_end(pattern));
            resource = next_qualifier(resource_end);
            continue;
        }
        if (after_any == NULL)
            return false;
        retry = next_qualifier(qualifier_end(retry));
        pattern = after_any;
        resource = retry;
    }
    while (pattern != NULL && is_any_qualifiers(pattern))
        pattern = next_qualifier(pattern + 2);
    return pattern == NULL;
}

static int
generality(char character)
{
    switch (character) {
    case '\0':
        return 0;
    case '%':
        return 2;
    case '*':
        return 3;
    default:
        return 1;
    }
}

int
racf_generic_compare(const char *one, const char *other)
{
    while (*one == *other && *one != '\0') {
        one++;
        other++;
    }
    int difference = generality(*one) - generality(*other);
    return difference != 0 ? difference : strcmp(one, other);
}
