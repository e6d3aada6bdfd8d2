/* The verbs, each defined in the file of its family. */
#pragma once
#include "security/racf/command.h"

extern const struct verb verb_addgroup, verb_altgroup, verb_delgroup, verb_listgrp; /* command_group.c */
extern const struct verb verb_key;                                                  /* command_key.c */
extern const struct verb verb_connect, verb_remove;                                 /* command_connect.c */
extern const struct verb verb_adduser, verb_altuser, verb_deluser;                  /* command_user.c */
extern const struct verb verb_listuser;                                             /* command_listuser.c */
extern const struct verb verb_password;                                             /* command_password.c */
extern const struct verb verb_permit;                                               /* command_permit.c */
extern const struct verb verb_ralter, verb_rdefine, verb_rdelete;                   /* command_profile.c */
extern const struct verb verb_rlist;                                                /* command_rlist.c */
extern const struct verb verb_search;                                               /* command_search.c */
extern const struct verb verb_setropts;                                             /* command_setropts.c */
extern const struct verb verb_help;                                                 /* command_help.c */
