#include "security/racf/commands.h"
#include "security/racf/password.h"
#include "tests/unit/security/racf_fixture.h"

/* One command after the other in one database: return code, and words that the output must have ("" wants no output at all). */
struct step {
    const char *command;
    int return_code;
    const char *says;
};

static void
run_steps(const struct step *steps, size_t count)
{
    struct fixture *fixture = fixture_new();
    for (size_t i = 0; i < count; i++) {
        int return_code = fixture_command(fixture, steps[i].command);
        bool as_expected = return_code == steps[i].return_code;
        if (steps[i].says != NULL)
            as_expected =
                as_expected && (steps[i].says[0] != '\0' ? strstr(fixture->output, steps[i].says) != NULL : fixture->output[0] == '\0');
        if (!as_expected)
            printf("# %s: %d\n%s", steps[i].command, return_code, fixture->output);
        CU_ASSERT_TRUE(as_expected);
    }
    fixture_free(fixture);
}

#define RUN_STEPS(steps) run_steps(steps, sizeof(steps) / sizeof((steps)[0]))

static void
commands_and_keywords_may_be_shortened(void)
{
    static const struct step steps[] = {
        { "SETR CLASSA(APPL) ", 0, "ICH14063I SETROPTS COMMAND COMPLETE." },
        { "setropts li", 0, "ACTIVE CLASSES = USER GROUP APPL" },
        { "SETROPTS CLA(APPL)", 0, NULL },
        { "SETROPTS NO(APPL)", 12, "PGR012I AMBIGUOUS KEYWORD, NO" },
        { "SETROPTS NOC(APPL)", 0, NULL },
        { "AU TOM PASSW(X)", 0, "" },
        { "ALU TOM NOSPEC", 0, "" },
        { "RDEF APPL X U(READ) OW(IBMUSER)", 0, "" },
        { "RALT APPL X W", 0, "" },
        { "RL APPL X ALL", 0, "READ" },
        { "PE X CL(APPL) I(TOM) AC(R)", 0, "" },
        { "RDEL APPL X", 0, "" },
        { "LU TOM", 0, "USER=TOM" },
        { "LISTU TOM", 0, "USER=TOM" },
        { "LIST TOM", 12, "PGR012I AMBIGUOUS COMMAND, LIST" },
        { "AG GRP1", 0, "" },
        { "ALG GRP1 DATA('X')", 0, "" },
        { "CO TOM GR(GRP1) AUTH(JOIN)", 0, "" },
        { "LG GRP1", 0, "JOIN" },
        { "RE TOM GROUP(GRP1)", 0, "" },
        { "DG GRP1", 0, "" },
        { "SR CLASS(USER)", 0, "TOM" },
        { "PW INTERVAL(30)", 0, "" },
        { "H", 0, "PASSWORD (PW): " },
        { "HELP RDEF", 0, "RDEFINE (RDEF) <CLASS NAME> <PROFILE NAME>: " },
        { "HELP RDEF", 0, "     KEYMASKED(value ...) KEYENCRYPTED(value ...) " },
        { "HELP NOSUCH", 8, "IKJ56500I COMMAND NOSUCH NOT FOUND" },
        { "DU TOM", 0, "" },
        { "FROBNICATE", 12, "IKJ56500I COMMAND FROBNICATE NOT FOUND" },
        { "'SETROPTS'", 12, "NOT FOUND" },
        { "(SETROPTS)", 12, "NOT FOUND" },
        { "", 0, "" },
        { "/* nothing */", 0, "" },
    };
    RUN_STEPS(steps);
}

static void
wrong_operands_are_named(void)
{
    static const struct step steps[] = {
        { "RDEFINE", 12, "IKJ56701I MISSING CLASS NAME" },
        { "RDEFINE APPL", 12, "IKJ56701I MISSING PROFILE NAME" },
        { "RDEFINE APPL ()", 12, "IKJ56701I MISSING PROFILE NAME" },
        { "RDEFINE APPL ((X))", 12, "IKJ56702I INVALID PROFILE NAME" },
        { "RDEFINE (APPL) X", 8, "IS NOT A CLASS" },
        { "RDEFINE APPL X FOO(BAR)", 12, "IKJ56712I INVALID KEYWORD, FOO" },
        { "RDEFINE APPL X 'FOO'", 12, "IKJ56712I INVALID KEYWORD, A QUOTED STRING" },
        { "RDEFINE APPL X (FOO)", 12, "IKJ56712I INVALID KEYWORD, (" },
        { "RDEFINE APPL X OWNER", 12, "IKJ56701I MISSING VALUE OF OWNER" },
        { "RDEFINE APPL X OWNER()", 12, "IKJ56701I MISSING VALUE OF OWNER" },
        { "RDEFINE APPL X OWNER(A B)", 12, "PGR011I OWNER TAKES ONE VALUE" },
        { "RDEFINE APPL X OWNER((A))", 12, "PGR011I" },
        { "RDEFINE APPL X WARNING(1)", 12, "PGR010I WARNING TAKES NO VALUE" },
        { "RDEFINE APPL X WARNING WARNING", 12, "PGR013I WARNING IS GIVEN TWICE" },
        { "RDEFINE APPL X WARNING NOWARNING", 12, "PGR014I NOWARNING CONTRADICTS" },
        { "RDEFINE APPL X UACC(MUCH)", 8, "PGR016I UACC MUST BE ONE OF NONE, EXECUTE, READ, UPDATE, CONTROL, ALTER" },
        { "RDEFINE APPL X OWNER(NOBODY)", 8, "PGR018I OWNER NOBODY" },
        { "RDEFINE DATASET X", 8, "PGR019I DATASET IS NOT A CLASS" },
        { "RDEFINE APPL A.B", 8, "PGR030I A.B CANNOT BE A PROFILE OF CLASS APPL" },
        { "RDEFINE APPL TOOLONG99", 8, "TOO LONG" },
        { "RDEFINE FACILITY A..B", 8, "QUALIFIER IS EMPTY" },
        { "RDEFINE FACILITY A**", 8, "** IS A QUALIFIER BY ITSELF" },
        { "RDEFINE FACILITY 'A B'", 8, "CHARACTER THAT IS NOT ALLOWED" },
        { "RDEFINE APPL X SSIGNON(KEYMASKED(0011223344556677))", 8, "PGR055I SSIGNON BELONGS TO CLASS PTKTDATA ONLY" },
        { "SETROPTS", 4, "PGR042I" },
        { "SETROPTS REFRESH", 8, "PGR041I" },
        { "SETROPTS CLASSACT(APPL NOSUCH)", 8, "PGR019I NOSUCH" },
        { "SETROPTS LIST", 0, "ACTIVE CLASSES = USER GROUP\n" },
        { "SETROPTS PASSWORD(REVOKE(0))", 8, "PGR015I REVOKE MUST BE A NUMBER FROM 1 TO 254" },
        { "SETROPTS PASSWORD(REVOKE(3) NOREVOKE)", 12, "PGR014I" },
        { "SETROPTS PASSWORD(INTERVAL(10) MINCHANGE(10))", 8, "PGR040I" },
        { "SETROPTS PASSWORD(HISTORY(33))", 8, "PGR015I HISTORY" },
        { "SETROPTS INACTIVE(x)", 8, "PGR015I INACTIVE" },
        { "RDEFINE APPL X DATA('unfinished", 12, "PGR002I" },
        { "LISTUSER TOM NAME", 12, "IKJ56712I INVALID KEYWORD, NAME" },
        { "SEARCH CLASS(APPL)", 4, "ICH31005I NO ENTRIES MEET SEARCH CRITERIA" },
    };
    RUN_STEPS(steps);
}

static void
profiles_are_defined_altered_listed_and_deleted(void)
{
    static const struct step steps[] = {
        { "ADDGROUP IMSGRP", 0, "" },
        { "RDEFINE APPL (IMSCON1,IMSCON2) UACC(NONE) OWNER(IMSGRP) DATA('IT''S IMS') APPLDATA('X Y') AUDIT(ALL)", 0, "" },
        { "RDEFINE APPL IMSCON1", 4, "ICH10102I IMSCON1 ALREADY DEFINED TO CLASS APPL." },
        { "RDEFINE APPL (IMSCON1 IMSCON3)", 4, "ICH10102I" },
        { "RLIST APPL IMSCON3", 0, "APPL       IMSCON3\n" },
        { "RLIST APPL IMSCON1 ALL", 0,
          "CLASS      NAME\n-----      ----\nAPPL       IMSCON1\n\n"
          "LEVEL  OWNER      UNIVERSAL ACCESS  YOUR ACCESS  WARNING\n-----  --------   ----------------  -----------  -------\n"
          " 00    IMSGRP            NONE              NONE    NO\n\nINSTALLATION DATA\n-----------------\nIT'S IMS\n\n"
          "APPLICATION DATA\n----------------\nX Y\n\nAUDITING\n--------\nALL(READ)\n" },
        { "RALTER APPL IMSCON1 UACC(READ) WARNING NODATA NOAPPLDATA AUDIT(FAILURES(UPDATE) SUCCESS(READ)) OWNER(IBMUSER)", 0, "" },
        { "RLIST APPL IMSCON1", 0,
          " 00    IBMUSER           READ              READ    YES\n\nINSTALLATION DATA\n-----------------\nNONE\n" },
        { "RLIST APPL IMSCON1", 0, "SUCCESS(READ),FAILURES(UPDATE)" },
        { "PERMIT IMSCON1 CLASS(APPL) ID(IBMUSER IMSGRP *) ACCESS(UPDATE)", 0, "" },
        { "RLIST APPL IMSCON1 AUTHUSER", 0, "USER      ACCESS\n----      ------\n*         UPDATE\nIBMUSER   UPDATE\nIMSGRP    UPDATE\n" },
        { "PERMIT IMSCON1 CLASS(APPL) ID(NOBODY) ACCESS(READ)", 8, "PGR071I NOBODY IS NEITHER A USER NOR A GROUP" },
        { "PERMIT IMSCON1 CLASS(APPL) ID(*) DELETE", 0, "" },
        { "PERMIT IMSCON1 CLASS(APPL) ID(*) DELETE", 4, "PGR070I" },
        { "PERMIT IMSCON1 CLASS(APPL) RESET", 0, "" },
        { "PERMIT IMSCON1 CLASS(APPL) RESET(SOME)", 8, "PGR074I" },
        { "RLIST APPL IMSCON1 AUTHUSER", 0, "NO USERS IN ACCESS LIST" },
        { "PERMIT IMSCON9 CLASS(APPL) ID(*) ACCESS(READ)", 8, "ICH06004I IMSCON9 NOT DEFINED TO RACF" },
        { "PERMIT IMSCON1 CLASS(APPL) ID(*)", 8, "PGR073I" },
        { "PERMIT IMSCON1 CLASS(APPL) ACCESS(READ)", 8, "IKJ56701I MISSING ID" },
        { "PERMIT IMSCON1 ID(*) ACCESS(READ)", 8, "PGR072I" },
        { "RALTER APPL IMSCON9 WARNING", 8, "ICH11102I IMSCON9 NOT DEFINED TO CLASS APPL." },
        { "RDELETE APPL IMSCON9", 8, "ICH12102I IMSCON9 NOT DEFINED TO CLASS APPL." },
        { "RLIST APPL IMSCON9", 8, "ICH13003I IMSCON9 NOT FOUND" },
        { "RDEFINE APPL IMS* UACC(READ)", 0, "" },
        { "RLIST APPL IMSCON9", 0, "APPL       IMS* (G)\n" },
        { "SEARCH CLASS(APPL)", 0, "IMS* (G)\nIMSCON1\nIMSCON2\nIMSCON3\n" },
        { "SEARCH CLASS(APPL) MASK(IMS,2)", 0, "IMSCON2\n" },
        { "SEARCH CLASS(APPL) MASK(*,CON3)", 0, "IMSCON3\n" },
        { "SEARCH CLASS(APPL) FILTER(IMSCON%)", 0, "IMSCON1\nIMSCON2\nIMSCON3\n" },
        { "SEARCH CLASS(APPL) FILTER(IMS**)", 8, "PGR140I" },
        { "SEARCH CLASS(GROUP)", 0, "IMSGRP\nSYS1\n" },
        { "SETROPTS NOGENERIC(FACILITY)", 0, NULL },
        { "RDEFINE FACILITY A.*", 8, "PGR053I A.* IS GENERIC" },
        { "SETROPTS GENERIC(FACILITY)", 0, NULL },
        { "RDEFINE FACILITY A.*", 0, "" },
        { "RLIST FACILITY *", 0, "FACILITY   A.* (G)" },
        { "RLIST OPERCMDS *", 4, "ICH13004I NOTHING TO LIST" },
        { "RDELETE APPL (IMSCON1 IMSCON2 IMSCON3 IMS*)", 0, "" },
        { "SEARCH CLASS(APPL)", 4, "ICH31005I" },
        { "RDEFINE SERVAUTH EZBDOMAIN APPLDATA('my.domain')", 0, "" },
        { "RLIST SERVAUTH EZBDOMAIN", 0, "my.domain" },
    };
    RUN_STEPS(steps);
}

static void
ssignon_takes_all_that_racf_takes_and_shows_no_key(void)
{
    static const struct step steps[] = {
        { "RDEFINE PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E001193519561977))", 0, "" },
        { "RLIST PTKTDATA IMSCON1 SSIGNON", 0, "SSIGNON INFORMATION\n-------------------\nKEYMASKED DATA NOT DISPLAYABLE\n" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(ENCRYPTKEY)", 0, "" },
        { "RLIST PTKTDATA IMSCON1 SSIGNON NORACF", 0, "KEYENCRYPTED DATA NOT DISPLAYABLE\n" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(ENCRYPTKEY)", 8, "PGR066I" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(EPTKEYLABEL(my.label#1) TYPE(UPPER) TIMEOUT(600) REPLAY(YES))", 0,
          "PGR067W IMSCON1: THERE IS NO KEY UNDER MY.LABEL#1" },
        { "RLIST PTKTDATA IMSCON1 SSIGNON", 0,
          ".000001\nENHANCED PASSTICKET KEY LABEL: MY.LABEL#1\nTYPE: UPPER  TIMEOUT: 600  REPLAY: YES\n" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(NOLEGACYKEY)", 0, "PGR069W IMSCON1: REPLAY(YES)" },
        { "RLIST PTKTDATA IMSCON1 SSIGNON", 0, "NO LEGACY KEY\nENHANCED PASSTICKET KEY LABEL: MY.LABEL#1" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(KEYLABEL(CKDS.DES) NOEPTKEYLABEL)", 0, "PGR067W IMSCON1: THERE IS NO KEY UNDER CKDS.DES" },
        { "RLIST PTKTDATA IMSCON1 ALL", 0, "LEGACY KEY BY LABEL\nLEGACY KEY LABEL: CKDS.DES\n\n" },
        { "RALTER PTKTDATA IMSCON1 NOSSIGNON", 0, "" },
        { "RLIST PTKTDATA IMSCON1 ALL", 0, "NO SSIGNON INFORMATION" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E0011935))", 8, "PGR062I KEYMASKED NEEDS 16 HEXADECIMAL DIGITS" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E00119351956197X))", 8, "PGR062I" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E0011935 19561977))", 8, "PGR062I" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(KEYMASKED(*))", 8, "PGR061I" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E001193519561977) KEYLABEL(A))", 8, "PGR060I" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(KEYMASKED(E001193519561977) KEYENCRYPTED(E001193519561977))", 12, "PGR014I" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(EPTKEYLABEL(1A))", 8, "PGR065I" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(TIMEOUT(601))", 8, "PGR015I TIMEOUT MUST BE A NUMBER FROM 1 TO 600" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(TYPE(LOWER))", 8, "PGR016I TYPE MUST BE ONE OF UPPER, MIXED" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON(REPLAY(MAYBE))", 8, "PGR016I REPLAY" },
        { "RALTER PTKTDATA IMSCON1 SSIGNON()", 12, "IKJ56701I MISSING VALUE OF SSIGNON" },
        { "RLIST PTKTDATA IMSCON1 ALL", 0, "NO SSIGNON INFORMATION" }, /* nothing of the refused ones stayed */
        { "RDEFINE PTKTDATA WEAK SSIGNON(KEYMASKED(0101010101010101))", 0, "PGR063W WEAK: THE KEY IS A WEAK" },
        { "RDEFINE PTKTDATA OMVSAPPL SSIGNON(KEYMASKED(E001193519561977))", 0, "PGR050W OMVSAPPL" },
        { "RDEFINE PTKTDATA MVSSYS1 SSIGNON(KEYMASKED(E001193519561977))", 0, "PGR051W MVSSYS1" },
        { "RDEFINE PTKTDATA A.B.C.D SSIGNON(KEYMASKED(E001193519561977))", 0, "PGR052W A.B.C.D" },
        { "RDEFINE PTKTDATA IMS* SSIGNON(KEYMASKED(E001193519561977))", 8, "PGR054I IMS* IS GENERIC" },
        { "RDEFINE PTKTDATA IRRPTAUTH.IMSCON1.* UACC(NONE)", 0, "" },
        { "RDEFINE PTKTDATA FEKAPPL APPLDATA('no replay protection') SSIGNON(KEYMASKED(E001193519561977))", 0, "PGR056W FEKAPPL" },
    };
    RUN_STEPS(steps);
}

static void
users_are_added_altered_listed_and_deleted(void)
{
    static const struct step steps[] = {
        { "ADDUSER IMSUSR1", 0, "ICH01024I User IMSUSR1 is defined as PROTECTED." },
        { "ADDUSER IMSUSR1", 4, "PGR094I USER IMSUSR1 IS ALREADY DEFINED" },
        { "ALTUSER IMSUSR1 PASSWORD(SECRET) NAME('IMS USER') DATA('some data')", 0, "" },
        { "LISTUSER IMSUSR1", 0,
          "USER=IMSUSR1  NAME=IMS USER              OWNER=IBMUSER   CREATED=26.001\n"
          " DEFAULT-GROUP=SYS1     PASSDATE=00.000 PASS-INTERVAL= 30 PHRASEDATE=N/A\n"
          " ATTRIBUTES=NONE\n"
          " REVOKE DATE=NONE   RESUME DATE=NONE\n"
          " LAST-ACCESS=UNKNOWN\n"
          " CLASS AUTHORIZATIONS=NONE\n"
          " INSTALLATION-DATA=some data\n"
          " NO-MODEL-NAME\n"
          " LOGON ALLOWED   (DAYS)          (TIME)\n"
          " ---------------------------------------------\n"
          " ANYDAY                          ANYTIME\n"
          "  GROUP=SYS1      AUTH=USE      CONNECT-OWNER=IBMUSER   CONNECT-DATE=26.001\n"
          "    CONNECTS=    00  UACC=NONE     LAST-CONNECT=UNKNOWN\n"
          "    CONNECT ATTRIBUTES=NONE\n"
          "    REVOKE DATE=NONE   RESUME DATE=NONE\n"
          "SECURITY-LEVEL=NONE SPECIFIED\n"
          "CATEGORY-AUTHORIZATION\n"
          " NONE SPECIFIED\n"
          "SECURITY-LABEL=NONE SPECIFIED\n" },
        { "ALTUSER IMSUSR1 PASSWORD(SECRET) NOEXPIRED", 0, "" },
        { "LISTUSER IMSUSR1", 0, "PASSDATE=26.001" },
        { "ALTUSER IMSUSR1 SPECIAL OPERATIONS AUDITOR RESTRICTED REVOKE NODATA", 0, "" },
        { "LISTUSER IMSUSR1", 0, " ATTRIBUTES=SPECIAL OPERATIONS AUDITOR REVOKED RESTRICTED\n" },
        { "ALTUSER IMSUSR1 NOSPECIAL NOOPERATIONS NOAUDITOR NORESTRICTED RESUME", 0, "" },
        { "LISTUSER IMSUSR1", 0, " ATTRIBUTES=NONE\n" },
        { "ALTUSER IMSUSR1 NOPASSWORD PHRASE('a phrase of 29 characters ok!')", 0, "" },
        { "LISTUSER IMSUSR1", 0, " ATTRIBUTES=PASSPHRASE\n" },
        { "ALTUSER IMSUSR1 NOPHRASE", 0, "PROTECTED" },
        { "LISTUSER IMSUSR1", 0, " ATTRIBUTES=PROTECTED\n" },
        { "ALTUSER IMSUSR1 NOEXPIRED", 8, "PGR098I" },
        { "ALTUSER IMSUSR1 PASSWORD(TOOLONG99)", 8, "PGR084I A PASSWORD HAS AT MOST 8 CHARACTERS" },
        { "ALTUSER IMSUSR1 PASSWORD(imsusr1)", 8, "NOT THE USER ID" },
        { "ALTUSER IMSUSR1 PASSWORD(*)", 8, "PGR083I" },
        { "ALTUSER IMSUSR1 PASSWORD(A B)", 8, "PGR082I" },
        { "ALTUSER IMSUSR1 PASSWORD('A B')", 8, "PGR080I" },
        { "ALTUSER IMSUSR1 PASSWORD", 12, "IKJ56701I MISSING VALUE OF PASSWORD" },
        { "ALTUSER IMSUSR1 PHRASE('too short 1')", 8, "14 TO 100" },
        { "ALTUSER IMSUSR1 PHRASE('aaa bbb ccc ddd 111')", 8, "THREE EQUAL" },
        { "ALTUSER IMSUSR1 PHRASE('onlylettersinthere')", 8, "TWO LETTERS AND TWO OTHER" },
        { "ALTUSER IMSUSR1 PHRASE('this is imsusr1 and 42')", 8, "THE USER ID IS NO PART" },
        { "ALTUSER IMSUSR1 NAME('a name of more than twenty')", 8, "PGR017I NAME IS LONGER THAN 20 BYTES" },
        { "ALTUSER IMSUSR1 DFLTGRP(NOGROUP)", 8, "PGR090I" },
        { "ADDGROUP IMSGRP", 0, "" },
        { "ALTUSER IMSUSR1 DFLTGRP(IMSGRP)", 8, "PGR091I" },
        { "CONNECT IMSUSR1 GROUP(IMSGRP)", 0, "" },
        { "ALTUSER IMSUSR1 DFLTGRP(IMSGRP)", 0, "" },
        { "LISTUSER IMSUSR1", 0, " DEFAULT-GROUP=IMSGRP   PASSDATE=N/A" },
        { "ADDUSER TOOLONG99", 8, "PGR093I" },
        { "ADDUSER A.B", 8, "PGR093I" },
        { "ADDUSER IMSGRP", 8, "PGR095I" },
        { "ADDUSER (A1 B2 C3) PASSWORD(X)", 0, "" },
        { "LISTUSER (A1 C3)", 0, "USER=C3" },
        { "LISTUSER *", 0, "USER=IBMUSER" },
        { "LISTUSER NOBODY", 8, "ICH30001I UNABLE TO LOCATE USER ENTRY NOBODY" },
        { "DELUSER (A1 NOBODY B2)", 8, "PGR097I USER NOBODY" },
        { "LISTUSER B2", 8, "ICH30001I" },
        { "DELUSER IBMUSER", 8, "PGR099I" },
    };
    RUN_STEPS(steps);
}

static void
groups_and_connections_are_kept(void)
{
    static const struct step steps[] = {
        { "ADDGROUP (A B) DATA('group data')", 0, "" },
        { "ADDGROUP A", 4, "PGR113I GROUP A IS ALREADY DEFINED" },
        { "ADDGROUP 1A", 8, "PGR112I" },
        { "ADDGROUP IBMUSER", 8, "PGR114I" },
        { "ADDGROUP C SUPGROUP(B) OWNER(A)", 0, "" },
        { "ADDGROUP D SUPGROUP(NONE1)", 8, "PGR110I" },
        { "ALTGROUP B SUPGROUP(C)", 8, "PGR111I" },
        { "ALTGROUP B SUPGROUP(B)", 8, "PGR111I" },
        { "ALTGROUP B SUPGROUP(A) NODATA", 0, "" },
        { "LISTGRP B", 0,
          "INFORMATION FOR GROUP B\n    SUPERIOR GROUP=A          OWNER=IBMUSER    CREATED=26.001\n    NO INSTALLATION DATA\n"
          "    NO MODEL DATA SET\n    TERMUACC\n    SUBGROUP(S)= C\n    NO USERS\n" },
        { "LISTGRP A", 0, "INSTALLATION DATA=group data" },
        { "LISTGRP", 0, "INFORMATION FOR GROUP SYS1" },
        { "LISTGRP *", 0, "INFORMATION FOR GROUP C" },
        { "LISTGRP X", 8, "PGR115I GROUP X IS NOT DEFINED" },
        { "ADDUSER TOM DFLTGRP(C) PASSWORD(X)", 0, "" },
        { "LISTGRP C", 0,
          "    USER(S)=      ACCESS=      ACCESS COUNT=      UNIVERSAL ACCESS=\n"
          "      TOM           USE             000000               NONE\n         CONNECT ATTRIBUTES=NONE\n" },
        { "CONNECT TOM GROUP(A) AUTHORITY(CONNECT)", 0, "" },
        { "CONNECT TOM GROUP(A) REVOKE", 0, "" },
        { "LISTUSER TOM", 0,
          "  GROUP=A         AUTH=CONNECT  CONNECT-OWNER=IBMUSER   CONNECT-DATE=26.001\n"
          "    CONNECTS=    00  UACC=NONE     LAST-CONNECT=UNKNOWN\n    CONNECT ATTRIBUTES=REVOKED\n" },
        { "CONNECT TOM GROUP(X)", 8, "PGR115I" },
        { "CONNECT NOBODY GROUP(A)", 8, "PGR097I" },
        { "CONNECT TOM GROUP(A) AUTHORITY(KING)", 8, "PGR016I AUTHORITY MUST BE ONE OF USE, CREATE, CONNECT, JOIN" },
        { "REMOVE TOM GROUP(C)", 8, "PGR121I C IS THE DEFAULT GROUP OF TOM" },
        { "REMOVE TOM GROUP(B)", 8, "PGR120I" },
        { "DELGROUP A", 8, "PGR117I" },
        { "DELGROUP C", 8, "PGR118I" },
        { "REMOVE TOM GROUP(A)", 0, "" },
        { "DELUSER TOM", 0, "" },
        { "DELGROUP (C B A)", 0, "" },
        { "DELGROUP SYS1", 8, "PGR116I" },
    };
    RUN_STEPS(steps);
}

static void
only_the_authorized_issue_commands(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture,
                                   "ADDUSER (TOM HELP AUDIT) PASSWORD(SECRET1)\nALTUSER AUDIT AUDITOR\nADDUSER BOSS SPECIAL PASSWORD(X)\n"
                                   "SETROPTS CLASSACT(FACILITY)\nRDEFINE FACILITY IRR.RADMIN.ALTUSER UACC(NONE)\n"
                                   "PERMIT IRR.RADMIN.ALTUSER CLASS(FACILITY) ID(HELP) ACCESS(UPDATE)\n"
                                   "RDEFINE FACILITY IRR.RADMIN.RDEFINE UACC(NONE)\n"
                                   "PERMIT IRR.RADMIN.RDEFINE CLASS(FACILITY) ID(HELP) ACCESS(UPDATE)\n"),
                    0);
    for (size_t i = 0; racf_verbs[i] != NULL; i++) {
        fixture->issuer = (struct racf_issuer) { .userid = "TOM" };
        int return_code = fixture_command(fixture, racf_verbs[i]->name);
        bool own = racf_verbs[i]->authority == VERB_OWN;
        CU_ASSERT_EQUAL(own, return_code != 12 || strstr(fixture->output, "PGR020I NOT AUTHORIZED TO ISSUE") == NULL);
        fixture->issuer = (struct racf_issuer) { .userid = "" };
        fixture_command(fixture, racf_verbs[i]->name);
        CU_ASSERT_TRUE(own || strstr(fixture->output, "PGR020I") != NULL);
    }
    static const struct {
        const char *userid;
        const char *command;
        int return_code;
        const char *says;
    } cases[] = {
        { "TOM", "LISTUSER", 0, "USER=TOM" },
        { "TOM", "LISTUSER TOM", 0, "USER=TOM" },
        { "TOM", "LISTUSER HELP", 8, "ICH30010I NOT AUTHORIZED TO LIST HELP" },
        { "TOM", "LISTUSER *", 0, "USER=TOM" },
        { "TOM", "PASSWORD USER(HELP) INTERVAL(5)", 8, "PGR134I" },
        { "AUDIT", "LISTUSER HELP", 0, "USER=HELP" },
        { "AUDIT", "SEARCH CLASS(USER)", 0, "TOM" },
        { "AUDIT", "ALTUSER TOM REVOKE", 12, "PGR020I" },
        { "HELP", "ALTUSER TOM REVOKE", 0, NULL },
        { "HELP", "ALTUSER HELP SPECIAL", 8, "ICH21005I NOT AUTHORIZED TO SPECIFY SPECIAL" },
        { "HELP", "ALTUSER BOSS PASSWORD(MINE)", 8, "PGR096I" },
        { "HELP", "ADDUSER NEW1", 12, "PGR020I" },
        { "HELP", "RDEFINE FACILITY IRR.RADMIN.ADDUSER UACC(ALTER)", 8, "PGR031I" },
        { "HELP", "RDEFINE FACILITY IRR.** UACC(ALTER)", 8, "PGR031I" },
        { "HELP", "RDEFINE FACILITY BPX.SMF", 0, NULL },
        { "BOSS", "LISTUSER TOM", 8, "ICH30010I" }, /* the caller says who is special, not the name */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture->issuer = (struct racf_issuer) { 0 };
        memcpy(fixture->issuer.userid, cases[i].userid, strlen(cases[i].userid));
        int return_code = fixture_command(fixture, cases[i].command);
        CU_ASSERT_EQUAL(return_code, cases[i].return_code);
        CU_ASSERT_TRUE(cases[i].says == NULL || fixture_says(fixture, cases[i].says));
    }
    CU_ASSERT_FALSE(racf_user_find(fixture->racf, "HELP")->special);
    CU_ASSERT_TRUE(racf_user_find(fixture->racf, "TOM")->revoked);
    fixture_free(fixture);
}

static void
users_change_their_own_passwords(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, "SETROPTS PASSWORD(HISTORY(2) REVOKE(4))\nADDUSER TOM PASSWORD(FIRST)\n"), 0);
    fixture->issuer = (struct racf_issuer) { .userid = "TOM" };
    CU_ASSERT_EQUAL(fixture_command(fixture, "PASSWORD PASSWORD(first second)"), 0);
    CU_ASSERT_STRING_EQUAL(fixture->output, "");
    CU_ASSERT_EQUAL(fixture_command(fixture, "PASSWORD PASSWORD(FIRST THIRD)"), 8);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR132I"));
    CU_ASSERT_EQUAL(racf_user_find(fixture->racf, "TOM")->failed_attempts, 1);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PASSWORD PASSWORD(SECOND SECOND)"), 8);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PASSWORD PASSWORD(SECOND FIRST)"), 8);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR131I THE NEW PASSWORD WAS USED BEFORE"));
    CU_ASSERT_EQUAL(fixture_command(fixture, "PW PASSWORD(SECOND THIRD)"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PW PASSWORD(THIRD FOURTH)"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PW PASSWORD(FOURTH FIRST)"), 0); /* HISTORY(2) has forgotten it */
    CU_ASSERT_EQUAL(fixture_command(fixture, "PW PASSWORD(FIRST)"), 8);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PW INTERVAL(20)"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PW INTERVAL(31)"), 8);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PW NOINTERVAL"), 8);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PW USER(TOM) PASSWORD(FIRST OTHER)"), 8);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PW"), 8);
    CU_ASSERT_EQUAL(fixture_command(fixture, "LISTUSER"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "PASS-INTERVAL= 20"));
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(fixture_command(fixture, "PW PASSWORD(WRONG OTHER)"), 8);
    CU_ASSERT_TRUE(racf_user_find(fixture->racf, "TOM")->revoked);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PW PASSWORD(FIRST OTHER)"), 8); /* revoked: not even with the right one */
    fixture_free(fixture);
}

static void
passwords_are_hashed_with_salt(void)
{
    struct password_hash one;
    struct password_hash other;
    CU_ASSERT_TRUE(password_hash_make("SECRET", &one));
    CU_ASSERT_TRUE(password_hash_make("SECRET", &other));
    CU_ASSERT_EQUAL(one.size, PASSWORD_HASH_SIZE);
    CU_ASSERT_NOT_EQUAL(memcmp(one.bytes, other.bytes, PASSWORD_HASH_SIZE), 0);
    CU_ASSERT_TRUE(password_hash_matches(&one, "SECRET"));
    CU_ASSERT_FALSE(password_hash_matches(&one, "secret"));
    CU_ASSERT_FALSE(password_hash_matches(&one, ""));
    CU_ASSERT_FALSE(password_hash_matches(&(struct password_hash) { 0 }, ""));
    one.bytes[0] = 9;
    CU_ASSERT_FALSE(password_hash_matches(&one, "SECRET"));
    other.bytes[1] = 60; /* a cost that would take forever */
    CU_ASSERT_FALSE(password_hash_matches(&other, "SECRET"));
}

/* The set-up of the quickstart, with keys in the places of its placeholders. */
static void
the_sample_set_up_works(void)
{
    struct fixture *fixture = fixture_new();
    static char script[16 * 1024];
    FILE *file = fopen(RACF_SETUP_SAMPLE, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    size_t size = fread(script, 1, sizeof script - 1, file);
    fclose(file);
    script[size] = '\0';
    for (char *at = script; (at = strstr(at, "@KEY")) != NULL;) {
        char *end = strchr(at + 1, '@') + 1;
        memmove(at + 16, end, strlen(end) + 1);
        memcpy(at, "0123456789ABCDEF", 16);
    }
    CU_ASSERT_EQUAL(fixture_script(fixture, script), 0);
    static const char *const applications[] = { "IMSCON1", "IMSCON2", "PASSGATE" };
    struct racf_ptktdata_snapshot *snapshot = racf_ptktdata_acquire(fixture->racf);
    CU_ASSERT_PTR_NOT_NULL_FATAL(snapshot);
    for (size_t i = 0; i < 3; i++) {
        const struct racf_ptktdata *found[2];
        CU_ASSERT_EQUAL_FATAL(racf_ptktdata_find(snapshot, applications[i], "IMSGRP", "IMSUSR1", found), 1);
        CU_ASSERT_PTR_NOT_NULL(found[0]->legacy);
        CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "IMSUSR1", "APPL", applications[i], RACF_ACCESS_READ), RACF_ALLOWED);
    }
    racf_ptktdata_release(snapshot);
    CU_ASSERT_FALSE(racf_ptktdata_is_stale(fixture->racf));
    CU_ASSERT_FALSE(racf_user_find(fixture->racf, "IMSUSR1")->is_protected);
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "IMSUSR1", "PTKTDATA", "IRRPTAUTH.IMSCON1.IMSUSR1", RACF_ACCESS_UPDATE), RACF_ALLOWED);
    fixture_free(fixture);
}

static bool
documents(const char *manual, const char *before, const char *name, const char *after)
{
    char words[64];
    snprintf(words, sizeof words, "%s%s%s", before, name, after);
    bool documented = strstr(manual, words) != NULL;
    if (!documented)
        printf("# not in the manual: %s\n", words);
    return documented;
}

static void
check_operands(const char *manual, const struct operand *table)
{
    for (const struct operand *operand = table; operand->name != NULL; operand++) {
        CU_ASSERT_TRUE(documents(manual, "", operand->name, ""));
        if (operand->inner != NULL)
            check_operands(manual, operand->inner);
    }
}

static void
the_manual_knows_every_verb_and_operand(void)
{
    static char manual[64 * 1024];
    FILE *file = fopen(RACF_MANUAL, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    size_t size = fread(manual, 1, sizeof manual - 1, file);
    fclose(file);
    manual[size] = '\0';
    for (size_t i = 0; racf_verbs[i] != NULL; i++) {
        char row[48];
        snprintf(row, sizeof row, "%s (%s)", racf_verbs[i]->name, racf_verbs[i]->short_name);
        CU_ASSERT_TRUE(documents(manual, "| ", row, " |"));
        check_operands(manual, racf_verbs[i]->operands);
    }
}

static void
secrets_are_never_repeated(void)
{
    static const char *const commands[] = {
        "RDEFINE PTKTDATA X SSIGNON(KEYMASKED(5EC4E75EC4E75EC4X))",
        "RDEFINE PTKTDATA X SSIGNON(KEYMASKD(5EC4E75EC4E75EC4))",
        "RDEFINE PTKTDATA X SSIGNON(KEYENCRYPTED(5EC4E75EC4E75EC4 Z))",
        "ADDUSER X PASSWORD(5EC4E75EC4E7)",
        "ADDUSER X PHRASE('5EC4E75EC4E7')",
        "PASSWORD PASSWORD(5EC4E7 5EC4E7 5EC4E7)",
        "ADDUSER X PASSWORD((5EC4E7))",
    };
    struct fixture *fixture = fixture_new();
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        char redacted[256];
        CU_ASSERT_TRUE(fixture_command(fixture, commands[i]) >= 8);
        CU_ASSERT_PTR_NULL(strstr(fixture->output, "5EC4E7"));
        racf_command_redact(commands[i], strlen(commands[i]), redacted, sizeof redacted);
        CU_ASSERT_PTR_NULL(strstr(redacted, "5EC4E7"));
    }
    fixture_free(fixture);
}

static void
audit_text_hides_what_it_must_and_nothing_else(void)
{
    static const struct {
        const char *command;
        const char *redacted;
    } cases[] = {
        { "rdef ptktdata imscon1 ssignon(keym(E001193519561977) type(upper)) data('it''s')",
          "RDEFINE PTKTDATA IMSCON1 SSIGNON(KEYMASKED(<hidden>) TYPE(UPPER)) DATA('it''s')" },
        { "RDEF PTKTDATA X SSIGNON(KEYM-\nASKED  /* c */ (E001193519561977))", "RDEFINE PTKTDATA X SSIGNON(KEYMASKED(<hidden>))" },
        { "RALT PTKTDATA (X Y) SSIGNON(KEYMSKED(E001))", "RALTER PTKTDATA (X Y) SSIGNON(<hidden>)" },
        { "ADDUSER TOM PASSWORD(SECRET) NAME('T') SPECIAL", "ADDUSER TOM PASSWORD(<hidden>) NAME('T') SPECIAL" },
        { "ALU TOM PASSWORD SECRET", "ALTUSER TOM PASSWORD <hidden>" },
        { "PW PASSWORD(OLD NEW) INTERVAL(3)", "PASSWORD PASSWORD(<hidden>) INTERVAL(3)" },
        { "SETR PASSWORD(REVOKE(3) INTERVAL(30))", "SETROPTS PASSWORD(REVOKE(3) INTERVAL(30))" },
        { "SETROPTS RACLIST (PTKTDATA) REFRESH", "SETROPTS RACLIST(PTKTDATA) REFRESH" },
        { "PE A CLASS(APPL) ID(U1,U2) ACC(READ)", "PERMIT A CLASS(APPL) ID(U1 U2) ACCESS(READ)" },
        { "ADDUSER TOM PASSWORD(SECRET", "<hidden>" },
        { "MYSECRET", "<hidden>" },
        { "", "" },
        { "LU", "LISTUSER" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char redacted[256];
        size_t size = racf_command_redact(cases[i].command, strlen(cases[i].command), redacted, sizeof redacted);
        CU_ASSERT_STRING_EQUAL(redacted, cases[i].redacted);
        CU_ASSERT_EQUAL(size, strlen(cases[i].redacted));
        for (size_t room = 0; room <= size + 1; room++) {
            char *exact = malloc(room > 0 ? room : 1);
            CU_ASSERT_EQUAL(racf_command_redact(cases[i].command, strlen(cases[i].command), exact, room), size);
            CU_ASSERT_TRUE(room == 0 || strncmp(exact, cases[i].redacted, room - 1) == 0);
            free(exact);
        }
    }
}

/* Words that commands are made of, put together at random: whatever comes, the database stays whole. */
static void
random_commands_never_crash(void)
{
    enum { VERBS = 15 };
    static const char *const words[] = {
        "RDEFINE",
        "RALT",
        "RDEL",
        "RLIST",
        "PERMIT",
        "SETROPTS",
        "LISTUSER",
        "ADDGROUP",
        "CONNECT",
        "REMOVE",
        "DELUSER",
        "DELGROUP",
        "SEARCH",
        "LISTGRP",
        "ALTGROUP",
        "APPL",
        "PTKTDATA",
        "FACILITY",
        "SSIGNON",
        "TYPE",
        "CLASS",
        "ID",
        "ACCESS",
        "READ",
        "GROUP",
        "SYS1",
        "TOM",
        "*",
        "**",
        "A.*",
        "IRR.RADMIN.**",
        "(",
        ")",
        "(",
        ")",
        "(",
        ")",
        "'",
        "''",
        "/*",
        "*/",
        ",",
        "-\n",
        "+\n",
        "\n",
        "\x80",
        "DATA",
        "UACC",
        "OWNER",
        "RACLIST",
        "REFRESH",
        "CLASSACT",
        "NOGENERIC",
        "LIST",
        "ALL",
        "RESET",
        "DELETE",
        "SUPGROUP",
        "MASK",
        "FILTER",
        "TIMEOUT",
        "9",
        "601",
        "KEYMASKED",
        "0123456789ABCDEF",
        "REVOKE",
        "AUDIT",
        "FAILURES",
        "X",
        "IBMUSER",
        "DFLTGRP",
        "AUTHORITY",
        "USE",
    };
    struct fixture *fixture = fixture_new();
    uint32_t state = 12345;
    for (int i = 0; i < 4000; i++) {
        char command[512] = "";
        size_t used = 0;
        for (int n = 0; n < 16 && used < sizeof command - 32; n++) {
            state = state * 1664525 + 1013904223;
            const char *word = words[(state >> 8) % (n == 0 ? VERBS : sizeof words / sizeof words[0])];
            used += (size_t)snprintf(command + used, sizeof command - used, "%s%s", word, (state & 64) != 0 ? " " : "");
        }
        int return_code = fixture_command_bytes(fixture, command, used);
        CU_ASSERT_TRUE(return_code == 0 || return_code == 4 || return_code == 8 || return_code == 12);
        CU_ASSERT_PTR_NULL(strstr(fixture->output, "PGR021I")); /* no constraint of the file was ever violated */
    }
    CU_ASSERT_TRUE(fixture_restart(fixture));
    fixture_free(fixture);
}

static void
output_that_does_not_fit_is_cut(void)
{
    struct fixture *fixture = fixture_new();
    for (size_t room = 0; room < 400; room += 7) {
        uint8_t *exact = malloc(room > 0 ? room : 1);
        struct wire_writer output = wire_writer(exact, room);
        CU_ASSERT_EQUAL(racf_command(fixture->racf, &fixture->issuer, "SETROPTS LIST", 13, &output), 0);
        CU_ASSERT_TRUE(output.used <= room);
        free(exact);
    }
    static char huge[40 * 1024];
    memset(huge, 'A', sizeof huge);
    CU_ASSERT_EQUAL(fixture_command_bytes(fixture, huge, sizeof huge), 12);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR009I"));
    CU_ASSERT_EQUAL(fixture_command_bytes(fixture, huge, 30000), 12);
    fixture_free(fixture);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "commands and keywords may be shortened", commands_and_keywords_may_be_shortened },
        { "wrong operands are named", wrong_operands_are_named },
        { "profiles are defined, altered, listed and deleted", profiles_are_defined_altered_listed_and_deleted },
        { "SSIGNON takes all that RACF takes and shows no key", ssignon_takes_all_that_racf_takes_and_shows_no_key },
        { "users are added, altered, listed and deleted", users_are_added_altered_listed_and_deleted },
        { "groups and connections are kept", groups_and_connections_are_kept },
        { "only the authorized issue commands", only_the_authorized_issue_commands },
        { "users change their own passwords", users_change_their_own_passwords },
        { "passwords are hashed with salt", passwords_are_hashed_with_salt },
        { "the sample set-up works", the_sample_set_up_works },
        { "the manual knows every verb and operand", the_manual_knows_every_verb_and_operand },
        { "secrets are never repeated", secrets_are_never_repeated },
        { "audit text hides what it must and nothing else", audit_text_hides_what_it_must_and_nothing_else },
        { "random commands never crash", random_commands_never_crash },
        { "output that does not fit is cut", output_that_does_not_fit_is_cut },
    };
    return SUITE_RUN("racf commands", cases);
}
