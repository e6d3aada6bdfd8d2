#include <sqlite3.h>

#include "common/hex.h"
#include "security/racf/racf.h"
#include "tests/unit/security/racf_fixture.h"

static const struct racf_ptktdata *
find(const struct racf_ptktdata_snapshot *snapshot, const char *name)
{
    const struct racf_ptktdata *profile = NULL;
    while ((profile = racf_ptktdata_next(snapshot, profile)) != NULL)
        if (strcmp(profile->name, name) == 0)
            return profile;
    return NULL;
}

/* 00 01 02 ... as digits. */
static const char *
digits_of(size_t bytes)
{
    static char text[2 * 300 + 1];
    uint8_t key[300];
    for (size_t i = 0; i < bytes; i++)
        key[i] = (uint8_t)i;
    hex_encode(key, bytes, text);
    return text;
}

static int
import(struct fixture *fixture, const char *label, size_t bytes, const char *more)
{
    char command[800];
    snprintf(command, sizeof command, "KEY IMPORT %s VALUE(%s) %s", label, digits_of(bytes), more);
    return fixture_command(fixture, command);
}

static void
sizes_and_labels_are_those_of_icsf(void)
{
    static const struct {
        size_t bytes;
        int return_code;
    } sizes[] = { { 1, 8 },  { 7, 8 },  { 8, 0 },  { 9, 8 },   { 16, 8 },  { 31, 8 },
                  { 32, 0 }, { 33, 0 }, { 64, 0 }, { 255, 0 }, { 256, 0 }, { 257, 8 } };
    static const struct {
        const char *label;
        int return_code;
    } labels[] = {
        { "A", 0 },
        { "a.lower.label", 0 },
        { "$NATIONAL.#1.@2", 0 },
        { "TRAILING..DOTS.", 0 },
        { "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ.64.LONG.XXX", 0 },
        { "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ.65.LONG.XXXX", 8 },
        { "1DIGIT", 8 },
        { ".PERIOD", 8 },
        { "A-B", 8 },
        { "'A B'", 8 },
        { "''", 8 },
    };
    struct fixture *fixture = fixture_new();
    char command[200];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        CU_ASSERT_EQUAL(import(fixture, "SIZES", sizes[i].bytes, "REPLACE"), sizes[i].return_code);
        snprintf(command, sizeof command, "KEY GENERATE SIZES BYTES(%zu) REPLACE", sizes[i].bytes);
        CU_ASSERT_EQUAL(fixture_command(fixture, command), sizes[i].return_code);
        if (sizes[i].return_code != 0)
            CU_ASSERT_TRUE(fixture_says(fixture, "PGR151I"));
    }
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        snprintf(command, sizeof command, "KEY GENERATE %s", labels[i].label);
        CU_ASSERT_EQUAL(fixture_command(fixture, command), labels[i].return_code);
        if (labels[i].return_code != 0)
            CU_ASSERT_TRUE(fixture_says(fixture, "PGR065I"));
    }
    fixture_free(fixture);
}

static void
wrong_commands_are_refused(void)
{
    static const struct {
        const char *command;
        int return_code;
        const char *says;
    } steps[] = {
        { "KEY", 12, "IKJ56701I MISSING FUNCTION" },
        { "KEY GENERATE", 8, "IKJ56701I MISSING LABEL" },
        { "KEY GENERATE (A B)", 8, "IKJ56701I MISSING LABEL" },
        { "KEY FROBNICATE A", 8, "PGR160I" },
        { "KEY IMPORT A", 8, "IKJ56701I MISSING VALUE" },
        { "KEY IMPORT A VALUE(*)", 8, "PGR061I" },
        { "KEY IMPORT A VALUE(0123456789ABCDE)", 8, "PGR154I" },
        { "KEY IMPORT A VALUE(0123456789ABCDEG)", 8, "PGR154I" },
        { "KEY IMPORT A VALUE(01234567 89ABCDEF)", 8, "PGR154I" },
        { "KEY LIST A FORCE", 8, "PGR159I" },
        { "KEY DELETE A BYTES(8)", 8, "PGR159I" },
        { "KEY DELETE A", 8, "PGR156I THERE IS NO KEY UNDER A" },
        { "KEY LIST", 4, "PGR155I NO KEY TO LIST" },
        { "KEY REWRAP A", 8, "PGR162I" },
        { "KEY GEN A", 0, "PGR150I HMAC KEY OF 64 BYTES STORED UNDER A" },
        { "KEY GEN A", 8, "PGR152I" },
        { "KEY GEN A BYTES(8) REPLACE", 0, "PGR150I DES KEY OF 8 BYTES STORED UNDER A" },
        { "KEY IMPORT W VALUE(0101010101010101)", 0, "PGR063W W" },
        { "KEY IMPORT W VALUE(01FE01FE01FE01FE) REPLACE", 0, "PGR063W W" },
        { "KEY DEL W", 0, NULL },
    };
    struct fixture *fixture = fixture_new();
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int return_code = fixture_command(fixture, steps[i].command);
        bool says = steps[i].says == NULL || fixture_says(fixture, steps[i].says);
        if (return_code != steps[i].return_code || !says)
            printf("# %s: %d\n", steps[i].command, return_code);
        CU_ASSERT_EQUAL(return_code, steps[i].return_code);
        CU_ASSERT_TRUE(says);
        CU_ASSERT_PTR_NULL(strstr(fixture->output, "0123456789ABCDE"));
        CU_ASSERT_PTR_NULL(strstr(fixture->output, "89ABCDEF"));
    }
    fixture->issuer = (struct racf_issuer) { .userid = "NOBODY" };
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY LIST"), 12);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR020I NOT AUTHORIZED TO ISSUE KEY"));
    fixture_free(fixture);
}

static void
labels_are_resolved_at_refresh(void)
{
    struct fixture *fixture = fixture_new();
    char ticket[PASSTICKET_SIZE + 1] = "";
    CU_ASSERT_EQUAL(fixture_script(fixture, "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)\n"
                                            "RDEFINE PTKTDATA TSOR001 SSIGNON(EPTKEYLABEL(E.KEY) KEYLABEL(L.KEY) TYPE(UPPER))\n"),
                    0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS RACLIST (PTKTDATA) REFRESH"), 4);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR067W TSOR001: THERE IS NO KEY UNDER L.KEY"));
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR067W TSOR001: THERE IS NO KEY UNDER E.KEY"));

    CU_ASSERT_EQUAL(import(fixture, "E.KEY", 64, ""), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR158I RACLISTED PROFILES FOR PTKTDATA WILL NOT REFLECT THE NEW KEY UNTIL"));
    CU_ASSERT_TRUE(racf_ptktdata_is_stale(fixture->racf));
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY IMPORT L.KEY VALUE(E001193519561977)"), 0);
    struct racf_ptktdata_snapshot *before = racf_ptktdata_acquire(fixture->racf);
    CU_ASSERT_TRUE(find(before, "TSOR001")->key_unavailable);
    racf_ptktdata_release(before);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS RACLIST (PTKTDATA) REFRESH"), 0);
    CU_ASSERT_FALSE(racf_ptktdata_is_stale(fixture->racf));

    struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
    const struct racf_ptktdata *profile = find(snapshot, "TSOR001");
    CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
    CU_ASSERT_FALSE(profile->key_unavailable);
    CU_ASSERT_PTR_NOT_NULL_FATAL(profile->legacy);
    CU_ASSERT_PTR_NOT_NULL_FATAL(profile->enhanced);
    /* The published vector: the key is the one that was imported. */
    CU_ASSERT_TRUE(passticket_enhanced_generate(profile->enhanced, PASSTICKET_UPPER, "IBMUSER", "TSOR001", 1700000000, ticket));
    CU_ASSERT_STRING_EQUAL(ticket, "1TAR4UNX");
    CU_ASSERT_TRUE(passticket_legacy_generate(profile->legacy, "MIKEM", "TSOSYS1", 1111111, ticket));
    CU_ASSERT_STRING_EQUAL(ticket, "AEPRRZ3S");
    racf_ptktdata_release(snapshot);

    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY LIST"), 0);
    CU_ASSERT_STRING_EQUAL(fixture->output, "LABEL  KIND  BYTES  CREATED     USED BY\n"
                                            "E.KEY  HMAC     64  2026-01-01  TSOR001 (EPTKEYLABEL)\n"
                                            "L.KEY  DES       8  2026-01-01  TSOR001 (KEYLABEL)\n");
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY DELETE E.KEY"), 8);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR157I"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY DELETE E.KEY FORCE"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR158I RACLISTED PROFILES FOR PTKTDATA WILL NOT REFLECT THE DELETED KEY UNTIL"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY LIST E.KEY"), 4);
    fixture_free(fixture);
}

static void
a_key_of_the_wrong_kind_is_named_and_not_used(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)\n"
                                            "KEY GENERATE HMAC.KEY\nKEY GENERATE DES.KEY BYTES(8)\n"
                                            "RDEFINE PTKTDATA APPL1 SSIGNON(KEYLABEL(HMAC.KEY) EPTKEYLABEL(DES.KEY))\n"),
                    0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETR RACLIST(PTKTDATA) REFRESH"), 4);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR068W APPL1: THE KEY UNDER HMAC.KEY IS OF THE WRONG KIND"));
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR068W APPL1: THE KEY UNDER DES.KEY IS OF THE WRONG KIND"));
    struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
    const struct racf_ptktdata *profile = find(snapshot, "APPL1");
    CU_ASSERT_PTR_NULL(profile->legacy);
    CU_ASSERT_PTR_NULL(profile->enhanced);
    CU_ASSERT_TRUE(profile->key_unavailable);
    racf_ptktdata_release(snapshot);
    fixture_free(fixture);
}

static void
a_refused_operand_leaves_no_key_behind(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_command(fixture, "RDEFINE PTKTDATA A SSIGNON(KEYENCRYPTED(E001193519561977) TYPE(WRONG))"), 8);
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY LIST"), 4);
    fixture_free(fixture);
}

/* KEYENCRYPTED and ENCRYPTKEY keep the key under a label of their own, which lives as long as a profile names it. */
static void
encrypted_keys_have_labels_of_their_own(void)
{
    struct fixture *fixture = fixture_new();
    char first[256];
    CU_ASSERT_EQUAL(fixture_script(fixture, "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)\n"
                                            "RDEFINE PTKTDATA (A B) SSIGNON(KEYENCRYPTED(E001193519561977))\n"
                                            "RDEFINE PTKTDATA C SSIGNON(KEYMASKED(0123456789ABCDEF))\n"
                                            "RALTER PTKTDATA C SSIGNON(ENCRYPTKEY)\n"
                                            "SETR RACLIST(PTKTDATA) REFRESH\n"),
                    0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY LIST"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, ".01012026.000000.000001  DES       8  2026-01-01  A (KEYLABEL)"));
    CU_ASSERT_TRUE(fixture_says(fixture, ".01012026.000000.000002  DES       8  2026-01-01  B (KEYLABEL)"));
    CU_ASSERT_TRUE(fixture_says(fixture, ".01012026.000000.000003  DES       8  2026-01-01  C (KEYLABEL)"));
    CU_ASSERT_EQUAL(sscanf(strstr(fixture->output, "IRR.SSIGNON."), "%255s", first), 1);
    CU_ASSERT_EQUAL(fixture_command(fixture, "RALTER PTKTDATA C SSIGNON(ENCRYPTKEY)"), 8);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR066I"));
    struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
    char one[PASSTICKET_SIZE + 1] = "";
    CU_ASSERT_PTR_NOT_NULL_FATAL(find(snapshot, "A")->legacy);
    CU_ASSERT_TRUE(passticket_legacy_generate(find(snapshot, "A")->legacy, "MIKEM", "TSOSYS1", 1111111, one));
    CU_ASSERT_STRING_EQUAL(one, "AEPRRZ3S");
    racf_ptktdata_release(snapshot);
    CU_ASSERT_EQUAL(fixture_command(fixture, "RDELETE PTKTDATA A"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "RALTER PTKTDATA B SSIGNON(KEYMASKED(E001193519561977))"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "RALTER PTKTDATA C NOSSIGNON"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY LIST"), 4);
    fixture_free(fixture);
}

/* A value must not be found in the file, nor a key open under another label. */
static void
keys_are_sealed_for_their_label(void)
{
    struct fixture *fixture = fixture_new();
    char path[80];
    uint8_t key[64];
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    CU_ASSERT_EQUAL(import(fixture, "ONE", 64, ""), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY GENERATE OTHER"), 0);
    CU_ASSERT_TRUE(fixture_restart(fixture));
    static const char *const names[] = { "racf.db", "racf.db-wal" };
    for (size_t i = 0; i < 2; i++) {
        static uint8_t contents[1 << 20];
        snprintf(path, sizeof path, "%s/%s", fixture->folder, names[i]);
        FILE *file = fopen(path, "rb");
        size_t used = file != NULL ? fread(contents, 1, sizeof contents, file) : 0;
        if (file != NULL)
            fclose(file);
        CU_ASSERT_PTR_NULL(memmem(contents, used, key, 16));
        CU_ASSERT_PTR_NULL(memmem(contents, used, digits_of(64), 32));
    }
    racf_close(fixture->racf);
    sqlite3 *db = NULL;
    CU_ASSERT_EQUAL(sqlite3_open(fixture->path, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db,
                                 "UPDATE label_key SET sealed = (SELECT sealed FROM label_key WHERE label = 'ONE') WHERE label = 'OTHER'",
                                 NULL, NULL, NULL),
                    SQLITE_OK);
    sqlite3_close(db);
    struct problem problem;
    CU_ASSERT_TRUE_FATAL(fixture_open(fixture, &problem));
    CU_ASSERT_EQUAL(fixture_script(fixture, "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)\n"
                                            "RDEFINE PTKTDATA X SSIGNON(EPTKEYLABEL(ONE))\n"),
                    0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "RDEFINE PTKTDATA Y SSIGNON(EPTKEYLABEL(OTHER))"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR204W Y: THE KEY CANNOT BE OPENED"));
    fixture_free(fixture);
}

static void
a_database_from_before_labels_is_taken_over(void)
{
    struct fixture *fixture = fixture_new();
    struct problem problem;
    racf_close(fixture->racf);
    sqlite3 *db = NULL;
    CU_ASSERT_EQUAL(sqlite3_open(fixture->path, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, "DROP TABLE label_key", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    CU_ASSERT_TRUE_FATAL(fixture_open(fixture, &problem));
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY GENERATE A"), 0);
    CU_ASSERT_TRUE(fixture_restart(fixture));
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY LIST A"), 0);
    fixture_free(fixture);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "sizes and labels are those of ICSF", sizes_and_labels_are_those_of_icsf },
        { "wrong commands are refused", wrong_commands_are_refused },
        { "labels are resolved at REFRESH", labels_are_resolved_at_refresh },
        { "a key of the wrong kind is named and not used", a_key_of_the_wrong_kind_is_named_and_not_used },
        { "encrypted keys have labels of their own", encrypted_keys_have_labels_of_their_own },
        { "a refused operand leaves no key behind", a_refused_operand_leaves_no_key_behind },
        { "keys are sealed for their label", keys_are_sealed_for_their_label },
        { "a database from before labels is taken over", a_database_from_before_labels_is_taken_over },
    };
    return SUITE_RUN("racf key", cases);
}
