/*
 * The terminal's language: UTF-8 text, control characters and ANSI sequences (ECMA-48), acted out
 * on a grid. What it does not know it swallows: a sequence never reaches the screen as text and
 * never lasts longer than VT_SEQUENCE_MAX bytes. No locking.
 *
 *   \n (a new line: column 0 too)  \r  \b  \t (to the next multiple of 8)
 *   CSI n A B C D  cursor up, down, right, left      CSI n E F  lines down, up, to column 0
 *   CSI n G        column n from 1                   CSI r;c H f  position from 1;1
 *   CSI n J K      erase in screen, in line: 0 from the cursor on, 1 up to it, 2 all
 *   CSI … m        0 reset, 1 bold (bright), 2 dim, 22 neither, 7 27 reverse; 30–37 90–97
 *                  38;5;n 39; 40–47 100–107 48;5;n 49; 38;2;r;g;b and 48;2;r;g;b to the nearest
 *                  of the cube
 *   CSI s u, ESC 7 8  save, restore the cursor       CSI ?25 h l  show, hide it       ESC c  reset
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/core/console/grid.h"
#include "lib/utf8.h"

#define VT_PARAMETERS_MAX 16
#define VT_PARAMETER_MAX  9999u
#define VT_SEQUENCE_MAX   256u

#define VT_FOREGROUND 7 /* the default colours */
#define VT_BACKGROUND 0

enum vt_state { VT_TEXT, VT_ESCAPE, VT_ESCAPE_REST, VT_CSI, VT_CSI_IGNORE, VT_STRING };

struct vt_style {
    uint8_t foreground, background;
    bool bold, dim, reverse;
};

struct vt {
    struct grid *grid;
    struct utf8_decoder utf8;
    struct vt_style style;
    unsigned saved_column, saved_row;
    bool cursor_hidden;

    enum vt_state state;
    unsigned length; /* bytes of the sequence so far */
    bool private;    /* CSI ? */
    unsigned parameters[VT_PARAMETERS_MAX];
    unsigned parameter_count; /* ≥ 1 once there is a CSI */
};

void vt_init(struct vt *vt, struct grid *grid);
void vt_reset(struct vt *vt); /* parser, colours, cursor shown; the cells stay */
void vt_write(struct vt *vt, const char *text, size_t size);
/* Text in a style of its own, whatever sequence is under way: \n and \t act, every other control
   character shows as U+FFFD. For what others wrote: a log line cannot move the cursor. */
void vt_write_plain(struct vt *vt, struct vt_style style, const char *text, size_t size);
struct text_cell vt_blank(const struct vt *vt); /* what erasing leaves */
