/* KEY: the keys by label. RACF has no such command: on z/OS it is ICSF's utility that fills the CKDS. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/hex.h"
#include "common/secret.h"
#include "security/racf/commands.h"
#include "security/racf/label_key.h"
#include "security/racf/profile.h"
#include "security/racf/rewrap.h"

static const struct operand operands[] = {
    { "BYTES", OPERAND_BYTES, OPERAND_ONE },
    { "VALUE", OPERAND_VALUE, OPERAND_SECRET },
    { "REPLACE", OPERAND_REPLACE, OPERAND_FLAG },
    { "FORCE", OPERAND_FORCE, OPERAND_FLAG },
    { NULL },
};

enum { BYTES_DEFAULT = 64, TIME_SIZE = 24 };

static void
say_sizes(struct run *run, size_t bytes)
{
    run_say(run, RC_ERROR,
            "PGR151I A KEY HAS %d BYTES (DES, FOR KEYLABEL) OR %d TO %d (HMAC, FOR EPTKEYLABEL); %zu WERE ASKED FOR OR GIVEN",
            LABEL_KEY_DES_SIZE, LABEL_KEY_HMAC_MIN, LABEL_KEY_HMAC_MAX, bytes);
}

/* The label that the command names; false: reported. */
static bool
read_label(struct run *run, char label[LABEL_KEY_LABEL_MAX + 1])
{
    const struct syntax_node *node = run_names(run, 1, NULL);
    if (node == NULL || (run->operands->positional[1]->kind == SYNTAX_LIST && node->next != NULL)) {
        run_say(run, RC_ERROR, "IKJ56701I MISSING LABEL");
        return false;
    }
    if (run_fold(node, label, LABEL_KEY_LABEL_MAX + 1) && label_key_label_is_valid(label))
        return true;
    run_say(run, RC_ERROR, "PGR065I A KEY LABEL HAS UP TO %d OF A-Z 0-9 # @ $ AND PERIODS, NO DIGIT OR PERIOD FIRST", LABEL_KEY_LABEL_MAX);
    return false;
}

/* Profiles in storage keep the key that their label had. */
static void
key_changed(struct run *run, const char *label)
{
    if (label_key_is_used(run->racf, label))
        profile_changed(run, RACF_CLASS_PTKTDATA, "PGR158I", "NEW KEY");
}

/* Seals and stores a key under a label that is free, or that REPLACE gives up. */
static void
store_key(struct run *run, const char *label, const uint8_t *bytes, size_t size)
{
    struct label_key key;
    char text[WARNING_TEXT_SIZE];
    bool exists = label_key_read(run->racf, label, &key);
    if (exists && !run_has(run, OPERAND_REPLACE)) {
        run_say(run, RC_ERROR, "PGR152I %s HAS A KEY ALREADY; SAY REPLACE TO GIVE IT UP FOR ANOTHER", label);
        return;
    }
    key = (struct label_key) { .derived = key.derived, .created_s = clock_utc_seconds(run->racf->clock) };
    snprintf(key.label, sizeof key.label, "%s", label);
    if (!label_key_seal(run->racf->keystore, bytes, size, &key)) {
        run_say(run, RC_REFUSED, "PGR064I THE KEY OF %s CANNOT BE SEALED", label);
        return;
    }
    if (size == LABEL_KEY_DES_SIZE && passticket_legacy_key_is_weak(bytes)) {
        warning_text(WARNING_KEY_WEAK, label, "", text);
        run_warn(run, WARNING_KEY_WEAK, text);
    }
    label_key_write(run->racf, &key);
    run_say(run, RC_FINE, "PGR150I %s KEY OF %zu BYTES STORED UNDER %s", label_key_kind(size), size, label);
    key_changed(run, label);
}

/* DES keys carry odd parity, as those that ICSF makes do. */
static void
set_odd_parity(uint8_t *key, size_t size)
{
    for (size_t i = 0; i < size; i++)
        key[i] = (uint8_t)((key[i] & 0xFE) | (__builtin_parity(key[i] & 0xFE) ^ 1));
}

static bool
make_random(uint8_t *bytes, size_t size)
{
    bool made = keystore_random_key(bytes, size);
    while (made && size == LABEL_KEY_DES_SIZE && passticket_legacy_key_is_weak(bytes))
        made = keystore_random_key(bytes, size);
    if (size == LABEL_KEY_DES_SIZE)
        set_odd_parity(bytes, size);
    return made;
}

static void
generate_key(struct run *run)
{
    char label[LABEL_KEY_LABEL_MAX + 1];
    uint8_t bytes[KEYSTORE_KEY_MAX];
    uint32_t size = BYTES_DEFAULT;
    if (!read_label(run, label) || !run_number(run, OPERAND_BYTES, 1, UINT16_MAX, &size))
        return;
    if (!label_key_size_is_valid(size))
        say_sizes(run, size);
    else if (!make_random(bytes, size))
        run_say(run, RC_REFUSED, "PGR153I NO RANDOM KEY CAN BE HAD FROM THE SYSTEM");
    else
        store_key(run, label, bytes, size);
    secret_wipe(bytes, sizeof bytes);
}

static void
import_key(struct run *run)
{
    char label[LABEL_KEY_LABEL_MAX + 1];
    uint8_t bytes[KEYSTORE_KEY_MAX];
    const struct syntax_node *value = run->operands->value[OPERAND_VALUE];
    if (!read_label(run, label))
        return;
    if (value == NULL) {
        run_say(run, RC_ERROR, "IKJ56701I MISSING VALUE");
        return;
    }
    size_t digits = strlen(value->typed);
    if (value->kind == SYNTAX_WORD && strcmp(value->text, "*") == 0)
        run_say(run, RC_ERROR, "PGR061I VALUE(*) IS FILLED IN WHERE THE KEY CAN BE ASKED FOR: USE passgate key import");
    else if (value->next != NULL || digits % 2 != 0 || value->typed[strspn(value->typed, "0123456789ABCDEFabcdef")] != '\0')
        run_say(run, RC_ERROR, "PGR154I A KEY IS GIVEN AS AN EVEN NUMBER OF HEXADECIMAL DIGITS (0-9 A-F) IN ONE PIECE");
    else if (!label_key_size_is_valid(digits / 2))
        say_sizes(run, digits / 2);
    else if (hex_decode(value->typed, digits, bytes))
        store_key(run, label, bytes, digits / 2);
    secret_wipe(bytes, sizeof bytes);
}

static void
list_users_of_key(struct run *run, const struct label_key *key, int width)
{
    char created[TIME_SIZE];
    char line[256];
    time_t seconds = (time_t)key->created_s;
    struct tm utc;
    bool any = false;
    if (gmtime_r(&seconds, &utc) == NULL || strftime(created, sizeof created, "%Y-%m-%d", &utc) == 0)
        snprintf(created, sizeof created, "UNKNOWN");
    snprintf(line, sizeof line, "%-*s  %-4s  %5zu  %-10s", width, key->label, label_key_kind(key->size), key->size, created);
    sqlite3_stmt *row = racf_sql(run->racf,
                                 "SELECT profile, enhanced_label IS ?1 FROM ssignon WHERE legacy_label = ?1 OR enhanced_label = ?1"
                                 " ORDER BY profile",
                                 "t", key->label);
    while (racf_sql_row(run->racf, &row)) {
        char profile[RACF_PROFILE_MAX + 1];
        racf_column_text(run->racf, row, 0, profile, sizeof profile);
        run_line(run, "%-*s  %s (%s)", width + 25, any ? "" : line, profile, sqlite3_column_int(row, 1) != 0 ? "EPTKEYLABEL" : "KEYLABEL");
        any = true;
    }
    if (!any)
        run_line(run, "%s  NO PROFILE", line);
}

/* Labels first, so that no statement is open while another lists. */
static void
list_keys(struct run *run)
{
    const struct syntax_node *only = run_names(run, 1, NULL);
    int width = sizeof "LABEL" - 1;
    bool any = false;
    sqlite3_stmt *widest = racf_sql(run->racf, "SELECT max(length(label)) FROM label_key", "");
    if (racf_sql_row(run->racf, &widest) && sqlite3_column_int(widest, 0) > width)
        width = sqlite3_column_int(widest, 0);
    racf_sql_end(&widest);
    sqlite3_stmt *row = racf_sql(run->racf, "SELECT label FROM label_key WHERE ?1 IS NULL OR label = ?1 ORDER BY label", "t",
                                 only != NULL ? only->text : NULL);
    while (racf_sql_row(run->racf, &row)) {
        char label[LABEL_KEY_LABEL_MAX + 1];
        struct label_key key;
        racf_column_text(run->racf, row, 0, label, sizeof label);
        if (!any)
            run_line(run, "%-*s  KIND  BYTES  CREATED     USED BY", width, "LABEL");
        any = true;
        if (label_key_read(run->racf, label, &key))
            list_users_of_key(run, &key, width);
    }
    if (!any)
        run_say(run, RC_WARNING, "PGR155I NO KEY TO LIST");
}

static void
delete_key(struct run *run)
{
    char label[LABEL_KEY_LABEL_MAX + 1];
    struct label_key key;
    if (!read_label(run, label))
        return;
    if (!label_key_read(run->racf, label, &key)) {
        run_say(run, RC_ERROR, "PGR156I THERE IS NO KEY UNDER %s", label);
        return;
    }
    bool used = label_key_is_used(run->racf, label);
    if (used && !run_has(run, OPERAND_FORCE)) {
        run_say(run, RC_ERROR, "PGR157I %s IS NAMED BY A PTKTDATA PROFILE (KEY LIST SHOWS WHICH); CHANGE THE PROFILE FIRST, OR SAY FORCE",
                label);
        return;
    }
    label_key_delete(run->racf, label);
    if (used)
        profile_changed(run, RACF_CLASS_PTKTDATA, "PGR158I", "DELETED KEY");
}

static void
key_command(struct run *run)
{
    static const struct {
        const char *name;
        void (*function)(struct run *run);
        enum operand_id takes[2];
    } functions[] = {
        { "GENERATE", generate_key, { OPERAND_BYTES, OPERAND_REPLACE } },
        { "IMPORT", import_key, { OPERAND_VALUE, OPERAND_REPLACE } },
        { "LIST", list_keys, { OPERAND_NONE } },
        { "DELETE", delete_key, { OPERAND_FORCE } },
        { "REWRAP", rewrap_keys, { OPERAND_NONE } },
    };
    static const enum operand_id all[] = { OPERAND_BYTES, OPERAND_VALUE, OPERAND_REPLACE, OPERAND_FORCE };
    const struct syntax_node *name = run->operands->positional[0];
    for (size_t i = 0; name->kind == SYNTAX_WORD && i < sizeof functions / sizeof functions[0]; i++) {
        if (strncmp(functions[i].name, name->text, strlen(name->text)) != 0)
            continue;
        for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
            if (run_has(run, all[k]) && functions[i].takes[0] != all[k] && functions[i].takes[1] != all[k]) {
                run_say(run, RC_ERROR, "PGR159I KEY %s TAKES OTHER OPERANDS; SEE HELP KEY", functions[i].name);
                return;
            }
        functions[i].function(run);
        return;
    }
    run_say(run, RC_ERROR, "PGR160I KEY IS FOLLOWED BY GENERATE, IMPORT, LIST, DELETE OR REWRAP");
}

const struct verb verb_key = {
    .name = "KEY",
    .short_name = "KEY",
    .authority = VERB_CHANGES,
    .positional = { { "FUNCTION", true }, { "LABEL", false } },
    .operands = operands,
    .handler = key_command,
    .help = "generates, imports, lists, deletes keys by label; rewraps all keys under a new master key",
};
