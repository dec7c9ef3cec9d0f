/*
 * What lies over what, what is on which workspace, who has the focus. One thread.
 *
 *     from the front:  the pointer · layers of the desktop (layer.h) · popups · windows · wallpaper
 */
#pragma once

#include <stdbool.h>

#include "user/desktop/compose.h"
#include "user/desktop/surface.h"
#include "user/draw/theme.h"

#define WORKSPACES   4
#define WINDOWS_MAX  128u
#define POPUPS_MAX   16u

/* What all of the desktop looks like. */
struct look {
    struct theme theme;
    int percent;             /* scale */
    struct measures measures;
    bool plain;              /* the wallpaper has one colour */
};
extern struct look look;

int scene_start(void);       /* the wallpaper; -ENOMEM */
void scene_end(void);
void scene_relook(void);     /* look is another: all is drawn anew */
int scene_resize(void);      /* the screen is another; then scene_relook. -ENOMEM */
struct rect scene_screen(void);
struct rect scene_area(void); /* without the panel */
void scene_set_panel(int height);

/* ---- windows ---- */
int scene_add(struct surface *surface); /* on top, with the focus; -ENOSPC */
void scene_remove(struct surface *surface);
void scene_raise(struct surface *surface);
struct surface *scene_window(unsigned number); /* from the front, of all workspaces; NULL: no more */
struct surface *scene_focused(void);           /* NULL: none */
void scene_focus(struct surface *surface);     /* raised, its workspace shown; NULL: none */
void scene_refocus(void);                      /* to the uppermost that is seen */
/* It or its dialog that must be answered first. */
struct surface *scene_modal(struct surface *surface);

int scene_add_popup(struct surface *surface);
void scene_remove_popup(struct surface *surface);
struct surface *scene_popup(unsigned number);  /* from the front */
void scene_dismiss_popups(void);

int scene_workspace(void);
void scene_set_workspace(int workspace);
void scene_send_to(struct surface *surface, int workspace);

/* ---- what is at a point ---- */
struct surface *scene_surface_at(int x, int y, enum part *part, unsigned *edges);

/* ---- seeing it ---- */
void scene_set_preview(struct rect at); /* of a window, behind the one that is held; empty: none */
void scene_set_area(struct rect at);    /* what is picked, in front of everything; empty: none */
void scene_compose(void);
/* A window alone, as large as `at`. For thumbnails. */
void scene_draw_small(const struct canvas *canvas, struct rect at, struct surface *surface);
