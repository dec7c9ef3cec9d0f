/*
 * The settings sector: what the user marked as default in the boot menu. It is the last sector of
 * the gap before the partition, written in place.
 *
 *   offset  bytes
 *   0       8      "FOSSETNG"
 *   8       4      version, 1
 *   12      4      CRC-32C of the sector with this field 0
 *   16      40     title of the default menu entry, terminated
 *   56      256    words it adds to the command line, terminated
 *   312     200    zeros
 */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

#define SETTINGS_BYTES       512
#define SETTINGS_TITLE_MAX   40
#define SETTINGS_CMDLINE_MAX 256

struct settings {
    char title[SETTINGS_TITLE_MAX]; /* empty: none */
    char cmdline[SETTINGS_CMDLINE_MAX];
};

/* -ENOENT: an empty sector or something else's; -EINVAL: ours but damaged. Empty settings then. */
int settings_decode(const uint8_t *sector, struct settings *settings) must_check;
void settings_encode(const struct settings *settings, uint8_t *sector);
