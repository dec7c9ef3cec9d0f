/*
 * /boot/boot.cfg. One setting a line, NAME = VALUE; '#' begins a comment line; [Title] begins a
 * menu entry of one's own, and what follows belongs to it.
 *
 *   before the first [Title]:
 *     kernel  = /boot/kernel.elf    the kernel's path
 *     cmdline = console=serial      words for every start
 *     menu    = yes | no            show the menu at each start
 *     timeout = 5                   seconds the menu waits, up to 3600; 0: for ever
 *   in an entry:
 *     kernel, cmdline               as above; its words follow the general ones
 *
 * A line that cannot be understood is left out and reported with its number; a file with bytes that
 * are not text is left out as a whole. Pure: the host tests it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/abi/boot_info.h"

#define CONFIG_BYTES_MAX   16384 /* a longer file is cut */
#define CONFIG_ENTRIES_MAX 5
#define CONFIG_TITLE_MAX   40
#define CONFIG_PATH_MAX    96
#define CONFIG_TIMEOUT_MAX 3600

struct config_entry {
    char title[CONFIG_TITLE_MAX];
    char kernel[CONFIG_PATH_MAX]; /* empty: the general one */
    char cmdline[BOOT_CMDLINE_MAX];
};

struct config {
    bool menu;
    uint32_t timeout_s;
    char kernel[CONFIG_PATH_MAX];
    char cmdline[BOOT_CMDLINE_MAX];
    uint32_t entry_count;
    struct config_entry entries[CONFIG_ENTRIES_MAX];
    uint32_t errors; /* lines left out; the first one: */
    uint32_t error_line;
    char error[80];
};

void config_defaults(struct config *config);
/* text: `size` bytes, not terminated. Starts from the defaults. */
void config_parse(const char *text, size_t size, struct config *config);
/* Append `words` to a command line of BOOT_CMDLINE_MAX. False: no room, nothing appended. */
bool cmdline_append(char *cmdline, const char *words);
