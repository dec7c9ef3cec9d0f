/* EDID 1.x: the preferred mode of a monitor (first detailed timing). */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

/* block: 128 bytes. -EINVAL: wrong header, version or checksum, or no detailed timing. */
int edid_preferred(const uint8_t *block, uint32_t *width, uint32_t *height) must_check;
