/* See colours.h. The first 16 colours are chosen to be read on the theme's field: one set for dark fields,
   one for light ones; the rest is xterm's. */
#include "user/apps/terminal/colours.h"

static const colour_t on_dark[16] = {
    0xFF3B4252, 0xFFFF6B7F, 0xFF50D68C, 0xFFFFB454, 0xFF5B9DFF, 0xFFA583FF, 0xFF37D6B5, 0xFFC9D1DE,
    0xFF7B879B, 0xFFFF8D9C, 0xFF7FE5AA, 0xFFFFCB80, 0xFF8BB9FF, 0xFFC2A8FF, 0xFF74E8CF, 0xFFF2F5FA,
}, on_light[16] = {
    0xFF24292F, 0xFFB42334, 0xFF176F3A, 0xFF8A5300, 0xFF1A56C4, 0xFF7A34C9, 0xFF0B6B62, 0xFF5A6472,
    0xFF4A5361, 0xFFC62F42, 0xFF1C8044, 0xFF9A5E00, 0xFF2566DB, 0xFF8A45D8, 0xFF0D776D, 0xFF333B46,
};

static bool is_dark(colour_t colour)
{
    return colour_contrast(colour, 0xFFFFFFFF) > colour_contrast(colour, 0xFF000000);
}

static colour_t colour_of(uint32_t colour, const struct theme *theme, colour_t none, bool bold)
{
    uint32_t value = colour & 0xFFFFFF;

    if ((colour & ~0xFFFFFFu) == VT_DEFAULT)
        return none;
    if ((colour & ~0xFFFFFFu) == VT_RGB)
        return 0xFF000000 | value;
    if (value < 16) {
        unsigned at = value + (bold && value < 8 ? 8u : 0u); /* as terminals do: bold is bright */

        return is_dark(theme->field) ? on_dark[at] : on_light[at];
    }
    return 0xFF000000 | (colour_t)vt_palette(value);
}

void cell_colours(const struct cell *cell, const struct theme *theme, bool reverse, bool selected,
                  colour_t *foreground, colour_t *background)
{
    bool inverse = (bool)(cell->attributes & CELL_INVERSE) != reverse;

    *foreground = colour_of(cell->foreground, theme, theme->field_text, cell->attributes & CELL_BOLD);
    *background = colour_of(cell->background, theme, theme->field, false);
    if (inverse) {
        colour_t swapped = *foreground;

        *foreground = *background;
        *background = swapped;
    }
    if (cell->attributes & CELL_DIM)
        *foreground = colour_mix(*foreground, *background, 96);
    if (cell->attributes & CELL_HIDDEN)
        *foreground = *background;
    if (selected) {
        *foreground = theme->selected_text;
        *background = theme->selected;
    }
}
