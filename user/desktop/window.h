/*
 * A window: a surface with a frame, which is ours. What it looks like (frame.c), where it is and what becomes
 * of it (window.c). Which lies on which is scene.h's.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "user/desktop/compose.h"
#include "user/desktop/place.h"
#include "user/desktop/protocol.h"
#include "user/draw/icon.h"

struct surface;

struct window {
    struct rect frame;        /* as it is seen, title and edges included */
    struct rect normal;       /* to come back to from a tile, maximised, full screen */
    enum window_state state;
    enum window_state before; /* it was minimised */
    enum tile tile;
    int workspace;            /* 0 … */
    bool shown;               /* it has had a buffer */
    bool resizing;            /* by the user, now */
    struct limits limits;
    char title[128];
    char icon[32];
    /* The title bar as it was drawn last. */
    struct canvas bar;
    bool bar_good;
    enum part hot;            /* the button under the pointer */
};

/* ---- window.c: what becomes of it; CONFIGURE says it to the client ---- */
void window_start(struct surface *surface); /* a place for it; it is not seen yet */
void window_committed(struct surface *surface);
void window_end(struct surface *surface);
void window_set_frame(struct surface *surface, struct rect frame); /* it is damaged, and told */
void window_move(struct surface *surface, int x, int y);
void window_set_state(struct surface *surface, enum window_state state);
void window_set_tile(struct surface *surface, enum tile tile);
void window_set_title(struct surface *surface, const char *title);
void window_set_icon(struct surface *surface, const char *icon);
void window_set_limits(struct surface *surface, const struct message_limits *limits);
void window_configure(struct surface *surface);
void window_close(struct surface *surface); /* the user wants it */
/* The screen, the scale or the theme are others. */
void window_refit(struct surface *surface);
bool window_is_fixed(const struct surface *surface); /* its size cannot change */
bool window_has_frame(const struct surface *surface); /* not when it has the whole screen */
struct rect window_content(const struct surface *surface); /* on the screen */

/* ---- frame.c: what it looks like ---- */
void frame_item(struct surface *surface, struct item *item);
void frame_damage(struct surface *surface);       /* all of it, with its shadow */
void frame_changed(struct surface *surface);      /* the title bar is another */
void frame_set_hot(struct surface *surface, enum part part);
void frame_end(struct surface *surface);
