#include "clients/sqlbatch/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "common/secret.h"
#include "common/utf8.h"

/* Room for `size` more bytes and the NUL. Not realloc: the old place would keep its bytes unwiped. */
static bool
reserve(struct text *text, size_t size)
{
    if (text->failed || size < text->capacity - text->size)
        return !text->failed;
    size_t capacity = text->capacity < 128 ? 128 : text->capacity;
    while (capacity - text->size <= size && capacity <= SIZE_MAX / 2)
        capacity *= 2;
    char *bytes = capacity - text->size > size ? malloc(capacity) : NULL;
    if (bytes == NULL) {
        text->failed = true;
        return false;
    }
    if (text->size > 0)
        memcpy(bytes, text->bytes, text->size);
    bytes[text->size] = '\0';
    if (text->bytes != NULL)
        secret_wipe(text->bytes, text->capacity);
    free(text->bytes);
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void
text_append(struct text *text, const void *bytes, size_t size)
{
    if (!reserve(text, size))
        return;
    if (size > 0)
        memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    text->bytes[text->size] = '\0';
}

void
text_append_byte(struct text *text, char byte)
{
    text_append(text, &byte, 1);
}

void
text_append_format(struct text *text, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof line)
        text->failed = true;
    else
        text_append(text, line, (size_t)size);
}

void
text_reset(struct text *text)
{
    if (text->bytes != NULL)
        secret_wipe(text->bytes, text->size);
    text->size = 0;
}

void
text_clear(struct text *text)
{
    text_reset(text);
    free(text->bytes);
    *text = (struct text) { 0 };
}

size_t
utf8_width(uint32_t character)
{
    int width = wcwidth((wchar_t)character);
    return width < 0 ? 1 : (size_t)width;
}

size_t
text_display_width(const char *text, size_t size)
{
    size_t width = 0;
    for (size_t at = 0; at < size;) {
        uint32_t character;
        size_t length = utf8_decode(text + at, size - at, &character);
        width += length > 0 ? utf8_width(character) : 1;
        at += length > 0 ? length : 1;
    }
    return width;
}
