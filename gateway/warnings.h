/* What deserves attention in the configuration of a gateway, and in the RACF database behind it. */
#pragma once
#include "config/configuration.h"
#include "security/saf/warning.h"

/* Those of the HWSCFGxx member: RACF=N, RACFGENRC=N, application names that are shared. */
void warnings_of_hwscfg(const struct hwscfg *hws, warning_tell *tell, void *context);

/* For log_message: a warning_tell. */
void warnings_log(void *unused, enum warning warning, const char *text);

/* For --check: adds them to the problems, and what `safd --check` says of the database and the clock. Needs no network. */
void warnings_check(const char *settings_path, const struct configuration *configuration, struct problem_list *problems);
