/*
 * What the desktop itself shows over the windows: panel, launcher, notifications … Each draws into a picture
 * of its own, when something of it changed; a frame copies from it.
 *
 *     layer_show(&layer, box) → layer_changed(&layer) … → layer_hide(&layer)
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "user/desktop/compose.h"

struct layer {
    /* The owner's. */
    int level;        /* the higher is in front */
    int radius, shadow;
    bool border;
    void (*draw)(const struct canvas *canvas); /* all of it; its (0, 0) is the layer's */
    /* The pointer, in its pixels; NULL: it does not care. `pressed`: of the left button; -1: it moved;
       outside == true: it is not over it, and was. */
    void (*point)(int x, int y, int pressed, bool outside);
    void (*wheel)(int notches);
    /* A click elsewhere; NULL: nothing. */
    void (*dismiss)(void);
    /* layer.c's */
    struct rect box;
    bool shown, stale;
    struct canvas picture;
};

int layer_show(struct layer *layer, struct rect box); /* -ENOMEM: it is not shown */
void layer_hide(struct layer *layer);
void layer_changed(struct layer *layer);
/* All of it is drawn anew, but only this part is another. */
void layer_changed_in(struct layer *layer, struct rect part);
void layer_relook(void);                        /* all are drawn anew */
struct layer *layer_at(int x, int y);
/* The number-th from the front. */
struct layer *layer_number(unsigned number);
/* Draws what is stale, and says what it looks like. */
void layer_item(struct layer *layer, struct item *item);
/* A click at no layer, or at this one: the others with `dismiss` go. */
void layer_dismiss_others(const struct layer *but);
