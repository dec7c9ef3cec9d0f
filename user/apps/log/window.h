/* The log's window: lines as they come, of what is asked for. */
#pragma once

#include "user/apps/log/lines.h"
#include "user/libui/ui.h"

struct log_window {
    const char *path; /* of the log: "/proc/kmsg" */
    struct ui_window *window;
    struct widget *area, *level, *search, *text, *status, *pause;
    struct log_lines lines;
    struct log_view view;
    struct log_filter filter;
    char areas[32][24]; /* those in the choice, behind "all" */
    size_t area_count;
    unsigned timer;
    bool paused;
};

/* One window, which is the program's. NULL: no memory. */
struct log_window *log_open(const char *path);
/* What is new, as the timer does each half second. */
void log_look(struct log_window *log);
