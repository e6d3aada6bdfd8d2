#include <string.h>

#include "gateway/address.h"
#include "tests/support/suite.h"

static void
addresses_read_and_print(void)
{
    static const struct {
        const char *host;
        const char *text;
    } good[] = {
        { "127.0.0.1", "127.0.0.1:5555" },
        { "0.0.0.0", "0.0.0.0:5555" },
        { "::", "[::]:5555" },
        { "2001:db8::1", "[2001:db8::1]:5555" },
        { "::ffff:10.1.2.3", "10.1.2.3:5555" },
        { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:5555" },
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        union address address;
        char text[ADDRESS_TEXT_SIZE];
        CU_ASSERT_TRUE_FATAL(address_parse(&address, good[i].host, 5555));
        CU_ASSERT_STRING_EQUAL(address_text(&address, text), good[i].text);
        CU_ASSERT_EQUAL(address_port(&address), 5555);
    }
}

static void
what_is_no_address_is_refused(void)
{
    static const char *const bad[] = { "", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", ":::", "1.2.3.4:80", "[::1]" };
    union address address;
    char text[ADDRESS_TEXT_SIZE];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CU_ASSERT_FALSE(address_parse(&address, bad[i], 1));
    memset(&address, 0, sizeof address);
    CU_ASSERT_STRING_EQUAL(address_text(&address, text), "-:0");
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "addresses are read and printed", addresses_read_and_print },
        { "what is no address is refused", what_is_no_address_is_refused },
    };
    return SUITE_RUN("address", cases);
}
