/* Regular expressions of grep, sed, less and find. */
#pragma once

#include <regex.h>

/* Compiles, or ends the tool with status 2 that names what is wrong with it. flags: REG_…. */
void need_pattern(regex_t *pattern, const char *text, int flags);
