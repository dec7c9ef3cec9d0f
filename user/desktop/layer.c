/* Layers, each with its picture. See layer.h. */
#include "user/desktop/layer.h"

#include <errno.h>
#include <stdlib.h>

#include "user/desktop/scene.h"

#define LAYERS_MAX 16u

static struct layer *shown[LAYERS_MAX]; /* from the front */
static unsigned count;

static void damage(const struct layer *layer)
{
    struct item item = {.box = layer->box, .shadow = draw_scale(layer->shadow, look.percent)};

    compose_damage(compose_extent(&item));
}

static int room_for_picture(struct layer *layer, struct rect box)
{
    uint32_t *pixels;

    if (layer->picture.pixels && layer->picture.width == box.w && layer->picture.height == box.h)
        return 0;
    pixels = malloc((size_t)box.w * (size_t)box.h * sizeof(*pixels));
    if (!pixels)
        return -ENOMEM;
    free(layer->picture.pixels);
    layer->picture = canvas_of(pixels, box.w, box.h, box.w);
    return 0;
}

static void insert(struct layer *layer)
{
    unsigned at = 0;

    while (at < count && shown[at]->level > layer->level)
        at++;
    for (unsigned i = count++; i > at; i--)
        shown[i] = shown[i - 1];
    shown[at] = layer;
    layer->shown = true;
}

int layer_show(struct layer *layer, struct rect box)
{
    if (rect_empty(box) || (!layer->shown && count == LAYERS_MAX) || room_for_picture(layer, box))
        return -ENOMEM;
    if (layer->shown)
        damage(layer);
    else
        insert(layer);
    layer->box = box;
    layer->stale = true;
    damage(layer);
    return 0;
}

void layer_hide(struct layer *layer)
{
    unsigned at = 0;

    if (!layer->shown)
        return;
    damage(layer);
    while (shown[at] != layer)
        at++;
    for (count--; at < count; at++)
        shown[at] = shown[at + 1];
    layer->shown = false;
    free(layer->picture.pixels);
    layer->picture.pixels = NULL;
}

void layer_changed(struct layer *layer)
{
    layer->stale = true;
    if (layer->shown)
        compose_damage(layer->box);
}

void layer_changed_in(struct layer *layer, struct rect part)
{
    layer->stale = true;
    if (layer->shown)
        compose_damage(rect_and(rect_moved(part, layer->box.x, layer->box.y), layer->box));
}

void layer_relook(void)
{
    for (unsigned i = 0; i < count; i++)
        layer_changed(shown[i]);
}

struct layer *layer_at(int x, int y)
{
    for (unsigned i = 0; i < count; i++) {
        if (rect_has(shown[i]->box, x, y))
            return shown[i];
    }
    return NULL;
}

struct layer *layer_number(unsigned number)
{
    return number < count ? shown[number] : NULL;
}

void layer_item(struct layer *layer, struct item *item)
{
    if (layer->stale) {
        layer->stale = false;
        layer->draw(&layer->picture);
    }
    *item = (struct item){.box = layer->box,
                          .radius = draw_scale(layer->radius, look.percent),
                          .border = layer->border ? look.measures.edge : 0,
                          .border_colour = look.theme.border,
                          .shadow = draw_scale(layer->shadow, look.percent),
                          .shadow_alpha = 110,
                          .piece_count = 1};
    item->pieces[0] = (struct piece){.at = layer->box, .picture = layer->picture};
}

void layer_dismiss_others(const struct layer *but)
{
    for (unsigned i = count; i-- > 0;) {
        if (i < count && shown[i] != but && shown[i]->dismiss)
            shown[i]->dismiss();
    }
}
