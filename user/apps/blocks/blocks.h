/* The window of the falling blocks. */
#pragma once

#include "user/libui/ui.h"

struct ui_window *blocks_open(void); /* shown; between ui_start and ui_end, one at a time */
