/* UTF-8 and UTF-16BE of user data. */
#include <string.h>

#include "drda/sql/unicode.h"
#include "tests/support/suite.h"

enum { SIZE_MAX_TRIED = 40 };

/* Whether a text of letters is valid when some of its bytes are these. */
static bool
is_valid_with(size_t size, const char *bytes, size_t count, size_t offset)
{
    uint8_t text[SIZE_MAX_TRIED];
    memset(text, 'a', sizeof text);
    memcpy(text + offset, bytes, count);
    return utf8_is_valid(text, size);
}

static void
a_byte_that_is_no_character_is_found_wherever_it_stands(void)
{
    for (size_t size = 1; size <= SIZE_MAX_TRIED; size++)
        for (size_t offset = 0; offset < size; offset++) {
            CU_ASSERT_TRUE(is_valid_with(size, "z", 1, offset));
            CU_ASSERT_FALSE(is_valid_with(size, "\x80", 1, offset));
            CU_ASSERT_FALSE(is_valid_with(size, "\xFF", 1, offset));
        }
}

static void
characters_of_many_bytes_may_stand_anywhere_but_must_be_whole(void)
{
    static const char *const characters[] = { "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x99\x82" };
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        size_t count = strlen(characters[i]);
        for (size_t size = count; size <= SIZE_MAX_TRIED; size++) {
            for (size_t offset = 0; offset + count <= size; offset++)
                CU_ASSERT_TRUE(is_valid_with(size, characters[i], count, offset));
            CU_ASSERT_FALSE(is_valid_with(size, characters[i], count - 1, size - count + 1));
        }
    }
}

static void
what_is_too_long_a_surrogate_or_beyond_unicode_is_refused(void)
{
    static const char *const refused[] = { "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80" };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        CU_ASSERT_FALSE(utf8_is_valid((const uint8_t *)refused[i], strlen(refused[i])));
}

static void
utf16_becomes_utf8(void)
{
    static const uint8_t utf16[] = { 0x00, 'a', 0x00, 0xE9, 0x20, 0xAC, 0xD8, 0x3D, 0xDE, 0x42 };
    static const char utf8[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x99\x82";
    uint8_t memory[16];
    struct wire_writer writer = wire_writer(memory, sizeof memory);
    CU_ASSERT_TRUE(utf16_put_utf8(&writer, wire_reader(utf16, sizeof utf16)));
    CU_ASSERT_EQUAL_FATAL(writer.used, strlen(utf8));
    CU_ASSERT_EQUAL(memcmp(memory, utf8, writer.used), 0);
    CU_ASSERT_EQUAL(utf8_length(memory, writer.used), sizeof utf16 / 2);
    CU_ASSERT_FALSE(utf16_put_utf8(&writer, wire_reader(utf16, sizeof utf16 - 1)));
    CU_ASSERT_FALSE(utf16_put_utf8(&writer, wire_reader(utf16, sizeof utf16 - 2)));
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a byte that is no character is found wherever it stands", a_byte_that_is_no_character_is_found_wherever_it_stands },
        { "characters of many bytes may stand anywhere but must be whole", characters_of_many_bytes_may_stand_anywhere_but_must_be_whole },
        { "what is too long, a surrogate or beyond Unicode is refused", what_is_too_long_a_surrogate_or_beyond_unicode_is_refused },
        { "UTF-16 becomes UTF-8", utf16_becomes_utf8 },
    };
    return SUITE_RUN("unicode", cases);
}
