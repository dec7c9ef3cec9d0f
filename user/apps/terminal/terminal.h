/* The terminal's window: tabs, a program in each. */
#pragma once

#include "user/libui/ui.h"

/* What each tab runs (ended by NULL; they stay the caller's) and where; shown. One at a time. */
struct ui_window *terminal_open(char *const words[], const char *folder);
void terminal_end(void); /* the programs that still run are told to hang up */
