/*
 * Windows: their surface at the server, their size, and when they are drawn.
 * A window's life: ui_window → ui_window_show (window_say) → CONFIGURE → window_update: layout, paint,
 * window_commit (pixels.c) → FRAME → … → ui_window_end. Protocol: user/desktop/protocol.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

extern const struct widget_class *const column_class_used;

/* ---- making ---------------------------------------------------------------------------------- */

struct ui_window *window_new(struct ui_window *parent, enum surface_kind kind)
{
    struct ui_window *window = calloc(1, sizeof(*window));

    if (!window)
        return NULL;
    window->kind = kind;
    window->parent = parent;
    window->memory = -1;
    window->layout = true;
    window->next = ui.windows;
    ui.windows = window;
    ui.had_window = true;
    return window;
}

static struct ui_window *make_window(struct ui_window *parent, enum surface_kind kind, const char *title,
                                     int width, int height)
{
    struct ui_window *window = window_new(parent, kind);
    struct widget *root = window ? widget_new_root(window, column_class_used) : NULL;

    if (root)
        window->content = ui_column(root);
    if (!window || !window->content) {
        ui_window_end(window);
        return NULL;
    }
    root->gap = 0;
    window->content->pad_x = window->content->pad_y = MARGIN;
    window->content->grow = 1;
    window->wanted_width = width;
    window->wanted_height = height;
    ui_window_set_title(window, title);
    ui_window_set_icon(window, parent ? parent->icon : ui.name);
    return window;
}

struct ui_window *ui_window(const char *title, int width, int height)
{
    return ui.started ? make_window(NULL, SURFACE_WINDOW, title, width, height) : NULL;
}

struct ui_window *ui_dialog(struct ui_window *parent, const char *title, int width, int height)
{
    struct ui_window *dialog;

    if (!parent || parent->dead)
        return NULL;
    dialog = make_window(parent, SURFACE_DIALOG, title, width, height);
    if (dialog)
        parent->dialog = dialog;
    return dialog;
}

struct ui_window *window_popup(struct ui_window *parent, int x, int y)
{
    struct ui_window *popup = window_new(parent, SURFACE_POPUP);

    if (!popup)
        return NULL;
    popup->x = x;
    popup->y = y;
    return popup;
}

/* ---- ending ---------------------------------------------------------------------------------- */

static void unlink_window(struct ui_window *window)
{
    struct ui_window **at = &ui.windows;

    while (*at && *at != window)
        at = &(*at)->next;
    if (*at)
        *at = window->next;
}

static void end_children(struct ui_window *window)
{
    struct ui_window *child = ui.windows;

    while (child) {
        if (child->parent == window) {
            ui_window_end(child);
            child = ui.windows;
        } else {
            child = child->next;
        }
    }
}

static void forget_window(struct ui_window *window)
{
    struct ui_window *parent = window->parent;

    if (ui.keyboard == window)
        ui.keyboard = NULL;
    if (!parent)
        return;
    if (parent->popup == window)
        parent->popup = NULL;
    if (parent->dialog == window) {
        parent->dialog = NULL;
        for (struct ui_window *other = ui.windows; other; other = other->next)
            if (other->kind == SURFACE_DIALOG && other->parent == parent && other != window)
                parent->dialog = other;
    }
}

static void free_surface(struct ui_window *window)
{
    if (window->surface == 0)
        return;
    connection_say_plain(MESSAGE_SURFACE_END, window->surface);
    ui.surfaces &= ~(1u << (window->surface - 1));
    window->surface = 0;
}

void ui_window_end(struct ui_window *window)
{
    if (!window || window->dead)
        return;
    window->dead = true;
    if (window->ended)
        window->ended(window);
    end_children(window);
    forget_window(window);
    unlink_window(window);
    free_surface(window);
    widget_bury(window->root);
    window->grave = ui.window_graves;
    ui.window_graves = window;
}

/* ---- what the server is told ----------------------------------------------------------------- */

static unsigned next_surface(void)
{
    static unsigned last;

    for (unsigned i = 0; i < SURFACES_MAX; i++) {
        unsigned bit = (last + i) % SURFACES_MAX;

        if (!(ui.surfaces >> bit & 1)) {
            ui.surfaces |= 1u << bit;
            last = bit + 1;
            return bit + 1;
        }
    }
    return 0;
}

static void say_text(unsigned type, unsigned surface, const char *text)
{
    struct message_text message = {0};

    text_copy(message.text, sizeof(message.text), text);
    connection_say(&message, type, surface, NULL, 0);
}

void window_least(struct ui_window *window, int *width, int *height)
{
    *width = *height = 1;
    if (!window->root)
        return;
    widget_measure(window->root);
    *width = window->root->need_width > 0 ? window->root->need_width : 1;
    *height = window->root->need_height > 0 ? window->root->need_height : 1;
}

static int at_most(int length, int most)
{
    return most > 0 && length > most ? most : length;
}

static void say_limits(struct ui_window *window)
{
    struct message_limits message = {0};
    int limits[4];

    window_least(window, &limits[0], &limits[1]);
    for (int i = 0; i < 2; i++) {
        if (ui_px(window->limits[i]) > limits[i])
            limits[i] = ui_px(window->limits[i]);
        /* A screen that is smaller than the content wins. */
        limits[i] = at_most(limits[i], i == 0 ? ui.desktop.width : ui.desktop.height);
        limits[2 + i] = window->limits[2 + i] ? ui_px(window->limits[2 + i]) : 0;
        if (limits[2 + i] != 0 && limits[2 + i] < limits[i])
            limits[2 + i] = limits[i];
    }
    if (window->kind == SURFACE_POPUP || memcmp(limits, window->said_limits, sizeof(limits)) == 0)
        return;
    memcpy(window->said_limits, limits, sizeof(limits));
    message.least_width = limits[0];
    message.least_height = limits[1];
    message.most_width = limits[2];
    message.most_height = limits[3];
    connection_say(&message, MESSAGE_LIMITS, window->surface, NULL, 0);
}

static void wanted_size(struct ui_window *window, int *width, int *height)
{
    window_least(window, width, height);
    if (ui_px(window->wanted_width) > *width)
        *width = ui_px(window->wanted_width);
    if (ui_px(window->wanted_height) > *height)
        *height = ui_px(window->wanted_height);
    *width = at_most(*width, SIZE_MAX_PX);
    *height = at_most(*height, SIZE_MAX_PX);
}

void window_say(struct ui_window *window)
{
    struct message_surface message = {.kind = window->kind, .x = window->x, .y = window->y};

    if (!ui.connected || (window->parent && window->parent->surface == 0))
        return;
    window->surface = next_surface();
    if (window->surface == 0)
        return;
    message.parent = window->parent ? window->parent->surface : 0;
    if (window->width > 0) { /* as it was when the server went */
        message.width = window->width;
        message.height = window->height;
    } else {
        wanted_size(window, &message.width, &message.height);
    }
    connection_say(&message, MESSAGE_SURFACE, window->surface, NULL, 0);
    say_text(MESSAGE_TITLE, window->surface, window->title);
    say_text(MESSAGE_ICON, window->surface, window->icon);
    memset(window->said_limits, 0, sizeof(window->said_limits));
    say_limits(window);
    if (window->state != STATE_NORMAL)
        connection_say_number(MESSAGE_STATE, window->surface, (uint32_t)window->state);
    connection_say_plain(MESSAGE_COMMIT, window->surface);
}

void window_lost(struct ui_window *window)
{
    window->surface = 0;
    window->serial = 0;
    window->waiting = window->acknowledge = window->active = false;
    window->held = 0;
    window->pointer = POINTER_ARROW;
    window->inside = false;
    window->pressed = window->over = NULL;
    window->front = NULL;
    for (int i = 0; i < 2; i++) {
        window->buffers[i].number = 0;
        window->buffers[i].held = false;
    }
    window_damage(window, (struct rect){0, 0, window->width, window->height});
    ui.keyboard = NULL;
    if (window->kind != SURFACE_POPUP)
        return;
    if (window->popup_done)
        window->popup_done(window);
    else
        ui_window_end(window);
}

void ui_window_show(struct ui_window *window)
{
    if (!window || window->shown || window->dead)
        return;
    window->shown = true;
    if (!window->focus && window->kind != SURFACE_POPUP)
        input_focus_step(window, 1);
    window->focus_by_key = window->kind == SURFACE_DIALOG;
    window_say(window);
}

/* ---- what the server says -------------------------------------------------------------------- */

static void take_configure(struct ui_window *window, const struct message_configure *configure)
{
    const int width = configure->width, height = configure->height;

    if (width < 1 || height < 1 || width > SIZE_MAX_PX || height > SIZE_MAX_PX)
        return;
    window->serial = configure->serial;
    window->acknowledge = true;
    window->maximised = configure->state & (CONFIGURE_MAXIMISED | CONFIGURE_FULLSCREEN);
    window->touched = true; /* a frame is wanted */
    if (width == window->width && height == window->height)
        return;
    window->width = width;
    window->height = height;
    window->layout = true;
    window_damage(window, (struct rect){0, 0, width, height});
}

static void set_active(struct ui_window *window, bool active)
{
    if (window->active == active)
        return;
    window->active = active;
    window->marks = false;
    if (active)
        ui.keyboard = window;
    else if (ui.keyboard == window)
        ui.keyboard = NULL;
    if (window->focus) {
        if (window->focus->class->focus)
            window->focus->class->focus(window->focus);
        ui_redraw(window->focus);
    }
    if (window->on_active.call)
        hook_as(&window->on_active, ui_action)(window->content, window->on_active.context);
}

static void take_close(struct ui_window *window)
{
    if (window->dialog)
        return;
    if (!window->on_close.call || hook_as(&window->on_close, ui_close_call)(window, window->on_close.context))
        ui_window_end(window);
}

static void take_frame(struct ui_window *window)
{
    window->waiting = false;
    window->touched = true;
}

void window_message(struct ui_window *window, const union message *message)
{
    switch (message->head.type) {
    case MESSAGE_CONFIGURE:
        take_configure(window, &message->configure);
        break;
    case MESSAGE_FRAME:
        take_frame(window);
        break;
    case MESSAGE_FOCUS:
        set_active(window, message->number.number != 0);
        break;
    case MESSAGE_CLOSE:
        take_close(window);
        break;
    case MESSAGE_POPUP_DONE:
        if (window->popup_done)
            window->popup_done(window);
        else if (window->kind == SURFACE_POPUP)
            ui_window_end(window);
        break;
    default:
        input_message(window, message);
    }
}

/* ---- drawing --------------------------------------------------------------------------------- */

void window_damage(struct ui_window *window, struct rect at)
{
    at = rect_and(at, (struct rect){0, 0, window->width, window->height});
    if (!rect_empty(at))
        region_add(&window->damage, at);
}

void window_layout(struct ui_window *window)
{
    if (!window->layout || !window->root || window->width == 0)
        return;
    window->layout = false;
    widget_measure(window->root);
    widget_place(window->root, (struct rect){0, 0, window->width, window->height});
    input_moved(window);
    if (window->surface)
        say_limits(window);
}

/* The corners of a popup are transparent outside of their arc. */
static void paint_corner(const struct canvas *canvas, struct rect at, int centre_x, int centre_y, int radius)
{
    for (int y = at.y; y < at.y + at.h; y++)
        for (int x = at.x; x < at.x + at.w; x++) {
            uint32_t *pixel = &canvas->pixels[(ptrdiff_t)y * canvas->stride + x];
            unsigned inside = 0;

            for (int sub = 0; sub < 16; sub++) {
                int dx = 8 * x + 2 * (sub % 4) + 1 - 8 * centre_x,
                    dy = 8 * y + 2 * (sub / 4) + 1 - 8 * centre_y;

                inside += dx * dx + dy * dy <= 64 * radius * radius;
            }
            uint32_t red = (*pixel >> 16 & 255) * inside / 16, green = (*pixel >> 8 & 255) * inside / 16;

            *pixel = (inside * 255 / 16) << 24 | red << 16 | green << 8 | (*pixel & 255) * inside / 16;
        }
}

static int popup_radius(void)
{
    return ui_px(CONTROL_RADIUS + 2);
}

/* The four corners' squares; their centres are the window's inner points. */
static void popup_corner(const struct ui_window *window, int which, struct rect *at, int *x, int *y)
{
    const int radius = popup_radius();

    *at = (struct rect){which & 1 ? window->width - radius : 0, which & 2 ? window->height - radius : 0,
                        radius, radius};
    *x = which & 1 ? window->width - radius : radius;
    *y = which & 2 ? window->height - radius : radius;
}

static bool is_round(const struct ui_window *window)
{
    return window->kind == SURFACE_POPUP && window->width > 2 * popup_radius() &&
           window->height > 2 * popup_radius();
}

static void paint_corners(struct ui_window *window, const struct canvas *canvas)
{
    struct rect at;
    int x, y;

    for (int i = 0; i < 4; i++) {
        popup_corner(window, i, &at, &x, &y);
        if (!rect_empty(rect_and(at, region_bounds(&window->damage))))
            paint_corner(canvas, at, x, y, popup_radius());
    }
}

/* A corner is painted whole or not at all. */
static void whole_corners(struct ui_window *window)
{
    const struct rect bounds = region_bounds(&window->damage);
    struct rect at;
    int x, y;

    for (int i = 0; i < 4; i++) {
        popup_corner(window, i, &at, &x, &y);
        if (!rect_empty(rect_and(at, bounds)))
            region_add(&window->damage, at);
    }
}

static void paint_rect(struct ui_window *window, const struct canvas *canvas, struct rect at)
{
    const struct canvas part = canvas_clipped(canvas, at);

    draw_fill(&part, at, window->kind == SURFACE_POPUP ? ui.theme.field : ui.theme.surface);
    widget_paint(window->root, &part);
    if (window->kind == SURFACE_POPUP)
        draw_round_border(&part, (struct rect){0, 0, window->width, window->height},
                          is_round(window) ? popup_radius() : 0, CORNERS_ALL, ui_px(1), ui.theme.border);
}

static void paint(struct ui_window *window, const struct canvas *canvas)
{
    for (unsigned i = 0; i < window->scroll_count; i++) {
        const struct scroll_step *step = &window->scrolls[i];

        draw_scroll(canvas, step->at, step->dx, step->dy);
    }
    if (is_round(window))
        whole_corners(window);
    for (size_t i = 0; i < window->damage.count; i++)
        paint_rect(window, canvas, window->damage.rects[i]);
    if (is_round(window))
        paint_corners(window, canvas);
}

static void draw(struct ui_window *window)
{
    struct buffer *back = window_back(window);
    struct canvas canvas;

    if (!back)
        return;
    canvas = canvas_of(back->pixels, window->width, window->height, window->width);
    paint(window, &canvas);
    window_commit(window, back, &window->damage);
    region_clear(&window->damage);
}

void window_frame(struct ui_window *window)
{
    window->touched = false;
    hook_as(&window->on_frame, ui_frame)(window, window->on_frame.context);
}

void window_update(struct ui_window *window)
{
    if (!window->shown || window->dead || window->surface == 0 || window->serial == 0 || window->width == 0)
        return;
    if (window->on_frame.call) {
        if (!window->waiting && window->touched)
            window_frame(window);
        return;
    }
    window_layout(window);
    if (window->waiting)
        return;
    if (window->damage.count > 0 || !window->front) {
        if (window_memory(window) != 0)
            return;
        draw(window);
    } else if (window->acknowledge) {
        window_commit(window, NULL, NULL);
    }
}

/* ---- what programs say of it ----------------------------------------------------------------- */

struct widget *ui_window_content(struct ui_window *window)
{
    return window ? window->content : NULL;
}

void ui_window_set_title(struct ui_window *window, const char *title)
{
    if (!window || !title || strcmp(window->title, title) == 0)
        return;
    text_copy(window->title, sizeof(window->title), title);
    if (window->surface == 0)
        return;
    say_text(MESSAGE_TITLE, window->surface, window->title);
    connection_say_plain(MESSAGE_COMMIT, window->surface);
}

const char *ui_window_title(const struct ui_window *window)
{
    return window ? window->title : "";
}

void ui_window_set_icon(struct ui_window *window, const char *name)
{
    if (!window || !name)
        return;
    text_copy(window->icon, sizeof(window->icon), name);
    if (window->surface == 0)
        return;
    say_text(MESSAGE_ICON, window->surface, window->icon);
    connection_say_plain(MESSAGE_COMMIT, window->surface);
}

void ui_window_set_limits(struct ui_window *window, int least_width, int least_height, int most_width,
                          int most_height)
{
    const int limits[4] = {least_width, least_height, most_width, most_height};

    if (!window)
        return;
    for (int i = 0; i < 4; i++)
        window->limits[i] = limits[i] < 0 ? 0 : at_most(limits[i], SIZE_MAX_PX / 2);
    window->layout = true;
}

void ui_window_size(const struct ui_window *window, int *width, int *height)
{
    *width = window ? window->width : 0;
    *height = window ? window->height : 0;
}

void ui_window_set_state(struct ui_window *window, int state)
{
    if (!window || state < STATE_NORMAL || state > STATE_FULLSCREEN)
        return;
    window->state = state == STATE_MINIMISED ? window->state : state;
    if (window->surface)
        connection_say_number(MESSAGE_STATE, window->surface, (uint32_t)state);
}

bool ui_window_active(const struct ui_window *window)
{
    return window && (window->active || (window->popup && window->popup->active));
}

void ui_window_on_active(struct ui_window *window, ui_action call, void *context)
{
    if (window)
        hook_set(&window->on_active, call, context);
}

void ui_window_on_close(struct ui_window *window, ui_close_call call, void *context)
{
    if (window)
        hook_set(&window->on_close, call, context);
}

void ui_window_close(struct ui_window *window)
{
    if (window && !window->dead)
        take_close(window);
}

void ui_window_on_key(struct ui_window *window, ui_key_call call, void *context)
{
    if (window)
        hook_set(&window->on_key, call, context);
}

void ui_window_set_default(struct ui_window *window, struct widget *button)
{
    if (window)
        window->default_button = button;
}

void ui_window_set_context(struct ui_window *window, void *context)
{
    if (window)
        window->context = context;
}

void *ui_window_context(const struct ui_window *window)
{
    return window ? window->context : NULL;
}

struct widget *ui_window_focus(const struct ui_window *window)
{
    return window ? window->focus : NULL;
}
