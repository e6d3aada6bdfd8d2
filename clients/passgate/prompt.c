#include "clients/passgate/prompt.h"

#include <ctype.h>
#include <errno.h>
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "security/racf/complete.h"
#include "security/racf/racf.h"

enum { HISTORY_LINES = 500 };

enum { PENDING_SIZE = 4096 };

struct prompt {
    EditLine *editor;
    History *history;
    bool continued;
    char pending[PENDING_SIZE]; /* earlier lines of the command that is typed; may hold secrets */
    size_t pending_size;
};

static struct prompt *
prompt_of(EditLine *editor)
{
    struct prompt *prompt = NULL;
    el_get(editor, EL_CLIENTDATA, &prompt);
    return prompt;
}

static void
forget_pending(struct prompt *prompt)
{
    secret_wipe(prompt->pending, sizeof prompt->pending);
    prompt->pending_size = 0;
}

/* Keeps a line for the completion of those that continue it, without the mark at its end. */
static void
keep_pending(struct prompt *prompt, const char *line, size_t size)
{
    while (size > 0 && strchr(" \r\n-+", line[size - 1]) != NULL)
        size--;
    if (size + 1 > sizeof prompt->pending - prompt->pending_size)
        return;
    memcpy(prompt->pending + prompt->pending_size, line, size);
    prompt->pending[prompt->pending_size + size] = ' ';
    prompt->pending_size += size + 1;
}

static char *
prompt_text(EditLine *editor)
{
    static char first[] = "RACF> ";
    static char more[] = "    > ";
    const struct prompt *prompt = prompt_of(editor);
    return prompt != NULL && prompt->continued ? more : first;
}

/* As much as all candidates have in common behind what is typed. */
static size_t
common_length(const struct racf_completion *completion)
{
    size_t length = strlen(completion->candidates[0]);
    for (size_t i = 1; i < completion->count; i++) {
        size_t same = 0;
        while (same < length && completion->candidates[0][same] == completion->candidates[i][same])
            same++;
        length = same;
    }
    return length;
}

static void
list_candidates(const struct racf_completion *completion)
{
    enum { COLUMNS = 5 };
    for (size_t i = 0; i < completion->count; i++)
        printf("%s%-*s", i % COLUMNS == 0 ? "\n" : "", RACF_CANDIDATE_SIZE, completion->candidates[i]);
    putchar('\n');
    fflush(stdout);
}

static void
find_candidates(struct prompt *prompt, struct racf_completion *completion)
{
    const LineInfo *line = el_line(prompt->editor);
    size_t typed = (size_t)(line->cursor - line->buffer);
    char text[2 * PENDING_SIZE];
    size_t size = prompt->continued ? prompt->pending_size : 0;
    *completion = (struct racf_completion) { .count = 0 };
    if (typed > sizeof text - size)
        return;
    memcpy(text, prompt->pending, size);
    memcpy(text + size, line->buffer, typed);
    racf_command_complete(text, size + typed, completion);
    secret_wipe(text, sizeof text);
}

/* As the word that it continues: candidates are in upper case. */
static void
match_case(char *text, char before)
{
    for (; islower((unsigned char)before) && *text != '\0'; text++)
        *text = (char)tolower((unsigned char)*text);
}

/* The Tab key: inserts what is certain, lists the rest. */
static unsigned char
complete(EditLine *editor, int key)
{
    (void)key;
    struct racf_completion completion;
    find_candidates(prompt_of(editor), &completion);
    if (completion.count == 0)
        return CC_ERROR;
    size_t length = common_length(&completion);
    char more[RACF_CANDIDATE_SIZE + 1];
    bool certain = completion.count == 1 && completion.candidates[0][length - 1] != '(';
    snprintf(more, sizeof more, "%.*s%s", (int)(length - completion.typed), completion.candidates[0] + completion.typed,
             certain ? " " : "");
    match_case(more, completion.typed > 0 ? el_line(editor)->cursor[-1] : '\0');
    if (more[0] != '\0')
        return el_insertstr(editor, more) == 0 ? CC_REFRESH : CC_ERROR;
    list_candidates(&completion);
    return CC_REDISPLAY;
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
    el_set(prompt->editor, EL_ADDFN, "racf-complete", "complete verbs, classes and operands", complete);
    el_set(prompt->editor, EL_BIND, "^I", "racf-complete", NULL);
    return prompt;
}

void
prompt_free(struct prompt *prompt)
{
    if (prompt->history != NULL)
        history_end(prompt->history);
    if (prompt->editor != NULL)
        el_end(prompt->editor);
    forget_pending(prompt);
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
    if (!continued)
        forget_pending(prompt);
    keep_pending(prompt, typed, (size_t)length);
    return COMMAND_READ;
}

bool
prompt_memorable(const char *command, size_t size, char *text, size_t room)
{
    static const char *const secret_operands[] = { "KEYM", "KEYE", "VALUE", "PASS", "PHR", "PW " };
    for (size_t i = 0; i < sizeof secret_operands / sizeof secret_operands[0]; i++)
        if (strcasestr(command, secret_operands[i]) != NULL)
            return false;
    return racf_command_redact(command, size, text, room) < room && text[0] != '\0' && strstr(text, "<hidden>") == NULL;
}

void
prompt_remember(struct prompt *prompt, const char *command, size_t size)
{
    static char text[SAF_COMMAND_MAX + 1];
    HistEvent event;
    if (prompt_memorable(command, size, text, sizeof text))
        history(prompt->history, &event, H_ENTER, text);
    secret_wipe(text, sizeof text);
}
