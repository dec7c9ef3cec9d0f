/* The Help's window. */
#pragma once

#include "user/apps/help/pages.h"
#include "user/apps/help/view.h"
#include "user/libui/ui.h"

#define HELP_HITS    200u
#define HELP_HISTORY 64u

struct place {
    size_t page;
    int top;
};
/* A row of the contents: a page, a heading of the shown one, or what was found. */
struct help_row {
    size_t page;
    uint32_t line;    /* 0: the page itself */
    char text[120];
};
struct help {
    struct ui_window *window;
    struct widget *back, *forward, *title, *search, *list, *status;
    struct view *view;
    struct pages pages;
    struct md md;
    bool has_md;
    size_t page;
    struct help_row *rows;
    size_t row_count;
    struct place history[HELP_HISTORY]; /* where one was; history[now] is the shown page */
    unsigned now, last;
    /* Opens a file in the editor: 0 or a negative errno. For tests. */
    int (*edit)(const char *path);
};

/* The window with the folder's pages, `where` ("PAGE", "PAGE#heading" or NULL) shown. NULL: no pages, no
   memory; *error says why. The program has one; help_close gives its memory back, after the window. */
struct help *help_open(const char *folder, const char *where, int *error);
void help_close(void);
/* Goes there as if a link was pressed; false: there is no such page. */
bool help_go(const char *where);
