/* The rules by which PTKTDATA profiles judge tickets, one row a rule, through commands, database, snapshot and evaluation. */
#include "security/evaluation.h"
#include "tests/unit/security/racf_fixture.h"

#define LEGACY_ONE "E001193519561977"
#define LEGACY_TWO "0123456789ABCDEF"

static const uint8_t legacy_one[] = { 0xE0, 0x01, 0x19, 0x35, 0x19, 0x56, 0x19, 0x77 };
static const uint8_t legacy_two[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF };

enum key { ONE, TWO };

struct rule {
    const char *profiles; /* RDEFINE operands, one profile a line */
    enum key made_with;   /* ONE: LEGACY_ONE or label E.ONE; TWO likewise */
    char kind;            /* L U M */
    int offset_s;         /* of the ticket from now */
    bool accepted;
    const char *profile; /* whose key it was, or that was tried last */
    bool replay_allowed; /* when accepted */
    enum saf_explanation explanation;
    uint16_t future_limit; /* 0: none */
};

#define SIGNON_ONE "SSIGNON(KEYMASKED(" LEGACY_ONE "))\n"
#define SIGNON_TWO "SSIGNON(KEYMASKED(" LEGACY_TWO "))\n"
#define OTHER_KEY SAF_EXPLAIN_TICKET_OTHER_KEY
#define OUTSIDE SAF_EXPLAIN_TICKET_OUT_OF_WINDOW

static const struct rule rules[] = {
    /* The first qualified profile that exists counts, then the unqualified one: two keys at most. */
    { "APPL1 " SIGNON_ONE, ONE, 'L', 0, true, "APPL1", false, 0, 0 },
    { "APPL1.GRP1.TOM " SIGNON_ONE, ONE, 'L', 0, true, "APPL1.GRP1.TOM", false, 0, 0 },
    { "APPL1.TOM " SIGNON_ONE, ONE, 'L', 0, true, "APPL1.TOM", false, 0, 0 },
    { "APPL1.GRP1 " SIGNON_ONE, ONE, 'L', 0, true, "APPL1.GRP1", false, 0, 0 },
    { "APPL1.GRP1.TOM " SIGNON_ONE "APPL1.TOM " SIGNON_TWO, ONE, 'L', 0, true, "APPL1.GRP1.TOM", false, 0, 0 },
    { "APPL1.GRP1.TOM " SIGNON_ONE "APPL1.TOM " SIGNON_TWO, TWO, 'L', 0, false, "APPL1.GRP1.TOM", false, OTHER_KEY, 0 },
    { "APPL1.TOM " SIGNON_ONE "APPL1.GRP1 " SIGNON_TWO, ONE, 'L', 0, true, "APPL1.TOM", false, 0, 0 },
    { "APPL1.TOM " SIGNON_ONE "APPL1.GRP1 " SIGNON_TWO, TWO, 'L', 0, false, "APPL1.TOM", false, OTHER_KEY, 0 },
    { "APPL1.GRP1.TOM " SIGNON_ONE "APPL1 " SIGNON_TWO, TWO, 'L', 0, true, "APPL1", false, 0, 0 },
    { "APPL1.TOM " SIGNON_ONE "APPL1 " SIGNON_TWO, TWO, 'L', 0, true, "APPL1", false, 0, 0 },
    { "APPL1.GRP1 " SIGNON_ONE "APPL1 " SIGNON_TWO, TWO, 'L', 0, true, "APPL1", false, 0, 0 },
    /* Profiles of others, of other structure, generic ones and those without SSIGNON are no key profiles. */
    { "APPL1.ANN " SIGNON_ONE, ONE, 'L', 0, false, "", false, SAF_EXPLAIN_NO_PROFILE, 0 },
    { "APPL1.GRP2 " SIGNON_ONE, ONE, 'L', 0, false, "", false, SAF_EXPLAIN_NO_PROFILE, 0 },
    { "APPL1.TOM.GRP1 " SIGNON_ONE, ONE, 'L', 0, false, "", false, SAF_EXPLAIN_NO_PROFILE, 0 },
    { "APPL2 " SIGNON_ONE, ONE, 'L', 0, false, "", false, SAF_EXPLAIN_NO_PROFILE, 0 },
    { "APPL1.GRP1.TOM.X " SIGNON_ONE, ONE, 'L', 0, false, "", false, SAF_EXPLAIN_NO_PROFILE, 0 },
    { "APPL1.**\nAPPL*\n", ONE, 'L', 0, false, "", false, SAF_EXPLAIN_NO_PROFILE, 0 },
    { "APPL1.TOM\nAPPL1 " SIGNON_ONE, ONE, 'L', 0, true, "APPL1", false, 0, 0 },
    /* A legacy ticket lives 600 s either way, the last second included, whatever TIMEOUT says. */
    { "APPL1 SSIGNON(KEYMASKED(" LEGACY_ONE ") TIMEOUT(1))\n", ONE, 'L', 600, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(KEYMASKED(" LEGACY_ONE ") TIMEOUT(1))\n", ONE, 'L', -600, true, "APPL1", false, 0, 0 },
    { "APPL1 " SIGNON_ONE, ONE, 'L', 601, false, "APPL1", false, OUTSIDE, 0 },
    { "APPL1 " SIGNON_ONE, ONE, 'L', -601, false, "APPL1", false, OUTSIDE, 0 },
    { "APPL1 " SIGNON_ONE, ONE, 'L', 600, true, "APPL1", false, 0, 1 },
    /* An enhanced one lives TIMEOUT either way, 60 s unless told. */
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TYPE(UPPER))\n", ONE, 'U', 60, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TYPE(UPPER))\n", ONE, 'U', -60, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TYPE(UPPER))\n", ONE, 'U', 61, false, "APPL1", false, OUTSIDE, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TYPE(UPPER))\n", ONE, 'U', -61, false, "APPL1", false, OUTSIDE, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TIMEOUT(600))\n", ONE, 'M', 600, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TIMEOUT(600))\n", ONE, 'M', -601, false, "APPL1", false, OUTSIDE, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TIMEOUT(1))\n", ONE, 'M', -1, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TIMEOUT(1))\n", ONE, 'M', 2, false, "APPL1", false, OUTSIDE, 0 },
    /* The future may be limited; the past is TIMEOUT's. */
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TIMEOUT(600))\n", ONE, 'M', 5, true, "APPL1", false, 0, 5 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TIMEOUT(600))\n", ONE, 'M', 6, false, "APPL1", false, OUTSIDE, 5 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TIMEOUT(600))\n", ONE, 'M', -600, true, "APPL1", false, 0, 5 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TIMEOUT(3))\n", ONE, 'M', 4, false, "APPL1", false, OUTSIDE, 5 },
    /* TYPE decides which alphabet an enhanced key's tickets have. */
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TYPE(MIXED))\n", ONE, 'M', 0, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TYPE(MIXED))\n", ONE, 'U', 0, false, "APPL1", false, OTHER_KEY, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TYPE(UPPER))\n", ONE, 'M', 0, false, "APPL1", false, SAF_EXPLAIN_TICKET_NOT_WELL_FORMED, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) TYPE(UPPER))\n", TWO, 'U', 0, false, "APPL1", false, OTHER_KEY, 0 },
    /* Both keys in one profile: tickets of either kind are accepted. */
    { "APPL1 SSIGNON(KEYMASKED(" LEGACY_ONE ") EPTKEYLABEL(E.ONE))\n", ONE, 'L', 0, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(KEYMASKED(" LEGACY_ONE ") EPTKEYLABEL(E.ONE))\n", ONE, 'M', 0, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(KEYLABEL(L.ONE) EPTKEYLABEL(E.ONE) TYPE(UPPER))\n", ONE, 'L', 0, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(KEYLABEL(L.ONE) EPTKEYLABEL(E.ONE) TYPE(UPPER))\n", ONE, 'U', 0, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(KEYENCRYPTED(" LEGACY_ONE "))\n", ONE, 'L', 0, true, "APPL1", false, 0, 0 },
    { "APPL1.TOM SSIGNON(EPTKEYLABEL(E.ONE) TYPE(UPPER))\nAPPL1 " SIGNON_TWO, TWO, 'L', 0, true, "APPL1", false, 0, 0 },
    /* A label without a key, or with one of the other kind, is told apart from a wrong ticket. */
    { "APPL1 SSIGNON(EPTKEYLABEL(NO.KEY))\n", ONE, 'M', 0, false, "APPL1", false, SAF_EXPLAIN_KEY_UNAVAILABLE, 0 },
    { "APPL1 SSIGNON(KEYLABEL(NO.KEY))\n", ONE, 'L', 0, false, "APPL1", false, SAF_EXPLAIN_KEY_UNAVAILABLE, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(L.ONE))\n", ONE, 'M', 0, false, "APPL1", false, SAF_EXPLAIN_KEY_UNAVAILABLE, 0 },
    { "APPL1 SSIGNON(KEYMASKED(" LEGACY_ONE ") EPTKEYLABEL(NO.KEY))\n", ONE, 'L', 0, true, "APPL1", false, 0, 0 },
    /* Replay: APPLDATA by its leading text for legacy tickets, REPLAY for enhanced ones, and neither for the other. */
    { "APPL1 APPLDATA('NO REPLAY PROTECTION') " SIGNON_ONE, ONE, 'L', 0, true, "APPL1", true, 0, 0 },
    { "APPL1 APPLDATA('NO REPLAY PROTECTION - DO NOT CHANGE') " SIGNON_ONE, ONE, 'L', 0, true, "APPL1", true, 0, 0 },
    { "APPL1 APPLDATA('no replay protection') " SIGNON_ONE, ONE, 'L', 0, true, "APPL1", true, 0, 0 },
    { "APPL1 APPLDATA('NO REPLAY PROTECTIO') " SIGNON_ONE, ONE, 'L', 0, true, "APPL1", false, 0, 0 },
    { "APPL1 APPLDATA('WITH NO REPLAY PROTECTION') " SIGNON_ONE, ONE, 'L', 0, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(KEYMASKED(" LEGACY_ONE ") REPLAY(YES))\n", ONE, 'L', 0, true, "APPL1", false, 0, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) REPLAY(YES))\n", ONE, 'M', 0, true, "APPL1", true, 0, 0 },
    { "APPL1 SSIGNON(EPTKEYLABEL(E.ONE) REPLAY(NO))\n", ONE, 'M', 0, true, "APPL1", false, 0, 0 },
    { "APPL1 APPLDATA('NO REPLAY PROTECTION') SSIGNON(EPTKEYLABEL(E.ONE))\n", ONE, 'M', 0, true, "APPL1", false, 0, 0 },
};

static void
make_ticket(const struct rule *rule, char ticket[PASSTICKET_SIZE + 1])
{
    uint8_t bytes[64];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(rule->made_with == ONE ? i : 64 + i);
    bool made = false;
    if (rule->kind == 'L') {
        struct passticket_legacy_key *key = passticket_legacy_key_new(rule->made_with == ONE ? legacy_one : legacy_two);
        made = passticket_legacy_generate(key, "TOM", "APPL1", (uint32_t)(FIXTURE_NOW_S + rule->offset_s), ticket);
        passticket_legacy_key_free(key);
    } else {
        struct passticket_enhanced_key *key = passticket_enhanced_key_new(bytes, sizeof bytes);
        made = passticket_enhanced_generate(key, rule->kind == 'U' ? PASSTICKET_UPPER : PASSTICKET_MIXED, "TOM", "APPL1",
                                            (uint64_t)(FIXTURE_NOW_S + rule->offset_s), ticket);
        passticket_enhanced_key_free(key);
    }
    CU_ASSERT_TRUE_FATAL(made);
}

static void
import_key(struct fixture *fixture, const char *label, size_t size, uint8_t first)
{
    char command[256];
    size_t used = (size_t)snprintf(command, sizeof command, "KEY IMPORT %s VALUE(", label);
    for (size_t i = 0; i < size; i++)
        used += (size_t)snprintf(command + used, sizeof command - used, "%02X", (unsigned)(first + i));
    snprintf(command + used, sizeof command - used, ")");
    CU_ASSERT_EQUAL(fixture_command(fixture, command), 0);
}

static void
define_profiles(struct fixture *fixture, const char *lines)
{
    char command[512];
    while (*lines != '\0') {
        int length = (int)strcspn(lines, "\n");
        snprintf(command, sizeof command, "RDEFINE PTKTDATA %.*s", length, lines);
        CU_ASSERT_EQUAL(fixture_command(fixture, command), 0);
        lines += length + (lines[length] == '\n');
    }
    CU_ASSERT_TRUE(fixture_command(fixture, "SETROPTS RACLIST(PTKTDATA) REFRESH") <= 4);
}

static bool
holds(const struct rule *rule)
{
    static const struct evaluation_names names = { .application = "APPL1", .group = "GRP1", .userid = "TOM" };
    struct fixture *fixture = fixture_new();
    struct evaluation evaluation;
    char ticket[PASSTICKET_SIZE + 1] = "";
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)"), 0);
    import_key(fixture, "E.ONE", 64, 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "KEY IMPORT L.ONE VALUE(" LEGACY_ONE ")"), 0);
    if (rule->future_limit != 0)
        CU_ASSERT_TRUE(racf_limit_future(fixture->racf, rule->future_limit));
    define_profiles(fixture, rule->profiles);
    make_ticket(rule, ticket);
    evaluation_run(fixture->racf, &names, ticket, false, FIXTURE_NOW_S, &evaluation);
    bool accepted = evaluation.explanation == SAF_EXPLAIN_NONE;
    bool kept = accepted == rule->accepted && strcmp(evaluation.profile, rule->profile) == 0;
    if (kept && accepted)
        kept = evaluation.kind == rule->kind && evaluation.offset_s == rule->offset_s && evaluation.replay_allowed == rule->replay_allowed;
    else if (kept)
        kept = evaluation.explanation == rule->explanation;
    fixture_free(fixture);
    return kept;
}

static void
every_rule_holds(void)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        bool kept = holds(&rules[i]);
        if (!kept)
            printf("# rule %zu does not hold: %c%+d s: %s", i, rules[i].kind, rules[i].offset_s, rules[i].profiles);
        CU_ASSERT_TRUE(kept);
    }
}

/* The set-up of IBM's documentation for Copy Services Manager, line breaks as an administrator would continue them. */
static void
the_published_set_up_works_as_printed(void)
{
    static const char setup[] = "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA)\n"
                                "SETROPTS RACLIST (PTKTDATA) REFRESH\n"
                                "ADDUSER HOSTUSR DFLTGRP(SYS1) PASSWORD(TEMP4NOW) NAME('CSM HOST CONNECTION')\n"
                                "KEY GENERATE USRLCL.CKDS.CSM BYTES(256)\n"
                                "RDEFINE PTKTDATA IOSHMCSM.HOSTUSR SSIGNON(EPTKEYLABEL(USRLCL.CKDS.CSM) -\n"
                                "    TYPE(UPPER) TIMEOUT(600)) APPLDATA('CSM TO HYPERSWAP CONNECTION')\n"
                                "SETROPTS RACLIST (PTKTDATA) REFRESH\n"
                                "RALT PTKTDATA IOSHMCSM.HOSTUSR SSIGNON(EPTKEYLABEL(USRLCL.CKDS.CSM) +\n"
                                "    TYPE(UPPER) TIMEOUT(600)) APPLDATA('CSM TO HYPERSWAP CONNECTION')\n"
                                "SETROPTS RACLIST (PTKTDATA) REFRESH\n";
    static const struct evaluation_names names = { .application = "IOSHMCSM", .group = "SYS1", .userid = "HOSTUSR" };
    struct fixture *fixture = fixture_new();
    struct evaluation evaluation;
    char ticket[PASSTICKET_SIZE + 1] = "";
    const struct racf_ptktdata *found[2];
    CU_ASSERT_EQUAL(fixture_script(fixture, setup), 0);
    struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
    CU_ASSERT_EQUAL_FATAL(racf_ptktdata_find(snapshot, "IOSHMCSM", "SYS1", "HOSTUSR", found), 1);
    CU_ASSERT_STRING_EQUAL(found[0]->name, "IOSHMCSM.HOSTUSR");
    CU_ASSERT_PTR_NOT_NULL_FATAL(found[0]->enhanced);
    CU_ASSERT_TRUE(passticket_enhanced_generate(found[0]->enhanced, PASSTICKET_UPPER, "HOSTUSR", "IOSHMCSM", FIXTURE_NOW_S - 599, ticket));
    racf_ptktdata_release(snapshot);
    evaluation_run(fixture->racf, &names, ticket, false, FIXTURE_NOW_S, &evaluation);
    CU_ASSERT_EQUAL(evaluation.explanation, SAF_EXPLAIN_NONE);
    CU_ASSERT_EQUAL(evaluation.kind, 'U');
    CU_ASSERT_EQUAL(evaluation.offset_s, -599);
    fixture_free(fixture);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "every rule holds", every_rule_holds },
        { "the published set-up works as printed", the_published_set_up_works_as_printed },
    };
    return SUITE_RUN("ptktdata rules", cases);
}
