/* RACF commands as text: parsed, bound to the operands of their verb, and redacted. Redacting must never let a key through. */
#include <stdlib.h>
#include <string.h>

#include "security/racf/command.h"
#include "security/racf/racf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
bind(const struct syntax *syntax)
{
    bool ambiguous;
    char message[OPERAND_MESSAGE_SIZE];
    struct operands operands;
    const struct verb *verb = verb_find(syntax->first->text != NULL ? syntax->first->text : "", &ambiguous);
    if (verb != NULL && !operands_bind(&operands, verb->positional, verb->operands, syntax->first->next, message) && strlen(message) < 8)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct syntax syntax;
    if (syntax_parse(&syntax, text, size) != (syntax.fault == NULL))
        abort();
    if (syntax.fault == NULL && syntax.first != NULL)
        bind(&syntax);
    syntax_clear(&syntax);
    char redacted[256];
    if (racf_command_redact(text, size, redacted, sizeof redacted) < sizeof redacted && strlen(redacted) >= sizeof redacted)
        abort();
    if (racf_command_extent(text, size) > size)
        abort();
    return 0;
}
