/*
 * The editor's bar to find and replace: below the text, for the page that is seen. One in a program.
 *
 *     find_fill_menu(menu);                  what opens it, and goes from match to match
 *     find_make(window, content);            hidden
 *     find_attach(area);                     another page is seen; NULL: none, before an area goes
 *     find_mark_line(text, size, styles);    in the area's styler
 */
#pragma once

#include "user/libui/ui.h"

void find_fill_menu(struct ui_menu *menu);
void find_make(struct ui_window *window, struct widget *parent);
void find_attach(struct widget *area);
/* All that is still to be replaced is: before the text is saved. */
void find_finish(void);
/* The text was changed: the count may be another. */
void find_text_changed(void);
/* Sets UI_STYLE_MARK of all that is found in a line, while the bar is there. */
void find_mark_line(const char *text, size_t size, uint8_t *styles);
