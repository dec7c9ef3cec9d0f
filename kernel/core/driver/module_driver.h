/* What a module says of its driver, before anything of it is used: each pointer in it leads to where such
   things are in the module itself. */
#pragma once

#include "drivers/ddi.h"
#include "kernel/core/driver/manifest.h"
#include "lib/module.h"

/* The driver at `at`, where module_link found it, of a copy that runs at virt_base. -EINVAL and why: what
   manifest_check says; it is a part of the kernel; a function, a text or the state lies elsewhere than where
   they can be. */
int module_driver(const struct program *program, struct span loaded, uint64_t virt_base, size_t at,
                  const struct ddi_driver **driver, char why[MANIFEST_WHY]) must_check;
