/* What becomes of windows. See window.h. */
#include "user/desktop/window.h"

#include <stdio.h>
#include <string.h>

#include "user/desktop/panel.h"
#include "user/desktop/pointer.h"
#include "user/desktop/remember.h"
#include "user/desktop/scene.h"
#include "user/desktop/surface.h"
#include "user/desktop/system.h"

#define FIRST_WIDTH  640 /* of a window that leaves it to us, at 100 % */
#define FIRST_HEIGHT 420

static unsigned opened; /* windows so far */

bool window_has_frame(const struct surface *surface)
{
    return surface->window.state != STATE_FULLSCREEN;
}

struct rect window_content(const struct surface *surface)
{
    const struct window *window = &surface->window;

    return window_has_frame(surface) ? place_content(window->frame, &look.measures) : window->frame;
}

bool window_is_fixed(const struct surface *surface)
{
    const struct limits *l = &surface->window.limits;

    return l->most_width > 0 && l->most_height > 0 && l->most_width <= l->least_width &&
           l->most_height <= l->least_height;
}

/* ---- telling the client ------------------------------------------------------------------------ */

static unsigned state_of(const struct surface *surface)
{
    const struct window *window = &surface->window;
    unsigned state = scene_focused() == surface ? CONFIGURE_ACTIVE : 0;

    if (window->state == STATE_MAXIMISED || window->tile == TILE_FULL)
        state |= CONFIGURE_MAXIMISED;
    if (window->state == STATE_FULLSCREEN)
        state |= CONFIGURE_FULLSCREEN;
    return window->tile > TILE_FULL ? state | CONFIGURE_TILED : state;
}

void window_configure(struct surface *surface)
{
    struct rect content = window_content(surface);
    struct message_configure message = {{MESSAGE_CONFIGURE, sizeof(message), surface->number},
                                        ++surface->serial,
                                        content.w,
                                        content.h,
                                        state_of(surface)};

    client_send(surface->client, &message, -1);
}

/* ---- coming and going -------------------------------------------------------------------------- */

static struct rect first_place(const struct surface *surface)
{
    int width = surface->wanted_width ? surface->wanted_width : draw_scale(FIRST_WIDTH, look.percent);
    int height = surface->wanted_height ? surface->wanted_height : draw_scale(FIRST_HEIGHT, look.percent);
    struct rect area = scene_area(), frame = place_new(area, width, height, opened, &look.measures);

    if (surface->parent) { /* a dialog in the middle of what it belongs to */
        struct rect over = surface->parent->window.frame;

        frame.x = over.x + (over.w - frame.w) / 2;
        frame.y = over.y + (over.h - frame.h) / 2;
    }
    return place_kept(frame, area, &look.measures);
}

void window_start(struct surface *surface)
{
    surface->window.workspace = surface->parent ? surface->parent->window.workspace : scene_workspace();
    snprintf(surface->window.title, sizeof(surface->window.title), "%s", surface->client->name);
    snprintf(surface->window.icon, sizeof(surface->window.icon), "%s", surface->client->name);
}

/* Where a window of its state and tile lies. */
static struct rect fitting(const struct surface *surface)
{
    const struct window *window = &surface->window;

    if (window->state == STATE_FULLSCREEN)
        return scene_screen();
    if (window->state == STATE_MAXIMISED)
        return scene_area();
    if (window->tile != TILE_NONE)
        return place_tile(scene_area(), window->tile);
    return window->normal;
}

/* The first COMMIT: where it will be, so that the client knows how large it is. */
static void settle(struct surface *surface)
{
    struct window *window = &surface->window;

    window->frame = window->normal = first_place(surface);
    if (!surface->parent && window->state == STATE_NORMAL)
        remember_recall(surface);
    window->frame = fitting(surface);
    window_configure(surface);
}

static void show(struct surface *surface)
{
    surface->window.shown = true;
    opened++;
    if (scene_add(surface))
        client_fault(surface->client, MESSAGE_SURFACE, "too many windows");
    panel_changed();
}

/* A free window is as large as its client draws it. */
static void follow_size(struct surface *surface)
{
    struct window *window = &surface->window;
    struct rect content = window_content(surface), frame = window->frame;
    const struct buffer *buffer = surface->current.buffer;

    if (window->state != STATE_NORMAL || window->tile != TILE_NONE || window->resizing)
        return;
    if (surface->acknowledged != surface->serial ||
        (content.w == buffer->width && content.h == buffer->height))
        return;
    frame = place_frame((struct rect){content.x, content.y, buffer->width, buffer->height}, &look.measures);
    frame_damage(surface);
    window->frame = window->normal = place_limited(frame, 0, &(struct limits){0, 0, 0, 0}, &look.measures);
    frame_changed(surface);
    frame_damage(surface);
}

void window_committed(struct surface *surface)
{
    struct window *window = &surface->window;

    if (!surface->committed)
        settle(surface);
    if (!surface->current.buffer)
        return;
    follow_size(surface);
    if (!window->shown)
        show(surface);
}

void window_end(struct surface *surface)
{
    if (surface->window.shown) {
        remember_note(surface);
        frame_damage(surface);
        scene_remove(surface);
    }
    frame_end(surface);
    panel_changed();
}

/* ---- where it is ------------------------------------------------------------------------------- */

void window_set_frame(struct surface *surface, struct rect frame)
{
    struct window *window = &surface->window;
    bool resized = frame.w != window->frame.w || frame.h != window->frame.h;

    frame_damage(surface);
    window->frame = frame;
    frame_damage(surface);
    if (!resized)
        return;
    frame_changed(surface);
    window_configure(surface);
}

void window_move(struct surface *surface, int x, int y)
{
    struct rect frame = surface->window.frame;

    frame.x = x;
    frame.y = y;
    window_set_frame(surface, place_kept(frame, scene_area(), &look.measures));
    surface->window.normal = surface->window.frame;
}

static bool is_free(const struct window *window)
{
    return window->state == STATE_NORMAL && window->tile == TILE_NONE;
}

/* After a change of state or tile. */
static void fit(struct surface *surface)
{
    struct rect frame = fitting(surface);
    bool resized = frame.w != surface->window.frame.w || frame.h != surface->window.frame.h;

    frame_changed(surface);
    window_set_frame(surface, frame);
    if (!resized)
        window_configure(surface);
    panel_changed();
    pointer_look();
}

static void minimise(struct surface *surface)
{
    frame_damage(surface);
    surface->window.before = surface->window.state;
    surface->window.state = STATE_MINIMISED;
    scene_refocus();
    panel_changed();
    pointer_look();
}

void window_set_state(struct surface *surface, enum window_state state)
{
    struct window *window = &surface->window;

    if (state == window->state || (window_is_fixed(surface) && state == STATE_MAXIMISED))
        return;
    if (state == STATE_MINIMISED) {
        minimise(surface);
        return;
    }
    if (is_free(window))
        window->normal = window->frame;
    if (window->state == STATE_FULLSCREEN || state == STATE_FULLSCREEN)
        frame_damage(surface);
    window->state = state;
    window->tile = TILE_NONE;
    fit(surface);
}

void window_set_tile(struct surface *surface, enum tile tile)
{
    struct window *window = &surface->window;

    if (window_is_fixed(surface))
        return;
    if (tile == TILE_FULL) {
        window_set_state(surface, STATE_MAXIMISED);
        return;
    }
    if (is_free(window))
        window->normal = window->frame;
    window->state = STATE_NORMAL;
    window->tile = tile;
    fit(surface);
}

/* No larger than the area: on a smaller screen than before. */
static struct rect within_size(struct rect frame, struct rect area)
{
    if (frame.w > area.w) {
        frame.x = area.x;
        frame.w = area.w;
    }
    if (frame.h > area.h) {
        frame.y = area.y;
        frame.h = area.h;
    }
    return frame;
}

void window_refit(struct surface *surface)
{
    struct window *window = &surface->window;
    struct rect area = scene_area();

    window->normal = place_kept(within_size(window->normal, area), area, &look.measures);
    window->bar_good = false;
    if (window->shown)
        fit(surface);
}

/* ---- what the client says of it ---------------------------------------------------------------- */

void window_set_title(struct surface *surface, const char *title)
{
    if (strcmp(surface->window.title, title) == 0)
        return;
    snprintf(surface->window.title, sizeof(surface->window.title), "%s", title);
    frame_changed(surface);
    panel_changed();
}

void window_set_icon(struct surface *surface, const char *icon)
{
    snprintf(surface->window.icon, sizeof(surface->window.icon), "%.31s", icon);
    frame_changed(surface);
    panel_changed();
}

static int size_within(int size)
{
    return size < 0 ? 0 : size > SIZE_MAX_PX ? SIZE_MAX_PX : size;
}

void window_set_limits(struct surface *surface, const struct message_limits *limits)
{
    surface->window.limits =
        (struct limits){size_within(limits->least_width), size_within(limits->least_height),
                        size_within(limits->most_width), size_within(limits->most_height)};
    frame_changed(surface); /* one that is fixed has no button for it */
}

void window_close(struct surface *surface)
{
    struct message_plain message = {{MESSAGE_CLOSE, sizeof(message), surface->number}};

    client_ask(surface->client);
    client_send(surface->client, &message, -1);
}
