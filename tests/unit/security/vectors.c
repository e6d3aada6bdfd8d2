#include "tests/unit/security/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/hex.h"

json_t *
vectors_load(void)
{
    json_error_t error;
    json_t *vectors = json_load_file(PASSTICKET_VECTORS, 0, &error);
    if (vectors == NULL) {
        fprintf(stderr, "%s:%d: %s\n", PASSTICKET_VECTORS, error.line, error.text);
        exit(1);
    }
    return vectors;
}

const char *
vector_text(const struct vector *vector, const char *name)
{
    const char *text = json_string_value(json_object_get(vector->json, name));
    return text != NULL ? text : "";
}

int
vectors_each(const char *kind, void (*test)(const struct vector *vector))
{
    json_t *vectors = vectors_load();
    int count = 0;
    for (size_t i = 0; i < json_array_size(vectors); i++) {
        struct vector vector = { .json = json_array_get(vectors, i) };
        if (strcmp(vector_text(&vector, "kind"), kind) != 0)
            continue;
        const char *key = vector_text(&vector, "key");
        vector.user = vector_text(&vector, "user");
        vector.appl = vector_text(&vector, "appl");
        vector.ticket = vector_text(&vector, "ticket");
        vector.time = (uint64_t)json_integer_value(json_object_get(vector.json, "time"));
        vector.key_size = strlen(key) / 2;
        if (vector.key_size > sizeof vector.key || !hex_decode(key, strlen(key), vector.key))
            exit(1);
        test(&vector);
        count++;
    }
    json_decref(vectors);
    return count;
}
