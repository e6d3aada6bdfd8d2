/* The operands inside SSIGNON( ), and what they do to the segment. */
#pragma once
#include "security/racf/command.h"
#include "security/racf/ssignon.h"

extern const struct operand ssignon_operands[];

/* Applies them for `profile`, sealing a key given. False: reported, and nothing of the profile may be written. */
MUST_CHECK bool ssignon_apply(struct run *run, const char *profile, struct ssignon *ssignon);
