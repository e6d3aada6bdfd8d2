#include "security/saf/warning.h"
#include "tests/unit/security/racf_fixture.h"

struct told {
    char text[8192];
};

static void
note(void *context, enum warning warning, const char *text)
{
    struct told *told = context;
    size_t used = strlen(told->text);
    snprintf(told->text + used, sizeof told->text - used, "%s %s\n", warning_id(warning), text);
}

/* The warnings of a database made by a script, one ID and subject a line. */
static bool
warns(const char *script, const char *expected)
{
    struct fixture *fixture = fixture_new();
    struct told told = { "" };
    fixture_script(fixture, script);
    CU_ASSERT_TRUE(racf_warnings(fixture->racf, note, &told));
    bool found = expected == NULL ? told.text[0] == '\0' : strstr(told.text, expected) != NULL;
    if (!found)
        printf("# expected %s in:\n%s", expected != NULL ? expected : "nothing", told.text);
    fixture_free(fixture);
    return found;
}

#define READY "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)\n"
#define REFRESH "SETROPTS RACLIST(PTKTDATA) REFRESH\n"
#define KEY "SSIGNON(KEYMASKED(E001193519561977))\n"

static void
a_database_in_order_gives_no_warning(void)
{
    CU_ASSERT_TRUE(warns("", NULL));
    CU_ASSERT_TRUE(warns(READY "RDEFINE PTKTDATA IMSCON1 " KEY REFRESH, NULL));
    CU_ASSERT_TRUE(warns(READY "KEY GENERATE E\nRDEFINE PTKTDATA IMSCON1 SSIGNON(EPTKEYLABEL(E) TYPE(UPPER) KEYMASKED(0123456789ABCDEF))\n"
                               "RDEFINE PTKTDATA IRRPTAUTH.** UACC(NONE)\nRDEFINE APPL IMSCON1 UACC(READ)\n" REFRESH,
                         NULL));
}

static void
each_warning_is_given(void)
{
    CU_ASSERT_TRUE(warns(READY "RDEFINE PTKTDATA OMVSAPPL " KEY, "PGR050W OMVSAPPL IS SHARED"));
    CU_ASSERT_TRUE(warns("RDEFINE APPL OMVSAPPL\n", "PGR050W OMVSAPPL"));
    CU_ASSERT_TRUE(warns(READY "RDEFINE PTKTDATA MVSSYSA " KEY, "PGR051W MVSSYSA LOOKS LIKE"));
    CU_ASSERT_TRUE(warns(READY "RDEFINE PTKTDATA MVSSYS " KEY REFRESH, NULL)); /* no SMF ID has three characters */
    CU_ASSERT_TRUE(warns(READY "RDEFINE PTKTDATA A.B.C.D " KEY, "PGR052W A.B.C.D IS NOT"));
    CU_ASSERT_TRUE(warns(READY "RDEFINE PTKTDATA A APPLDATA('no replay PROTECTION - DO NOT CHANGE') " KEY, "PGR056W A: APPLDATA"));
    CU_ASSERT_TRUE(warns(READY "RDEFINE PTKTDATA A " KEY, "PGR057W CLASS PTKTDATA HAS CHANGES"));
    CU_ASSERT_TRUE(warns("RDEFINE PTKTDATA A " KEY, "PGR059W NO PASSTICKET WORKS: ENTER SETROPTS CLASSACT(PTKTDATA)"));
    CU_ASSERT_TRUE(warns(READY "RDEFINE PTKTDATA A SSIGNON(EPTKEYLABEL(NO.SUCH))\n", "PGR067W A: THERE IS NO KEY UNDER NO.SUCH"));
    CU_ASSERT_TRUE(warns(READY "KEY GENERATE E BYTES(8)\nRDEFINE PTKTDATA A SSIGNON(EPTKEYLABEL(E))\n", "PGR068W A: THE KEY UNDER E"));
    CU_ASSERT_TRUE(warns(READY "KEY GENERATE E\nRDEFINE PTKTDATA A SSIGNON(EPTKEYLABEL(E) REPLAY(YES))\n", "PGR069W A: REPLAY(YES)"));
}

static void
weak_and_semi_weak_keys_are_told(void)
{
    /* The 4 weak and 12 semi-weak keys of DES. */
    static const char *const keys[] = {
        "0101010101010101", "FEFEFEFEFEFEFEFE", "E0E0E0E0F1F1F1F1", "1F1F1F1F0E0E0E0E", "011F011F010E010E", "1F011F010E010E01",
        "01E001E001F101F1", "E001E001F101F101", "01FE01FE01FE01FE", "FE01FE01FE01FE01", "1FE01FE00EF10EF1", "E01FE01FF10EF10E",
        "1FFE1FFE0EFE0EFE", "FE1FFE1FFE0EFE0E", "E0FEE0FEF1FEF1FE", "FEE0FEE0FEF1FEF1",
    };
    char script[256];
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        snprintf(script, sizeof script, READY "RDEFINE PTKTDATA A SSIGNON(KEYMASKED(%s))\n", keys[i]);
        CU_ASSERT_TRUE(warns(script, "PGR063W A: THE KEY IS A WEAK"));
    }
    CU_ASSERT_TRUE(warns(READY "KEY IMPORT W VALUE(0000000000000000)\nRDEFINE PTKTDATA A SSIGNON(KEYLABEL(W))\n", "PGR063W A"));
}

static void
keys_of_two_profiles_are_told(void)
{
    CU_ASSERT_TRUE(warns(READY "RDEFINE PTKTDATA (A B) " KEY, "PGR058W B HAS THE SAME KEY AS A"));
    /* Parity does not count, nor how the key was given. */
    CU_ASSERT_TRUE(warns(READY "RDEFINE PTKTDATA A " KEY "KEY IMPORT L VALUE(E101183418571876)\nRDEFINE PTKTDATA B SSIGNON(KEYLABEL(L))\n",
                         "PGR058W B HAS THE SAME KEY AS A"));
    CU_ASSERT_TRUE(warns(READY "KEY GENERATE E\nRDEFINE PTKTDATA (A B) SSIGNON(EPTKEYLABEL(E))\n", "PGR058W B HAS THE SAME KEY AS A"));
    CU_ASSERT_TRUE(warns(READY "KEY GENERATE E\nKEY GENERATE F\nRDEFINE PTKTDATA A SSIGNON(EPTKEYLABEL(E))\n"
                               "RDEFINE PTKTDATA B SSIGNON(EPTKEYLABEL(F))\n" REFRESH,
                         NULL));
}

static void
commands_give_the_warnings_of_their_profile(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, READY "RDEFINE PTKTDATA OTHER " KEY "RDEFINE PTKTDATA PLAIN\n" REFRESH), 0);
    static const char define[] = "RDEFINE PTKTDATA OMVSAPPL APPLDATA('NO REPLAY PROTECTION') " KEY;
    static const char *const commands[] = { define, "RLIST PTKTDATA OMVSAPPL", "RALTER PTKTDATA OMVSAPPL UACC(NONE)" };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        CU_ASSERT_EQUAL(fixture_command(fixture, commands[i]), 0);
        CU_ASSERT_TRUE(fixture_says(fixture, "PGR050W OMVSAPPL"));
        CU_ASSERT_TRUE(fixture_says(fixture, "PGR056W OMVSAPPL"));
        CU_ASSERT_TRUE(fixture_says(fixture, "PGR058W OMVSAPPL HAS THE SAME KEY AS OTHER"));
    }
    CU_ASSERT_EQUAL(fixture_command(fixture, "RLIST PTKTDATA PLAIN"), 0);
    CU_ASSERT_PTR_NULL(strstr(fixture->output, "PGR058W"));
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR057W CLASS PTKTDATA"));
    fixture_free(fixture);
}

static void
every_warning_has_its_own_id_and_fits(void)
{
    char text[WARNING_TEXT_SIZE];
    char profile[RACF_PROFILE_MAX + 1];
    memset(profile, 'P', RACF_PROFILE_MAX);
    profile[RACF_PROFILE_MAX] = '\0';
    for (int i = 0; i < WARNING_COUNT; i++) {
        for (int k = 0; k < i; k++)
            CU_ASSERT_STRING_NOT_EQUAL(warning_id((enum warning)i), warning_id((enum warning)k));
        warning_text((enum warning)i, "APPLICAT.GROUPXXX.USERIDXX", "APPLICAT.GROUPXXX.USERIDXX", text);
        CU_ASSERT_TRUE(strlen(text) > 20 && strlen(text) < sizeof text - 1);
        CU_ASSERT_PTR_NULL(strchr(text, '%'));
        warning_text((enum warning)i, profile, profile, text);
        CU_ASSERT_TRUE(strlen(text) < sizeof text);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a database in order gives no warning", a_database_in_order_gives_no_warning },
        { "each warning is given", each_warning_is_given },
        { "weak and semi-weak keys are told", weak_and_semi_weak_keys_are_told },
        { "keys of two profiles are told", keys_of_two_profiles_are_told },
        { "commands give the warnings of their profile", commands_give_the_warnings_of_their_profile },
        { "every warning has its own ID and fits", every_warning_has_its_own_id_and_fits },
    };
    return SUITE_RUN("racf warnings", cases);
}
