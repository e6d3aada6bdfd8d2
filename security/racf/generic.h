/* Generic profile names: % is one character, * at the end of a qualifier is the rest of it, * alone is one qualifier, ** alone
 * is any number of qualifiers, none included. Names are folded to upper case before they get here. */
#pragma once
#include <stdbool.h>

/* True when the name has a generic character. */
bool racf_generic_is(const char *name);

/* True when * and ** stand only where they mean something. Names without generic characters are valid. */
bool racf_generic_is_valid(const char *pattern);

bool racf_generic_matches(const char *pattern, const char *resource);

/* Orders by RACF's rule: at the first character that differs a plain one is more specific than %, and % than *. Negative:
 * `one` is more specific. For qsort-like use; 0 only for equal names. */
int racf_generic_compare(const char *one, const char *other);
