/* A terminal's colours as the theme has them. */
#pragma once

#include "user/apps/terminal/vt.h"
#include "user/draw/theme.h"

/* Both colours of a cell, inversion, dimness and selection seen to. */
void cell_colours(const struct cell *cell, const struct theme *theme, bool reverse, bool selected,
                  colour_t *foreground, colour_t *background);
