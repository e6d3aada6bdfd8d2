#include "security/saf/safd_command.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "security/saf/safd_caller.h"

enum { RETURN_CODE_WARNING = 4, RETURN_CODE_ERROR = 8, RETURN_CODE_REFUSED = 12 };

static const char cut_line[] = "SAFD0031W THE OUTPUT WAS CUT: ask for less, one profile or a mask\n";
static const char unrecorded_line[] = "SAFD0032E THE COMMAND RAN BUT ITS AUDIT RECORD COULD NOT BE WRITTEN: see safd's log\n";
static const char busy_line[] = "SAFD0036E THE COMMAND WAS NOT RUN: too many passwords are being hashed; try again\n";

struct safd_command {
    TAILQ_ENTRY(safd_command) entry;
    struct safd_commands *commands;
    struct safd_link *link; /* NULL: closed meanwhile */
    uint32_t id;
    uid_t uid;
    struct racf_password_work *work;
    struct worker_job job;
    size_t size;
    char text[]; /* and a NUL */
};

struct safd_commands {
    struct safd_command_parts parts;
    TAILQ_HEAD(, safd_command) waiting;
    size_t waiting_count;
    uint8_t output[SAF_OUTPUT_MAX]; /* of the command that runs */
};

struct safd_commands *
safd_commands_new(const struct safd_command_parts *parts)
{
    struct safd_commands *commands = calloc(1, sizeof *commands);
    if (commands == NULL)
        return NULL;
    commands->parts = *parts;
    TAILQ_INIT(&commands->waiting);
    return commands;
}

static void
command_free(struct safd_command *command)
{
    racf_password_work_free(command->work);
    secret_wipe(command->text, command->size);
    free(command);
}

void
safd_commands_free(struct safd_commands *commands)
{
    if (commands == NULL)
        return;
    for (struct safd_command *command; (command = TAILQ_FIRST(&commands->waiting)) != NULL;) {
        TAILQ_REMOVE(&commands->waiting, command, entry);
        command_free(command);
    }
    free(commands);
}

bool
safd_commands_under_way(const struct safd_commands *commands)
{
    return commands->waiting_count > 0;
}

/* Ends the output at a line end when it did not fit. */
static void
finish_output(struct wire_writer *output, uint8_t *return_code)
{
    if (!output->failed)
        return;
    while (output->used > 0 && output->start[output->used - 1] != '\n')
        output->used--;
    output->failed = false;
    output->size = SAF_OUTPUT_MAX;
    wire_put_bytes(output, cut_line, sizeof cut_line - 1);
    if (*return_code < RETURN_CODE_WARNING)
        *return_code = RETURN_CODE_WARNING;
}

static void
record(const struct safd_command *command, const struct racf_issuer *issuer, struct wire_writer *output, uint8_t *return_code)
{
    const struct safd_command_parts *parts = &command->commands->parts;
    audit_command(parts->audit, clock_utc_us(parts->racroute->clock), issuer->userid, command->uid, command->text, *return_code);
    if (audit_flush(parts->audit))
        return;
    output->size = SAF_OUTPUT_MAX;
    wire_put_bytes(output, unrecorded_line, sizeof unrecorded_line - 1);
    *return_code = *return_code < RETURN_CODE_ERROR ? RETURN_CODE_ERROR : *return_code;
}

static void
finish(struct safd_command *command, const struct racf_issuer *issuer, struct wire_writer *output, uint8_t return_code)
{
    finish_output(output, &return_code);
    record(command, issuer, output, &return_code);
    const struct saf_command_answer answer = {
        .return_code = return_code,
        .output = (const char *)output->start,
        .size = output->used,
    };
    if (command->link != NULL)
        saf_command_answer_encode(&command->link->output, command->id, &answer);
    command_free(command);
}

static void
hash_passwords(struct worker_job *job)
{
    struct safd_command *command = (struct safd_command *)((char *)job - offsetof(struct safd_command, job));
    racf_password_work_run(command->work);
}

static void run(struct safd_command *command);

static void
passwords_hashed(struct worker_job *job)
{
    struct safd_command *command = (struct safd_command *)((char *)job - offsetof(struct safd_command, job));
    struct safd_commands *commands = command->commands;
    TAILQ_REMOVE(&commands->waiting, command, entry);
    commands->waiting_count--;
    if (command->link != NULL)
        safd_link_release(command->link);
    run(command);
}

/* False: there are enough of them already. */
static bool
wait_for_passwords(struct safd_command *command)
{
    struct safd_commands *commands = command->commands;
    command->job = (struct worker_job) { .run = hash_passwords, .done = passwords_hashed };
    if (commands->waiting_count == SAFD_COMMANDS_MAX || !workers_submit(commands->parts.workers, &command->job))
        return false;
    TAILQ_INSERT_TAIL(&commands->waiting, command, entry);
    commands->waiting_count++;
    if (command->link != NULL)
        safd_link_hold(command->link);
    return true;
}

/* Who issues it is asked each time: his authority may have been taken away while it waited. */
static void
run(struct safd_command *command)
{
    struct safd_commands *commands = command->commands;
    struct racf *racf = commands->parts.racroute->racf;
    struct wire_writer output = wire_writer(commands->output, sizeof commands->output - sizeof cut_line - sizeof unrecorded_line);
    struct racf_issuer issuer;
    uint8_t return_code = RETURN_CODE_REFUSED;
    if (!safd_caller_identify(racf, commands->parts.owner, command->uid, &issuer)) {
        safd_caller_refuse(commands->parts.owner, command->uid, &issuer, &output);
    } else if (!racf_command_try(racf, &issuer, command->text, command->size, command->work, &output, &return_code)) {
        if (wait_for_passwords(command))
            return;
        wire_put_bytes(&output, busy_line, sizeof busy_line - 1);
        return_code = RETURN_CODE_ERROR;
    }
    finish(command, &issuer, &output, return_code);
}

bool
safd_commands_serve(struct safd_commands *commands, struct safd_link *link, const struct saf_frame *frame)
{
    struct saf_command asked;
    struct wire_reader body = frame->body;
    if (!saf_command_decode(&body, &asked))
        return false;
    struct safd_command *command = calloc(1, sizeof *command + asked.size + 1);
    struct racf_password_work *work = racf_password_work_new();
    if (command == NULL || work == NULL) {
        free(command);
        racf_password_work_free(work);
        return false;
    }
    command->commands = commands;
    command->link = link;
    command->id = frame->id;
    command->uid = link->peer.uid;
    command->work = work;
    command->size = asked.size;
    memcpy(command->text, asked.text, asked.size);
    run(command);
    return true;
}

void
safd_commands_forget_link(struct safd_commands *commands, const struct safd_link *link)
{
    struct safd_command *command;
    TAILQ_FOREACH (command, &commands->waiting, entry)
        if (command->link == link)
            command->link = NULL;
}
