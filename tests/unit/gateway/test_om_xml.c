#include <stdlib.h>
#include <string.h>

#include "gateway/operator/om_xml.h"
#include "tests/support/suite.h"

static char *
document_of(const struct om_response *response)
{
    size_t size;
    char *document = om_xml_document(response, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(document);
    CU_ASSERT_EQUAL(strlen(document), size);
    return document;
}

static void
fill(struct om_response *response, const char *input, size_t size)
{
    *response = (struct om_response) { .om_name = "HWS1",
                                       .started_utc_us = INT64_C(1356113776374274),
                                       .stopped_utc_us = INT64_C(1356113776374999),
                                       .userid = "OPER1",
                                       .verb = "QRY",
                                       .keyword = "IMSCON",
                                       .input = input,
                                       .input_size = size };
}

static void
a_document_is_as_expected(void)
{
    static struct om_response response;
    static const char input[] = "QRY IMSCON TYPE(CONFIG) SHOW(ODBMAPPL MAXSOC SMEM)";
    static const char expected[] =
        "<?xml version=\"1.0\"?>\n<!DOCTYPE imsout SYSTEM \"imsout.dtd\">\n<imsout>\n"
        "<ctl><omname>HWS1    </omname><omvsn>" PASSGATE_VERSION "</omvsn><xmlvsn>20  </xmlvsn>"
        "<statime>2012.356 18:16:16.374274</statime><stotime>2012.356 18:16:16.374999</stotime>"
        "<staseq>CAA7120A71202000</staseq><stoseq>CAA7120A714D7000</stoseq><rc>00000000</rc><rsn>00000000</rsn></ctl>\n"
        "<cmd><userid>OPER1   </userid><verb>QRY </verb><kwd>IMSCON          </kwd>"
        "<input>QRY IMSCON TYPE(CONFIG) SHOW(ODBMAPPL MAXSOC SMEM) </input></cmd>\n"
        "<cmdrsphdr>\n"
        "<hdr slbl=\"MBR\" llbl=\"MbrName\" scope=\"LCL\" sort=\"N\" key=\"0\" scroll=\"YES\" len=\"8\" dtype=\"CHAR\" align=\"left\" />\n"
        "<hdr slbl=\"CC\" llbl=\"CC\" scope=\"LCL\" sort=\"N\" key=\"0\" scroll=\"YES\" len=\"4\" dtype=\"INT\" align=\"right\" />\n"
        "<hdr slbl=\"ODBMAPPL\" llbl=\"OdbmAppl\" scope=\"LCL\" sort=\"N\" key=\"0\" scroll=\"YES\" len=\"8\" dtype=\"CHAR\" "
        "align=\"left\" />\n"
        "<hdr slbl=\"MAXSOC\" llbl=\"MaxSoc\" scope=\"LCL\" sort=\"N\" key=\"0\" scroll=\"YES\" len=\"6\" dtype=\"INT\" align=\"right\" "
        "/>\n"
        "<hdr slbl=\"SMEM\" llbl=\"SuperMember\" scope=\"LCL\" sort=\"N\" key=\"0\" scroll=\"YES\" len=\"4\" dtype=\"CHAR\" align=\"left\" "
        "/>\n"
        "</cmdrsphdr>\n"
        "<cmdrspdata>\n<rsp>MBR(HWS1    ) CC(   0) ODBMAPPL(IMSCON1 ) MAXSOC(   600) SMEM() </rsp>\n</cmdrspdata>\n"
        "</imsout>\n";
    fill(&response, input, strlen(input));
    om_response_complete(&response, "HWS1", OM_CC_DONE, "");
    om_response_add(&response, "ODBMAPPL", "OdbmAppl", 8, false, "IMSCON1");
    om_response_add(&response, "MAXSOC", "MaxSoc", 6, true, "600");
    om_response_add(&response, "SMEM", "SuperMember", 4, false, "");
    char *document = document_of(&response);
    CU_ASSERT_STRING_EQUAL(document, expected);
    if (strcmp(document, expected) != 0)
        printf("# %s\n", document);
    free(document);
}

static void
errors_have_reason_and_text(void)
{
    static struct om_response response;
    fill(&response, "X", 1);
    om_response_fail(&response, OM_NONE_WORKED, OM_REASON_MEMBER_FAILED, "SET: %s is not known", "X");
    om_response_complete(&response, "HWS1", OM_CC_KEYWORD, "SET: X is not known");
    char *document = document_of(&response);
    CU_ASSERT_PTR_NOT_NULL(strstr(document, "<rc>0200000C</rc><rsn>00003008</rsn><rsntxt>SET: X is not known</rsntxt></ctl>"));
    CU_ASSERT_PTR_NOT_NULL(strstr(document, "slbl=\"CCTXT\" llbl=\"CCText\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(document, "MBR(HWS1    ) CC(   8) CCTXT(SET: X is not known) </rsp>"));
    free(document);

    fill(&response, "X", 1);
    response.security_error = true;
    response.saf = 8;
    document = document_of(&response);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(document, "<cmdsecerr><saf><rc>00000008</rc><racfrc>00000008</racfrc><racfrsn>00000000</racfrsn></saf></cmdsecerr>"));
    CU_ASSERT_PTR_NULL(strstr(document, "<cmdrspdata>"));
    free(document);
}

/* No byte of a command can end its element, begin another one or make the document ill-formed. */
static void
every_byte_is_escaped(void)
{
    for (int byte = 0; byte < 256; byte++) {
        static struct om_response response;
        char *input = malloc(1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(input);
        input[0] = (char)byte;
        fill(&response, input, 1);
        char *document = document_of(&response);
        char *text = strstr(document, "<input>");
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        text += strlen("<input>");
        char *end = strstr(text, " </input>");
        CU_ASSERT_PTR_NOT_NULL_FATAL(end);
        *end = '\0';
        const char *expected = byte == '&'    ? "&amp;"
                               : byte == '<'  ? "&lt;"
                               : byte == '>'  ? "&gt;"
                               : byte == '"'  ? "&quot;"
                               : byte == '\'' ? "&apos;"
                                              : (char[]) { byte >= ' ' && byte <= '~' ? (char)byte : '.', '\0' };
        CU_ASSERT_STRING_EQUAL(text, expected);
        free(document);
        free(input);
    }
}

int
main(void)
{
    static const struct test_case cases[] = {
        { "a document is as expected", a_document_is_as_expected },
        { "errors have reason and text", errors_have_reason_and_text },
        { "every byte is escaped", every_byte_is_escaped },
    };
    return SUITE_RUN("OM XML", cases);
}
