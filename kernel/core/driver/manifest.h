/* The arbiter: what manifests may ask for. They are read before any code of a driver runs. */
#pragma once

#include <stddef.h>

#include "drivers/ddi.h"

#define MANIFEST_WHY 80u /* room for a reason */

/* 0, or -EINVAL and why: another version, no name or one of other characters than letters, digits, - and _,
   a placement that is none, ports that are none or that the kernel keeps (PIC, PIT, CMOS,
   PCI configuration, port 92h, the debug ports; built_in may name them), values without a list. */
int manifest_check(const struct ddi_manifest *manifest, char why[MANIFEST_WHY]) must_check;
/* 0, or -EBUSY and what both name: a port (unless they share a device), a line, a class of PCI devices, their
   name. */
int manifest_overlap(const struct ddi_manifest *a, const struct ddi_manifest *b, char why[MANIFEST_WHY])
    must_check;

/* Bytes. */
uint64_t manifest_memory(const struct ddi_manifest *manifest);
/* They name the same device as theirs. */
bool manifest_share(const struct ddi_manifest *a, const struct ddi_manifest *b);

/* All `bytes` ports from there on lie in one range. */
bool manifest_may_read(const struct ddi_manifest *manifest, uint16_t port, unsigned bytes);
/* The same, and each byte of the value may be written to its port. */
bool manifest_may_write(const struct ddi_manifest *manifest, uint16_t port, unsigned bytes, uint32_t value);
