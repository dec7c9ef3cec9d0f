/* What is to be started and how: boot.cfg, the settings sector, the menu and fw_cfg added up. */
#pragma once

#include <stdbool.h>

#include "stage2/config.h"

struct choice {
    char kernel[CONFIG_PATH_MAX];
    char cmdline[BOOT_CMDLINE_MAX];
};

/* Reads /boot/boot.cfg and the settings sector; shows the menu when boot.cfg or a key asks. What is
   wrong with any of them is a line on the console, and the defaults. */
void choice_make(struct choice *choice);
/* After a kernel that could not be loaded: the menu, as long as it takes. */
void choice_ask(struct choice *choice);
