#include "config/configuration.h"
#include "config/hwscfg_value.h"
#include "config/settings_value.h"

static const char *const effect_names[] = {
    [HWSCFG_ACTS] = "acts",
    [HWSCFG_SHOWN] = "shown by QUERY IMSCON",
    [HWSCFG_NO_EFFECT] = "accepted, no effect",
};

static void
write_group(FILE *stream, enum hwscfg_group group)
{
    const struct hwscfg_group_rule *rule = &hwscfg_groups[group];
    fprintf(stream, "\n### %s\n\nMeaning: %s%s. Effect: %s.\n\n", rule->title, rule->help, rule->required ? "; required" : "",
            effect_names[rule->effect]);
    fprintf(stream, "| parameter | values | default | effect | meaning |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < hwscfg_parameter_count; i++) {
        const struct hwscfg_parameter *parameter = &hwscfg_parameters[i];
        if (parameter->group != group)
            continue;
        char values[HWSCFG_COMPLAINT_SIZE];
        hwscfg_value_describe(parameter, values, sizeof values);
        for (char *bar = values; *bar != '\0'; bar++)
            *bar = *bar == '|' ? '/' : *bar; /* a bar ends a table cell */
        fprintf(stream, "| %s= | %s | %s | %s | %s |\n", parameter->name, values, parameter->required ? "required" : parameter->fallback,
                effect_names[parameter->effect > rule->effect ? parameter->effect : rule->effect], parameter->help);
    }
}

static void
write_section(FILE *stream, enum setting_section section)
{
    fprintf(stream, "\n### [%s%s]\n\n| key | values | default | meaning |\n|---|---|---|---|\n", setting_section_names[section],
            section == SETTING_DATASTORE ? " NAME" : "");
    for (size_t i = 0; i < settings_table_count; i++) {
        const struct setting *setting = &settings_table[i];
        if (setting->section != section)
            continue;
        char values[SETTING_COMPLAINT_SIZE];
        settings_value_describe(setting, values, sizeof values);
        for (char *bar = values; *bar != '\0'; bar++)
            *bar = *bar == '|' ? '/' : *bar;
        fprintf(stream, "| %s | %s | %s | %s |\n", setting->key, values, setting->fallback != NULL ? setting->fallback : "required",
                setting->help);
    }
}

void
configuration_write_reference(FILE *stream)
{
    fprintf(stream, "## HWSCFGxx\n");
    for (enum hwscfg_group group = HWSCFG_HWS; group < HWSCFG_GROUP_COUNT; group++)
        write_group(stream, group);
    fprintf(stream, "\n## passgate.ini\n");
    for (enum setting_section section = SETTING_PASSGATE; section < SETTING_SECTION_COUNT; section++)
        write_section(stream, section);
}
