#include "config/configuration.h"

#include <string.h>

#include "common/secret.h"
#include "config/hwscfg.h"
#include "config/replay_url.h"
#include "config/settings.h"

bool
configuration_read_settings(const char *path, struct passgate_settings *settings, struct problem_list *problems)
{
    return settings_read(path, settings, problems);
}

void
configuration_forget_secrets(struct passgate_settings *settings)
{
    if (replay_url_is_meant(settings->replay))
        secret_wipe(settings->replay, sizeof settings->replay);
}

static void
choose_address(struct configuration *configuration)
{
    char *address = configuration->settings.address;
    if (address[0] == '\0')
        snprintf(address, sizeof configuration->settings.address, "%s", configuration->hws.ipv6 ? "::" : "0.0.0.0");
}

bool
configuration_read(const char *path, struct configuration *configuration, struct problem_list *problems)
{
    *configuration = (struct configuration) { 0 };
    bool good = settings_read(path, &configuration->settings, problems);
    if (configuration->settings.member[0] == '\0')
        return false;
    if (!hwscfg_read(configuration->settings.member, &configuration->hws, problems))
        good = false;
    choose_address(configuration);
    return good;
}

const char *
hwscfg_application(const struct hwscfg *hws)
{
    return hws->appl[0] != '\0' ? hws->appl : hws->id;
}
