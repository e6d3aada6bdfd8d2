#include <stdlib.h>
#include <string.h>

#include "drda/sql/datetime.h"
#include "tests/support/suite.h"

static const uint8_t *
bytes(const char *text)
{
    return (const uint8_t *)text;
}

static void
expect_timestamp(const char *text, const char *expected)
{
    uint8_t *wire = malloc(TIMESTAMP_WIRE_SIZE);
    CU_ASSERT_TRUE_FATAL(timestamp_to_wire(bytes(text), strlen(text), wire));
    CU_ASSERT_EQUAL(memcmp(wire, expected, TIMESTAMP_WIRE_SIZE), 0);
    free(wire);
}

static void
expect_text(const char *wire, const char *expected)
{
    char text[TIMESTAMP_TEXT_MAX];
    size_t size;
    CU_ASSERT_TRUE_FATAL(timestamp_from_wire(bytes(wire), strlen(wire), text, &size));
    CU_ASSERT_EQUAL(size, strlen(expected));
    CU_ASSERT_EQUAL(strncmp(text, expected, size), 0);
}

static void
timestamps_of_any_form_become_derbys(void)
{
    expect_timestamp("2024-01-02 03:04:05.678901", "2024-01-02-03.04.05.678901000");
    expect_timestamp("2024-01-02T03:04:05", "2024-01-02-03.04.05.000000000");
    expect_timestamp("2024-01-02-03.04.05.123456789", "2024-01-02-03.04.05.123456789");
    expect_timestamp("2024-02-29", "2024-02-29-00.00.00.000000000");
    expect_timestamp("2024-01-02 24:00:00", "2024-01-02-24.00.00.000000000");
}

static void
timestamps_from_the_wire_sort_as_text(void)
{
    expect_text("2024-01-02-03.04.05.678901000", "2024-01-02 03:04:05.678901");
    expect_text("2024-01-02-03.04.05.6", "2024-01-02 03:04:05.600000");
    expect_text("2024-01-02-03.04.05.123456789", "2024-01-02 03:04:05.123456789");
    expect_text("2024-01-02-03.04.05.123456789012", "2024-01-02 03:04:05.123456789012");
    expect_text("2024-01-02-03.04.05", "2024-01-02 03:04:05.000000");
}

static void
dates_and_times_are_copied(void)
{
    uint8_t date[DATE_SIZE];
    uint8_t time[TIME_SIZE];
    CU_ASSERT_TRUE(date_to_wire(bytes("2000-02-29"), 10, date));
    CU_ASSERT_EQUAL(memcmp(date, "2000-02-29", 10), 0);
    CU_ASSERT_TRUE(time_to_wire(bytes("23.59.58"), 8, time));
    CU_ASSERT_EQUAL(memcmp(time, "23:59:58", 8), 0);
}

static void
no_day_of_the_calendar_is_refused(void)
{
    static const char *const dates[] = { "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-04-31",
                                         "0000-01-01", "2024-1-01",  "2024/01/01", "20240101",   "2024-01-0a", "2024-01-01 " };
    static const char *const times[] = { "24:00:01", "25:00:00", "12:60:00", "12:00:60", "12:00", "1:00:00", "12-00-00", "12:00:00 " };
    static const char *const timestamps[] = { "2024-01-02x03:04:05",
                                              "2024-01-02 03:04",
                                              "2024-01-02 03:04:05.",
                                              "2024-01-02 03:04:05,1",
                                              "2024-01-02 03:04:05.1234567890123",
                                              "2024-01-02 03:04:05.12a",
                                              "2024-01-02 ",
                                              "" };
    uint8_t wire[TIMESTAMP_WIRE_SIZE];
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++)
        CU_ASSERT_FALSE(date_to_wire(bytes(dates[i]), strlen(dates[i]), wire));
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        CU_ASSERT_FALSE(time_to_wire(bytes(times[i]), strlen(times[i]), wire));
    for (size_t i = 0; i < sizeof timestamps / sizeof timestamps[0]; i++) {
        bool dot = strcmp(timestamps[i], "2024-01-02 03:04:05.") == 0; /* a point without digits says nothing */
        CU_ASSERT_EQUAL(timestamp_to_wire(bytes(timestamps[i]), strlen(timestamps[i]), wire), dot);
    }
}

static void
every_truncation_is_read_within_its_bounds(void)
{
    static const char good[] = "2024-01-02 03:04:05.123456789012";
    for (size_t n = 0; n < sizeof good; n++) {
        uint8_t *copy = malloc(n > 0 ? n : 1);
        uint8_t wire[TIMESTAMP_WIRE_SIZE];
        memcpy(copy, good, n);
        bool whole = n == 10 || (n >= 19 && n < sizeof good);
        CU_ASSERT_EQUAL(timestamp_to_wire(copy, n, wire), whole);
        free(copy);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "timestamps of any form become Derby's", timestamps_of_any_form_become_derbys },
        { "timestamps from the wire sort as text", timestamps_from_the_wire_sort_as_text },
        { "dates and times are copied", dates_and_times_are_copied },
        { "what is no day of the calendar is refused", no_day_of_the_calendar_is_refused },
        { "every truncation is read within its bounds", every_truncation_is_read_within_its_bounds },
    };
    return SUITE_RUN("datetime", cases);
}
