#include "tests/unit/security/racf_fixture.h"

static void
the_access_check_follows_the_rules(void)
{
    static const char set_up[] = "SETROPTS CLASSACT(APPL FACILITY OPERCMDS)\n"
                                 "ADDGROUP (GRPA GRPB GRPC)\n"
                                 "ADDUSER (TOM ANNA RESTR) DFLTGRP(GRPA) PASSWORD(X)\n"
                                 "ALTUSER RESTR RESTRICTED\n"
                                 "CONNECT (TOM ANNA) GROUP(GRPB)\n"
                                 "CONNECT TOM GROUP(GRPC)\n"
                                 "CONNECT TOM GROUP(GRPC) REVOKE\n"
                                 "RDEFINE OPERCMDS IMS.PLEX1.UPD.IMSCON UACC(NONE)\n"
                                 "RDEFINE OPERCMDS IMS.PLEX1.UPD.* UACC(READ)\n"
                                 "RDEFINE OPERCMDS IMS.** UACC(NONE)\n"
                                 "RDEFINE OPERCMDS STAR UACC(NONE)\n"
                                 "RDEFINE OPERCMDS WARN UACC(NONE) WARNING\n"
                                 "PERMIT IMS.PLEX1.UPD.IMSCON CLASS(OPERCMDS) ID(GRPA) ACCESS(READ)\n"
                                 "PERMIT IMS.PLEX1.UPD.IMSCON CLASS(OPERCMDS) ID(GRPB) ACCESS(UPDATE)\n"
                                 "PERMIT IMS.PLEX1.UPD.IMSCON CLASS(OPERCMDS) ID(GRPC) ACCESS(ALTER)\n"
                                 "PERMIT IMS.PLEX1.UPD.IMSCON CLASS(OPERCMDS) ID(ANNA) ACCESS(NONE)\n"
                                 "PERMIT STAR CLASS(OPERCMDS) ID(*) ACCESS(CONTROL)\n";
    static const struct {
        const char *userid;
        const char *class_name;
        const char *resource;
        enum racf_access access;
        enum racf_authority authority;
    } cases[] = {
        { "TOM", "OPERCMDS", "IMS.PLEX1.UPD.IMSCON", RACF_ACCESS_UPDATE, RACF_ALLOWED }, /* the highest of the groups */
        { "TOM", "OPERCMDS", "IMS.PLEX1.UPD.IMSCON", RACF_ACCESS_CONTROL, RACF_DENIED }, /* GRPC is revoked */
        { "ANNA", "OPERCMDS", "IMS.PLEX1.UPD.IMSCON", RACF_ACCESS_READ, RACF_DENIED },   /* her own entry, though groups give more */
        { "RESTR", "OPERCMDS", "IMS.PLEX1.UPD.IMSCON", RACF_ACCESS_READ, RACF_ALLOWED },
        { "RESTR", "OPERCMDS", "IMS.PLEX1.UPD.IMSCON", RACF_ACCESS_UPDATE, RACF_DENIED },
        { "TOM", "OPERCMDS", "IMS.PLEX1.UPD.IMS", RACF_ACCESS_READ, RACF_ALLOWED },  /* UACC of the more specific generic */
        { "RESTR", "OPERCMDS", "IMS.PLEX1.UPD.IMS", RACF_ACCESS_READ, RACF_DENIED }, /* no UACC for RESTRICTED */
        { "NOBODY", "OPERCMDS", "IMS.PLEX1.UPD.IMS", RACF_ACCESS_READ, RACF_ALLOWED },
        { "TOM", "OPERCMDS", "IMS.PLEX1.QRY.IMSCON", RACF_ACCESS_READ, RACF_DENIED },
        { "TOM", "OPERCMDS", "MVS.DISPLAY", RACF_ACCESS_READ, RACF_NOT_PROTECTED },
        { "TOM", "OPERCMDS", "STAR", RACF_ACCESS_CONTROL, RACF_ALLOWED },
        { "RESTR", "OPERCMDS", "STAR", RACF_ACCESS_READ, RACF_DENIED },
        { "NOBODY", "OPERCMDS", "STAR", RACF_ACCESS_READ, RACF_DENIED },               /* ID(*) is for defined users */
        { "GRPA", "OPERCMDS", "IMS.PLEX1.UPD.IMSCON", RACF_ACCESS_READ, RACF_DENIED }, /* a group is no user */
        { "*", "OPERCMDS", "STAR", RACF_ACCESS_READ, RACF_DENIED },
        { "", "OPERCMDS", "STAR", RACF_ACCESS_READ, RACF_DENIED },
        { "TOM", "OPERCMDS", "WARN", RACF_ACCESS_ALTER, RACF_ALLOWED },
        { "TOM", "OPERCMDS", "IMS.PLEX1.UPD.*", RACF_ACCESS_ALTER, RACF_DENIED }, /* a generic name is a resource as any other */
        { "TOM", "SERVAUTH", "EZBDOMAIN", RACF_ACCESS_READ, RACF_NOT_PROTECTED }, /* inactive */
        { "TOM", "NOCLASS", "X", RACF_ACCESS_READ, RACF_NOT_PROTECTED },
    };
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, set_up), 0);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            enum racf_authority authority =
                racf_authorize(fixture->racf, cases[i].userid, cases[i].class_name, cases[i].resource, cases[i].access);
            if (authority != cases[i].authority)
                printf("# %s %s %d: %d\n", cases[i].userid, cases[i].resource, cases[i].access, authority);
            CU_ASSERT_EQUAL(authority, cases[i].authority);
        }
        CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS RACLIST(OPERCMDS)"), 0); /* RACLISTed, the same answers */
    }
    fixture_free(fixture);
}

static void
only_raclisted_classes_wait_for_refresh(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, "SETROPTS CLASSACT(APPL)\nADDUSER TOM PASSWORD(X)\nRDEFINE APPL IMSCON1 UACC(NONE)\n"), 0);
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "TOM", "APPL", "IMSCON1", RACF_ACCESS_READ), RACF_DENIED);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PERMIT IMSCON1 CLASS(APPL) ID(TOM) ACCESS(READ)"), 0);
    CU_ASSERT_STRING_EQUAL(fixture->output, "");
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "TOM", "APPL", "IMSCON1", RACF_ACCESS_READ), RACF_ALLOWED);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS RACLIST(APPL)"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PERMIT IMSCON1 CLASS(APPL) ID(TOM) DELETE"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "ICH06011I RACLISTED PROFILES FOR APPL WILL NOT REFLECT THE UPDATE(S)"));
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "TOM", "APPL", "IMSCON1", RACF_ACCESS_READ), RACF_ALLOWED);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS RACLIST(APPL) REFRESH"), 0);
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "TOM", "APPL", "IMSCON1", RACF_ACCESS_READ), RACF_DENIED);
    CU_ASSERT_EQUAL(fixture_command(fixture, "RDELETE APPL IMSCON1"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS NORACLIST(APPL)"), 0);
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "TOM", "APPL", "IMSCON1", RACF_ACCESS_READ), RACF_NOT_PROTECTED);
    fixture_free(fixture);
}

static void
ticket_service_profiles_are_checked_as_any_other(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, "SETROPTS CLASSACT(PTKTDATA) RACLIST(PTKTDATA) GENERIC(PTKTDATA)\n"
                                            "ADDUSER (BATCH1 BATCH2) PASSWORD(X)\n"
                                            "RDEFINE PTKTDATA IRRPTAUTH.IMSCON1.* UACC(NONE)\n"
                                            "RDEFINE PTKTDATA ** UACC(NONE)\n"
                                            "PERMIT IRRPTAUTH.IMSCON1.* CLASS(PTKTDATA) ID(BATCH1) ACCESS(UPDATE)\n"
                                            "SETROPTS RACLIST(PTKTDATA) REFRESH\n"),
                    0);
    static const char resource[] = "IRRPTAUTH.IMSCON1.TOM";
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "BATCH1", "PTKTDATA", resource, RACF_ACCESS_UPDATE), RACF_ALLOWED);
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "BATCH2", "PTKTDATA", resource, RACF_ACCESS_READ), RACF_DENIED);
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "BATCH1", "PTKTDATA", "IRRPTAUTH.IMSCON2.TOM", RACF_ACCESS_READ), RACF_DENIED);
    CU_ASSERT_EQUAL(fixture_command(fixture, "SETROPTS NOGENERIC(PTKTDATA)"), 0);
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "BATCH1", "PTKTDATA", resource, RACF_ACCESS_UPDATE), RACF_NOT_PROTECTED);
    fixture_free(fixture);
}

static void
a_user_of_a_deleted_name_inherits_no_group(void)
{
    struct fixture *fixture = fixture_new();
    CU_ASSERT_EQUAL(fixture_script(fixture, "SETROPTS CLASSACT(APPL)\nADDGROUP GRPA\nADDUSER TOM DFLTGRP(SYS1) PASSWORD(X)\n"
                                            "CONNECT TOM GROUP(GRPA)\nRDEFINE APPL A UACC(NONE)\n"
                                            "PERMIT A CLASS(APPL) ID(GRPA TOM) ACCESS(READ)\n"),
                    0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "DELUSER TOM"), 0);
    CU_ASSERT_TRUE(fixture_says(fixture, "PGR100W"));
    CU_ASSERT_PTR_NULL(racf_user_find(fixture->racf, "TOM"));
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "TOM", "APPL", "A", RACF_ACCESS_READ), RACF_DENIED);
    CU_ASSERT_EQUAL(fixture_command(fixture, "PERMIT A CLASS(APPL) ID(TOM) DELETE"), 0);
    CU_ASSERT_EQUAL(fixture_command(fixture, "ADDUSER TOM PASSWORD(X)"), 0);
    CU_ASSERT_EQUAL(racf_connection_find(racf_user_find(fixture->racf, "TOM"), "GRPA"), RACF_NOT_CONNECTED);
    CU_ASSERT_EQUAL(racf_authorize(fixture->racf, "TOM", "APPL", "A", RACF_ACCESS_READ), RACF_DENIED);
    fixture_free(fixture);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "the access check follows the rules", the_access_check_follows_the_rules },
        { "only RACLISTed classes wait for REFRESH", only_raclisted_classes_wait_for_refresh },
        { "ticket service profiles are checked as any other", ticket_service_profiles_are_checked_as_any_other },
        { "a user of a deleted name inherits no group", a_user_of_a_deleted_name_inherits_no_group },
    };
    return SUITE_RUN("racf access", cases);
}
