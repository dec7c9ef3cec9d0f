/*
 * The terminal's language: UTF-8 text, control characters and ANSI sequences (ECMA-48, and what
 * the VT220 and xterm add), acted out on a grid. What it does not know it swallows: a sequence
 * never reaches the screen as text and never lasts longer than VT_SEQUENCE_MAX bytes. No locking.
 *
 *   \n \v \f (down; column 0 too, unless `lone_feeds`)  \r  \b  \t (to the next tab stop)
 *   \a (the bell)
 *   SO SI ESC ( 0 B  ESC ) 0 B    line-drawing characters and back
 *   CSI n A B C D e a             cursor up, down, right, left, down, right
 *   CSI n E F  CSI n G ` d        lines down, up, to column 0; to column n, to row n from 1
 *   CSI r;c H f                   position from 1;1
 *   CSI n J K                     erase in screen, in line: 0 from the cursor on, 1 up to it, 2 all
 *   CSI n X                       erase n cells
 *   CSI n @ P L M S T             insert, delete cells; insert, delete lines; scroll up, down
 *   CSI n b                       the last character, n times more
 *   CSI r;s r                     rows r to s scroll      CSI ?6 h l  and positions count from r
 *   CSI … m    0 reset, 1 bold (bright), 2 dim, 22 neither, 4 21 24 underlined (a colour), 7 27
 *              reverse; 30–37 90–97 38;5;n 39; 40–47 100–107 48;5;n 49; 38;2;r;g;b and 48;2;r;g;b
 *              to the nearest of the cube
 *   CSI s u, ESC 7 8              save, restore the cursor, colours and characters
 *   ESC D M E H, CSI n I Z g      down, up, new line; tab stops: set, forward, back, clear (3: all)
 *   CSI 4 h l  ?7 h l             insert; wrap at the end of a row (on at first)
 *   CSI ?25 h l  ?1 h l           show the cursor; the keyboard's cursor keys send ESC O
 *   CSI ?1049 ?1047 ?47 h l       the other screen
 *   CSI 5 n 6 n c > c             answered: ready; where the cursor is; what this is (a VT220)
 *   ESC c, CSI ! p                reset all; the modes
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/core/console/grid.h"
#include "lib/span.h"
#include "lib/utf8.h"

#define VT_PARAMETERS_MAX 16
#define VT_PARAMETER_MAX  9999u
#define VT_SEQUENCE_MAX   256u
#define VT_REPLY_MAX      64u
#define VT_TABS_MAX       512u /* columns that can have a tab stop */

#define VT_FOREGROUND 7 /* the default colours */
#define VT_BACKGROUND 0

enum vt_state { VT_TEXT, VT_ESCAPE, VT_ESCAPE_REST, VT_CSI, VT_CSI_IGNORE, VT_STRING };

struct vt_style {
    uint8_t foreground, background;
    bool bold, dim, reverse, underline;
};

/* What ESC 7 saves. */
struct vt_cursor {
    unsigned column, row;
    struct vt_style style;
    bool origin;
    bool drawing[2], shifted;
};

struct vt {
    struct grid *grid;
    struct utf8_decoder utf8;
    struct vt_style style;
    struct vt_cursor saved, saved_by_swap;
    uint32_t last;         /* the last character that was shown; 0: none */
    bool lone_feeds;       /* its owner's: line feeds keep the column */
    bool cursor_hidden;
    bool application_keys; /* for the keyboard: ESC O instead of ESC [ */
    bool insert, origin;
    bool swapped;          /* the other screen is shown */
    bool bell;             /* \a came; its owner forgets it */
    bool drawing[2];       /* G0, G1 are line-drawing characters */
    bool shifted;          /* G1 is in use */
    bool tabs[VT_TABS_MAX];

    enum vt_state state;
    unsigned length; /* bytes of the sequence so far */
    uint8_t prefix;  /* CSI ? or > or !; ESC ( or ) */
    unsigned parameters[VT_PARAMETERS_MAX];
    unsigned parameter_count; /* ≥ 1 once there is a CSI */

    char reply[VT_REPLY_MAX]; /* to what was asked, until somebody takes it */
    unsigned reply_size;
};

void vt_init(struct vt *vt, struct grid *grid);
/* Parser, colours, modes; the first screen is shown again; the cells stay. */
void vt_reset(struct vt *vt);
void vt_write(struct vt *vt, const char *text, size_t size);
/* Text in a style of its own, whatever sequence is under way: \n and \t act, every other control
   character shows as U+FFFD. For what others wrote: a log line cannot move the cursor. */
void vt_write_plain(struct vt *vt, struct vt_style style, const char *text, size_t size);
/* What it answers, as a keyboard would type it; what has no room is left out. Returns how many
   bytes. */
size_t vt_take_reply(struct vt *vt, struct room to);
struct text_cell vt_blank(const struct vt *vt); /* what erasing leaves */

/* ---- between vt.c and vt_sequences.c --------------------------------------------------------- */
void vt_control(struct vt *vt, uint8_t byte);
void vt_put(struct vt *vt, uint32_t character);
void vt_csi(struct vt *vt, uint8_t final);
void vt_escape(struct vt *vt, uint8_t final);
void vt_charset(struct vt *vt, uint8_t set); /* ESC prefix set */
void vt_default_tabs(struct vt *vt);
void vt_tab(struct vt *vt);
