/*
 * What clients show. A surface has two states: what was said (pending) and what is seen (current); COMMIT
 * makes the one the other, whole. One of the kinds WINDOW and DIALOG is a window (window.h), a POPUP lies at
 * its parent.
 */
#pragma once

#include <stdbool.h>

#include "user/desktop/client.h"
#include "user/desktop/window.h"
#include "user/draw/icon.h"

struct surface_state {
    struct buffer *buffer;
    bool attached;         /* of pending: the buffer is new */
    struct region damage;  /* of its pixels */
    struct region opaque;  /* of its pixels, whatever their alpha says */
    bool opaque_said;      /* of pending: since the last commit */
};

struct surface {
    struct client *client;
    uint32_t number;
    enum surface_kind kind;
    struct surface *parent;
    struct surface_state pending, current;
    int x, y;              /* of a popup: relative to the parent's content */
    int wanted_width, wanted_height;
    bool committed;        /* once at least */
    bool frame_due;        /* FRAME when it is on the screen */
    uint32_t serial, acknowledged; /* of CONFIGURE */
    uint32_t commits;
    enum pointer shape;
    struct window window;  /* not of a popup */
};

/* One of the client's; NULL. */
struct surface *surface_of(const struct client *client, uint32_t number);
/* The handlers; what is wrong is a fault. */
void surface_make(struct client *client, const struct message_surface *message);
void surface_attach(struct surface *surface, uint32_t buffer);
void surface_damage(struct surface *surface, const struct message_rect *message);
void surface_opaque(struct surface *surface, const struct message_rect *message);
void surface_commit(struct surface *surface);
void surface_end(struct surface *surface);
void surface_end_all(struct client *client);

void surface_show_hung(struct client *client);
/* Where its pixels are on the screen; empty: nowhere. */
struct rect surface_box(const struct surface *surface);
/* It is seen: on this workspace, not minimised, with a buffer. */
bool surface_visible(const struct surface *surface);
/* After a frame: FRAME to those that wait for it. */
void surface_frames_done(uint32_t frame);
bool surface_frames_due(void);
