/* What the editor's files know of a page: a tab with a text. Not for others. */
#pragma once

#include "user/apps/editor/colouring.h"
#include "user/apps/editor/document.h"
#include "user/apps/editor/recovery.h"
#include "user/libui/ui.h"

struct page {
    struct document document;
    struct widget *tab, *area;
    struct colouring *colouring; /* NULL: no memory, all is plain */
    unsigned colour_timer;       /* lines before those that are seen are being looked at; 0: no */
    struct recovery *recovery;   /* NULL: no memory */
    unsigned recovery_timer;     /* until its copy is written; 0: there is nothing new */
    int indent;                  /* spaces of a step; 0: a tab */
};

struct page *page_now(void); /* the one that is seen; NULL: none */
struct text_buffer *page_buffer(const struct page *page);
void page_show(struct page *page); /* its state: the title, the status line */
/* Each page in turn. */
struct page *page_at(unsigned which); /* from 0; NULL: there is none */

/* ---- view.c: how all pages look ------------------------------------------------------------------ */
void view_fill_menu(struct ui_window *window);
void view_set_up(struct page *page);  /* a new page has the size and the rest that the others have */
void view_settle(struct page *page);  /* a text was loaded: its indentation and line ends */
const char *view_indent_name(const struct page *page, char *room, size_t size); /* for the status line */
