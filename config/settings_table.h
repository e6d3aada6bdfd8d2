/* The sections and keys of passgate.ini, as data: the parser, its messages, the defaults and the reference in
 * docs/configuration.md all come from this table. */
#pragma once

#include "config/configuration.h"

enum setting_kind {
    SETTING_PATH,     /* a file; char array; relative to the ini's folder */
    SETTING_SOCKET,   /* the path of a Unix socket, of at most 107 bytes; char array */
    SETTING_NUMBER,   /* `least` to `most`; uint32_t */
    SETTING_FLAG,     /* one of two `allowed`; bool, true for the second */
    SETTING_ENUM,     /* one of `allowed`; an enum, the position in `allowed` */
    SETTING_SET,      /* one or more of `allowed`, separated by commas; uint32_t, bit n for the nth of `allowed` */
    SETTING_PORTS,    /* ports separated by commas; an array of uint16_t that ends with 0 */
    SETTING_ADDRESS,  /* IPv4 or IPv6 address; char array */
    SETTING_USERNAME, /* name of a system user or group; char array */
    SETTING_TEXT,     /* printable characters, at least one; char array */
    SETTING_CLAIMS,   /* a file or the URL of a Redis (config/replay_url.h); char array; the value may hold a password */
};

enum setting_section {
    SETTING_PASSGATE,
    SETTING_LIMITS,
    SETTING_SAF,
    SETTING_RACF,
    SETTING_THROTTLE,
    SETTING_DATASTORE,
    SETTING_SECTION_COUNT
};

struct setting {
    enum setting_section section;
    const char *key;
    enum setting_kind kind;
    uint32_t least;
    uint32_t most;
    const char *allowed;  /* "no|yes" */
    const char *fallback; /* the default as it would be written; NULL when the key is required, "" for unset */
    uint16_t field;       /* offset in struct passgate_settings, or in struct datastore_settings */
    uint16_t size;
    const char *help;
};

extern const char *const setting_section_names[SETTING_SECTION_COUNT];
extern const struct setting settings_table[];
extern const size_t settings_table_count;

enum { SETTINGS_MAX = 64 };
