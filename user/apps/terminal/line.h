/* Lines that went by, each packed: its text as UTF-8, its colours as runs. */
#pragma once

#include "user/apps/terminal/vt.h"

struct line; /* of malloc */

/* NULL: no memory. Blank cells at the end take no room. */
struct line *line_pack(const struct cell *cells, int columns, bool wraps);
/* As many cells as there are and fit; the rest blank. */
void line_unpack(const struct line *line, struct cell *cells, int columns);
int line_columns(const struct line *line); /* without the blank ones at the end */
bool line_wraps(const struct line *line);

/* Columns of a character: 0 (it combines with the one before), 1, 2. */
int character_width(uint32_t character);
