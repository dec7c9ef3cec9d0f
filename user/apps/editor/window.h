/* The editor's window: a tab for each file. One window in a program. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "user/libui/ui.h"

/* With one empty tab. NULL: no memory. */
struct ui_window *editor_open(void);
/* In a tab of its own, or in the empty one there; the cursor at `line` (from 1). What fails is told in
   a dialog; false then. */
bool editor_open_file(const char *path, size_t line);
/* Asks about each text that an editor which crashed had not saved. */
void editor_offer_recovery(void);
