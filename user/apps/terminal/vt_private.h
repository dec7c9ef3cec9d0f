/* What the files of vt share. */
#pragma once

#include "user/apps/terminal/grid.h"
#include "user/apps/terminal/parser.h"
#include "user/apps/terminal/vt.h"

#define MODE_CURSOR      0x001u /* DECTCEM */
#define MODE_BLINK       0x002u
#define MODE_CURSOR_KEYS 0x004u /* DECCKM: application */
#define MODE_KEYPAD      0x008u /* DECKPAM */
#define MODE_REVERSE     0x010u /* DECSCNM */
#define MODE_NEWLINE     0x020u /* LNM */
#define MODE_PASTE       0x040u /* bracketed */
#define MODE_FOCUS       0x080u /* reports it */
#define MODE_SGR_MOUSE   0x100u
#define MODE_WHEEL_KEYS  0x200u /* on the alternate screen the wheel is arrow keys */

struct vt {
    struct parser parser;
    struct grid grid;
    struct vt_hooks hooks;
    void *context;
    unsigned modes; /* MODE_… */
    enum { MOUSE_OFF, MOUSE_BUTTONS, MOUSE_DRAG, MOUSE_ALL } mouse;
    int mouse_button, mouse_column, mouse_row; /* what was reported last */
    int shape; /* of the cursor */
    uint8_t charset[2], shift;
    uint32_t last; /* character, for REP */
};

void vt_reply(struct vt *vt, const char *text);
void vt_save(struct vt *vt);
void vt_restore(struct vt *vt);

/* vt_modes.c */
void vt_ansi_mode(struct vt *vt, const struct sequence *sequence, bool on);
void vt_private_mode(struct vt *vt, const struct sequence *sequence, bool on);
void vt_report_mode(struct vt *vt, int number);
void vt_pen(struct cell *pen, const struct sequence *sequence); /* SGR */
