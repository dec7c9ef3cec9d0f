/*
 * What a window looks like: its title bar, drawn when it changed and kept as a picture; content, edges,
 * shadow as an item of compose.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/desktop/scene.h"
#include "user/desktop/words.h"

#define FADE_HUNG 110 /* of 255 */

static int scaled(int length)
{
    return draw_scale(length, look.percent);
}

static bool is_active(const struct surface *surface)
{
    return scene_focused() == surface;
}

/* ---- the title bar ----------------------------------------------------------------------------- */

static void draw_button(const struct canvas *bar, const struct surface *surface, enum part part,
                        enum icon icon, colour_t colour)
{
    const struct theme *theme = &look.theme;
    struct rect frame = {0, 0, surface->window.frame.w, surface->window.frame.h};
    struct rect at = place_button(frame, &look.measures, part), sign;
    int size = scaled(16);

    if (surface->window.hot == part) {
        colour_t under = part == PART_CLOSE ? theme->bad : theme->hover;

        draw_round(bar, rect_inset(at, scaled(4)), scaled(6), CORNERS_ALL, under);
        colour = part == PART_CLOSE ? theme->surface : colour;
    }
    sign = (struct rect){at.x + (at.w - size) / 2, at.y + (at.h - size) / 2, size, size};
    draw_icon(bar, sign, icon, colour);
}

static void draw_buttons(const struct canvas *bar, const struct surface *surface, colour_t colour)
{
    bool large = surface->window.state == STATE_MAXIMISED;

    if (surface->kind == SURFACE_WINDOW)
        draw_button(bar, surface, PART_MINIMISE, ICON_MINIMISE, colour);
    if (!window_is_fixed(surface))
        draw_button(bar, surface, PART_MAXIMISE, large ? ICON_RESTORE : ICON_MAXIMISE, colour);
    draw_button(bar, surface, PART_CLOSE, ICON_CLOSE, colour);
}

static void draw_title(const struct canvas *bar, const struct surface *surface, colour_t colour)
{
    const struct font *font = font_get(FONT_UI_BOLD, scaled(13));
    int size = scaled(20), x = scaled(9), left = x + size + scaled(7);
    struct rect buttons =
        place_button((struct rect){0, 0, surface->window.frame.w, 0}, &look.measures, PART_MINIMISE);
    char title[192];

    draw_icon(bar, (struct rect){x, (bar->height - size) / 2, size, size}, icon_named(surface->window.icon),
              colour);
    snprintf(title, sizeof(title), surface->client->hung ? "%s (%s)" : "%s", surface->window.title,
             words(WORD_NOT_RESPONDING));
    draw_label(bar, (struct rect){left, 0, buttons.x - left, bar->height}, font, title, ALIGN_START, colour);
}

static void draw_bar(struct surface *surface)
{
    const struct theme *theme = &look.theme;
    const struct canvas *bar = &surface->window.bar;
    bool active = is_active(surface);
    colour_t text = active ? theme->frame_text : theme->frame_back_text;

    draw_fill(bar, (struct rect){0, 0, bar->width, bar->height}, active ? theme->frame : theme->frame_back);
    draw_fill(bar, (struct rect){0, bar->height - look.measures.edge, bar->width, look.measures.edge},
              theme->border);
    draw_title(bar, surface, text);
    draw_buttons(bar, surface, text);
    surface->window.bar_good = true;
}

/* Room for the bar as it is now; false: there is none. */
static bool room_for_bar(struct window *window)
{
    int width = window->frame.w, height = look.measures.title;
    uint32_t *pixels;

    if (window->bar.pixels && window->bar.width == width && window->bar.height == height)
        return true;
    pixels = malloc((size_t)width * (size_t)height * sizeof(*pixels));
    if (!pixels)
        return false;
    free(window->bar.pixels);
    window->bar = canvas_of(pixels, width, height, width);
    window->bar_good = false;
    return true;
}

/* ---- the window as an item --------------------------------------------------------------------- */

static void add_bar(struct surface *surface, struct item *item)
{
    struct window *window = &surface->window;
    struct piece *piece = &item->pieces[item->piece_count++];

    *piece = (struct piece){.at = {window->frame.x, window->frame.y, window->frame.w, look.measures.title},
                            .colour = look.theme.frame};
    if (!room_for_bar(window))
        return;
    if (!window->bar_good)
        draw_bar(surface);
    piece->picture = window->bar;
}

/* Where no pixels of the client's are yet. */
static void add_ground(struct item *item, struct rect at)
{
    if (!rect_empty(at))
        item->pieces[item->piece_count++] = (struct piece){.at = at, .colour = look.theme.surface};
}

static bool is_opaque(const struct surface *surface)
{
    const struct buffer *buffer = surface->current.buffer;
    struct region left;

    if (!buffer->alpha)
        return true;
    region_clear(&left);
    region_add(&left, (struct rect){0, 0, buffer->width, buffer->height});
    for (size_t i = 0; i < surface->current.opaque.count; i++)
        region_remove(&left, surface->current.opaque.rects[i]);
    return left.count == 0;
}

static void add_content(const struct surface *surface, struct item *item)
{
    struct rect content = window_content(surface), at = surface_box(surface);
    bool opaque = is_opaque(surface);

    if (!opaque || at.w < content.w || at.h < content.h)
        add_ground(item, content);
    item->pieces[item->piece_count++] =
        (struct piece){.at = at, .picture = buffer_picture(surface->current.buffer), .alpha = !opaque,
                       .opaque = &surface->current.opaque};
}

void frame_item(struct surface *surface, struct item *item)
{
    const struct window *window = &surface->window;
    bool has_frame = window_has_frame(surface), large = window->state == STATE_MAXIMISED;

    *item = (struct item){.box = window->frame, .fade_colour = look.theme.surface};
    item->fade = surface->client->hung ? FADE_HUNG : 0;
    if (has_frame) {
        item->radius = large || window->tile ? 0 : scaled(look.theme.radius);
        item->border = look.measures.edge;
        item->border_colour = look.theme.border;
        item->shadow = large ? 0 : scaled(look.theme.shadow);
        item->shadow_alpha = is_active(surface) ? 130 : 80;
        add_bar(surface, item);
    }
    add_content(surface, item);
}

/* ---- changes ----------------------------------------------------------------------------------- */

void frame_damage(struct surface *surface)
{
    struct item item = {.box = surface->window.frame, .shadow = scaled(look.theme.shadow)};

    if (surface_visible(surface))
        compose_damage(window_has_frame(surface) ? compose_extent(&item) : item.box);
}

void frame_changed(struct surface *surface)
{
    struct rect bar = surface->window.frame;

    surface->window.bar_good = false;
    bar.h = look.measures.title;
    if (surface_visible(surface) && window_has_frame(surface))
        compose_damage(bar);
}

void frame_set_hot(struct surface *surface, enum part part)
{
    part = part >= PART_MINIMISE && part <= PART_CLOSE ? part : PART_NONE;
    if (surface->window.hot == part)
        return;
    surface->window.hot = part;
    frame_changed(surface);
}

void frame_end(struct surface *surface)
{
    free(surface->window.bar.pixels);
    surface->window.bar.pixels = NULL;
}
