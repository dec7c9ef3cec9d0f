/* The image viewer's window. It belongs to the toolkit's thread; pictures are read in another. */
#pragma once

#include <stdbool.h>

#include "user/libui/ui.h"

struct viewer;
/* Shows that file, or the pictures of that folder; NULL: asks for one. NULL: no memory. */
struct viewer *viewer_open(const char *path);
struct ui_window *viewer_window(const struct viewer *viewer);
