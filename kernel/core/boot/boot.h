/*
 * What stage 2 left: checked, copied, and at hand for everybody. Use: boot_info_take first, then
 * the others.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

/* -EINVAL with *why set: the structure is not what stage 2 of this version leaves. */
int boot_info_take(const struct boot_info *from, const char **why) must_check;
struct boot_info *boot_info(void);
/* A line for the table of boot times, stamped now. */
void boot_stamp(const char *name);
/* An option of the kernel command line, as cmdline_get. */
int boot_option(const char *name, char *value, size_t size) must_check;
bool boot_has_option(const char *name);
