#include <pthread.h>

#include "tests/unit/security/racf_fixture.h"

static const char set_up[] = "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)\n"
                             "RDEFINE PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E001193519561977)) UACC(NONE)\n"
                             "SETROPTS RACLIST (PTKTDATA) REFRESH\n";

static const struct racf_ptktdata *
find(const struct racf_ptktdata_snapshot *snapshot, const char *name)
{
    const struct racf_ptktdata *profile = NULL;
    while ((profile = racf_ptktdata_next(snapshot, profile)) != NULL)
        if (strcmp(profile->name, name) == 0)
            return profile;
    return NULL;
}

/* The same ticket as a key made from the clear digits gives. */
static bool
has_key(const struct racf_ptktdata *profile, const uint8_t key[PASSTICKET_LEGACY_KEY_SIZE])
{
    char expected[PASSTICKET_SIZE + 1];
    char ticket[PASSTICKET_SIZE + 1];
    struct passticket_legacy_key *clear = passticket_legacy_key_new(key);
    bool same = profile != NULL && profile->legacy != NULL &&
                passticket_legacy_generate(clear, "TOM", "IMSCON1", FIXTURE_NOW_S, expected) &&
                passticket_legacy_generate(profile->legacy, "TOM", "IMSCON1", FIXTURE_NOW_S, ticket) && strcmp(expected, ticket) == 0;
    passticket_legacy_key_free(clear);
    return same;
}

static const uint8_t first_key[] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
static const uint8_t second_key[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF };

static void
there_is_no_snapshot_before_the_class_is_active_and_raclisted(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_PTR_NULL(racf_ptktdata_acquire(fixture->racf));
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS CLASSACT(PTKTDATA)"), 0);
    CU_ASSERT_PTR_NULL(racf_ptktdata_acquire(fixture->racf));
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS RACLIST(PTKTDATA) REFRESH"), 4);
    CU_ASSERT_TRUE(fixture_says(fixture, "ICH14070I"));
    CU_ASSERT_PTR_NULL(racf_ptktdata_acquire(fixture->racf));
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS RACLIST(PTKTDATA)"), 0);
    struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
    CU_ASSERT_PTR_NOT_NULL(snapshot);
    racf_ptktdata_release(snapshot);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS NOCLASSACT(PTKTDATA)"), 0);
    CU_ASSERT_PTR_NULL(racf_ptktdata_acquire(fixture->racf));
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS CLASSACT(PTKTDATA) NORACLIST(PTKTDATA)"), 0);
    CU_ASSERT_PTR_NULL(racf_ptktdata_acquire(fixture->racf));
    fixture_free(fixture);
}

static void
a_change_is_in_force_only_after_refresh(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    struct racf_ptktdata_snapshot *before = racf_ptktdata_acquire(fixture->racf);
    CU_ASSERT_TRUE(has_key(find(before, "IMSCON1"), first_key));
    CU_ASSERT_FALSE(racf_ptktdata_is_stale(fixture->racf));

    CU_ASSERT_EQUAL(fixture_command(fixture, "RALTER PTKTDATA IMSCON1 SSIGNON(KEYMASKED(0123456789abcdef))"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "ICH11009I RACLISTED PROFILES FOR PTKTDATA WILL NOT REFLECT THE UPDATE(S) UNTIL A SETROPTS"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "RDEFINE PTKTDATA IMSCON2 SSIGNON(KEYMASKED(0123456789ABCDEF))"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "ICH10006I RACLISTED PROFILES FOR PTKTDATA WILL NOT REFLECT THE ADDITION(S) UNTIL A SETROPTS"));
    CU_ASSERT_TRUE(racf_ptktdata_is_stale(fixture->racf));
    CU_ASSERT_EQUAL(fixture_command(fixture, "RLIST PTKTDATA IMSCON1"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR057W CLASS PTKTDATA HAS CHANGES THAT ARE NOT IN FORCE"));
    struct racf_ptktdata_snapshot *still = racf_ptktdata_acquire(fixture->racf);
    CU_ASSERT_PTR_EQUAL(before, still);
    CU_ASSERT_PTR_NULL(find(still, "IMSCON2"));
    racf_ptktdata_release(still);

    CU_ASSERT_EQUAL(fixture_command(fixture, "SETR RACLIST(PTKTDATA) REFRESH"), 0);
    CU_ASSERT_FALSE(racf_ptktdata_is_stale(fixture->racf));
    struct racf_ptktdata_snapshot *after = racf_ptktdata_acquire(fixture->racf);
    CU_ASSERT_TRUE(has_key(find(after, "IMSCON1"), second_key));
    CU_ASSERT_TRUE(has_key(find(after, "IMSCON2"), second_key));
    CU_ASSERT_TRUE(has_key(find(before, "IMSCON1"), first_key)); /* whoever holds the old one keeps it */
    CU_ASSERT_EQUAL(fixture_command(fixture, "RDELETE PTKTDATA IMSCON2"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "ICH12002I"));
    racf_ptktdata_release(before);
    racf_ptktdata_release(after);
    fixture_free(fixture);
}

static void
a_restart_loads_what_the_database_has(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "RDEFINE PTKTDATA IMSCON2 SSIGNON(KEYENCRYPTED(0123456789ABCDEF))"), 0);
    CU_ASSERT_TRUE(fixture_restart(fixture));
    struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
    CU_ASSERT_PTR_NOT_NULL_FATAL(snapshot);
    CU_ASSERT_TRUE(has_key(find(snapshot, "IMSCON1"), first_key));
    CU_ASSERT_TRUE(has_key(find(snapshot, "IMSCON2"), second_key)); /* as an IPL does */
    CU_ASSERT_FALSE(racf_ptktdata_is_stale(fixture->racf));
    racf_ptktdata_release(snapshot);
    fixture_free(fixture);
}

static void
at_most_two_profiles_count_in_racfs_order(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    static const char *const names[] = { "IMSCON1.GRP.TOM", "IMSCON1.TOM", "IMSCON1.GRP" };
    const struct racf_ptktdata *found[2];
    for (int missing = 0; missing <= 3; missing++) {
        fixture_command(fixture, "RDELETE PTKTDATA (IMSCON1.GRP.TOM IMSCON1.TOM IMSCON1.GRP)");
        for (int i = missing; i < 3; i++) {
            char command[128];
            snprintf(command, sizeof command, "RDEFINE PTKTDATA %s SSIGNON(KEYMASKED(0123456789ABCDEF))", names[i]);
            CU_ASSERT_EQUAL(fixture_command(fixture, command), 0);
        }
        CU_ASSERT_EQUAL(fixture_command(fixture, "SETR RACLIST(PTKTDATA) REFRESH"), 0);
        struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
        size_t count = racf_ptktdata_find(snapshot, "IMSCON1", "GRP", "TOM", found);
        CU_ASSERT_EQUAL(count, missing < 3 ? 2 : 1);
        if (missing < 3)
            CU_ASSERT_STRING_EQUAL(found[0]->name, names[missing]);
        CU_ASSERT_STRING_EQUAL(found[count - 1]->name, "IMSCON1");
        CU_ASSERT_EQUAL(racf_ptktdata_find(snapshot, "IMSCON9", "GRP", "TOM", found), 0);
        racf_ptktdata_release(snapshot);
    }
    fixture_free(fixture);
}

static void
replay_type_timeout_and_labels_are_kept(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "RDEFINE PTKTDATA IOSHMCSM.HOSTUSR SSIGNON(EPTKEYLABEL(USRLCL.CKDS.CSM) TYPE(UPPER) "
                                             "TIMEOUT(600)) APPLDATA('CSM TO HYPERSWAP CONNECTION')"),
                    0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "RDEFINE PTKTDATA FEKAPPL UACC(NONE) SSIGNON(KEYENCRYPTED(E001193519561977)) APPLDATA('NO "
                                             "REPLAY PROTECTION \xE2\x80\x93 DO NOT CHANGE') DATA('EXPLORER FOR Z/OS')"),
                    0);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR056W"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETR RACLIST(PTKTDATA) REFRESH"), 4);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR067W IOSHMCSM.HOSTUSR: THERE IS NO KEY UNDER USRLCL.CKDS.CSM"));
    struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
    const struct racf_ptktdata *csm = find(snapshot, "IOSHMCSM.HOSTUSR");
    CU_ASSERT_PTR_NOT_NULL_FATAL(csm);
    CU_ASSERT_TRUE(csm->key_unavailable);
    CU_ASSERT_EQUAL(csm->type, PASSTICKET_UPPER);
    CU_ASSERT_EQUAL(csm->timeout_s, 600);
    CU_ASSERT_PTR_NULL(csm->legacy);
    const struct racf_ptktdata *fek = find(snapshot, "FEKAPPL");
    CU_ASSERT_PTR_NOT_NULL_FATAL(fek);
    CU_ASSERT_TRUE(fek->legacy_replay);
    CU_ASSERT_FALSE(fek->key_unavailable);
    CU_ASSERT_EQUAL(fek->type, PASSTICKET_MIXED);
    CU_ASSERT_EQUAL(fek->timeout_s, 60);
    CU_ASSERT_FALSE(find(snapshot, "IMSCON1")->legacy_replay);
    racf_ptktdata_release(snapshot);
    fixture_free(fixture);
}

static void
another_master_key_makes_keys_unavailable_not_wrong(void)
{
    struct fixture *fixture = fixture_new();
    struct problem problem;
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    char path[64];
    snprintf(path, sizeof path, "%s/other.key", fixture->folder);
    keystore_free(fixture->keystore);
    fixture->keystore = keystore_open(path, true, &problem);
    CU_ASSERT_TRUE(fixture_restart(fixture));
    struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
    const struct racf_ptktdata *profile = find(snapshot, "IMSCON1");
    CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
    CU_ASSERT_TRUE(profile->key_unavailable);
    CU_ASSERT_PTR_NULL(profile->legacy);
    racf_ptktdata_release(snapshot);
    fixture_free(fixture);
}

static bool
file_holds(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    static char contents[4 << 20];
    size_t used = fread(contents, 1, sizeof contents, file);
    fclose(file);
    CU_ASSERT_TRUE(used < sizeof contents);
    return memmem(contents, used, bytes, size) != NULL;
}

static bool
database_holds(const struct fixture *fixture, const void *bytes, size_t size)
{
    return file_holds(fixture->folder, "racf.db", bytes, size) || file_holds(fixture->folder, "racf.db-wal", bytes, size);
}

static void
keys_and_passwords_never_reach_the_file(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "ADDUSER TOM PASSWORD(GEH31M99) PHRASE('a phrase of many words 42')"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "RALTER PTKTDATA IMSCON1 SSIGNON(KEYMASKED(0123456789ABCDEF))"), 0);
    for (int closed = 0; closed < 2; closed++) {
        CU_ASSERT_TRUE(database_holds(fixture, "IMSCON1", 7)); /* the search finds what is there */
        CU_ASSERT_FALSE(database_holds(fixture, first_key, sizeof first_key));
        CU_ASSERT_FALSE(database_holds(fixture, second_key, sizeof second_key));
        CU_ASSERT_FALSE(database_holds(fixture, "E001193519561977", 16));
        CU_ASSERT_FALSE(database_holds(fixture, "0123456789ABCDEF", 16));
        CU_ASSERT_FALSE(database_holds(fixture, "GEH31M99", 8));
        CU_ASSERT_FALSE(database_holds(fixture, "a phrase of", 11));
        CU_ASSERT_TRUE(fixture_restart(fixture));
    }
    fixture_free(fixture);
}

static void *
use_snapshot(void *context)
{
    struct racf_ptktdata_snapshot *snapshot = context;
    const struct racf_ptktdata *found[2];
    for (int i = 0; i < 20000; i++)
        if (racf_ptktdata_find(snapshot, "IMSCON1", "SYS1", "TOM", found) != 1)
            return snapshot;
    racf_ptktdata_release(snapshot);
    return NULL;
}

static void
threads_share_a_snapshot_while_it_is_replaced(void)
{
    enum { THREADS = 4 };
    struct fixture *fixture = fixture_new();
    pthread_t threads[THREADS];
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    for (int i = 0; i < THREADS; i++) {
        struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, use_snapshot, snapshot), 0);
        CU_ASSERT_EQUAL(fixture_command(fixture, "SETR RACLIST(PTKTDATA) REFRESH"), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *failed = fixture;
        pthread_join(threads[i], &failed);
        CU_ASSERT_PTR_NULL(failed);
    }
    fixture_free(fixture);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "there is no snapshot before the class is active and RACLISTed", there_is_no_snapshot_before_the_class_is_active_and_raclisted },
        { "a change is in force only after REFRESH", a_change_is_in_force_only_after_refresh },
        { "a restart loads what the database has", a_restart_loads_what_the_database_has },
        { "at most two profiles count, in RACF's order", at_most_two_profiles_count_in_racfs_order },
        { "replay, type, time-out and labels are kept", replay_type_timeout_and_labels_are_kept },
        { "another master key makes keys unavailable, not wrong", another_master_key_makes_keys_unavailable_not_wrong },
        { "keys and passwords never reach the file", keys_and_passwords_never_reach_the_file },
        { "threads share a snapshot while it is replaced", threads_share_a_snapshot_while_it_is_replaced },
    };
    return SUITE_RUN("racf ptktdata", cases);
}
