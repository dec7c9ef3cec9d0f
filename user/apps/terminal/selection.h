/* What is selected in a terminal, and looking for text in it. Places count lines from the first one that went
   by since the terminal began, so that they stay with their text while it scrolls. */
#pragma once

#include "user/apps/terminal/vt.h"

struct place {
    long line;
    int column; /* between cells: 0 … columns */
};

enum selection_unit { SELECT_CELLS, SELECT_WORDS, SELECT_LINES };
struct selection {
    bool any;
    enum selection_unit unit;
    struct place from, to; /* where it began; where it is now */
};

/* `first`: the line of row 0 of the screen, the caller's count. */
void selection_start(struct selection *selection, struct place at, enum selection_unit unit);
void selection_extend(struct selection *selection, struct place to);
/* The selected part in order, whole words or lines; false: none. */
bool selection_range(const struct selection *selection, const struct vt *vt, long first, struct place *from,
                     struct place *to);
/* Its text: rows that go on in the next are one line, blanks at the ends of lines are left out. free() it;
   NULL: none, or no memory. */
char *selection_text(const struct selection *selection, const struct vt *vt, long first, size_t *size);

/* The nearest match at or before `from` (`back`) or at or behind it; case is not looked at when `text` has no
   capitals. Matches lie within one row. */
bool terminal_find(const struct vt *vt, long first, const char *text, struct place from, bool back,
                   struct selection *found);
