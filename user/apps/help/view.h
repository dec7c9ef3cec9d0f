/* A page to scroll and to press things in: a canvas and its bar. */
#pragma once

#include "user/apps/help/layout.h"
#include "user/libui/ui.h"

struct view;
/* What was pressed, of the document that is shown. */
typedef void (*view_pressed)(const struct layout_target *target, void *context);

struct view *view_make(struct widget *parent, view_pressed pressed, void *context); /* NULL: no memory */
/* `md` stays until another one is set, or view_end. From its beginning. */
void view_set(struct view *view, const struct md *md);
void view_go(struct view *view, uint32_t line); /* of the document */
int view_top(const struct view *view);          /* for view_scroll */
void view_scroll(struct view *view, int top);
void view_look(struct view *view);              /* the desktop's look changed */
struct widget *view_canvas(const struct view *view);
struct rect view_target(const struct view *view, size_t target); /* in the canvas; for tests */
void view_end(struct view *view);               /* after its window */
