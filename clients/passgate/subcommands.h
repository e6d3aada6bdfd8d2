/* The subcommands of passgate. Each parses its own arguments, argv[0] being its name, and returns the exit status. */
#pragma once

int passgate_audit(int argc, char *argv[]);
int passgate_command(int argc, char *argv[]);
int passgate_key(int argc, char *argv[]);
int passgate_racf(int argc, char *argv[]);
int passgate_ticket(int argc, char *argv[]);
int passgate_ticket_explain(int argc, char *argv[]);
