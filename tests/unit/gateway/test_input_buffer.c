#include <stdlib.h>
#include <string.h>

#include "gateway/input_buffer.h"
#include "tests/support/suite.h"

static const char text[] = "0123456789";
enum { SIZE = 10 };

static uint8_t *
borrow(void)
{
    uint8_t *bytes = malloc(SIZE);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    memcpy(bytes, text, SIZE);
    return bytes;
}

static bool
is_wiped(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static void
what_is_left_over_is_kept(void)
{
    for (size_t taken = 0; taken <= SIZE; taken++) {
        struct input_buffer buffer = { .room = 0 };
        uint8_t *bytes = borrow();
        struct drda_input input = { .bytes = bytes, .size = SIZE, .taken = taken, .needed = 100 };
        CU_ASSERT_TRUE(input_buffer_keep(&buffer, &input, false));
        CU_ASSERT_TRUE(is_wiped(bytes, SIZE));
        free(bytes);
        if (taken == SIZE) {
            CU_ASSERT_PTR_NULL(buffer.input.bytes);
            continue;
        }
        CU_ASSERT_EQUAL(buffer.input.size, SIZE - taken);
        CU_ASSERT_EQUAL(buffer.input.taken, 0);
        CU_ASSERT_EQUAL(buffer.input.needed, 100);
        CU_ASSERT_TRUE(buffer.room >= 100);
        CU_ASSERT_EQUAL(memcmp(buffer.input.bytes, text + taken, SIZE - taken), 0);
        input_buffer_clear(&buffer);
        CU_ASSERT_PTR_NULL(buffer.input.bytes);
    }
}

static void
a_request_under_way_keeps_its_places(void)
{
    struct input_buffer buffer = { .room = 0 };
    uint8_t *bytes = borrow();
    struct drda_input input = { .bytes = bytes, .size = SIZE, .taken = 7 };
    CU_ASSERT_TRUE(input_buffer_keep(&buffer, &input, true));
    CU_ASSERT_TRUE(is_wiped(bytes, SIZE));
    free(bytes);
    CU_ASSERT_EQUAL(buffer.input.size, SIZE);
    CU_ASSERT_EQUAL(buffer.input.taken, 7);
    CU_ASSERT_EQUAL(memcmp(buffer.input.bytes, text, SIZE), 0);
    const uint8_t *place = buffer.input.bytes;
    CU_ASSERT_TRUE(input_buffer_keep(&buffer, &buffer.input, true));
    CU_ASSERT_PTR_EQUAL(buffer.input.bytes, place);
    CU_ASSERT_TRUE(input_buffer_keep(&buffer, &buffer.input, false)); /* it is over: what was taken goes */
    CU_ASSERT_EQUAL(buffer.input.size, 3);
    CU_ASSERT_EQUAL(memcmp(buffer.input.bytes, "789", 3), 0);
    CU_ASSERT_TRUE(buffer.room > buffer.input.size);
    buffer.input.taken = 3;
    CU_ASSERT_TRUE(input_buffer_keep(&buffer, &buffer.input, false));
    CU_ASSERT_PTR_NULL(buffer.input.bytes);
}

/* A command that comes in small pieces: always room for one more byte, and few moves. */
static void
long_commands_grow_by_doubling(void)
{
    struct input_buffer buffer = { .room = 0 };
    uint8_t *bytes = borrow();
    struct drda_input input = { .bytes = bytes, .size = SIZE };
    CU_ASSERT_TRUE(input_buffer_keep(&buffer, &input, false));
    free(bytes);
    unsigned moves = 0;
    while (buffer.input.size < 1000000) {
        size_t room = buffer.room;
        CU_ASSERT_TRUE_FATAL(buffer.input.size < room);
        memset(buffer.input.bytes + buffer.input.size, 'x', room - buffer.input.size);
        buffer.input.size = room;
        buffer.input.needed = room + 10;
        CU_ASSERT_TRUE_FATAL(input_buffer_keep(&buffer, &buffer.input, false));
        moves += buffer.room != room;
    }
    CU_ASSERT_TRUE(moves <= 12);
    CU_ASSERT_EQUAL(memcmp(buffer.input.bytes, text, SIZE), 0);
    input_buffer_clear(&buffer);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "what is left over is kept, the rest wiped", what_is_left_over_is_kept },
        { "a request under way keeps its places", a_request_under_way_keeps_its_places },
        { "long commands grow by doubling", long_commands_grow_by_doubling },
    };
    return SUITE_RUN("input buffer", cases);
}
