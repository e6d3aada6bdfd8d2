#include "tests/support/memory.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REGION_MAX = 1 << 30, LINE_SIZE = 1024, PIECE_SIZE = 1 << 24, OVERLAP_SIZE = 4096 };

struct region {
    unsigned long from;
    size_t size;
    bool readable;
    bool dumped;
};

static void
search(const uint8_t *bytes, size_t size, struct memory_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        texts[i].found = texts[i].found || memmem(bytes, size, texts[i].bytes, texts[i].size) != NULL;
}

static size_t
search_region(int memory, const struct region *region, bool dump_only, struct memory_text *texts, size_t count)
{
    if (!region->readable || region->size > REGION_MAX || (dump_only && !region->dumped))
        return 0;
    uint8_t *copy = malloc(region->size);
    ssize_t n = copy != NULL ? pread(memory, copy, region->size, (off_t)region->from) : 0;
    if (n > 0)
        search(copy, (size_t)n, texts, count);
    free(copy);
    return n > 0 ? (size_t)n : 0;
}

/* The next region of smaps: a line that begins with its addresses, and further on one with its flags, "dd" for not dumped. */
static bool
next_region(FILE *maps, struct region *region)
{
    char line[LINE_SIZE];
    unsigned long from;
    unsigned long to;
    char rights[5];
    *region = (struct region) { 0 };
    while (fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx %4s", &from, &to, rights) == 3) {
            region->from = from;
            region->size = to - from;
            region->readable = rights[0] == 'r';
        } else if (strncmp(line, "VmFlags:", 8) == 0) {
            region->dumped = strstr(line, " dd") == NULL;
            return true;
        }
    }
    return false;
}

size_t
memory_search(pid_t pid, bool dump_only, struct memory_text *texts, size_t count)
{
    char path[64];
    struct region region;
    size_t searched = 0;
    snprintf(path, sizeof path, "/proc/%d/smaps", (int)pid);
    FILE *maps = fopen(path, "re");
    snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    int memory = open(path, O_RDONLY | O_CLOEXEC);
    while (maps != NULL && memory >= 0 && next_region(maps, &region))
        searched += search_region(memory, &region, dump_only, texts, count);
    if (maps != NULL)
        fclose(maps);
    if (memory >= 0)
        close(memory);
    return searched;
}

size_t
memory_search_file(const char *path, struct memory_text *texts, size_t count)
{
    uint8_t *piece = malloc(PIECE_SIZE + OVERLAP_SIZE);
    size_t searched = 0;
    size_t kept = 0; /* from the piece before, so that nothing is cut in two */
    int file = open(path, O_RDONLY | O_CLOEXEC);
    for (ssize_t n; file >= 0 && piece != NULL && (n = read(file, piece + kept, PIECE_SIZE)) > 0;) {
        size_t size = kept + (size_t)n;
        search(piece, size, texts, count);
        searched += (size_t)n;
        kept = size < OVERLAP_SIZE ? size : OVERLAP_SIZE;
        memmove(piece, piece + size - kept, kept);
    }
    if (file >= 0)
        close(file);
    free(piece);
    return searched;
}
