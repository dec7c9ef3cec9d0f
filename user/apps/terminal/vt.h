/*
 * The language of terminals: bytes of a program in, a grid of characters out, with the lines that went by.
 * It is xterm's, as its control sequence manual ("XTerm Control Sequences") and ECMA-48 have it; TERM is
 * xterm-256color.
 *
 *     struct vt *vt = vt_new(80, 24, &hooks, context);
 *     vt_write(vt, bytes, size);                          what the program says
 *     for (row = 0; row < vt_rows(vt); row++)
 *         if (vt_take_dirty(vt, row)) draw(vt_row(vt, row, room));
 *     size = vt_key(vt, KEY_UP, modifiers, "", to);       what the user says, for the program
 *
 * Nothing in the bytes can do harm: numbers are cut to the grid, text that never ends is dropped, memory is
 * bounded. Where memory is lacking, lines that went by are lost, nothing else. One thread's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VT_SCROLLBACK  10000u /* lines that went by and are kept */
#define VT_COLUMNS_MAX 1000
#define VT_ROWS_MAX    500
#define VT_KEY_BYTES   64u    /* room that vt_key and its like want */

/* ---- cells --------------------------------------------------------------------------------------- */
#define CELL_BOLD      0x001u
#define CELL_DIM       0x002u
#define CELL_ITALIC    0x004u
#define CELL_UNDERLINE 0x008u
#define CELL_BLINK     0x010u
#define CELL_INVERSE   0x020u
#define CELL_HIDDEN    0x040u
#define CELL_STRIKE    0x080u
#define CELL_WIDE      0x100u /* takes two columns */
#define CELL_TAIL      0x200u /* the second of them: nothing is drawn */

/* Colours: the terminal's own, one of 256, or 24 bits. */
#define VT_DEFAULT    0u
#define VT_PALETTE    0x1000000u /* | 0–255 */
#define VT_RGB        0x2000000u /* | 0xRRGGBB */
/* What one of the 256 is as 0xRRGGBB; the first 16 are the theme's, not here: -1. */
long vt_palette(unsigned index);

struct cell {
    uint32_t character;
    uint32_t attributes; /* CELL_… */
    uint32_t foreground, background;
};

struct vt;

struct vt_hooks { /* any may be NULL */
    void (*reply)(void *context, const char *bytes, size_t size); /* for the program */
    void (*title)(void *context, const char *text);
    void (*bell)(void *context);
    void (*copy)(void *context, const char *text, size_t size); /* OSC 52: the program sets the clipboard */
};

/* NULL: no memory. Sizes are cut to 1 … VT_…_MAX. */
struct vt *vt_new(int columns, int rows, const struct vt_hooks *hooks, void *context);
void vt_free(struct vt *vt);
void vt_write(struct vt *vt, const void *bytes, size_t size);
/* Long lines are broken anew. -ENOMEM: it stays as it was. */
int vt_resize(struct vt *vt, int columns, int rows);
void vt_reset(struct vt *vt);
void vt_clear_scrollback(struct vt *vt);

/* ---- what is to be seen ---------------------------------------------------------------------------- */
int vt_columns(const struct vt *vt);
int vt_rows(const struct vt *vt);
/* Lines that went by; 0 while the alternate screen is shown. */
int vt_scrollback(const struct vt *vt);
/* Row 0 to vt_rows - 1 of the screen; -1: the last line that went by, and so on to -vt_scrollback. Cells to
   vt_columns; `room` is for that many. */
const struct cell *vt_row(const struct vt *vt, int row, struct cell *room);
/* The row goes on in the next one: it is one line. */
bool vt_wraps(const struct vt *vt, int row);
/* Since the last time: by how many lines all of the screen went up, and whether the row, which went along,
   changed. */
bool vt_take_dirty(struct vt *vt, int row);
int vt_take_scrolled(struct vt *vt);
struct vt_cursor {
    int column, row;
    bool visible, blinks;
    enum { CURSOR_BLOCK, CURSOR_UNDERLINE, CURSOR_BAR } shape;
};
struct vt_cursor vt_cursor(const struct vt *vt);
bool vt_reverse(const struct vt *vt); /* the whole screen's colours are exchanged */

/* ---- what the user does ------------------------------------------------------------------------------ */
/* Each gives the bytes for the program, at most VT_KEY_BYTES, and says how many; 0: none. `modifiers`:
   MODIFIER_… of protocol.h. `code`: KEY_… of keys.h; `text`: what the key types. */
size_t vt_key(const struct vt *vt, unsigned code, unsigned modifiers, const char *text,
              char to[VT_KEY_BYTES]);
enum vt_mouse { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_MOVE };
/* Whether the program wants the mouse at all: else it is the user's, to select. */
bool vt_wants_mouse(const struct vt *vt);
/* button: 0 left, 1 middle, 2 right, 3 none (of moves), 4 wheel up, 5 wheel down; cells from 0. */
size_t vt_mouse(struct vt *vt, enum vt_mouse what, int button, int column, int row, unsigned modifiers,
                char to[VT_KEY_BYTES]);
size_t vt_focus(const struct vt *vt, bool on, char to[VT_KEY_BYTES]);
/* What goes around a text that is pasted; ESC and other controls of the text are not for the program: it
   gets a copy without them, line ends as CR. free() it; NULL: no memory. */
char *vt_paste(const struct vt *vt, const char *text, size_t size, size_t *paste_size);
