/* Lines of an audit file: parsed and printed. What is printed is one line without control characters. */
#include <stdlib.h>
#include <string.h>

#include "clients/passgate/audit_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_line(const char *line, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)line[i] < ' ' && (line[i] != '\n' || i + 1 != size))
            abort();
}

static void
print(const struct audit_record *record, void (*print_as)(const struct audit_record *record, FILE *stream))
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return;
    print_as(record, stream);
    fclose(stream);
    check_line(text, size);
    free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct audit_record record;
    struct problem problem = { "" };
    if (audit_record_parse((const char *)data, size, &record, &problem)) {
        print(&record, audit_record_print);
        print(&record, audit_record_print_json);
        audit_record_clear(&record);
    } else if (problem.text[0] == '\0') {
        abort();
    }
    return 0;
}
