/* The calculator's window. */
#pragma once

#include "user/libui/ui.h"

struct ui_window *calculator_open(void); /* shown; between ui_start and ui_end, one at a time */
