#include "security/racf/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "security/racf/access.h"
#include "security/racf/commands.h"
#include "security/racf/omvs.h"
#include "security/racf/password_work.h"
#include "security/racf/rewrap.h"
#include "security/racf/syntax.h"
#include "security/racf/user.h"
#include "security/racf/warnings.h"

enum { LINE_SIZE = 1024, COMMAND_MAX = 32 * 1024 };

struct touched_user {
    struct touched_user *next;
    char userid[RACF_NAME_MAX + 1];
};

const struct verb *const racf_verbs[] = {
    &verb_addgroup, &verb_adduser, &verb_altgroup, &verb_altuser,  &verb_connect,  &verb_delgroup, &verb_deluser,
    &verb_help,     &verb_key,     &verb_listgrp,  &verb_listuser, &verb_password, &verb_permit,   &verb_ralter,
    &verb_rdefine,  &verb_rdelete, &verb_remove,   &verb_rlist,    &verb_search,   &verb_setropts, NULL,
};

const struct verb *
verb_find(const char *word, bool *ambiguous)
{
    const struct verb *found = NULL;
    *ambiguous = false;
    for (size_t i = 0; racf_verbs[i] != NULL; i++) {
        const struct verb *verb = racf_verbs[i];
        if (strcmp(verb->name, word) == 0 || strcmp(verb->short_name, word) == 0) {
            *ambiguous = false;
            return verb;
        }
        if (strncmp(verb->name, word, strlen(word)) != 0)
            continue;
        *ambiguous = *ambiguous || found != NULL;
        found = verb;
    }
    return *ambiguous ? NULL : found;
}

static void put_line(struct wire_writer *output, const char *format, va_list values) PRINTF_LIKE(2, 0);

static void
put_line(struct wire_writer *output, const char *format, va_list values)
{
    char line[LINE_SIZE];
    int size = vsnprintf(line, sizeof line - 1, format, values);
    if (size < 0)
        return;
    size_t used = (size_t)size < sizeof line - 1 ? (size_t)size : sizeof line - 2;
    line[used++] = '\n';
    wire_put_bytes(output, line, used);
}

void
run_say(struct run *run, uint8_t return_code, const char *format, ...)
{
    if (run->return_code < return_code)
        run->return_code = return_code;
    va_list values;
    va_start(values, format);
    put_line(run->output, format, values);
    va_end(values);
}

void
run_line(struct run *run, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    put_line(run->output, format, values);
    va_end(values);
}

void
run_touch_user(struct run *run, const char *userid)
{
    struct touched_user *touched = malloc(sizeof *touched);
    if (touched == NULL) {
        run->racf->failed = true;
        return;
    }
    snprintf(touched->userid, sizeof touched->userid, "%s", userid);
    touched->next = run->touched;
    run->touched = touched;
}

static bool
may_administer(struct run *run)
{
    if (run->issuer->special)
        return true;
    const struct racf_user *user = racf_user_find(run->racf, run->issuer->userid);
    if (user == NULL || user->revoked)
        return false;
    bool lists = run->verb->authority != VERB_CHANGES;
    if (lists && user->auditor)
        return true;
    char resource[32];
    snprintf(resource, sizeof resource, "IRR.RADMIN.%s", run->verb->name);
    enum racf_access access = lists ? RACF_ACCESS_READ : RACF_ACCESS_UPDATE;
    return racf_authorize(run->racf, user->userid, "FACILITY", resource, access) == RACF_ALLOWED;
}

/* After the commit: memory takes over what the file has. */
static void
take_over(struct run *run)
{
    run->racf->generation++;
    racf_options_load(run->racf);
    if (!racf_sql_succeeded(run->racf))
        run_say(run, RC_REFUSED, "PGR022I THE OPTIONS CANNOT BE READ AGAIN: %s", run->racf->failure);
    for (struct touched_user *touched = run->touched; touched != NULL; touched = touched->next)
        user_reload(run->racf, touched->userid);
    if (run->uids_changed && !omvs_load(run->racf))
        run_say(run, RC_REFUSED, "PGR024I THE UIDS CANNOT BE READ AGAIN: %s", run->racf->failure);
    for (int i = 0; i < RACF_CLASS_COUNT; i++) {
        struct racf_class_state *state = &run->racf->classes[i];
        if ((run->changed_classes & 1u << i) != 0) {
            state->changed = true;
            if (!state->raclisted)
                run->published_classes |= 1u << i;
        }
        if ((run->published_classes & 1u << i) != 0 && !racf_class_publish(run->racf, (enum racf_class_number)i))
            run_say(run, RC_REFUSED, "PGR023I CLASS %s CANNOT BE PUT IN STORAGE; WHAT WAS IN FORCE STAYS IN FORCE", racf_classes[i].name);
    }
    if (run->racf->ptktdata != NULL && (run->published_classes & 1u << RACF_CLASS_PTKTDATA) != 0 &&
        warnings_of_keys(run->racf, run_warn, run) > 0 && run->return_code < RC_WARNING)
        run->return_code = RC_WARNING;
}

static void
commit(struct run *run)
{
    bool committed = racf_sql_commit(run->racf);
    rewrap_end(run, committed);
    if (committed)
        take_over(run);
    else
        run_say(run, RC_REFUSED, "PGR021I COMMAND UNDONE, THE DATABASE FAILED: %s", run->racf->failure);
}

/* A run that asked for passwords to be hashed is undone. Commands reach the disk before they are reported done; the counters of logons need
 * not. */
static void
run_in_transaction(struct run *run)
{
    racf_sql_run(run->racf, "PRAGMA synchronous = FULL", "");
    racf_sql_begin(run->racf);
    run->verb->handler(run);
    if (!run->racf->failed && password_work_is_open(run->password_work))
        racf_sql_run(run->racf, "ROLLBACK", "");
    else
        commit(run);
    racf_sql_run(run->racf, "PRAGMA synchronous = NORMAL", "");
    run->racf->failed = false;
    while (run->touched != NULL) {
        struct touched_user *next = run->touched->next;
        free(run->touched);
        run->touched = next;
    }
}

static void
run_verb(struct run *run, const struct syntax_node *nodes)
{
    struct operands operands;
    char message[OPERAND_MESSAGE_SIZE] = "";
    run->privileged = may_administer(run);
    if (!run->privileged && run->verb->authority != VERB_OWN) {
        run_say(run, RC_REFUSED, "PGR020I NOT AUTHORIZED TO ISSUE %s", run->verb->name);
        return;
    }
    if (!operands_bind(&operands, run->verb->positional, run->verb->operands, nodes, message)) {
        run_say(run, RC_REFUSED, "%s", message);
        return;
    }
    run->operands = &operands;
    racf_counts_store(run->racf);
    run_in_transaction(run);
    if (!password_work_is_open(run->password_work))
        for (unsigned i = 0; i < run->wrong_passwords; i++)
            racf_count_failure(run->racf, run->issuer->userid);
    racf_counts_store(run->racf);
    run->operands = NULL;
}

static void
run_command(struct run *run, const char *text, size_t size)
{
    struct syntax syntax;
    if (size > COMMAND_MAX) {
        run_say(run, RC_REFUSED, "PGR009I THE COMMAND IS LONGER THAN %d BYTES", COMMAND_MAX);
        return;
    }
    if (!syntax_parse(&syntax, text, size)) {
        run_say(run, RC_REFUSED, "%s", syntax.fault);
    } else if (syntax.first != NULL) {
        bool ambiguous = false;
        const char *word = syntax.first->kind == SYNTAX_WORD ? syntax.first->text : "(";
        run->verb = verb_find(word, &ambiguous);
        if (run->verb != NULL)
            run_verb(run, syntax.first->next);
        else
            run_say(run, RC_REFUSED, ambiguous ? "PGR012I AMBIGUOUS COMMAND, %.64s" : "IKJ56500I COMMAND %.64s NOT FOUND", word);
    }
    syntax_clear(&syntax);
}

/* What is said by a run that has to be repeated is not to be heard. */
bool
racf_command_try(struct racf *racf, const struct racf_issuer *issuer, const char *text, size_t size, struct racf_password_work *work,
                 struct wire_writer *output, uint8_t *return_code)
{
    size_t used_before = output->used;
    struct run run = { .racf = racf, .issuer = issuer, .output = output, .password_work = work };
    run_command(&run, text, size);
    *return_code = run.return_code;
    bool done = !password_work_is_open(work);
    if (!done) {
        output->used = used_before;
        output->failed = false;
    }
    return done;
}

uint8_t
racf_command(struct racf *racf, const struct racf_issuer *issuer, const char *text, size_t size, struct wire_writer *output)
{
    static const char no_memory[] = "PGR025I NO MEMORY FOR THE COMMAND\n";
    struct racf_password_work *work = racf_password_work_new();
    uint8_t return_code = RC_REFUSED;
    if (work == NULL)
        wire_put_bytes(output, no_memory, sizeof no_memory - 1);
    else
        while (!racf_command_try(racf, issuer, text, size, work, output, &return_code))
            racf_password_work_run(work);
    racf_password_work_free(work);
    return return_code;
}

size_t
racf_command_extent(const char *text, size_t size)
{
    size_t start = 0;
    while (start < size) {
        const char *end = memchr(text + start, '\n', size - start);
        size_t next = end != NULL ? (size_t)(end - text) + 1 : size;
        size_t last = next;
        while (last > start && strchr(" \t\r\n", text[last - 1]) != NULL)
            last--;
        bool continues = last > start && (text[last - 1] == '-' || text[last - 1] == '+');
        start = next;
        if (!continues)
            break;
    }
    return start;
}
