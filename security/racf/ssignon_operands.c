#include "security/racf/ssignon_operands.h"

#include <stdio.h>
#include <string.h>

#include "common/hex.h"
#include "common/secret.h"

const struct operand ssignon_operands[] = {
    { "KEYMASKED", OPERAND_KEYMASKED, OPERAND_SECRET, OPERAND_KEYENCRYPTED },
    { "KEYENCRYPTED", OPERAND_KEYENCRYPTED, OPERAND_SECRET, OPERAND_KEYMASKED },
    { "ENCRYPTKEY", OPERAND_ENCRYPTKEY, OPERAND_FLAG },
    { "KEYLABEL", OPERAND_KEYLABEL, OPERAND_ONE },
    { "NOLEGACYKEY", OPERAND_NOLEGACYKEY, OPERAND_FLAG },
    { "EPTKEYLABEL", OPERAND_EPTKEYLABEL, OPERAND_ONE, OPERAND_NOEPTKEYLABEL },
    { "NOEPTKEYLABEL", OPERAND_NOEPTKEYLABEL, OPERAND_FLAG, OPERAND_EPTKEYLABEL },
    { "TYPE", OPERAND_TYPE, OPERAND_ONE },
    { "TIMEOUT", OPERAND_TIMEOUT, OPERAND_ONE },
    { "REPLAY", OPERAND_REPLAY, OPERAND_ONE },
    { NULL },
};

enum { KEY_DIGITS = 2 * PASSTICKET_LEGACY_KEY_SIZE };

static bool
legacy_operands_agree(struct run *run)
{
    static const enum operand_id ways[] = { OPERAND_KEYMASKED, OPERAND_KEYENCRYPTED, OPERAND_ENCRYPTKEY, OPERAND_KEYLABEL,
                                            OPERAND_NOLEGACYKEY };
    unsigned given = 0;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        given += run_has(run, ways[i]);
    if (given > 1)
        run_say(run, RC_ERROR, "PGR060I GIVE ONE OF KEYMASKED, KEYENCRYPTED, ENCRYPTKEY, KEYLABEL, NOLEGACYKEY");
    return given <= 1;
}

/* The message never repeats what was given for a key. */
static bool
read_key(struct run *run, enum operand_id id, uint8_t key[PASSTICKET_LEGACY_KEY_SIZE])
{
    const struct syntax_node *value = run->operands->value[id];
    const char *name = id == OPERAND_KEYMASKED ? "KEYMASKED" : "KEYENCRYPTED";
    if (strcmp(value->text, "*") == 0) {
        run_say(run, RC_ERROR, "PGR061I %s(*) IS FILLED IN WHERE THE KEY CAN BE ASKED FOR: ENTER IT AT passgate racf ON A TERMINAL", name);
        return false;
    }
    size_t digits = strlen(value->typed);
    if (value->next == NULL && digits == KEY_DIGITS && hex_decode(value->typed, KEY_DIGITS, key))
        return true;
    run_say(run, RC_ERROR, "PGR062I %s NEEDS %d HEXADECIMAL DIGITS (0-9 A-F) IN ONE PIECE; %zu CHARACTERS WERE GIVEN", name, KEY_DIGITS,
            digits);
    return false;
}

static void
remove_legacy(struct ssignon *ssignon)
{
    ssignon->legacy_form = SSIGNON_NO_LEGACY_KEY;
    ssignon->legacy_sealed_size = 0;
    ssignon->legacy_label[0] = '\0';
}

static bool
store_key(struct run *run, const char *profile, enum ssignon_legacy_form form, const uint8_t key[PASSTICKET_LEGACY_KEY_SIZE],
          struct ssignon *ssignon)
{
    remove_legacy(ssignon);
    ssignon->legacy_form = form;
    bool stored = form == SSIGNON_MASKED ? ssignon_seal(run->racf->keystore, profile, key, ssignon)
                                         : label_key_derive(run->racf, key, ssignon->legacy_label);
    if (!stored)
        run_say(run, RC_REFUSED, "PGR064I THE KEY OF %s CANNOT BE SEALED", profile);
    return stored;
}

static bool
apply_key(struct run *run, const char *profile, enum operand_id id, struct ssignon *ssignon)
{
    uint8_t key[PASSTICKET_LEGACY_KEY_SIZE];
    if (!read_key(run, id, key))
        return false;
    bool stored = store_key(run, profile, id == OPERAND_KEYMASKED ? SSIGNON_MASKED : SSIGNON_ENCRYPTED, key, ssignon);
    secret_wipe(key, sizeof key);
    return stored;
}

static bool
read_label(struct run *run, enum operand_id id, char label[LABEL_KEY_LABEL_MAX + 1])
{
    char folded[LABEL_KEY_LABEL_MAX + 1];
    if (!run_fold(run->operands->value[id], folded, sizeof folded) || !label_key_label_is_valid(folded)) {
        run_say(run, RC_ERROR, "PGR065I A KEY LABEL HAS UP TO %d OF A-Z 0-9 # @ $ AND PERIODS, NO DIGIT OR PERIOD FIRST",
                LABEL_KEY_LABEL_MAX);
        return false;
    }
    memcpy(label, folded, sizeof folded);
    return true;
}

/* Moves the key that the segment holds to a label of its own. */
static bool
encrypt_key(struct run *run, const char *profile, struct ssignon *ssignon)
{
    uint8_t key[PASSTICKET_LEGACY_KEY_SIZE];
    if (ssignon->legacy_sealed_size == 0) {
        run_say(run, RC_ERROR, "PGR066I %s HAS NO MASKED KEY THAT COULD BE ENCRYPTED", profile);
        return false;
    }
    if (!ssignon_legacy_key(run->racf->keystore, profile, ssignon, key)) {
        run_say(run, RC_ERROR, "PGR064I THE KEY OF %s CANNOT BE OPENED: IT WAS SEALED UNDER ANOTHER MASTER KEY", profile);
        return false;
    }
    bool stored = store_key(run, profile, SSIGNON_ENCRYPTED, key, ssignon);
    secret_wipe(key, sizeof key);
    return stored;
}

static bool
apply_legacy(struct run *run, const char *profile, struct ssignon *ssignon)
{
    if (run_has(run, OPERAND_KEYMASKED))
        return apply_key(run, profile, OPERAND_KEYMASKED, ssignon);
    if (run_has(run, OPERAND_KEYENCRYPTED))
        return apply_key(run, profile, OPERAND_KEYENCRYPTED, ssignon);
    if (run_has(run, OPERAND_NOLEGACYKEY))
        remove_legacy(ssignon);
    if (run_has(run, OPERAND_KEYLABEL)) {
        remove_legacy(ssignon);
        ssignon->legacy_form = SSIGNON_LABEL;
        return read_label(run, OPERAND_KEYLABEL, ssignon->legacy_label);
    }
    return !run_has(run, OPERAND_ENCRYPTKEY) || encrypt_key(run, profile, ssignon);
}

static bool
apply_enhanced(struct run *run, struct ssignon *ssignon)
{
    static const char *const types[] = { "UPPER", "MIXED", NULL };
    static const char *const answers[] = { "YES", "NO", NULL };
    unsigned type = ssignon->ticket_type == PASSTICKET_UPPER ? 0 : 1;
    unsigned replay = ssignon->replay ? 0 : 1;
    uint32_t timeout_s = ssignon->timeout_s;
    if (!run_choice(run, OPERAND_TYPE, types, &type) || !run_choice(run, OPERAND_REPLAY, answers, &replay) ||
        !run_number(run, OPERAND_TIMEOUT, 1, SSIGNON_TIMEOUT_MAX_S, &timeout_s))
        return false;
    ssignon->ticket_type = type == 0 ? PASSTICKET_UPPER : PASSTICKET_MIXED;
    ssignon->replay = replay == 0;
    ssignon->timeout_s = (uint16_t)timeout_s;
    if (run_has(run, OPERAND_NOEPTKEYLABEL))
        ssignon->enhanced_label[0] = '\0';
    return !run_has(run, OPERAND_EPTKEYLABEL) || read_label(run, OPERAND_EPTKEYLABEL, ssignon->enhanced_label);
}

bool
ssignon_apply(struct run *run, const char *profile, struct ssignon *ssignon)
{
    if (!run_has(run, OPERAND_SSIGNON))
        return true;
    /* The legacy key last: it may be stored under a label already, which a refusal of the others would leave behind. */
    return legacy_operands_agree(run) && apply_enhanced(run, ssignon) && apply_legacy(run, profile, ssignon);
}
