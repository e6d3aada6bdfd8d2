/* Compiler attributes under names that say what they promise. */
#pragma once

#define MUST_CHECK __attribute__((warn_unused_result))
/* Of big local variables on busy paths: the build clears all others. Whoever reads one before it is set reads what was there. */
#define SET_BEFORE_READ __attribute__((uninitialized))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
