/* The kernel command line: words of NAME or NAME=VALUE, white space between, '…' or "…" around a
   VALUE with spaces (a quote that nobody closes reaches to the end). The last of several equal
   names wins. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

/* Copy NAME's value, without quotes, into value (terminated). 0, -ENOENT not there, -ERANGE too
   long (value then holds what fits). A bare NAME has the value "". */
int cmdline_get(const char *cmdline, const char *name, char *value, size_t size) must_check;
/* The index-th word's NAME, terminated. -ENOENT: beyond the last; -ERANGE: too long. */
int cmdline_name(const char *cmdline, unsigned index, char *name, size_t size) must_check;
bool cmdline_has(const char *cmdline, const char *name);
/* "4096", "64K", "8M", "1G" (or k, m, g) → bytes. -EINVAL for anything else, -ERANGE beyond 2^64.
 */
int parse_size(const char *text, uint64_t *bytes) must_check;
