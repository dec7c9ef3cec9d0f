/* The window of Minesweeper. */
#pragma once

#include "user/libui/ui.h"

struct ui_window *minesweeper_open(void); /* shown; between ui_start and ui_end, one at a time */
