/* What of a text is on the screen. */
#pragma once

#include "user/tools/edit/text.h"

struct view {
    const struct text *text;
    struct place cursor;
    size_t top, left;  /* the first row and column that are shown */
    int columns, rows; /* of the terminal */
    const char *name;
    char message[200]; /* for the last line, until the next key */
};

/* Scrolls so that the cursor is to be seen, and draws all. */
void view_draw(struct view *view);
int view_text_rows(const struct view *view);
/* A question in the last line with what was typed so far. */
void view_draw_question(const struct view *view, const char *question, const char *answer);
