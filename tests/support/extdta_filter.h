/* Takes EXTDTA out of one direction of a DRDA conversation, and leaves all else as it is: Wireshark 4.0 does not know that code point,
 * reads the data as parameters, and continuation segments as one. What does not look like DRDA passes untouched from there on. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero at first. */
struct extdta_filter {
    uint8_t head[10]; /* of a DSS and its first object, or of a continuation segment, as far as it has come */
    size_t head_size;
    size_t left;     /* bytes of the present segment behind its head */
    bool in_segment; /* the next head is one of a continuation segment */
    bool continued;  /* the present segment is not the last of its DSS */
    bool skips;      /* the present DSS is an EXTDTA */
    bool is_no_drda;
};

/* Hands on what is to stay of the bytes. */
void extdta_filter_feed(struct extdta_filter *filter, const uint8_t *bytes, size_t size,
                        void (*keep)(void *context, const uint8_t *bytes, size_t size), void *context);

/* The same for what has been held back, when no more comes. */
void extdta_filter_end(struct extdta_filter *filter, void (*keep)(void *context, const uint8_t *bytes, size_t size), void *context);
