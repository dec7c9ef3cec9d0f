/*
 * Modules: drivers that come as files and go again. The file is checked (lib/module.h), put into pages of its
 * own, linked with what module_symbols.c lists, closed (code runs, constants are read, variables are written,
 * and never two of these but reading), and its manifest judged; then it is a driver like any other (host.c).
 *
 * A module in the kernel is trusted as the kernel is: what is checked keeps damage and mistakes away, not an
 * attacker. All may wait; one load or unload at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/core/driver/driver.h"
#include "lib/module.h"
#include "lib/span.h"

#define MODULES_MAX      16u
#define MODULE_FILE_MAX  MODULE_IMAGE_MAX /* bytes */

/* The driver runs as its placement says. -ENOEXEC: the file; -EINVAL, -EBUSY: its manifest; -EEXIST: its name
   is taken; -ENOSPC: too many; -ENOMEM, -EAGAIN; *why says which. */
int module_load(struct span file, char why[MANIFEST_WHY]) must_check;
/* It is stopped, and nothing of it is left. -ENODEV: there is none; -EINVAL: it is no module; -EBUSY:
   somebody has it still, but it does not run any more. */
int module_unload(const char *name) must_check;

/* For the interrupt entry: the address may be a module's code. */
bool module_may_be_at(uint64_t address);

/* module_symbols.c: what modules may call. */
bool module_symbol(const char *name, uint64_t *address);
