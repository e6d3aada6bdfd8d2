#include "clients/passgate/prompt.h"

#include <errno.h>
#include <histedit.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "security/racf/racf.h"

enum { HISTORY_LINES = 500 };

struct prompt {
    EditLine *editor;
    History *history;
    bool continued;
};

static char *
prompt_text(EditLine *editor)
{
    static char first[] = "RACF> ";
    static char more[] = "    > ";
    struct prompt *prompt = NULL;
    el_get(editor, EL_CLIENTDATA, &prompt);
    return prompt != NULL && prompt->continued ? more : first;
}

struct prompt *
prompt_new(void)
{
    struct prompt *prompt = calloc(1, sizeof *prompt);
    if (prompt == NULL)
        return NULL;
    HistEvent event;
    prompt->editor = el_init("passgate", stdin, stdout, stderr);
    prompt->history = history_init();
    if (prompt->editor == NULL || prompt->history == NULL) {
        prompt_free(prompt);
        return NULL;
    }
    history(prompt->history, &event, H_SETSIZE, HISTORY_LINES);
    el_set(prompt->editor, EL_CLIENTDATA, prompt);
    el_set(prompt->editor, EL_PROMPT, prompt_text);
    el_set(prompt->editor, EL_EDITOR, "emacs");
    el_set(prompt->editor, EL_SIGNAL, 1); /* the terminal is put back when a signal ends the program */
    el_set(prompt->editor, EL_HIST, history, prompt->history);
    return prompt;
}

void
prompt_free(struct prompt *prompt)
{
    if (prompt->history != NULL)
        history_end(prompt->history);
    if (prompt->editor != NULL)
        el_end(prompt->editor);
    free(prompt);
}

enum command_read
prompt_line(void *context, bool continued, char *line, size_t room, size_t *size)
{
    struct prompt *prompt = context;
    int length = 0;
    prompt->continued = continued;
    const char *typed = el_gets(prompt->editor, &length);
    if (typed == NULL || length <= 0)
        return length < 0 ? COMMAND_FAILED : COMMAND_END;
    if ((size_t)length > room)
        return COMMAND_TOO_LONG;
    memcpy(line, typed, (size_t)length);
    *size = (size_t)length;
    return COMMAND_READ;
}

bool
prompt_may_remember(const char *command, size_t size)
{
    static const char *const secret_operands[] = { "SSIGNON", "KEYM", "KEYE", "PASS", "PHR", "PW " };
    static char redacted[SAF_COMMAND_MAX + 1];
    for (size_t i = 0; i < sizeof secret_operands / sizeof secret_operands[0]; i++)
        if (strcasestr(command, secret_operands[i]) != NULL)
            return false;
    size_t redacted_size = racf_command_redact(command, size, redacted, sizeof redacted);
    bool same = redacted_size == size && memcmp(redacted, command, size) == 0;
    secret_wipe(redacted, sizeof redacted);
    return same;
}

void
prompt_remember(struct prompt *prompt, const char *command, size_t size)
{
    HistEvent event;
    if (prompt_may_remember(command, size))
        history(prompt->history, &event, H_ENTER, command);
}
