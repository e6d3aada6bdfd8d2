#include "config/settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "config/file.h"
#include "config/ini_file.h"
#include "config/settings_replay.h"
#include "config/settings_value.h"
#include "config/suggestion.h"

struct settings_reader {
    struct problem_sink *sink;
    struct passgate_settings *settings;
    char folder[CONFIGURATION_PATH_MAX]; /* of the ini file, "" or ending in a slash */
    unsigned line;
    bool in_section; /* a known section is open */
    enum setting_section section;
    struct datastore_settings *datastore;                   /* the open one; NULL: its keys are only checked */
    unsigned given[SETTINGS_MAX];                           /* line of each key; of datastore keys in the open section */
    unsigned datastore_lines[CONFIGURATION_DATASTORES_MAX]; /* of their headers */
    unsigned datastore_paths[CONFIGURATION_DATASTORES_MAX]; /* of their path keys; 0: not given */
    struct datastore_settings unkept;                       /* takes the keys of a datastore section that is refused */
};

static void *
place_of(struct settings_reader *reader, const struct setting *setting)
{
    return setting->section == SETTING_DATASTORE ? (void *)reader->datastore : (void *)reader->settings;
}

/* Defaults are values like others, except that the row may have none. */
static void
set_defaults(struct settings_reader *reader, bool of_datastores)
{
    char complaint[SETTING_COMPLAINT_SIZE];
    for (size_t i = 0; i < settings_table_count; i++) {
        const struct setting *setting = &settings_table[i];
        bool has_default = setting->fallback != NULL && *setting->fallback != '\0';
        if ((setting->section == SETTING_DATASTORE) != of_datastores || !has_default)
            continue;
        if (!settings_value_store(setting, setting->fallback, reader->folder, place_of(reader, setting), complaint))
            problem_error(reader->sink, 0, "[%s] %s is not given and its default %s does not fit: allowed: %s",
                          setting_section_names[setting->section], setting->key, setting->fallback, complaint);
    }
}

static bool
is_name_character(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("_$#@.-", c) != NULL);
}

static bool
is_datastore_name(const char *name)
{
    size_t length = strlen(name);
    bool good = length >= 1 && length < sizeof((struct datastore_settings *)NULL)->name && isalpha((unsigned char)name[0]);
    for (size_t i = 0; i < length && good; i++)
        good = is_name_character(name[i]);
    return good;
}

static struct datastore_settings *
add_datastore(struct settings_reader *reader, const char *name)
{
    struct passgate_settings *settings = reader->settings;
    for (size_t i = 0; i < settings->datastore_count; i++) {
        if (strcasecmp(settings->datastores[i].name, name) == 0) {
            problem_error(reader->sink, reader->line, "[datastore %s] is given twice; the first is in line %u", name,
                          reader->datastore_lines[i]);
            return NULL;
        }
    }
    if (settings->datastore_count == CONFIGURATION_DATASTORES_MAX) {
        problem_error(reader->sink, reader->line, "[datastore %s] is one too many; there may be %d", name, CONFIGURATION_DATASTORES_MAX);
        return NULL;
    }
    reader->datastore_lines[settings->datastore_count] = reader->line;
    struct datastore_settings *datastore = &settings->datastores[settings->datastore_count++];
    memcpy(datastore->name, name, strlen(name) + 1);
    return datastore;
}

static void
open_datastore(struct settings_reader *reader, const char *name)
{
    reader->datastore = NULL;
    if (is_datastore_name(name))
        reader->datastore = add_datastore(reader, name);
    else
        problem_error(reader->sink, reader->line,
                      "[datastore %s]: the name must be 1 to 18 letters, digits or _ $ # @ . -, the first a letter, as [datastore SAMPLE]",
                      name);
    if (reader->datastore == NULL)
        reader->datastore = &reader->unkept;
    for (size_t i = 0; i < settings_table_count; i++) {
        if (settings_table[i].section == SETTING_DATASTORE)
            reader->given[i] = 0;
    }
    set_defaults(reader, true);
}

static void
open_section(struct settings_reader *reader, const char *header)
{
    size_t word = strcspn(header, " \t");
    const char *name = header + word + strspn(header + word, " \t");
    struct suggestion suggestion = suggestion_for(header);
    reader->in_section = true;
    for (enum setting_section section = SETTING_PASSGATE; section < SETTING_SECTION_COUNT; section++) {
        const char *known = setting_section_names[section];
        suggestion_offer(&suggestion, known);
        if (strlen(known) != word || memcmp(header, known, word) != 0 || (section != SETTING_DATASTORE && *name != '\0'))
            continue;
        reader->section = section;
        if (section == SETTING_DATASTORE)
            open_datastore(reader, name);
        return;
    }
    reader->in_section = false;
    if (suggestion.best != NULL)
        problem_error(reader->sink, reader->line, "[%s]: unknown section; did you mean [%s]?", header, suggestion.best);
    else
        problem_error(reader->sink, reader->line,
                      "[%s]: unknown section; known are passgate, limits, saf, racf, throttle and datastore NAME", header);
}

static void
take_section(void *context, unsigned line, const char *header)
{
    struct settings_reader *reader = context;
    reader->line = line;
    reader->in_section = false;
    if (header != NULL)
        open_section(reader, header);
}

static void
tell_unknown_key(struct settings_reader *reader, const char *key)
{
    struct suggestion suggestion = suggestion_for(key);
    const char *section = setting_section_names[reader->section];
    char known[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < settings_table_count; i++) {
        if (settings_table[i].section != reader->section)
            continue;
        suggestion_offer(&suggestion, settings_table[i].key);
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", used > 0 ? ", " : "", settings_table[i].key);
    }
    if (suggestion.best != NULL)
        problem_error(reader->sink, reader->line, "[%s] %s: unknown key; did you mean %s?", section, key, suggestion.best);
    else
        problem_error(reader->sink, reader->line, "[%s] %s: unknown key; known are %s", section, key, known);
}

static const struct setting *
find_setting(enum setting_section section, const char *key)
{
    for (size_t i = 0; i < settings_table_count; i++) {
        if (settings_table[i].section == section && strcmp(settings_table[i].key, key) == 0)
            return &settings_table[i];
    }
    return NULL;
}

static void
take_key(struct settings_reader *reader, const struct setting *setting, const char *value)
{
    const char *section = setting_section_names[setting->section];
    unsigned *given = &reader->given[setting - settings_table];
    if (*given != 0)
        problem_error(reader->sink, reader->line, "[%s] %s is given twice; the first is in line %u", section, setting->key, *given);
    *given = reader->line;
    if (setting->section == SETTING_DATASTORE && setting->fallback == NULL && reader->datastore != &reader->unkept)
        reader->datastore_paths[reader->datastore - reader->settings->datastores] = reader->line;
    char complaint[SETTING_COMPLAINT_SIZE];
    if (settings_value_store(setting, value, reader->folder, place_of(reader, setting), complaint))
        return;
    if (setting->kind == SETTING_CLAIMS && value[0] != '\0')
        settings_replay_refuse(reader->sink, reader->line, value);
    else
        problem_error(reader->sink, reader->line, "[%s] %s = %s: allowed: %s", section, setting->key, value, complaint);
}

static void
handle_key(void *context, unsigned line, const char *key, const char *value)
{
    struct settings_reader *reader = context;
    reader->line = line;
    if (!reader->in_section)
        return; /* it was refused already */
    const struct setting *setting = find_setting(reader->section, key);
    if (setting == NULL)
        tell_unknown_key(reader, key);
    else
        take_key(reader, setting, value);
}

static void
check_datastores(struct settings_reader *reader)
{
    for (size_t i = 0; i < reader->settings->datastore_count; i++) {
        const struct datastore_settings *datastore = &reader->settings->datastores[i];
        if (reader->datastore_paths[i] == 0)
            problem_error(reader->sink, reader->datastore_lines[i], "[datastore %s] needs path = FILE", datastore->name);
        if (datastore->create && datastore->read_only)
            problem_error(reader->sink, reader->datastore_lines[i], "[datastore %s]: read_only = yes and create = yes exclude each other",
                          datastore->name);
    }
}

/* To a gateway, an attempt that is held back for longer than it waits is a safd that does not answer. */
static void
check_throttle(struct settings_reader *reader)
{
    struct passgate_settings *settings = reader->settings;
    unsigned line = reader->given[find_setting(SETTING_THROTTLE, "hold_ms") - settings_table];
    if (line == 0 && settings->throttle.hold_ms > settings->saf_timeout_ms / 2)
        settings->throttle.hold_ms = settings->saf_timeout_ms / 2;
    if (settings->throttle.hold_ms >= settings->saf_timeout_ms)
        problem_error(reader->sink, line, "[throttle] hold_ms = %u must be less than [saf] timeout_ms = %u", settings->throttle.hold_ms,
                      settings->saf_timeout_ms);
}

static void
set_folder(struct settings_reader *reader, const char *path)
{
    const char *slash = strrchr(path, '/');
    int length = slash != NULL ? (int)(slash - path) + 1 : 0;
    if ((size_t)length < sizeof reader->folder)
        snprintf(reader->folder, sizeof reader->folder, "%.*s", length, path);
    else
        problem_error(reader->sink, 0, "its folder's name is longer than %zu bytes", sizeof reader->folder - 1);
}

bool
settings_parse(const char *name, const char *text, size_t size, struct passgate_settings *settings, struct problem_list *problems)
{
    size_t errors = problems->errors;
    struct problem_sink sink = problem_sink(problems, name);
    struct settings_reader reader = { .sink = &sink, .settings = settings };
    static const struct ini_handler handler = { .section = take_section, .key = handle_key, .example = "passgate" };
    *settings = (struct passgate_settings) { 0 };
    set_folder(&reader, name);
    set_defaults(&reader, false);
    ini_file_read(&sink, text, size, &handler, &reader);
    check_datastores(&reader);
    check_throttle(&reader);
    settings_replay_check(&sink, reader.given[find_setting(SETTING_RACF, "replay") - settings_table], settings);
    return problems->errors == errors;
}

bool
settings_read(const char *path, struct passgate_settings *settings, struct problem_list *problems)
{
    struct problem_sink sink = problem_sink(problems, path);
    char *text;
    size_t size;
    if (!configuration_file_read(path, &sink, &text, &size)) {
        *settings = (struct passgate_settings) { 0 };
        return false;
    }
    bool good = settings_parse(path, text, size, settings, problems);
    good = settings_replay_check_mode(&sink, path, settings) && good;
    secret_wipe(text, size);
    free(text);
    return good;
}
