/* passgate key: the keys by label, which the security server keeps sealed. Made here is only the KEY command that asks for it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clients/passgate/dispatch.h"
#include "clients/passgate/key_file.h"
#include "clients/passgate/location.h"
#include "clients/passgate/secret_prompt.h"
#include "clients/passgate/subcommands.h"
#include "common/hex.h"
#include "common/options.h"
#include "common/secret.h"
#include "security/saf/client.h"

enum { EXIT_REFUSED = 12, EXIT_UNREACHABLE = 16, TIMEOUT_MS = 60000, COMMAND_SIZE = 2048 };
enum { KEY_BYTES_MAX = 256, HEX_LINE_SIZE = 2 * KEY_BYTES_MAX + 3 };

enum key_option { OPTION_CONFIG, OPTION_SOCKET, OPTION_FIRST, OPTION_SECOND, OPTION_COUNT };

#define SERVER_ROWS                                                                                                                \
    [OPTION_CONFIG] = { "config", "FILE", "the passgate.ini that names safd's socket\n(default " CONFIGURATION_DEFAULT_PATH ")" }, \
    [OPTION_SOCKET] = { "socket", "PATH", "safd's socket" }

static const char exit_codes[] =
    "Exit codes: 0 done; 2 wrong arguments; 4 nothing to list; 8 error; 12 refused; 16 the security server cannot "
    "be reached.\n";

static const struct option_row generate_rows[] = {
    SERVER_ROWS,
    [OPTION_FIRST] = { "replace", NULL, "give up the key that stands under the label" },
    [OPTION_SECOND] = { "bytes", "N", "32 to 256 for enhanced PassTickets (EPTKEYLABEL), 8 for legacy ones\n(KEYLABEL); default 64" },
};
static const struct option_row import_rows[] = {
    SERVER_ROWS,
    [OPTION_FIRST] = { "replace", NULL, "give up the key that stands under the label" },
    [OPTION_SECOND] = { "format", "FORMAT", "hex (default): digits and a line end; raw: the bytes themselves" },
};
static const struct option_row list_rows[] = { SERVER_ROWS };
static const struct option_row delete_rows[] = {
    SERVER_ROWS,
    [OPTION_FIRST] = { "force", NULL, "also when a PTKTDATA profile names the label" },
};

static const struct command_line generate_line = {
    .program = "passgate key generate",
    .operands = "LABEL",
    .summary = "Makes a random key under a label, in the security server; its value is never shown.",
    .afterword = "Example:\n  passgate key generate USRLCL.CKDS.CSM --bytes 64\n\n"
                 "A profile that names the label has the key from the next SETROPTS RACLIST(PTKTDATA) REFRESH on.\n",
    .rows = generate_rows,
    .row_count = sizeof generate_rows / sizeof generate_rows[0],
};
static const struct command_line import_line = {
    .program = "passgate key import",
    .operands = "LABEL",
    .summary = "Stores a key under a label. The key comes from standard input; at a terminal it is asked for without echo.",
    .afterword = "Examples:\n"
                 "  passgate key import USRLCL.CKDS.CSM <csm.key\n"
                 "  openssl rand 64 | tee csm.raw | passgate key import USRLCL.CKDS.CSM --format raw\n",
    .rows = import_rows,
    .row_count = sizeof import_rows / sizeof import_rows[0],
};
static const struct command_line list_line = {
    .program = "passgate key list",
    .operands = "[LABEL]",
    .summary = "Lists labels with the kind and size of their keys and the profiles that name them; never a key.",
    .afterword = "",
    .rows = list_rows,
    .row_count = sizeof list_rows / sizeof list_rows[0],
};
static const struct command_line delete_line = {
    .program = "passgate key delete",
    .operands = "LABEL",
    .summary = "Deletes the key under a label.",
    .afterword = "",
    .rows = delete_rows,
    .row_count = sizeof delete_rows / sizeof delete_rows[0],
};
static const struct command_line rewrap_line = {
    .program = "passgate key rewrap",
    .operands = "",
    .summary = "Makes a new master key and seals all keys of the database under it: those by label and those of profiles.\n"
               "Interrupted at any moment, it is finished or undone when the security server starts again.",
    .afterword = "Backups of the database need the master key of their time: keep a copy of the file before.\n",
    .rows = list_rows,
    .row_count = sizeof list_rows / sizeof list_rows[0],
};

struct key_request {
    const char *values[OPTION_COUNT];
    const char *label; /* NULL: none given */
    char command[COMMAND_SIZE];
    size_t size;
};

/* False after telling what is wrong; *status is then the exit status. */
static bool
parse(const struct command_line *line, int argc, char *argv[], bool label_required, struct key_request *request, int *status)
{
    int operand;
    *request = (struct key_request) { .label = NULL };
    enum options_outcome outcome = options_parse(line, argc, argv, request->values, &operand);
    *status = outcome == OPTIONS_ANSWERED ? 0 : OPTIONS_EXIT_USAGE;
    if (outcome == OPTIONS_ANSWERED)
        fputs(exit_codes, stdout);
    if (outcome != OPTIONS_PARSED)
        return false;
    if (operand < argc)
        request->label = argv[operand++];
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789#@$.";
    if (operand < argc || (request->label != NULL && line->operands[0] == '\0'))
        options_refuse(line, "%s: no such operand is expected", argv[argc - 1]);
    else if (label_required && request->label == NULL)
        options_refuse(line, "LABEL: it is required");
    else if (request->label != NULL && (request->label[0] == '\0' || request->label[strspn(request->label, allowed)] != '\0'))
        options_refuse(line, "%s: a label has letters, digits, # @ $ and periods", request->label);
    else if (request->label != NULL && strlen(request->label) > 64)
        options_refuse(line, "%s: a label has at most 64 characters", request->label);
    else
        return true;
    return false;
}

static void
put(struct key_request *request, const char *before, const char *value, const char *after)
{
    int length = snprintf(request->command + request->size, sizeof request->command - request->size, "%s%s%s", before, value, after);
    request->size += length > 0 ? (size_t)length : 0;
}

/* Sends the command and prints what comes back; returns the exit status. Wipes the command. */
static int
run(struct key_request *request)
{
    char path[CONFIGURATION_PATH_MAX];
    struct saf_command_answer answer;
    struct problem problem;
    int status = OPTIONS_EXIT_USAGE;
    if (location_find(LOCATION_SAFD, request->values[OPTION_SOCKET], request->values[OPTION_CONFIG], path)) {
        struct saf_client *client = saf_client_connect(path, TIMEOUT_MS, &problem);
        status = EXIT_UNREACHABLE;
        if (client != NULL && saf_client_command(client, request->command, request->size, &answer, &problem)) {
            fwrite(answer.output, 1, answer.size, answer.return_code >= 8 ? stderr : stdout);
            status = answer.return_code;
        } else {
            fprintf(stderr, "passgate: %s\n", problem.text);
        }
        saf_client_close(client);
    }
    secret_wipe(request->command, sizeof request->command);
    return status;
}

static int
generate(int argc, char *argv[])
{
    struct key_request request;
    int status;
    if (!parse(&generate_line, argc, argv, true, &request, &status))
        return status;
    const char *bytes = request.values[OPTION_SECOND];
    if (bytes != NULL && (bytes[0] == '\0' || strlen(bytes) > 5 || bytes[strspn(bytes, "0123456789")] != '\0'))
        return options_refuse(&generate_line, "--bytes %s: expected 32 to 256, or 8", bytes);
    put(&request, "KEY GENERATE ", request.label, "");
    if (bytes != NULL)
        put(&request, " BYTES(", bytes, ")");
    put(&request, request.values[OPTION_FIRST] != NULL ? " REPLACE" : "", "", "");
    return run(&request);
}

/* The bytes of standard input, as hexadecimal digits. */
static bool
read_raw(char hex[HEX_LINE_SIZE])
{
    uint8_t bytes[KEY_BYTES_MAX + 1];
    size_t used = 0;
    ssize_t count = 1;
    while (used < sizeof bytes && (count = read(STDIN_FILENO, bytes + used, sizeof bytes - used)) > 0)
        used += (size_t)count;
    bool fits = count >= 0 && used <= KEY_BYTES_MAX;
    if (count < 0)
        perror("passgate: standard input cannot be read");
    else if (!fits)
        fprintf(stderr, "passgate: standard input: a key has at most %d bytes, this is longer; is it in hex? Then leave --format raw out\n",
                KEY_BYTES_MAX);
    else
        hex_encode(bytes, used, hex);
    secret_wipe(bytes, sizeof bytes);
    return fits;
}

static bool
read_hex(char hex[HEX_LINE_SIZE])
{
    struct problem problem;
    int length = secret_line_read(STDIN_FILENO, "standard input", hex, HEX_LINE_SIZE, &problem);
    size_t digits = length >= 0 ? strspn(hex, "0123456789ABCDEFabcdef") : 0;
    if (length < 0)
        fprintf(stderr, "passgate: %s\n", problem.text);
    else if (digits != (size_t)length)
        fprintf(stderr, "passgate: standard input: character %zu is not a hexadecimal digit; for the bytes themselves say --format raw\n",
                digits + 1);
    return length >= 0 && digits == (size_t)length;
}

/* Appends the value, asked for at a terminal, read from standard input otherwise. */
static bool
put_value(struct key_request *request, bool raw)
{
    char hex[HEX_LINE_SIZE];
    struct problem problem;
    if (isatty(STDIN_FILENO)) {
        put(request, " VALUE(*)", "", "");
        bool filled = !raw && secret_prompt_fill(request->command, &request->size, sizeof request->command - 1, true, &problem);
        if (raw)
            options_refuse(&import_line, "--format raw: bytes cannot be typed: send them to standard input");
        else if (!filled)
            fprintf(stderr, "passgate: %s\n", problem.text);
        return filled;
    }
    bool read = raw ? read_raw(hex) : read_hex(hex);
    if (read && hex[0] == '\0')
        fprintf(stderr, "passgate: standard input: it is empty; the key is expected there\n");
    read = read && hex[0] != '\0';
    if (read)
        put(request, " VALUE(", hex, ")");
    secret_wipe(hex, sizeof hex);
    return read;
}

static int
import(int argc, char *argv[])
{
    struct key_request request;
    int status;
    if (!parse(&import_line, argc, argv, true, &request, &status))
        return status;
    const char *format = request.values[OPTION_SECOND] != NULL ? request.values[OPTION_SECOND] : "hex";
    bool raw = strcmp(format, "raw") == 0;
    if (!raw && strcmp(format, "hex") != 0)
        return options_refuse(&import_line, "--format %s: choose hex or raw", format);
    put(&request, "KEY IMPORT ", request.label, "");
    put(&request, request.values[OPTION_FIRST] != NULL ? " REPLACE" : "", "", "");
    if (put_value(&request, raw))
        return run(&request);
    secret_wipe(request.command, sizeof request.command);
    return OPTIONS_EXIT_USAGE;
}

static int
list(int argc, char *argv[])
{
    struct key_request request;
    int status;
    if (!parse(&list_line, argc, argv, false, &request, &status))
        return status;
    put(&request, "KEY LIST ", request.label != NULL ? request.label : "", "");
    return run(&request);
}

static int delete (int argc, char *argv[])
{
    struct key_request request;
    int status;
    if (!parse(&delete_line, argc, argv, true, &request, &status))
        return status;
    put(&request, "KEY DELETE ", request.label, request.values[OPTION_FIRST] != NULL ? " FORCE" : "");
    return run(&request);
}

static int
rewrap(int argc, char *argv[])
{
    struct key_request request;
    int status;
    if (!parse(&rewrap_line, argc, argv, false, &request, &status))
        return status;
    put(&request, "KEY REWRAP", "", "");
    return run(&request);
}

int
passgate_key(int argc, char *argv[])
{
    static const struct subcommand subcommands[] = {
        { "generate", generate, "make a random key under a label" },
        { "import", import, "store a key from standard input under a label" },
        { "list", list, "list labels and who uses them, without the keys" },
        { "delete", delete, "delete the key under a label" },
        { "rewrap", rewrap, "seal all keys under a new master key" },
    };
    static const struct subcommand_table table = {
        .program = "passgate key",
        .summary = "Manages the PassTicket keys that the security server keeps by label, as ICSF keeps them in its CKDS.",
        .afterword = "Example:\n"
                     "  passgate key generate USRLCL.CKDS.CSM --bytes 64\n"
                     "  passgate racf \"RDEFINE PTKTDATA IOSHMCSM.HOSTUSR SSIGNON(EPTKEYLABEL(USRLCL.CKDS.CSM) TYPE(UPPER))\"\n",
        .subcommands = subcommands,
        .count = sizeof subcommands / sizeof subcommands[0],
    };
    return dispatch(&table, argc, argv);
}
