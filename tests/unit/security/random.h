/* Reproducible random values for tests (xorshift64*): the same every run, so that a failure can be looked into. */
#pragma once
#include <stddef.h>
#include <stdint.h>

static inline uint64_t
random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1DU;
}

/* A string of `length` characters of `alphabet`, NUL-terminated. */
static inline void
random_string(uint64_t *state, const char *alphabet, size_t alphabet_size, char *string, size_t length)
{
    for (size_t i = 0; i < length; i++)
        string[i] = alphabet[(random_next(state) >> 33) % alphabet_size];
    string[length] = '\0';
}

static inline void
random_bytes(uint64_t *state, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(random_next(state) >> 56);
}
