/* uthash as this folder uses it: FNV-1a over names that administrators chose. */
#pragma once
#include <stdlib.h>

#define HASH_FUNCTION(key, size, hash) HASH_FNV(key, size, hash)
#define uthash_fatal(message) abort() /* out of memory: no decision can be trusted to half a table */
#include <uthash.h>
