#include "security/racf/rewrap.h"

#include <stdio.h>

#include "common/log.h"
#include "common/secret.h"
#include "security/racf/label_key.h"
#include "security/racf/ssignon.h"

/* One sealed key of the database, in whichever table it stands. */
struct sealed_key {
    bool of_profile; /* the legacy key of a PTKTDATA profile; otherwise a key by label */
    char name[RACF_PROFILE_MAX + 1];
};

static bool
next_key(struct racf *racf, sqlite3_stmt **row, struct sealed_key *key)
{
    if (!racf_sql_row(racf, row))
        return false;
    key->of_profile = sqlite3_column_int(*row, 0) != 0;
    racf_column_text(racf, *row, 1, key->name, sizeof key->name);
    return true;
}

static sqlite3_stmt *
all_keys(struct racf *racf)
{
    return racf_sql(racf, "SELECT 1, profile FROM ssignon WHERE legacy_sealed IS NOT NULL UNION ALL SELECT 0, label FROM label_key", "");
}

static size_t
open_key(struct racf *racf, const struct keystore *keystore, const struct sealed_key *key, uint8_t bytes[KEYSTORE_KEY_MAX])
{
    struct ssignon ssignon;
    struct label_key labelled;
    if (key->of_profile)
        return ssignon_read(racf, key->name, &ssignon) && ssignon_legacy_key(keystore, key->name, &ssignon, bytes)
                   ? PASSTICKET_LEGACY_KEY_SIZE
                   : 0;
    return label_key_read(racf, key->name, &labelled) ? label_key_open(keystore, &labelled, bytes) : 0;
}

static bool
seal_key(struct racf *racf, const struct keystore *keystore, const struct sealed_key *key, const uint8_t *bytes, size_t size)
{
    struct ssignon ssignon;
    struct label_key labelled;
    if (key->of_profile) {
        if (!ssignon_read(racf, key->name, &ssignon) || !ssignon_seal(keystore, key->name, bytes, &ssignon))
            return false;
        racf_sql_run(racf, "UPDATE ssignon SET legacy_sealed = ? WHERE profile = ?", "bt", ssignon.legacy_sealed,
                     ssignon.legacy_sealed_size, key->name);
        return true;
    }
    if (!label_key_read(racf, key->name, &labelled) || !label_key_seal(keystore, bytes, size, &labelled))
        return false;
    racf_sql_run(racf, "UPDATE label_key SET sealed = ? WHERE label = ?", "bt", labelled.sealed, labelled.sealed_size, key->name);
    return true;
}

static bool
rewrap_one(struct run *run, const struct sealed_key *key)
{
    uint8_t bytes[KEYSTORE_KEY_MAX];
    size_t size = open_key(run->racf, run->racf->keystore, key, bytes);
    bool sealed = size != 0 && seal_key(run->racf, run->new_master, key, bytes, size);
    secret_wipe(bytes, sizeof bytes);
    if (!sealed && !run->racf->failed)
        run_say(run, RC_ERROR, "PGR161I THE KEY OF %s CANNOT BE OPENED OR SEALED; GIVE IT A NEW KEY OR DELETE IT, THEN REWRAP", key->name);
    return sealed;
}

static bool
rewrap_all(struct run *run, size_t *count)
{
    bool rewrapped = true;
    *count = 0;
    sqlite3_stmt *row = all_keys(run->racf);
    for (struct sealed_key key; next_key(run->racf, &row, &key); (*count)++)
        rewrapped = rewrap_one(run, &key) && rewrapped;
    return rewrapped;
}

void
rewrap_keys(struct run *run)
{
    struct problem problem;
    size_t count;
    if (!run_is_special(run, "REWRAP") || run->operands->positional[1] != NULL) {
        if (run->return_code == RC_FINE)
            run_say(run, RC_ERROR, "PGR162I REWRAP TAKES NO LABEL: IT SEALS ALL KEYS ANEW");
        return;
    }
    run->new_master = keystore_prepare(run->racf->keystore, &problem);
    if (run->new_master == NULL)
        run_say(run, RC_REFUSED, "PGR163I NO NEW MASTER KEY: %s", problem.text);
    else if (rewrap_all(run, &count))
        run_say(run, RC_FINE, "PGR164I %zu KEYS SEALED UNDER A NEW MASTER KEY; BACKUPS OF THE DATABASE NEED THE MASTER KEY OF THEIR TIME",
                count);
    else
        racf_sql_fail(run->racf, "a key could not be sealed under the new master key");
}

void
rewrap_end(struct run *run, bool committed)
{
    struct problem problem;
    if (run->new_master == NULL)
        return;
    if (!committed) {
        keystore_discard_prepared(run->racf->keystore);
    } else {
        if (!keystore_adopt(run->racf->keystore, run->new_master, &problem))
            run_say(run, RC_REFUSED, "PGR165E THE NEW MASTER KEY IS IN USE BUT NOT IN ITS PLACE: %s", problem.text);
        /* What was sealed under the old one is not to stay behind in the log. */
        racf_sql_run(run->racf, "PRAGMA wal_checkpoint(TRUNCATE)", "");
    }
    keystore_free(run->new_master);
    run->new_master = NULL;
}

/* How many of the keys each master key opens. */
static size_t
count_opened(struct racf *racf, const struct keystore *prepared, size_t *with_prepared, size_t *with_present)
{
    uint8_t bytes[KEYSTORE_KEY_MAX];
    size_t count = 0;
    *with_prepared = *with_present = 0;
    sqlite3_stmt *row = all_keys(racf);
    for (struct sealed_key key; next_key(racf, &row, &key); count++) {
        *with_prepared += open_key(racf, prepared, &key, bytes) != 0;
        *with_present += open_key(racf, racf->keystore, &key, bytes) != 0;
    }
    secret_wipe(bytes, sizeof bytes);
    return count;
}

bool
rewrap_recover(struct racf *racf, struct problem *problem)
{
    size_t with_prepared;
    size_t with_present;
    struct keystore *prepared = keystore_prepared(racf->keystore, problem);
    if (prepared == NULL)
        return problem->text[0] == '\0';
    size_t count = count_opened(racf, prepared, &with_prepared, &with_present);
    bool done = true;
    if (racf->failed) {
        done = false;
        problem_set(problem, "the keys cannot be read to finish a rewrap: %s", racf->failure);
    } else if (with_prepared > 0 && with_present == 0) {
        done = keystore_adopt(racf->keystore, prepared, problem);
        log_message("PGR207I", "an interrupted KEY REWRAP was finished: the new master key is in its place");
    } else if (with_prepared == 0 && (with_present > 0 || count == 0)) {
        keystore_discard_prepared(racf->keystore);
        log_message("PGR208I", "an interrupted KEY REWRAP had sealed nothing yet: the old master key stays, the new one was removed");
    } else {
        log_message("PGR209E", "of %zu keys the master key opens %zu and the one of an interrupted KEY REWRAP %zu: both files are kept",
                    count, with_present, with_prepared);
    }
    keystore_free(prepared);
    return done;
}
