#include "drda/ccsid.h"

#include "drda/code_page.h"
#include "drda/codepoint.h"
#include "drda/ddm.h"

enum { EBCDIC_BLANK = 0x40, EBCDIC_SUB = 0x3F, EBCDIC_SEMICOLON = 0x5E };

/* ISO 8859-1 to CCSID 500, which has the same 256 characters. */
// clang-format off
static const uint8_t ebcdic_500_of[256] = {
    0x00, 0x01, 0x02, 0x03, 0x37, 0x2D, 0x2E, 0x2F, 0x16, 0x05, 0x25, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F,
    0x10, 0x11, 0x12, 0x13, 0x3C, 0x3D, 0x32, 0x26, 0x18, 0x19, 0x3F, 0x27, 0x1C, 0x1D, 0x1E, 0x1F,
    0x40, 0x4F, 0x7F, 0x7B, 0x5B, 0x6C, 0x50, 0x7D, 0x4D, 0x5D, 0x5C, 0x4E, 0x6B, 0x60, 0x4B, 0x61,
    0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0x7A, 0x5E, 0x4C, 0x7E, 0x6E, 0x6F,
    0x7C, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6,
    0xD7, 0xD8, 0xD9, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0x4A, 0xE0, 0x5A, 0x5F, 0x6D,
    0x79, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96,
    0x97, 0x98, 0x99, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xC0, 0xBB, 0xD0, 0xA1, 0x07,
    0x20, 0x21, 0x22, 0x23, 0x24, 0x15, 0x06, 0x17, 0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x09, 0x0A, 0x1B,
    0x30, 0x31, 0x1A, 0x33, 0x34, 0x35, 0x36, 0x08, 0x38, 0x39, 0x3A, 0x3B, 0x04, 0x14, 0x3E, 0xFF,
    0x41, 0xAA, 0xB0, 0xB1, 0x9F, 0xB2, 0x6A, 0xB5, 0xBD, 0xB4, 0x9A, 0x8A, 0xBA, 0xCA, 0xAF, 0xBC,
    0x90, 0x8F, 0xEA, 0xFA, 0xBE, 0xA0, 0xB6, 0xB3, 0x9D, 0xDA, 0x9B, 0x8B, 0xB7, 0xB8, 0xB9, 0xAB,
    0x64, 0x65, 0x62, 0x66, 0x63, 0x67, 0x9E, 0x68, 0x74, 0x71, 0x72, 0x73, 0x78, 0x75, 0x76, 0x77,
    0xAC, 0x69, 0xED, 0xEE, 0xEB, 0xEF, 0xEC, 0xBF, 0x80, 0xFD, 0xFE, 0xFB, 0xFC, 0xAD, 0xAE, 0x59,
    0x44, 0x45, 0x42, 0x46, 0x43, 0x47, 0x9C, 0x48, 0x54, 0x51, 0x52, 0x53, 0x58, 0x55, 0x56, 0x57,
    0x8C, 0x49, 0xCD, 0xCE, 0xCB, 0xCF, 0xCC, 0xE1, 0x70, 0xDD, 0xDE, 0xDB, 0xDC, 0x8D, 0x8E, 0xDF,
};
// clang-format on

static uint8_t
ebcdic_of(uint32_t character)
{
    return character > 0xFF ? EBCDIC_SUB : ebcdic_500_of[character];
}

/* Next character of UTF-8; fails the reader on anything that RFC 3629 forbids. */
static uint32_t
utf8_next(struct wire_reader *text)
{
    static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
    uint8_t first = wire_u8(text);
    if (first < 0x80)
        return first;
    size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    uint32_t character = first & (0x3Fu >> more);
    for (size_t i = 0; i < more; i++) {
        uint8_t next = wire_u8(text);
        text->failed |= (next & 0xC0) != 0x80;
        character = character << 6 | (next & 0x3Fu);
    }
    bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    text->failed |= first < 0xC2 || first > 0xF4 || character < least[more] || character > 0x10FFFF || surrogate;
    return character;
}

static bool
put_validated(struct wire_writer *writer, struct wire_reader text)
{
    struct wire_reader checked = text;
    while (!checked.failed && checked.left > 0)
        utf8_next(&checked);
    if (checked.failed)
        return false;
    wire_put_bytes(writer, text.at, text.left);
    return true;
}

static bool
put_ebcdic(struct wire_writer *writer, struct wire_reader text)
{
    struct code_page page;
    return code_page_load(CCSID_EBCDIC_500, &page) && code_page_put_utf8(writer, &page, text);
}

bool
ccsid_to_utf8(enum ccsid from, const uint8_t *text, size_t text_size, char *utf8, size_t room, size_t *size)
{
    struct wire_writer writer = wire_writer(utf8, room);
    struct wire_reader reader = wire_reader(text, text_size);
    bool known = true;
    if (from == CCSID_UTF8)
        known = put_validated(&writer, reader);
    else if (from == CCSID_EBCDIC_500)
        known = put_ebcdic(&writer, reader);
    else
        known = false;
    bool whole = known && !writer.failed;
    *size = whole ? writer.used : 0;
    return whole;
}

bool
ccsid_string(enum ccsid from, const struct wire_reader *value, char *string, size_t size)
{
    size_t used = 0;
    bool whole = size > 0 && !value->failed && ccsid_to_utf8(from, value->at, value->left, string, size - 1, &used) &&
                 memchr(string, '\0', used) == NULL;
    if (size > 0)
        string[whole ? used : 0] = '\0';
    return whole;
}

void
ccsid_put(struct wire_writer *writer, enum ccsid to, const char *utf8)
{
    struct wire_reader text = wire_reader(utf8, strlen(utf8));
    if (to == CCSID_UTF8) {
        if (!put_validated(writer, text))
            writer->failed = true;
        return;
    }
    while (!text.failed && text.left > 0)
        wire_put_u8(writer, ebcdic_of(utf8_next(&text)));
    if (text.failed)
        writer->failed = true;
}

void
ccsid_put_padded(struct wire_writer *writer, enum ccsid to, const char *utf8, size_t padded_size)
{
    size_t start = writer->used;
    ccsid_put(writer, to, utf8);
    while (!writer->failed && writer->used - start < padded_size)
        wire_put_u8(writer, to == CCSID_UTF8 ? ' ' : EBCDIC_BLANK);
}

void
ccsid_put_object(struct wire_writer *writer, uint16_t codepoint, enum ccsid to, const char *utf8)
{
    size_t mark = ddm_open(writer, codepoint);
    ccsid_put(writer, to, utf8);
    ddm_close(writer, mark);
}

void
ccsid_put_rdbnam(struct wire_writer *writer, enum ccsid to, const char *rdbnam)
{
    size_t mark = ddm_open(writer, CP_RDBNAM);
    ccsid_put_padded(writer, to, rdbnam, RDBNAM_PADDED_SIZE);
    ddm_close(writer, mark);
}

static bool
is_ascii_alphanumeric(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

enum ccsid
ccsid_sniff(const struct wire_reader *name, enum ccsid agreed)
{
    bool alphanumeric = false, ebcdic_national = false, ascii_national = false;
    for (struct wire_reader rest = *name; !rest.failed && rest.left > 0;) {
        uint8_t byte = wire_u8(&rest);
        if (byte >= 0x80)
            return CCSID_EBCDIC_500;
        alphanumeric |= is_ascii_alphanumeric(byte);
        ebcdic_national |= byte == 0x5B || byte == 0x7B || byte == 0x7C;
        ascii_national |= byte == '$' || byte == '#' || byte == ' ';
    }
    if (alphanumeric || (ascii_national && !ebcdic_national))
        return CCSID_UTF8;
    return ebcdic_national ? CCSID_EBCDIC_500 : agreed;
}

bool
ccsid_rdbnam(const struct wire_reader *rdbnam, enum ccsid agreed, char *string, size_t size)
{
    enum ccsid ccsid = ccsid_sniff(rdbnam, agreed);
    uint8_t blank = ccsid == CCSID_UTF8 ? ' ' : EBCDIC_BLANK;
    uint8_t semicolon = ccsid == CCSID_UTF8 ? ';' : EBCDIC_SEMICOLON;
    struct wire_reader name = *rdbnam;
    const uint8_t *attributes = name.left > 0 ? memchr(name.at, semicolon, name.left) : NULL;
    if (attributes != NULL)
        name.left = (size_t)(attributes - name.at);
    while (name.left > 0 && (name.at[name.left - 1] == blank || name.at[name.left - 1] == '\0'))
        name.left--;
    return ccsid_string(ccsid, &name, string, size);
}
