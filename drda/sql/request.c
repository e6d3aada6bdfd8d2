#include "drda/sql/request.h"

#include <stdlib.h>
#include <strings.h>

#include "drda/code_page.h"
#include "drda/sql/sqlca.h"
#include "drda/sql/sqlstt.h"

enum {
    FLAG_TRUE = 0xF1,
    FLAG_FALSE = 0xF0,
    QRYBLKSZ_MIN = 512,
    QRYATTUPD_READ_ONLY = 1,
    QRYATTUPD_UPDATE = 4,
    QRYATTSNS_INSENSITIVE = 1,
    QRYINSID_SIZE = 8,
    QRYBLKSZ_MAX = 32767, /* larger ones are allowed to ask for; a block is never larger than a DSS without continuation */
};

static bool
refuse_syntax(struct sql_request *request, uint8_t synerrcd, uint16_t codepoint)
{
    request->fault = drda_fault_syntax(synerrcd, codepoint);
    return false;
}

bool
request_refuse_value(struct sql_request *request, uint16_t codepoint)
{
    return refuse_syntax(request, SYNERRCD_REQUIRED_VALUE_MISSING, codepoint);
}

static bool
refuse_reply(struct sql_request *request, uint16_t reply, uint16_t codepoint)
{
    request->fault = drda_fault_reply(reply, codepoint);
    return false;
}

/* TYPDEFNAM, for this command. */
static bool
read_typdefnam(struct sql_request *request, struct wire_reader body)
{
    return drda_representation_take_typdefnam(&request->from, &body, request->ccsid) || refuse_reply(request, CP_VALNSPRM, CP_TYPDEFNAM);
}

static bool
read_typdefovr(struct sql_request *request, struct wire_reader body)
{
    struct drda_typdefovr typdefovr;
    if (!drda_typdefovr_decode(body, &typdefovr, &request->fault))
        return false;
    if (typdefovr.sbc != 0 && !drda_reads_ccsid(typdefovr.sbc))
        return refuse_reply(request, CP_VALNSPRM, CP_CCSIDSBC);
    if (typdefovr.dbc != 0 && !drda_reads_double_byte_ccsid(typdefovr.dbc) && !drda_is_no_ccsid(typdefovr.dbc))
        return refuse_reply(request, CP_VALNSPRM, CP_CCSIDDBC);
    if (typdefovr.mbc != 0 && !drda_reads_ccsid(typdefovr.mbc) && !drda_is_no_ccsid(typdefovr.mbc))
        return refuse_reply(request, CP_VALNSPRM, CP_CCSIDMBC);
    drda_representation_take_typdefovr(&request->from, &typdefovr);
    return true;
}

/* Room for all text of the command. */
static bool
reserve_converted(struct sql_request *request)
{
    const struct dss_command *command = request->command;
    size_t size = 0;
    for (size_t i = 0; i < command->object_count; i++)
        if (command->objects[i].codepoint == CP_SQLSTT || command->objects[i].codepoint == CP_SQLATTR)
            size += command->objects[i].body.left;
    void *memory = malloc(size * CODE_PAGE_UTF8_MAX);
    if (memory != NULL)
        request->converted = wire_writer(memory, size * CODE_PAGE_UTF8_MAX);
    return memory != NULL;
}

/* Lines that EBCDIC ends with NL: to SQL that is a blank as others are, but only as LF is it known for one. */
static void
end_lines(struct code_page *page)
{
    enum { NEXT_LINE = 0x85 };
    for (size_t i = 0; i < sizeof page->characters / sizeof page->characters[0]; i++)
        if (page->characters[i] == NEXT_LINE)
            page->characters[i] = '\n';
}

bool
request_read_text(struct sql_request *request, const struct ddm_object *object, struct wire_reader *text)
{
    bool mixed;
    if (!sqlstt_read(object->body, text, &mixed))
        return refuse_syntax(request, SYNERRCD_LENGTH_MISMATCH, object->codepoint);
    uint16_t ccsid = mixed ? request->from.ccsids.mbc : request->from.ccsids.sbc;
    if (ccsid == CCSID_UTF8)
        return true;
    struct wire_writer *converted = &request->converted;
    struct code_page page;
    if (!code_page_load(ccsid, &page))
        return refuse_reply(request, CP_VALNSPRM, mixed ? CP_CCSIDMBC : CP_CCSIDSBC);
    if (converted->start == NULL && !reserve_converted(request))
        return refuse_reply(request, CP_RSCLMTRM, 0);
    size_t start = converted->used;
    end_lines(&page);
    if (!code_page_put_utf8(converted, &page, *text))
        return refuse_reply(request, CP_VALNSPRM, object->codepoint);
    *text = wire_reader(converted->start + start, converted->used - start);
    return true;
}

static bool
read_object(struct sql_request *request, const struct ddm_object *object)
{
    switch (object->codepoint) {
    case CP_TYPDEFNAM:
        return read_typdefnam(request, object->body);
    case CP_TYPDEFOVR:
        return read_typdefovr(request, object->body);
    case CP_SQLSTT:
        return request_read_text(request, object, &request->sqlstt);
    case CP_SQLATTR:
        return request_read_text(request, object, &request->sqlattr);
    case CP_OUTOVR:
        request->outovr = object->body;
        return true;
    default:
        return true;
    }
}

bool
request_read_objects(struct sql_request *request, unsigned accepted, unsigned required)
{
    static const struct {
        uint16_t codepoint;
        unsigned bit; /* 0: every command takes it */
        bool many;
    } known[] = {
        { CP_SQLSTT, REQUEST_SQLSTT, false }, { CP_SQLSTT, REQUEST_SQLSTTS, true }, { CP_SQLATTR, REQUEST_SQLATTR, false },
        { CP_SQLDTA, REQUEST_SQLDTA, false }, { CP_EXTDTA, REQUEST_SQLDTA, true },  { CP_TYPDEFNAM, 0, false },
        { CP_TYPDEFOVR, 0, false },           { CP_OUTOVR, REQUEST_OUTOVR, false },
    };
    enum { KNOWN = sizeof known / sizeof known[0] };
    bool seen[KNOWN] = { 0 };
    for (size_t n = 0; n < request->command->object_count; n++) {
        const struct ddm_object *object = &request->command->objects[n];
        size_t i = 0;
        while (i < KNOWN && (known[i].codepoint != object->codepoint || (known[i].bit & accepted) != known[i].bit))
            i++;
        if (i == KNOWN)
            return refuse_reply(request, CP_OBJNSPRM, object->codepoint);
        if (seen[i] && !known[i].many)
            return refuse_syntax(request, SYNERRCD_DUPLICATE_OBJECT, object->codepoint);
        seen[i] = true;
        required &= ~known[i].bit;
        if (!read_object(request, object))
            return false;
    }
    for (size_t i = 0; i < KNOWN; i++)
        if ((required & known[i].bit) != 0)
            return refuse_syntax(request, SYNERRCD_REQUIRED_OBJECT_MISSING, known[i].codepoint);
    return true;
}

bool
request_read_parameters(struct sql_request *request, const struct ddm_parameter *table, size_t count, struct wire_reader *values)
{
    return ddm_parameters_read(request->command->parameters, table, count, values, &request->fault);
}

/* A package is one of the RDB that was accessed. Where a requester names none, it can mean no other. */
static bool
is_of_this_rdb(const struct sql_request *request, struct wire_reader pkgnamcsn)
{
    char rdbnam[sizeof request->encoding->rdbnam];
    struct wire_reader value = package_rdbnam(pkgnamcsn);
    return ccsid_rdbnam(&value, request->ccsid, rdbnam, sizeof rdbnam) &&
           (rdbnam[0] == '\0' || strcasecmp(rdbnam, request->encoding->rdbnam) == 0);
}

bool
request_section_name(struct sql_request *request, struct wire_reader value, struct sql_section_name *name)
{
    if (!package_section_read(value, request->ccsid, name))
        return refuse_reply(request, CP_VALNSPRM, CP_PKGNAMCSN);
    if (is_of_this_rdb(request, value))
        return true;
    request->fault = drda_fault_conversation(PRCCNVCD_RDBNAM_MISMATCH);
    return false;
}

bool
request_flag(struct sql_request *request, struct wire_reader value, uint16_t codepoint, bool *flag)
{
    uint8_t byte = value.at != NULL ? ddm_value_u8(value) : FLAG_FALSE;
    *flag = byte == FLAG_TRUE;
    return byte == FLAG_TRUE || byte == FLAG_FALSE || request_refuse_value(request, codepoint);
}

bool
request_block_size(struct sql_request *request, struct wire_reader value, size_t *block_size)
{
    uint32_t size = wire_u32(&value);
    *block_size = size < QRYBLKSZ_MAX ? size : QRYBLKSZ_MAX;
    return size >= QRYBLKSZ_MIN || request_refuse_value(request, CP_QRYBLKSZ);
}

struct sql_section *
request_find_section(struct sql_request *request, const struct sql_section_name *name)
{
    return request->target->operations->section(request->target, name, false);
}

void
request_reply_sqlcard(struct sql_request *request)
{
    dss_begin(request->reply, DSS_OBJECT, request->command->correlation_id);
    sqlcard_put(request->reply->wire, &request->diagnosis);
    dss_end(request->reply);
}

size_t
request_open_message(struct sql_request *request, uint16_t codepoint, enum svrcod svrcod, bool rdbnam)
{
    struct wire_writer *writer = request->reply->wire;
    dss_begin(request->reply, DSS_REPLY, request->command->correlation_id);
    size_t mark = ddm_open(writer, codepoint);
    ddm_put_u16(writer, CP_SVRCOD, (uint16_t)svrcod);
    if (rdbnam && request->encoding->rdbnam[0] != '\0')
        ccsid_put_rdbnam(writer, request->ccsid, request->encoding->rdbnam);
    return mark;
}

void
request_close_message(struct sql_request *request, size_t mark)
{
    ddm_close(request->reply->wire, mark);
    dss_end(request->reply);
}

bool
request_reply_abnuowrm(struct sql_request *request)
{
    if (request->diagnosis.sqlcode != SQLCODE_ROLLED_BACK)
        return false;
    request_close_message(request, request_open_message(request, CP_ABNUOWRM, SVRCOD_ERROR, true));
    return true;
}

void
request_reply_outcome(struct sql_request *request)
{
    (void)request_reply_abnuowrm(request);
    request_reply_sqlcard(request);
}

void
request_reply_sqlerrrm(struct sql_request *request)
{
    if (!request_reply_abnuowrm(request))
        request_close_message(request, request_open_message(request, CP_SQLERRRM, SVRCOD_ERROR, false));
    request_reply_sqlcard(request);
}

/* One instance of a cursor is open at a time, so that QRYINSID need not tell them apart. */
void
request_reply_opened(struct sql_request *request, const struct sql_section *section, bool rows_follow)
{
    static const uint8_t instance[QRYINSID_SIZE] = { 0 };
    struct wire_writer *writer = request->reply->wire;
    size_t mark = request_open_message(request, CP_OPNQRYRM, SVRCOD_INFO, false);
    ddm_put_u16(writer, CP_QRYPRCTYP, rows_follow ? CP_LMTBLKPRC : CP_FIXROWPRC);
    if (section->with_hold)
        ddm_put_u8(writer, CP_SQLCSRHLD, FLAG_TRUE);
    ddm_put_bytes(writer, CP_QRYINSID, instance, sizeof instance);
    if (section->scrollable) {
        ddm_put_u8(writer, CP_QRYATTSCR, FLAG_TRUE);
        ddm_put_u8(writer, CP_QRYATTSNS, QRYATTSNS_INSENSITIVE);
    }
    ddm_put_u8(writer, CP_QRYATTUPD, section->updatable ? QRYATTUPD_UPDATE : QRYATTUPD_READ_ONLY);
    request_close_message(request, mark);
}
