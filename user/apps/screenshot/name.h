/* Where a screenshot goes when nobody says it. */
#pragma once

#include <time.h>

/* HOME/Pictures/screenshot-YYYYMMDD-HHMMSS.png; from `number` 2 on with "-2" …. The folder is made. NULL: no
   memory. */
char *screenshot_name(const char *home, const struct tm *when, unsigned number);
