/* A session seen in a canvas: cells, cursor, selection, the lines that went by; keys and mouse go to it. */
#pragma once

#include "user/apps/terminal/selection.h"
#include "user/apps/terminal/session.h"
#include "user/libui/ui.h"

struct view {
    struct session session;
    struct widget *canvas, *bar;
    int font_size;       /* at 100 % */
    int back;            /* lines scrolled back; 0: the screen itself */
    long first;          /* lines that went by since it began: the line of row 0 */
    struct selection selection;
    bool selects;        /* the button is held */
    int reported_button; /* which the program was told is held; -1: none */
    struct vt_cursor cursor_drawn;
    void (*changed)(struct view *view); /* title, bell, end: for who has it */
    void *owner;
};

/* Into `parent`, a column: the canvas and its bar. Starts `words`. 0 or a negative error number. */
int view_start(struct view *view, struct widget *parent, char *const words[], const char *folder);
void view_end(struct view *view);
void view_copy(struct view *view);  /* what is selected, to the clipboard */
void view_paste(struct view *view); /* the clipboard, to the program */
void view_scroll(struct view *view, int lines); /* back when > 0 */
void view_set_font(struct view *view, int size);
/* The next match of the text from what is selected, or from the end. False: there is none more. */
bool view_find(struct view *view, const char *text, bool back);
