#include "security/racf/complete.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"

static struct racf_completion completion;

/* The candidates for the end of `text`, joined by blanks. */
static const char *
candidates(const char *text)
{
    static char joined[RACF_CANDIDATES_MAX * (RACF_CANDIDATE_SIZE + 1)];
    size_t size = strlen(text);
    char *exact = malloc(size > 0 ? size : 1);
    memcpy(exact, text, size);
    racf_command_complete(exact, size, &completion);
    free(exact);
    joined[0] = '\0';
    for (size_t i = 0; i < completion.count; i++) {
        size_t used = strlen(joined);
        snprintf(joined + used, sizeof joined - used, "%s%s", i > 0 ? " " : "", completion.candidates[i]);
    }
    return joined;
}

static void
what_may_follow_is_offered(void)
{
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        { "RD", "RDEFINE RDELETE" },
        { "rdef", "RDEFINE" },
        { "  lis", "LISTGRP LISTUSER" },
        { "RDEFINE ", "APPL FACILITY OPERCMDS PTKTDATA SERVAUTH" },
        { "RDEF P", "PTKTDATA" },
        { "RDEFINE PTKTDATA ", "" },
        { "RDEFINE PTKTDATA A", "" },
        { "RDEFINE PTKTDATA APPL1 SS", "SSIGNON(" },
        { "RDEFINE PTKTDATA (A B) SS", "SSIGNON(" },
        { "RDEFINE PTKTDATA A SSIGNON(",
          "KEYMASKED( KEYENCRYPTED( ENCRYPTKEY KEYLABEL( NOLEGACYKEY EPTKEYLABEL( NOEPTKEYLABEL TYPE( TIMEOUT( REPLAY(" },
        { "RDEFINE PTKTDATA A SSIGNON(T", "TYPE( TIMEOUT(" },
        { "RDEFINE PTKTDATA A SSIGNON(KEYMASKED(", "" },
        { "RDEFINE PTKTDATA A SSIGNON(TYPE(", "UPPER MIXED" },
        { "RDEFINE PTKTDATA A SSIGNON(TYPE(UPPER) REPLAY (N", "NO" },
        { "RDEFINE PTKTDATA A SSIGNON(TYPE(UPPER)) UA", "UACC(" },
        { "RDEFINE PTKTDATA A UACC(R", "READ" },
        { "PE X CL(O", "OPERCMDS" },
        { "PERMIT X CLASS(APPL) ACCESS(", "NONE EXECUTE READ UPDATE CONTROL ALTER" },
        { "SETROPTS RACLIST(PT", "PTKTDATA" },
        { "SETROPTS RACLIST (PTKTDATA,A", "APPL" },
        { "SETR NORAC", "NORACLIST(" },
        { "SETROPTS PASSWORD(MI", "MIXEDCASE MINCHANGE(" },
        { "CO TOM AUTH(J", "JOIN" },
        { "KEY ", "GENERATE IMPORT LIST DELETE REWRAP" },
        { "HELP RAL", "RALTER" },
        { "ADDUSER TOM NAME('SPE", "" },
        { "ADDUSER TOM NAME('IT''S SPE') SPE", "SPECIAL" },
        { "FROBNICATE ", "" },
        { "L ", "" },
        { "))) RD", "RDEFINE RDELETE" },
        { "((((((((((", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *offered = candidates(cases[i].text);
        if (strcmp(offered, cases[i].expected) != 0)
            printf("# %s: %s\n", cases[i].text, offered);
        CU_ASSERT_STRING_EQUAL(offered, cases[i].expected);
    }
    candidates("rdef");
    CU_ASSERT_EQUAL(completion.typed, 4);
    candidates("RDEFINE PTKTDATA A SSIGNON(T");
    CU_ASSERT_EQUAL(completion.typed, 1);
}

static void
no_text_is_too_odd(void)
{
    static const char alphabet[] = "RDEFINE PTKTDATA()()'',,SSIGNON \t*KEY.";
    uint32_t state = 4711;
    for (int i = 0; i < 20000; i++) {
        char text[121];
        size_t size = (state >> 8) % sizeof text;
        for (size_t k = 0; k < size; k++) {
            state = state * 1664525 + 1013904223;
            text[k] = (state & 1 << 20) != 0 ? alphabet[(state >> 10) % (sizeof alphabet - 1)] : (char)(1 + (state >> 12) % 255);
        }
        text[size < sizeof text ? size : sizeof text - 1] = '\0';
        state = state * 1664525 + 1013904223;
        candidates(text);
        CU_ASSERT(completion.count <= RACF_CANDIDATES_MAX && completion.typed < sizeof text);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "what may follow is offered", what_may_follow_is_offered },
        { "no text is too odd", no_text_is_too_odd },
    };
    return SUITE_RUN("racf complete", cases);
}
