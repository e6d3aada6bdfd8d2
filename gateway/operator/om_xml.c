#include "gateway/operator/om_xml.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Version of the document form; omvsn is ours. */
static const char xml_version[] = "20  ";

/* Command text is ASCII; anything else, control characters too, is shown as a dot, as OM shows what cannot be printed. */
static void
put_escaped(FILE *xml, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        switch (text[i]) {
        case '&':
            fputs("&amp;", xml);
            break;
        case '<':
            fputs("&lt;", xml);
            break;
        case '>':
            fputs("&gt;", xml);
            break;
        case '"':
            fputs("&quot;", xml);
            break;
        case '\'':
            fputs("&apos;", xml);
            break;
        default:
            fputc(text[i] >= ' ' && text[i] <= '~' ? text[i] : '.', xml);
            break;
        }
    }
}

static void
put_padded(FILE *xml, const char *element, const char *text, size_t width)
{
    size_t length = strlen(text);
    fprintf(xml, "<%s>", element);
    put_escaped(xml, text, length);
    fprintf(xml, "%*s</%s>", length < width ? (int)(width - length) : 0, "", element);
}

/* yyyy.ddd hh:mm:ss.ffffff, UTC. */
static void
put_time(FILE *xml, const char *element, int64_t utc_us)
{
    time_t seconds = (time_t)(utc_us / 1000000);
    struct tm utc;
    char text[32];
    gmtime_r(&seconds, &utc);
    strftime(text, sizeof text, "%Y.%j %H:%M:%S", &utc);
    fprintf(xml, "<%s>%s.%06d</%s>", element, text, (int)(utc_us % 1000000), element);
}

/* The time as a TOD clock: units of 2^-12 microseconds since 1900. */
static void
put_tod(FILE *xml, const char *element, int64_t utc_us)
{
    static const uint64_t epoch_1970_us = UINT64_C(2208988800) * 1000000;
    fprintf(xml, "<%s>%016" PRIX64 "</%s>", element, ((uint64_t)utc_us + epoch_1970_us) << 12, element);
}

static void
put_ctl(FILE *xml, const struct om_response *response)
{
    fputs("<ctl>", xml);
    put_padded(xml, "omname", response->om_name, 8);
    fprintf(xml, "<omvsn>%s</omvsn><xmlvsn>%s</xmlvsn>", PASSGATE_VERSION, xml_version);
    put_time(xml, "statime", response->started_utc_us);
    put_time(xml, "stotime", response->stopped_utc_us);
    put_tod(xml, "staseq", response->started_utc_us);
    put_tod(xml, "stoseq", response->stopped_utc_us);
    fprintf(xml, "<rc>%08X</rc><rsn>%08X</rsn>", response->return_code, response->reason);
    if (response->reason_text[0] != '\0')
        put_padded(xml, "rsntxt", response->reason_text, 0);
    fputs("</ctl>\n", xml);
}

static void
put_cmd(FILE *xml, const struct om_response *response)
{
    fputs("<cmd>", xml);
    put_padded(xml, "userid", response->userid, 8);
    put_padded(xml, "verb", response->verb, 4);
    put_padded(xml, "kwd", response->keyword, 16);
    fputs("<input>", xml);
    put_escaped(xml, response->input, response->input_size);
    fputs(" </input></cmd>\n", xml);
}

static void
put_header(FILE *xml, const char *short_label, const char *long_label, const char *length, bool number)
{
    fprintf(xml, "<hdr slbl=\"%s\" llbl=\"%s\" scope=\"LCL\" sort=\"N\" key=\"0\" scroll=\"YES\" len=\"%s\" dtype=\"%s\" align=\"%s\" />\n",
            short_label, long_label, length, number ? "INT" : "CHAR", number ? "right" : "left");
}

static void
put_headers(FILE *xml, const struct om_response *response)
{
    fputs("<cmdrsphdr>\n", xml);
    for (size_t i = 0; i < response->column_count; i++) {
        const struct om_column *column = &response->columns[i];
        char length[12];
        snprintf(length, sizeof length, "%u", column->length);
        put_header(xml, column->short_label, column->long_label, length, column->number);
    }
    if (response->completion_text[0] != '\0')
        put_header(xml, "CCTXT", "CCText", "*", false);
    fputs("</cmdrsphdr>\n", xml);
}

static void
put_row(FILE *xml, const struct om_response *response)
{
    fputs("<cmdrspdata>\n<rsp>", xml);
    for (size_t i = 0; i < response->column_count; i++) {
        const struct om_column *column = &response->columns[i];
        size_t length = strlen(column->value);
        int padding = length > 0 && length < column->length ? (int)(column->length - length) : 0;
        fprintf(xml, "%s(%*s", column->short_label, column->number ? padding : 0, "");
        put_escaped(xml, column->value, length);
        fprintf(xml, "%*s) ", column->number ? 0 : padding, "");
    }
    if (response->completion_text[0] != '\0') {
        fputs("CCTXT(", xml);
        put_escaped(xml, response->completion_text, strlen(response->completion_text));
        fputs(") ", xml);
    }
    fputs("</rsp>\n</cmdrspdata>\n", xml);
}

/* RACROUTE REQUEST=AUTH has the same number in both return codes: 4 no profile, 8 not authorized. */
static void
put_security_error(FILE *xml, const struct om_response *response)
{
    fprintf(xml, "<cmdsecerr><saf><rc>%08X</rc><racfrc>%08X</racfrc><racfrsn>00000000</racfrsn></saf></cmdsecerr>\n", response->saf,
            response->saf);
}

char *
om_xml_document(const struct om_response *response, size_t *size)
{
    char *text = NULL;
    FILE *xml = open_memstream(&text, size);
    if (xml == NULL)
        return NULL;
    fputs("<?xml version=\"1.0\"?>\n<!DOCTYPE imsout SYSTEM \"imsout.dtd\">\n<imsout>\n", xml);
    put_ctl(xml, response);
    if (response->security_error)
        put_security_error(xml, response);
    put_cmd(xml, response);
    if (response->column_count > 0) {
        put_headers(xml, response);
        put_row(xml, response);
    }
    fputs("</imsout>\n", xml);
    bool failed = ferror(xml) != 0;
    if (fclose(xml) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}
