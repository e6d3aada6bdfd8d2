/* The PassTicket vectors of passticket-vectors.json, each with all its intermediate values, as the tests read them. */
#pragma once
#include <jansson.h>
#include <stdint.h>

enum { VECTOR_KEY_MAX = 256 };

struct vector {
    const json_t *json;
    const char *user;
    const char *appl;
    const char *ticket;
    uint64_t time;
    uint8_t key[VECTOR_KEY_MAX];
    size_t key_size;
};

/* Reads the file; ends the program when it cannot. Release with json_decref. */
json_t *vectors_load(void);

/* Calls `test` for every vector of this kind ("legacy", "enhanced"); returns how many there were. */
int vectors_each(const char *kind, void (*test)(const struct vector *vector));

const char *vector_text(const struct vector *vector, const char *name);
