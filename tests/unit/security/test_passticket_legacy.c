#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "common/hex.h"
#include "security/passticket/legacy.h"
#include "security/passticket/name.h"
#include "security/passticket/timecoder.h"
#include "security/passticket/translation.h"
#include "tests/support/suite.h"
#include "tests/unit/security/random.h"
#include "tests/unit/security/vectors.h"

static const char name_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#@$";
static const char ticket_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static void
check_vector_both_ways(const struct vector *vector)
{
    struct passticket_legacy_key *key = passticket_legacy_key_new(vector->key);
    char ticket[PASSTICKET_SIZE + 1];
    uint32_t time;
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    CU_ASSERT_TRUE(passticket_legacy_generate(key, vector->user, vector->appl, (uint32_t)vector->time, ticket));
    CU_ASSERT_STRING_EQUAL(ticket, vector->ticket);
    CU_ASSERT_EQUAL(passticket_legacy_decode(key, vector->user, vector->appl, vector->ticket, &time), PASSTICKET_DECODED);
    CU_ASSERT_EQUAL(time, vector->time);
    CU_ASSERT_TRUE(passticket_legacy_is_well_formed(vector->ticket));
    passticket_legacy_key_free(key);
}

static void
vectors_agree_both_ways(void)
{
    CU_ASSERT_EQUAL(vectors_each("legacy", check_vector_both_ways), 11);
}

static void
check_vector_steps(const struct vector *vector)
{
    struct des_ctx schedule;
    struct passticket_name user;
    CU_ASSERT_TRUE(passticket_name_encode(vector->user, &user));
    des_set_key(&schedule, vector->key);
    timecoder_prepare();
    uint32_t result4 = (uint32_t)strtoul(vector_text(vector, "result4"), NULL, 16);
    uint32_t result5 = (uint32_t)strtoul(vector_text(vector, "result5"), NULL, 16);
    CU_ASSERT_EQUAL(timecoder_encode(&schedule, &user, result4), result5);
    CU_ASSERT_EQUAL(timecoder_decode(&schedule, &user, result5), result4);
    char ticket[PASSTICKET_SIZE + 1] = "";
    uint32_t bits;
    translation_to_characters(result5, ticket);
    CU_ASSERT_STRING_EQUAL(ticket, vector->ticket);
    CU_ASSERT_TRUE(translation_from_characters(ticket, &bits));
    CU_ASSERT_EQUAL(bits, result5);
}

static void
the_steps_between_agree(void)
{
    CU_ASSERT_EQUAL(vectors_each("legacy", check_vector_steps), 11);
}

static void
the_published_translation_example_agrees(void)
{
    char ticket[PASSTICKET_SIZE + 1] = "";
    translation_to_characters(0x07247F79, ticket);
    CU_ASSERT_STRING_EQUAL(ticket, "QHOAH1TV");
}

static void
real_tickets_are_well_formed_and_invented_ones_are_not(void)
{
    static const char *const real[] = { "KAFRXPQK", "PSEG7TXM", "09X0CCGJ", "QHOAH1TV", "AEPRRZ3S" };
    static const char *const invented[] = { "LZTKEEDQ", "VSAU0AJR", "NWB2T1TX", "PASSWORD", "AAAAAAAB" };
    for (size_t i = 0; i < sizeof real / sizeof real[0]; i++)
        CU_ASSERT_TRUE(passticket_legacy_is_well_formed(real[i]));
    for (size_t i = 0; i < sizeof invented / sizeof invented[0]; i++)
        CU_ASSERT_FALSE(passticket_legacy_is_well_formed(invented[i]));
}

static void
strings_of_another_shape_are_not_well_formed(void)
{
    static const uint8_t key_bytes[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    struct passticket_legacy_key *key = passticket_legacy_key_new(key_bytes);
    static const char *const odd[] = { "",          "A",        "AEPRRZ3",
                                       "AEPRRZ3SA", "aeprrz3s", "AEPRRZ3s",
                                       "AEPRRZ3-",  "AEPR RZ3", "\xff\xff\xff\xff\xff\xff\xff\xff" };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        char *exact = strdup(odd[i]); /* exact size: AddressSanitizer sees one byte too far */
        uint32_t time = 7;
        CU_ASSERT_FALSE(passticket_legacy_is_well_formed(exact));
        CU_ASSERT_EQUAL(passticket_legacy_decode(key, "MIKEM", "TSOSYS1", exact, &time), PASSTICKET_NOT_WELL_FORMED);
        CU_ASSERT_EQUAL(time, 0);
        free(exact);
    }
    passticket_legacy_key_free(key);
}

static void
round_trip(uint64_t *state, size_t user_length, size_t appl_length, uint32_t time)
{
    uint8_t key_bytes[8];
    char user[9];
    char appl[9];
    char ticket[PASSTICKET_SIZE + 1];
    uint32_t decoded;
    random_bytes(state, key_bytes, sizeof key_bytes);
    random_string(state, name_characters, sizeof name_characters - 1, user, user_length);
    random_string(state, name_characters, sizeof name_characters - 1, appl, appl_length);
    struct passticket_legacy_key *key = passticket_legacy_key_new(key_bytes);
    bool same = passticket_legacy_generate(key, user, appl, time, ticket) &&
                passticket_legacy_decode(key, user, appl, ticket, &decoded) == PASSTICKET_DECODED && decoded == time;
    CU_ASSERT_TRUE(same);
    if (!same)
        printf("# user %s appl %s time %u ticket %s decoded %u\n", user, appl, time, ticket, decoded);
    passticket_legacy_key_free(key);
}

static void
random_tickets_decode_to_their_time(void)
{
    uint64_t state = 20240601;
    for (int i = 0; i < 20000; i++)
        round_trip(&state, 1 + random_next(&state) % 8, 1 + random_next(&state) % 8, (uint32_t)(random_next(&state) >> 32));
}

static void
edge_times_and_lengths_decode(void)
{
    static const uint32_t times[] = { 0, 1, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF };
    uint64_t state = 7;
    for (size_t t = 0; t < sizeof times / sizeof times[0]; t++)
        for (size_t user = 1; user <= 8; user++)
            for (size_t appl = 1; appl <= 8; appl++)
                round_trip(&state, user, appl, times[t]);
}

static void
random_strings_are_well_formed_as_rarely_as_stated(void)
{
    uint64_t state = 99;
    char string[PASSTICKET_SIZE + 1];
    int well_formed = 0;
    enum { STRINGS = 1000000 };
    for (int i = 0; i < STRINGS; i++) {
        random_string(&state, ticket_characters, sizeof ticket_characters - 1, string, PASSTICKET_SIZE);
        uint32_t bits;
        char again[PASSTICKET_SIZE + 1] = "";
        if (!translation_from_characters(string, &bits))
            continue;
        well_formed++;
        translation_to_characters(bits, again);
        CU_ASSERT_STRING_EQUAL(again, string);
    }
    /* 2^32 of 36^8 strings: 1522 of a million expected, standard deviation 39. */
    CU_ASSERT_TRUE(well_formed > 1522 - 5 * 39 && well_formed < 1522 + 5 * 39);
}

static void
every_value_translates_there_and_back(void)
{
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 65521 / 7) {
        char characters[TRANSLATION_CHARACTERS];
        uint32_t back;
        translation_to_characters((uint32_t)bits, characters);
        if (!translation_from_characters(characters, &back) || back != bits)
            CU_FAIL("translation is not inverted");
    }
}

static void
names_are_folded_and_checked(void)
{
    static const uint8_t key_bytes[8] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
    static const char *const wrong[] = { "", "ABCDEFGHI", "A B", "A-B", "\xC4", "A\n", " ", "A." };
    struct passticket_legacy_key *key = passticket_legacy_key_new(key_bytes);
    char ticket[PASSTICKET_SIZE + 1];
    uint32_t time;
    CU_ASSERT_TRUE(passticket_legacy_generate(key, "mikem", "TsoSys1", 1111111, ticket));
    CU_ASSERT_STRING_EQUAL(ticket, "AEPRRZ3S");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CU_ASSERT_FALSE(passticket_legacy_generate(key, wrong[i], "TSOSYS1", 1, ticket));
        CU_ASSERT_STRING_EQUAL(ticket, "");
        CU_ASSERT_FALSE(passticket_legacy_generate(key, "MIKEM", wrong[i], 1, ticket));
        CU_ASSERT_EQUAL(passticket_legacy_decode(key, wrong[i], "TSOSYS1", "AEPRRZ3S", &time), PASSTICKET_NAME_INVALID);
        CU_ASSERT_EQUAL(passticket_legacy_decode(key, "MIKEM", wrong[i], "AEPRRZ3S", &time), PASSTICKET_NAME_INVALID);
    }
    passticket_legacy_key_free(key);
}

static void
every_character_has_its_ebcdic_code_point(void)
{
    /* CCSID 37, in the order of name_characters. */
    static const char code_points[] = "C1C2C3C4C5C6C7C8C9D1D2D3D4D5D6D7D8D9E2E3E4E5E6E7E8E9F0F1F2F3F4F5F6F7F8F97B7C5B";
    for (size_t i = 0; i < sizeof name_characters - 1; i++) {
        struct passticket_name name;
        uint8_t expected;
        const char text[2] = { name_characters[i] };
        CU_ASSERT_TRUE(hex_decode(code_points + 2 * i, 2, &expected));
        CU_ASSERT_TRUE(passticket_name_encode(text, &name));
        CU_ASSERT_EQUAL(name.ebcdic[0], expected);
        CU_ASSERT_EQUAL(name.ebcdic[1], 0x40);
        CU_ASSERT_EQUAL(name.length, 1);
    }
}

static void
parity_bits_do_not_matter(void)
{
    static const uint8_t one[8] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
    static const uint8_t other[8] = { 0xE1, 0x01, 0x18, 0x34, 0x18, 0x57, 0x18, 0x76 };
    struct passticket_legacy_key *key = passticket_legacy_key_new(one);
    struct passticket_legacy_key *same = passticket_legacy_key_new(other);
    char ticket[PASSTICKET_SIZE + 1];
    char again[PASSTICKET_SIZE + 1];
    CU_ASSERT_TRUE(passticket_legacy_generate(key, "TOM", "TSOR001", 1700000000, ticket));
    CU_ASSERT_TRUE(passticket_legacy_generate(same, "TOM", "TSOR001", 1700000000, again));
    CU_ASSERT_STRING_EQUAL(ticket, again);
    passticket_legacy_key_free(key);
    passticket_legacy_key_free(same);
}

static void
weak_keys_are_known_and_still_work(void)
{
    static const char *const weak[] = {
        "0101010101010101", "FEFEFEFEFEFEFEFE", "E0E0E0E0F1F1F1F1", "1F1F1F1F0E0E0E0E", "011F011F010E010E", "1F011F010E010E01",
        "01E001E001F101F1", "E001E001F101F101", "01FE01FE01FE01FE", "FE01FE01FE01FE01", "1FE01FE00EF10EF1", "E01FE01FF10EF10E",
        "1FFE1FFE0EFE0EFE", "FE1FFE1FFE0EFE0E", "E0FEE0FEF1FEF1FE", "FEE0FEE0FEF1FEF1", "0000000000000000", "FFFFFFFFFFFFFFFF",
    };
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        uint8_t bytes[8];
        char ticket[PASSTICKET_SIZE + 1];
        uint32_t time;
        CU_ASSERT_TRUE(hex_decode(weak[i], 16, bytes));
        CU_ASSERT_TRUE(passticket_legacy_key_is_weak(bytes));
        struct passticket_legacy_key *key = passticket_legacy_key_new(bytes);
        CU_ASSERT_TRUE(passticket_legacy_generate(key, "TOM", "HWS1", 1700000000, ticket));
        CU_ASSERT_EQUAL(passticket_legacy_decode(key, "TOM", "HWS1", ticket, &time), PASSTICKET_DECODED);
        CU_ASSERT_EQUAL(time, 1700000000);
        passticket_legacy_key_free(key);
    }
    static const uint8_t sample[8] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
    CU_ASSERT_FALSE(passticket_legacy_key_is_weak(sample));
}

static int
generate_many(void *shared)
{
    int wrong = 0;
    for (uint32_t i = 0; i < 5000; i++) {
        char ticket[PASSTICKET_SIZE + 1];
        uint32_t time;
        wrong += !passticket_legacy_generate(shared, "IBMUSER", "TSOR001", i, ticket) ||
                 passticket_legacy_decode(shared, "IBMUSER", "TSOR001", ticket, &time) != PASSTICKET_DECODED || time != i;
    }
    return wrong;
}

static void
one_key_serves_many_threads(void)
{
    static const uint8_t key_bytes[8] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
    struct passticket_legacy_key *key = passticket_legacy_key_new(key_bytes);
    thrd_t threads[4];
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL_FATAL(thrd_create(&threads[i], generate_many, key), thrd_success);
    for (size_t i = 0; i < 4; i++) {
        int wrong = -1;
        thrd_join(threads[i], &wrong);
        CU_ASSERT_EQUAL(wrong, 0);
    }
    passticket_legacy_key_free(key);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "vectors agree both ways", vectors_agree_both_ways },
        { "the steps between agree", the_steps_between_agree },
        { "the published translation example agrees", the_published_translation_example_agrees },
        { "real tickets are well-formed and invented ones are not", real_tickets_are_well_formed_and_invented_ones_are_not },
        { "strings of another shape are not well-formed", strings_of_another_shape_are_not_well_formed },
        { "random tickets decode to their time", random_tickets_decode_to_their_time },
        { "edge times and lengths decode", edge_times_and_lengths_decode },
        { "random strings are well-formed as rarely as stated", random_strings_are_well_formed_as_rarely_as_stated },
        { "every value translates there and back", every_value_translates_there_and_back },
        { "names are folded and checked", names_are_folded_and_checked },
        { "every character has its EBCDIC code point", every_character_has_its_ebcdic_code_point },
        { "parity bits do not matter", parity_bits_do_not_matter },
        { "weak keys are known and still work", weak_keys_are_known_and_still_work },
        { "one key serves many threads", one_key_serves_many_threads },
    };
    return SUITE_RUN("passticket legacy", cases);
}
