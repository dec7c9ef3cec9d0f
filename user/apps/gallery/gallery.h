/* The gallery: a window with every widget of the toolkit, to look at and to try. */
#pragma once

#include "user/libui/ui.h"

struct gallery {
    struct ui_window *window;
    struct widget *tabs, *status, *log;
    unsigned clicks;
    bool sorted_down;
    unsigned sorted;
};

/* Opens its window. False: no memory. */
bool gallery_open(struct gallery *gallery);
