/* Tab: complete the word before the cursor. The first word is a command; in `help` the second one
   is, too; others are paths (and for hexdump disks). One candidate is completed; of several the
   common beginning, and when there is nothing left to add they are listed. */
#pragma once

#include "kernel/monitor/line_editor.h"

void complete(struct line_editor *editor);
