#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/passgate/om_response.h"
#include "clients/passgate/om_table.h"
#include "tests/support/suite.h"

static const char document[] =
    "<?xml version=\"1.0\"?><!DOCTYPE imsout SYSTEM \"imsout.dtd\">\n"
    "<imsout><ctl><omname>OM1OM   </omname><omvsn>1.5.0</omvsn><rc>00000000</rc><rsn>00000000</rsn></ctl>"
    "<cmd><userid>IBMUSER </userid><verb>QRY </verb><kwd>IMSCON </kwd><input>QUERY IMSCON TYPE(CONFIG) </input></cmd>"
    "<cmdrsphdr>"
    "<hdr slbl=\"MBR\" llbl=\"MbrName\" scope=\"LCL\" sort=\"N\" key=\"0\" scroll=\"YES\" len=\"8\" dtype=\"CHAR\" align=\"left\" />"
    "<hdr slbl=\"CC\" llbl=\"CC\" scope=\"LCL\" len=\"4\" dtype=\"INT\" align=\"right\" />"
    "<hdr slbl=\"CCTXT\" llbl=\"CCText\" align=\"left\" />"
    "<hdr slbl=\"ODBMAPPL\" llbl=\"ODBMApplName\" align=\"left\" />"
    "</cmdrsphdr><cmdrspdata>"
    "<rsp>MBR(HWS1    ) CC(   0) CCTXT() ODBMAPPL(IMSCON1) </rsp>"
    "<rsp>MBR(PASSGATE) CC(  10) CCTXT(NO RESOURCES FOUND (see MBR log)) ODBMAPPL()</rsp>"
    "</cmdrspdata></imsout>\n";

static const char failed_document[] =
    "<imsout><ctl><rc>02000010</rc><rsn>00004004</rsn><rsnmsg></rsnmsg><rsntxt>No such member &amp; no route</rsntxt></ctl>"
    "<cmderr><mbr name=\"HWS1\"><typ>IMSCON</typ><rc>0C000008</rc><rsn>00002004</rsn><rsntxt>Invalid keyword</rsntxt></mbr>"
    "<mbr name=\"HWS2\"><rc>0C000010</rc></mbr></cmderr>"
    "<cmdsecerr><saf><rc>8</rc><racfrc>4</racfrc><racfrsn>0</racfrsn></saf></cmdsecerr>"
    "<msgdata><mbr name=\"HWS1\"><msg>HWSC0001I HWS ID=HWS1</msg><msg>second line</msg></mbr></msgdata></imsout>";

/* On a heap block of exactly that size, so that AddressSanitizer sees one byte too far. */
static bool
parse(const char *xml, size_t size, struct om_response *response)
{
    struct problem problem = { "" };
    char *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, xml, size);
    bool parsed = om_response_parse(copy, size, response, &problem);
    CU_ASSERT(parsed == (problem.text[0] == '\0'));
    free(copy);
    return parsed;
}

static char *
print(const struct om_response *response)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    om_table_print(response, stream);
    fclose(stream);
    return text;
}

static void
a_table_has_long_labels_and_a_line_for_each_row(void)
{
    struct om_response response;
    CU_ASSERT_TRUE_FATAL(parse(document, sizeof document - 1, &response));
    char *text = print(&response);
    CU_ASSERT_STRING_EQUAL(text, "MbrName   CC  CCText                            ODBMApplName\n"
                                 "HWS1       0                                    IMSCON1\n"
                                 "PASSGATE  10  NO RESOURCES FOUND (see MBR log)\n");
    CU_ASSERT_EQUAL(om_exit_status(&response), 0);
    free(text);
    om_response_clear(&response);
}

static void
failures_are_told(void)
{
    struct om_response response;
    CU_ASSERT_TRUE_FATAL(parse(failed_document, sizeof failed_document - 1, &response));
    char *text = print(&response);
    CU_ASSERT_STRING_EQUAL(text, "HWSC0001I HWS ID=HWS1\n"
                                 "second line\n"
                                 "Member HWS1: rc=0C000008 rsn=00002004 Invalid keyword\n"
                                 "Member HWS2: rc=0C000010 rsn=\n"
                                 "Not authorized: SAF 8 RACF 4 RSN 0\n"
                                 "rc=02000010 rsn=00004004 No such member & no route\n");
    CU_ASSERT_EQUAL(om_exit_status(&response), 8);
    free(text);
    om_response_clear(&response);
}

static void
the_exit_status_follows_the_return_code(void)
{
    static const struct {
        const char *code;
        int status;
    } cases[] = { { "00000000", 0 }, { "02000004", 4 }, { "0C000004", 4 }, { "00000004", 4 },
                  { "02000008", 8 }, { "0200000C", 8 }, { "02000014", 8 }, { "02000000", 8 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char xml[128];
        struct om_response response;
        int size = snprintf(xml, sizeof xml, "<imsout><ctl><rc>%s</rc><rsn>00000000</rsn></ctl></imsout>", cases[i].code);
        CU_ASSERT_TRUE_FATAL(parse(xml, (size_t)size, &response));
        CU_ASSERT_EQUAL(om_exit_status(&response), cases[i].status);
        om_response_clear(&response);
    }
}

static void
every_truncation_is_refused(void)
{
    const char *const documents[] = { document, failed_document };
    for (size_t d = 0; d < 2; d++) {
        const char *end = strstr(documents[d], "</imsout>");
        for (size_t n = 0; n < (size_t)(end - documents[d]) + 9; n++) {
            struct om_response response;
            CU_ASSERT_FALSE(parse(documents[d], n, &response));
        }
    }
}

static void
no_changed_byte_does_harm(void)
{
    char changed[sizeof document];
    for (size_t i = 0; i < sizeof document - 1; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct om_response response;
            memcpy(changed, document, sizeof document);
            changed[i] = (char)(changed[i] ^ (char)(1u << bit));
            if (parse(changed, sizeof document - 1, &response)) {
                free(print(&response));
                om_response_clear(&response);
            }
        }
    }
}

static void
what_is_no_response_is_refused(void)
{
    static const char *const documents[] = {
        "",
        "hello",
        "<html><body/></html>",
        "<imsout><ctl><rc>0</rc><rsn>0</rsn></ctl></imsout>",
        "<imsout><ctl><rc>0000000G</rc><rsn>00000000</rsn></ctl></imsout>",
        "<imsout><ctl><rsn>00000000</rsn></ctl></imsout>",
        "<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a/></a></a></a></a></a></a></a></a></a></a></a></a></a></a></a></a>",
    };
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct om_response response;
        CU_ASSERT_FALSE(parse(documents[i], strlen(documents[i]), &response));
        CU_ASSERT_EQUAL(response.row_count, 0);
    }
}

static void
values_are_found_by_their_label_alone(void)
{
    struct om_response response;
    CU_ASSERT_TRUE_FATAL(parse(document, sizeof document - 1, &response));
    size_t size;
    const char *row = "CCTXT(CC(9) ) MBR(A) CC(  7)";
    const char *value = om_row_value(&response, row, "CC", &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    CU_ASSERT(size == 1 && *value == '7');
    CU_ASSERT_PTR_NULL(om_row_value(&response, row, "ODBMAPPL", &size));
    CU_ASSERT_PTR_NULL(om_row_value(&response, "", "CC", &size));
    CU_ASSERT_PTR_NULL(om_row_value(&response, "MBR", "MBR", &size));
    value = om_row_value(&response, "MBR(unclosed", "MBR", &size);
    CU_ASSERT(value != NULL && size == 8);
    om_response_clear(&response);
}

static void
text_cannot_drive_the_terminal(void)
{
    static const char xml[] =
        "<imsout><ctl><rc>00000008</rc><rsn>00000000</rsn><rsntxt>a\tb&#10;c&#127;d&#155;e&#228;</rsntxt></ctl></imsout>";
    struct om_response response;
    CU_ASSERT_TRUE_FATAL(parse(xml, sizeof xml - 1, &response));
    char *text = print(&response);
    CU_ASSERT_STRING_EQUAL(text, "rc=00000008 rsn=00000000 a?b?c?d?e\xC3\xA4\n");
    free(text);
    om_response_clear(&response);
}

static void
rows_wider_than_a_screen_become_lists(void)
{
    char wide[201];
    char xml[800];
    char expected[400];
    memset(wide, 'w', 200);
    wide[200] = '\0';
    int size = snprintf(xml, sizeof xml,
                        "<imsout><ctl><rc>00000000</rc><rsn>00000000</rsn></ctl><cmdrsphdr><hdr slbl=\"MBR\" llbl=\"MbrName\" />"
                        "<hdr slbl=\"E\" llbl=\"Empty\" /><hdr slbl=\"V\" llbl=\"V\" /></cmdrsphdr><cmdrspdata>"
                        "<rsp>MBR(HWS1) E() V(%s)</rsp><rsp>MBR(HWS2) E() V(1)</rsp></cmdrspdata></imsout>",
                        wide);
    snprintf(expected, sizeof expected, "MbrName  HWS1\nEmpty\nV        %s\n\nMbrName  HWS2\nEmpty\nV        1\n", wide);
    struct om_response response;
    CU_ASSERT_TRUE_FATAL(parse(xml, (size_t)size, &response));
    char *text = print(&response);
    CU_ASSERT_STRING_EQUAL(text, expected);
    free(text);
    om_response_clear(&response);
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a table has long labels and a line for each row", a_table_has_long_labels_and_a_line_for_each_row },
        { "failures are told", failures_are_told },
        { "the exit status follows the return code", the_exit_status_follows_the_return_code },
        { "every truncation is refused", every_truncation_is_refused },
        { "no changed byte does harm", no_changed_byte_does_harm },
        { "what is no response is refused", what_is_no_response_is_refused },
        { "values are found by their label alone", values_are_found_by_their_label_alone },
        { "rows wider than a screen become lists", rows_wider_than_a_screen_become_lists },
        { "text cannot drive the terminal", text_cannot_drive_the_terminal },
    };
    return SUITE_RUN("passgate OM response", cases);
}
