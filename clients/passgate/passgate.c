/* passgate, the command-line tool of operators and security administrators. */
#include "clients/passgate/dispatch.h"
#include "clients/passgate/subcommands.h"

int
main(int argc, char *argv[])
{
    static const struct subcommand subcommands[] = {
        { "audit", passgate_audit, "show audit records, filtered by user, application, outcome and time" },
        { "command", passgate_command, "send an operator command (QUERY IMSCON, UPDATE IMSCON) to a gateway" },
        { "racf", passgate_racf, "run RACF commands: from arguments, from standard input, or at a prompt" },
        { "key", passgate_key, "generate, import, list, delete PassTicket keys by label; rewrap them" },
        { "ticket", passgate_ticket, "generate and evaluate PassTickets with a key from a file" },
    };
    static const struct subcommand_table table = {
        .program = "passgate",
        .summary = "Operates a Passgate gateway and its security server.",
        .afterword = "Examples:\n"
                     "  passgate command 'QUERY IMSCON TYPE(CONFIG) SHOW(ALL)'\n"
                     "  passgate racf RLIST PTKTDATA IMSCON1 ALL\n"
                     "  passgate ticket generate --user IMSUSR1 --appl IMSCON1 --key-file imscon1.key\n",
        .subcommands = subcommands,
        .count = sizeof subcommands / sizeof subcommands[0],
    };
    return dispatch(&table, argc, argv);
}
