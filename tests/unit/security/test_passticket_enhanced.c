#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "security/passticket/enhanced.h"
#include "tests/support/suite.h"
#include "tests/unit/security/random.h"
#include "tests/unit/security/vectors.h"

static const char name_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#@$";
static const char ticket_characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

static struct passticket_enhanced_key *
sample_key(void)
{
    uint8_t bytes[64];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    return passticket_enhanced_key_new(bytes, sizeof bytes);
}

static void
check_vector_both_ways(const struct vector *vector)
{
    bool upper = strcmp(vector_text(vector, "type"), "UPPER") == 0;
    enum passticket_enhanced_type type = upper ? PASSTICKET_UPPER : PASSTICKET_MIXED;
    struct passticket_enhanced_key *key = passticket_enhanced_key_new(vector->key, vector->key_size);
    char ticket[PASSTICKET_SIZE + 1];
    uint64_t time;
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    CU_ASSERT_TRUE(passticket_enhanced_generate(key, type, vector->user, vector->appl, vector->time, ticket));
    CU_ASSERT_STRING_EQUAL(ticket, vector->ticket);
    CU_ASSERT_EQUAL(passticket_enhanced_decode(key, type, vector->user, vector->appl, vector->ticket, &time), PASSTICKET_DECODED);
    CU_ASSERT_EQUAL(time, vector->time);
    CU_ASSERT_TRUE(passticket_enhanced_is_well_formed(type, vector->ticket));
    passticket_enhanced_key_free(key);
}

static void
vectors_agree_both_ways(void)
{
    CU_ASSERT_EQUAL(vectors_each("enhanced", check_vector_both_ways), 10);
}

static void
round_trip(uint64_t *state, enum passticket_enhanced_type type, uint64_t time)
{
    uint8_t key_bytes[PASSTICKET_ENHANCED_KEY_MAX];
    size_t key_size = PASSTICKET_ENHANCED_KEY_MIN + random_next(state) % (PASSTICKET_ENHANCED_KEY_MAX - PASSTICKET_ENHANCED_KEY_MIN + 1);
    char user[9];
    char appl[9];
    char ticket[PASSTICKET_SIZE + 1];
    uint64_t decoded = 0;
    random_bytes(state, key_bytes, key_size);
    random_string(state, name_characters, sizeof name_characters - 1, user, 1 + random_next(state) % 8);
    random_string(state, name_characters, sizeof name_characters - 1, appl, 1 + random_next(state) % 8);
    struct passticket_enhanced_key *key = passticket_enhanced_key_new(key_bytes, key_size);
    bool same = passticket_enhanced_generate(key, type, user, appl, time, ticket) &&
                passticket_enhanced_decode(key, type, user, appl, ticket, &decoded) == PASSTICKET_DECODED && decoded == time;
    CU_ASSERT_TRUE(same);
    if (!same)
        printf("# type %d user %s appl %s time %llu ticket %s\n", (int)type, user, appl, (unsigned long long)time, ticket);
    passticket_enhanced_key_free(key);
}

static void
random_tickets_decode_to_their_time(void)
{
    uint64_t state = 5;
    for (int i = 0; i < 5000; i++) {
        round_trip(&state, PASSTICKET_UPPER, random_next(&state) >> (64 - 41));
        round_trip(&state, PASSTICKET_MIXED, random_next(&state) >> (64 - 48));
    }
}

static void
edge_times_decode(void)
{
    static const uint64_t times[] = { 0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, (UINT64_C(1) << 41) - 1 };
    uint64_t state = 6;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        round_trip(&state, PASSTICKET_UPPER, times[i]);
        round_trip(&state, PASSTICKET_MIXED, times[i]);
    }
    round_trip(&state, PASSTICKET_MIXED, (UINT64_C(1) << 48) - 1);
}

static void
times_that_a_ticket_cannot_carry_are_refused(void)
{
    struct passticket_enhanced_key *key = sample_key();
    char ticket[PASSTICKET_SIZE + 1];
    CU_ASSERT_FALSE(passticket_enhanced_generate(key, PASSTICKET_UPPER, "TOM", "HWS1", UINT64_C(1) << 41, ticket));
    CU_ASSERT_STRING_EQUAL(ticket, "");
    CU_ASSERT_FALSE(passticket_enhanced_generate(key, PASSTICKET_MIXED, "TOM", "HWS1", UINT64_C(1) << 48, ticket));
    CU_ASSERT_FALSE(passticket_enhanced_generate(key, PASSTICKET_MIXED, "TOM", "HWS1", UINT64_MAX, ticket));
    passticket_enhanced_key_free(key);
}

static void
key_sizes_are_checked(void)
{
    uint8_t bytes[PASSTICKET_ENHANCED_KEY_MAX + 1] = { 1 };
    CU_ASSERT_PTR_NULL(passticket_enhanced_key_new(bytes, 0));
    CU_ASSERT_PTR_NULL(passticket_enhanced_key_new(bytes, PASSTICKET_ENHANCED_KEY_MIN - 1));
    CU_ASSERT_PTR_NULL(passticket_enhanced_key_new(bytes, PASSTICKET_ENHANCED_KEY_MAX + 1));
    passticket_enhanced_key_free(NULL);
}

static void
strings_of_another_shape_are_not_well_formed(void)
{
    static const char *const odd[] = { "", "1", "1TAR4UN", "1TAR4UNXX", "1TAR4UN ", "1TAR4UN+", "\xff\xff\xff\xff\xff\xff\xff\xff" };
    struct passticket_enhanced_key *key = sample_key();
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        char *exact = strdup(odd[i]); /* exact size: AddressSanitizer sees one byte too far */
        uint64_t time = 7;
        CU_ASSERT_FALSE(passticket_enhanced_is_well_formed(PASSTICKET_UPPER, exact));
        CU_ASSERT_FALSE(passticket_enhanced_is_well_formed(PASSTICKET_MIXED, exact));
        CU_ASSERT_EQUAL(passticket_enhanced_decode(key, PASSTICKET_MIXED, "TOM", "HWS1", exact, &time), PASSTICKET_NOT_WELL_FORMED);
        CU_ASSERT_EQUAL(time, 0);
        free(exact);
    }
    CU_ASSERT_FALSE(passticket_enhanced_is_well_formed(PASSTICKET_UPPER, "1tar4unx"));
    CU_ASSERT_TRUE(passticket_enhanced_is_well_formed(PASSTICKET_MIXED, "1tar4unx"));
    CU_ASSERT_TRUE(passticket_enhanced_is_well_formed(PASSTICKET_MIXED, "--__--__"));
    CU_ASSERT_FALSE(passticket_enhanced_is_well_formed(PASSTICKET_UPPER, "ZZZZZZZZ"));
    CU_ASSERT_TRUE(passticket_enhanced_is_well_formed(PASSTICKET_UPPER, "S27TO3CV")); /* 2^41 - 1 */
    CU_ASSERT_FALSE(passticket_enhanced_is_well_formed(PASSTICKET_UPPER, "S27TO3CW"));
    passticket_enhanced_key_free(key);
}

/* Every well-formed string is the ticket of the time that it decodes to; 2^41 of 36^8 strings are well-formed for UPPER. */
static void
random_strings_decode_uniquely(void)
{
    uint64_t state = 77;
    struct passticket_enhanced_key *key = sample_key();
    int well_formed = 0;
    for (int i = 0; i < 20000; i++) {
        enum passticket_enhanced_type type = i % 2 == 0 ? PASSTICKET_UPPER : PASSTICKET_MIXED;
        char string[PASSTICKET_SIZE + 1];
        char again[PASSTICKET_SIZE + 1];
        uint64_t time;
        random_string(&state, ticket_characters, type == PASSTICKET_UPPER ? 36 : 64, string, PASSTICKET_SIZE);
        if (passticket_enhanced_decode(key, type, "TOM", "HWS1", string, &time) != PASSTICKET_DECODED)
            continue;
        well_formed += type == PASSTICKET_UPPER;
        CU_ASSERT_TRUE(passticket_enhanced_generate(key, type, "TOM", "HWS1", time, again));
        CU_ASSERT_STRING_EQUAL(again, string);
    }
    CU_ASSERT_TRUE(well_formed > 7795 - 5 * 42 && well_formed < 7795 + 5 * 42);
    passticket_enhanced_key_free(key);
}

static void
names_are_folded_and_checked(void)
{
    struct passticket_enhanced_key *key = sample_key();
    char ticket[PASSTICKET_SIZE + 1];
    uint64_t time;
    CU_ASSERT_TRUE(passticket_enhanced_generate(key, PASSTICKET_MIXED, "imsusr1", "imscon1", 1767225600, ticket));
    CU_ASSERT_STRING_EQUAL(ticket, "OUN5Cq6M");
    CU_ASSERT_FALSE(passticket_enhanced_generate(key, PASSTICKET_MIXED, "", "IMSCON1", 1, ticket));
    CU_ASSERT_FALSE(passticket_enhanced_generate(key, PASSTICKET_MIXED, "IMSUSR1", "NINECHARS", 1, ticket));
    CU_ASSERT_EQUAL(passticket_enhanced_decode(key, PASSTICKET_MIXED, "A B", "IMSCON1", "OUN5Cq6M", &time), PASSTICKET_NAME_INVALID);
    passticket_enhanced_key_free(key);
}

static int
generate_many(void *shared)
{
    int wrong = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        char ticket[PASSTICKET_SIZE + 1];
        uint64_t time;
        wrong += !passticket_enhanced_generate(shared, PASSTICKET_MIXED, "IBMUSER", "TSOR001", i, ticket) ||
                 passticket_enhanced_decode(shared, PASSTICKET_MIXED, "IBMUSER", "TSOR001", ticket, &time) != PASSTICKET_DECODED ||
                 time != i;
    }
    return wrong;
}

static void
one_key_serves_many_threads(void)
{
    struct passticket_enhanced_key *key = sample_key();
    thrd_t threads[4];
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL_FATAL(thrd_create(&threads[i], generate_many, key), thrd_success);
    for (size_t i = 0; i < 4; i++) {
        int wrong = -1;
        thrd_join(threads[i], &wrong);
        CU_ASSERT_EQUAL(wrong, 0);
    }
    passticket_enhanced_key_free(key);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "vectors agree both ways", vectors_agree_both_ways },
        { "random tickets decode to their time", random_tickets_decode_to_their_time },
        { "edge times decode", edge_times_decode },
        { "times that a ticket cannot carry are refused", times_that_a_ticket_cannot_carry_are_refused },
        { "key sizes are checked", key_sizes_are_checked },
        { "strings of another shape are not well-formed", strings_of_another_shape_are_not_well_formed },
        { "random strings decode uniquely", random_strings_decode_uniquely },
        { "names are folded and checked", names_are_folded_and_checked },
        { "one key serves many threads", one_key_serves_many_threads },
    };
    return SUITE_RUN("passticket enhanced", cases);
}
