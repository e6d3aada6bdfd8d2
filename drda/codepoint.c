#include "drda/codepoint.h"

#include <stddef.h>

const char *
codepoint_name(uint16_t codepoint)
{
    switch (codepoint) {
#define CODEPOINT_NAME(name, value) \
    case value:                     \
        return #name;
        CODEPOINTS(CODEPOINT_NAME)
#undef CODEPOINT_NAME
    default:
        return NULL;
    }
}
