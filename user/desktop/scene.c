/* Stacking, workspaces, focus; the list of items of a frame. See scene.h. */
#include "user/desktop/scene.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/desktop/clipboard.h"
#include "user/desktop/layer.h"
#include "user/desktop/magnifier.h"
#include "user/desktop/panel.h"
#include "user/desktop/pointer.h"

struct look look;

static struct surface *windows[WINDOWS_MAX]; /* from the front */
static unsigned window_count;
static struct surface *popups[POPUPS_MAX]; /* from the front */
static unsigned popup_count;
static struct surface *focused;
static int workspace;
static int panel_height;
static struct canvas wallpaper;
static struct rect preview, picked;

/* ---- the ground -------------------------------------------------------------------------------- */

static void draw_ground(void)
{
    if (look.plain)
        draw_fill(&wallpaper, wallpaper.clip, look.theme.desktop[0]);
    else
        draw_wallpaper(&wallpaper, &look.theme);
}

int scene_resize(void)
{
    struct rect box = compose_box();
    int stride = box.w + 16; /* as compose.c has it */
    uint32_t *pixels = malloc((size_t)stride * (size_t)box.h * sizeof(*pixels));

    if (!pixels)
        return -ENOMEM;
    free(wallpaper.pixels);
    wallpaper = canvas_of(pixels, box.w, box.h, stride);
    draw_ground();
    return 0;
}

int scene_start(void)
{
    int error = scene_resize();

    if (error)
        return error;
    window_count = popup_count = 0;
    focused = NULL;
    workspace = 0;
    preview = picked = (struct rect){0, 0, 0, 0};
    return 0;
}

void scene_end(void)
{
    free(wallpaper.pixels);
    wallpaper.pixels = NULL;
}

void scene_relook(void)
{
    draw_ground();
    for (unsigned i = 0; i < window_count; i++)
        window_refit(windows[i]);
    layer_relook();
    compose_damage(scene_screen());
}

struct rect scene_screen(void)
{
    return compose_box();
}

struct rect scene_area(void)
{
    struct rect area = compose_box();

    area.h -= panel_height;
    return area;
}

void scene_set_panel(int height)
{
    panel_height = height;
}

/* ---- stacking ---------------------------------------------------------------------------------- */

static unsigned place_of(const struct surface *surface)
{
    unsigned i = 0;

    while (i < window_count && windows[i] != surface)
        i++;
    return i;
}

static void take_out(unsigned at)
{
    memmove(windows + at, windows + at + 1, (--window_count - at) * sizeof(*windows));
}

static void put_first(struct surface *surface)
{
    memmove(windows + 1, windows, window_count++ * sizeof(*windows));
    windows[0] = surface;
}

/* Dialogs stay above what they belong to. */
static void raise_dialogs(const struct surface *surface)
{
    for (unsigned i = window_count; i-- > 0;) {
        struct surface *other = windows[i];

        if (other->parent != surface)
            continue;
        take_out(i);
        put_first(other);
        frame_damage(other);
        break;
    }
}

void scene_raise(struct surface *surface)
{
    unsigned at = place_of(surface);

    if (at == window_count)
        return;
    if (at > 0) {
        take_out(at);
        put_first(surface);
        frame_damage(surface);
    }
    raise_dialogs(surface);
}

int scene_add(struct surface *surface)
{
    if (window_count == WINDOWS_MAX)
        return -ENOSPC;
    put_first(surface);
    frame_damage(surface);
    if (surface->window.workspace == workspace)
        scene_focus(surface);
    return 0;
}

void scene_remove(struct surface *surface)
{
    unsigned at = place_of(surface);

    if (at < window_count)
        take_out(at);
    if (focused == surface) {
        focused = NULL;
        scene_refocus();
    }
}

struct surface *scene_window(unsigned number)
{
    return number < window_count ? windows[number] : NULL;
}

/* ---- focus ------------------------------------------------------------------------------------- */

struct surface *scene_focused(void)
{
    return focused;
}

static void tell_focus(struct surface *surface, bool has)
{
    struct message_number message = {{MESSAGE_FOCUS, sizeof(message), surface->number}, has, 0};

    client_send(surface->client, &message, -1);
    if (has)
        clipboard_tell(surface->client);
    window_configure(surface);
    frame_changed(surface);
    frame_damage(surface); /* its shadow is another */
}

static void set_focus(struct surface *surface)
{
    struct surface *before = focused;

    if (before == surface)
        return;
    scene_dismiss_popups();
    focused = surface;
    if (before)
        tell_focus(before, false);
    if (surface) {
        tell_focus(surface, true);
        magnifier_show(surface->window.frame);
    }
    panel_changed();
}

struct surface *scene_modal(struct surface *surface)
{
    for (unsigned i = 0; i < window_count; i++) {
        if (windows[i]->parent == surface && windows[i]->kind == SURFACE_DIALOG)
            return scene_modal(windows[i]);
    }
    return surface;
}

static void bring_back(struct surface *surface)
{
    struct window *window = &surface->window;

    if (window->state != STATE_MINIMISED)
        return;
    window->state = window->before;
    frame_damage(surface);
    panel_changed();
}

void scene_focus(struct surface *surface)
{
    if (!surface) {
        set_focus(NULL);
        return;
    }
    if (surface->window.workspace != workspace)
        scene_set_workspace(surface->window.workspace);
    bring_back(surface);
    scene_raise(surface);
    set_focus(scene_modal(surface));
    pointer_look();
}

void scene_refocus(void)
{
    for (unsigned i = 0; i < window_count; i++) {
        if (surface_visible(windows[i])) {
            set_focus(scene_modal(windows[i]));
            return;
        }
    }
    set_focus(NULL);
}

/* ---- popups ------------------------------------------------------------------------------------ */

int scene_add_popup(struct surface *surface)
{
    if (popup_count == POPUPS_MAX)
        return -ENOSPC;
    memmove(popups + 1, popups, popup_count++ * sizeof(*popups));
    popups[0] = surface;
    return 0;
}

void scene_remove_popup(struct surface *surface)
{
    unsigned at = 0;

    while (at < popup_count && popups[at] != surface)
        at++;
    if (at < popup_count)
        memmove(popups + at, popups + at + 1, (--popup_count - at) * sizeof(*popups));
}

struct surface *scene_popup(unsigned number)
{
    return number < popup_count ? popups[number] : NULL;
}

void scene_dismiss_popups(void)
{
    for (unsigned i = 0; i < popup_count; i++) {
        struct message_number message = {{MESSAGE_POPUP_DONE, sizeof(message), popups[i]->number}, 0, 0};

        client_send(popups[i]->client, &message, -1);
    }
}

/* ---- workspaces -------------------------------------------------------------------------------- */

int scene_workspace(void)
{
    return workspace;
}

void scene_set_workspace(int number)
{
    if (number < 0 || number >= WORKSPACES || number == workspace)
        return;
    workspace = number;
    compose_damage(scene_screen());
    scene_refocus();
    panel_changed();
    pointer_look();
}

void scene_send_to(struct surface *surface, int number)
{
    if (number < 0 || number >= WORKSPACES || number == surface->window.workspace)
        return;
    frame_damage(surface);
    surface->window.workspace = number;
    for (unsigned i = 0; i < window_count; i++) {
        if (windows[i]->parent == surface)
            scene_send_to(windows[i], number);
    }
    scene_refocus();
    panel_changed();
    pointer_look();
}

/* ---- what is at a point ------------------------------------------------------------------------ */

struct surface *scene_surface_at(int x, int y, enum part *part, unsigned *edges)
{
    *edges = 0;
    *part = PART_CONTENT;
    for (unsigned i = 0; i < popup_count; i++) {
        if (surface_visible(popups[i]) && rect_has(surface_box(popups[i]), x, y))
            return popups[i];
    }
    for (unsigned i = 0; i < window_count; i++) {
        struct surface *s = windows[i];
        bool fixed = window_is_fixed(s) || s->window.state == STATE_MAXIMISED;

        if (!surface_visible(s))
            continue;
        if (!window_has_frame(s))
            return s;
        *part = place_part(s->window.frame, &look.measures, x, y, fixed, edges);
        if (*part != PART_NONE)
            return s;
    }
    return NULL;
}

/* ---- seeing it --------------------------------------------------------------------------------- */

#define ITEMS_MAX 192u
static struct item items[ITEMS_MAX];
static unsigned item_count;

static void set_outline(struct rect *outline, struct rect at)
{
    if (memcmp(&at, outline, sizeof(at)) == 0)
        return;
    compose_damage(*outline);
    *outline = at;
    compose_damage(at);
}

void scene_set_preview(struct rect at)
{
    set_outline(&preview, at);
}

void scene_set_area(struct rect at)
{
    set_outline(&picked, at);
}

/* One with alpha has round corners and a border of its own. */
static void add_popup(struct surface *surface)
{
    struct item *item = &items[item_count++];
    const struct buffer *buffer = surface->current.buffer;
    int radius = draw_scale(8, look.percent);

    *item = (struct item){.box = surface_box(surface),
                          .shadow = draw_scale(look.theme.shadow / 2, look.percent),
                          .shadow_alpha = 110,
                          .shadow_radius = radius,
                          .piece_count = 1};
    if (!buffer->alpha) {
        item->radius = radius;
        item->border = look.measures.edge;
        item->border_colour = look.theme.border;
    }
    item->pieces[0] =
        (struct piece){.at = item->box, .picture = buffer_picture(buffer), .alpha = buffer->alpha,
                       .opaque = &surface->current.opaque};
}

static void add_outline(struct rect box, int radius)
{
    struct item *item = &items[item_count++];

    *item = (struct item){.box = box,
                          .radius = radius,
                          .border = 2 * look.measures.edge,
                          .border_colour = look.theme.accent,
                          .piece_count = 1};
    item->pieces[0] =
        (struct piece){.at = item->box, .alpha = true, .colour = colour_alpha(look.theme.accent, 60)};
}

static void add_windows(void)
{
    bool first = true;

    for (unsigned i = 0; i < window_count && item_count < ITEMS_MAX - 2; i++) {
        if (!surface_visible(windows[i]))
            continue;
        frame_item(windows[i], &items[item_count++]);
        if (first && !rect_empty(preview))
            add_outline(rect_inset(preview, look.measures.grab), draw_scale(10, look.percent));
        first = false;
    }
}

static void add_wallpaper(void)
{
    struct item *item = &items[item_count++];

    *item = (struct item){.box = scene_screen(), .piece_count = 1};
    item->pieces[0] = (struct piece){.at = item->box, .picture = wallpaper};
}

/* A window that has the whole screen hides the panel, which is the lowest layer. */
static bool hides_panel(void)
{
    return focused && focused->window.state == STATE_FULLSCREEN && surface_visible(focused);
}

void scene_compose(void)
{
    struct layer *layer;

    item_count = 0;
    if (!rect_empty(picked))
        add_outline(picked, 0);
    for (unsigned i = 0; (layer = layer_number(i)); i++) {
        if (layer->level > 0 || !hides_panel())
            layer_item(layer, &items[item_count++]);
    }
    for (unsigned i = 0; i < popup_count; i++) {
        if (surface_visible(popups[i]))
            add_popup(popups[i]);
    }
    add_windows();
    add_wallpaper();
    compose_frame(items, item_count);
}

void scene_draw_small(const struct canvas *canvas, struct rect at, struct surface *surface)
{
    const struct buffer *buffer = surface->current.buffer;
    struct canvas picture;

    if (!buffer)
        return;
    picture = buffer_picture(buffer);
    draw_scaled(canvas, at, &picture);
}
