/* See pointer.h. One thread. */
#include "user/desktop/pointer.h"

#include <stdlib.h>
#include <string.h>

#include "lib/abi/keys.h"
#include "user/desktop/drag.h"
#include "user/desktop/hung.h"
#include "user/desktop/input.h"
#include "user/desktop/layer.h"
#include "user/desktop/magnifier.h"
#include "user/desktop/scene.h"
#include "user/desktop/settings.h"
#include "user/desktop/system.h"
#include "user/desktop/window_menu.h"

#define FINE       256 /* steps of a pixel */
#define FAST       6   /* from so many steps at once the pointer is faster than the hand */
#define WIDE       65536

/* What the button that is held does. */
enum hold {
    HOLD_NONE, HOLD_CONTENT, HOLD_TITLE, HOLD_MOVE, HOLD_RESIZE, HOLD_BUTTON, HOLD_LAYER, HOLD_NOTHING,
    HOLD_KEYS_MOVE, HOLD_KEYS_RESIZE, HOLD_AREA
};

static struct {
    int x, y;                /* pixels */
    int fine_x, fine_y;      /* what is left of a pixel */
    int step_x, step_y;      /* of the events before INPUT_REPORT */
    bool moved;
    uint64_t time_ns;
    unsigned buttons;        /* bits: left, right, middle … */
    unsigned modifiers;
    struct surface *over;    /* that had ENTER */
    struct layer *layer;
    struct surface *framed;  /* whose frame it is over */
    bool stale;
    /* The hold. */
    enum hold hold;
    struct surface *held;
    enum part part;
    unsigned edges;
    int start_x, start_y;
    struct rect start;       /* of the window */
    enum tile tile;
    /* Clicks. */
    uint64_t click_ns;
    unsigned click_code, clicks;
    int click_x, click_y;
    void (*picked)(struct rect area);
} p;

void pointer_start(void)
{
    struct rect screen = scene_screen();

    memset(&p, 0, sizeof(p));
    p.x = screen.w / 2;
    p.y = screen.h / 2;
    compose_move(p.x, p.y);
    p.stale = true;
}

static int clamp(int value, int size)
{
    return value < 0 ? 0 : value >= size ? size - 1 : value;
}

void pointer_resize(void)
{
    struct rect screen = scene_screen();

    p.x = clamp(p.x, screen.w);
    p.y = clamp(p.y, screen.h);
    compose_move(p.x, p.y);
    p.stale = true;
}

void pointer_place(int *x, int *y)
{
    *x = p.x;
    *y = p.y;
}

bool pointer_is_held(void)
{
    return p.hold != HOLD_NONE;
}

bool pointer_is_held_by(const struct surface *surface)
{
    return p.hold == HOLD_CONTENT && p.held == surface;
}

bool pointer_has_ctrl(void)
{
    return p.modifiers & MODIFIER_CTRL;
}

void pointer_look(void)
{
    p.stale = true;
}

/* ---- telling a surface ------------------------------------------------------------------------- */

static struct message_pointer message_for(const struct surface *surface, unsigned type)
{
    struct rect box = surface_box(surface);

    return (struct message_pointer){.head = {(uint16_t)type, sizeof(struct message_pointer), surface->number},
                                    .time_ns = p.time_ns, .x = p.x - box.x, .y = p.y - box.y,
                                    .modifiers = p.modifiers};
}

static void tell(const struct surface *surface, const void *message)
{
    if (!surface->client->hung) /* it has enough to do when it wakes up */
        client_send(surface->client, message, -1);
}

static void tell_moved(const struct surface *surface, unsigned type)
{
    struct message_pointer message = message_for(surface, type);

    tell(surface, &message);
}

static void set_over(struct surface *surface)
{
    if (p.over == surface)
        return;
    if (p.over) {
        struct message_plain leave = {{MESSAGE_LEAVE, sizeof(leave), p.over->number}};

        tell(p.over, &leave);
    }
    p.over = surface;
    if (surface)
        tell_moved(surface, MESSAGE_ENTER);
}

/* ---- what is under it -------------------------------------------------------------------------- */

static enum pointer shape_of_edges(unsigned edges)
{
    switch (edges) {
    case EDGE_LEFT:
    case EDGE_RIGHT:
        return POINTER_SIZE_X;
    case EDGE_TOP:
    case EDGE_BOTTOM:
        return POINTER_SIZE_Y;
    case EDGE_LEFT | EDGE_TOP:
    case EDGE_RIGHT | EDGE_BOTTOM:
        return POINTER_SIZE_DOWN;
    default:
        return POINTER_SIZE_UP;
    }
}

static void set_framed(struct surface *surface, enum part part)
{
    if (p.framed && p.framed != surface)
        frame_set_hot(p.framed, PART_NONE);
    p.framed = surface;
    if (surface)
        frame_set_hot(surface, part);
}

/* One that comes under a pointer at rest, not by_hand, was not pointed at: the keys choose in it. */
static void set_layer(struct layer *layer, bool by_hand)
{
    if (p.layer && p.layer != layer && p.layer->shown && p.layer->point)
        p.layer->point(0, 0, -1, true);
    p.layer = layer;
    if (layer && layer->point && by_hand)
        layer->point(p.x - layer->box.x, p.y - layer->box.y, -1, false);
}

static void look_at_windows(void)
{
    enum part part;
    unsigned edges;
    struct surface *surface = scene_surface_at(p.x, p.y, &part, &edges);
    bool content =
        surface && part == PART_CONTENT && surface_box(surface).w && rect_has(surface_box(surface), p.x, p.y);

    set_over(content ? surface : NULL);
    set_framed(surface && !content && surface->kind != SURFACE_POPUP ? surface : NULL, part);
    if (content)
        compose_pointer(surface->client->hung ? POINTER_WAIT : surface->shape, look.percent);
    else
        compose_pointer(surface && part == PART_EDGE ? shape_of_edges(edges) : POINTER_ARROW, look.percent);
}

static bool is_hidden_panel(const struct layer *layer)
{
    const struct surface *focused = scene_focused();

    return layer->level == 0 && focused && focused->window.state == STATE_FULLSCREEN;
}

static void look_now(bool by_hand)
{
    struct layer *layer = layer_at(p.x, p.y);

    p.stale = false;
    if (p.hold != HOLD_NONE)
        return;
    if (layer && is_hidden_panel(layer))
        layer = NULL;
    set_layer(layer, by_hand);
    if (!layer) {
        look_at_windows();
        return;
    }
    set_over(NULL);
    set_framed(NULL, PART_NONE);
    compose_pointer(POINTER_ARROW, look.percent);
}

void pointer_settle(void)
{
    if (p.stale)
        look_now(false);
}

/* ---- moving windows ---------------------------------------------------------------------------- */

static void hold(enum hold what, struct surface *surface, unsigned edges)
{
    p.hold = what;
    p.held = surface;
    p.edges = edges;
    p.start_x = p.x;
    p.start_y = p.y;
    p.start = surface && surface->kind != SURFACE_POPUP ? surface->window.frame : (struct rect){0, 0, 0, 0};
    p.tile = TILE_NONE;
    if (what == HOLD_RESIZE || what == HOLD_KEYS_RESIZE)
        surface->window.resizing = true;
}

static void let_go(void)
{
    struct surface *surface = p.held;

    if (surface && surface->kind != SURFACE_POPUP && surface->window.resizing) {
        surface->window.resizing = false;
        surface->window.normal = surface->window.frame;
        window_configure(surface);
    }
    scene_set_area((struct rect){0, 0, 0, 0});
    scene_set_preview((struct rect){0, 0, 0, 0});
    p.hold = HOLD_NONE;
    p.held = NULL;
    p.stale = true;
}

/* A large window that is pulled by its title is a free one again, under the pointer. */
static void pull_loose(struct surface *surface)
{
    struct window *window = &surface->window;
    struct rect frame = window->frame;

    if (window->state == STATE_NORMAL && window->tile == TILE_NONE)
        return;
    window->normal.x = p.x - (int)((long)(p.x - frame.x) * window->normal.w / (frame.w > 0 ? frame.w : 1));
    window->normal.y = frame.y;
    if (window->state == STATE_MAXIMISED)
        window_set_state(surface, STATE_NORMAL);
    else
        window_set_tile(surface, TILE_NONE);
    p.start = window->frame;
    p.start_x = p.x;
    p.start_y = p.y;
}

static void move_held(void)
{
    int x = p.start.x + p.x - p.start_x, y = p.start.y + p.y - p.start_y;

    if (p.held->window.state == STATE_MAXIMISED || p.held->window.tile != TILE_NONE) {
        pull_loose(p.held);
        return;
    }
    window_move(p.held, x, y);
    p.tile = window_is_fixed(p.held) ? TILE_NONE : place_snap(scene_screen(), p.x, p.y, &look.measures);
    scene_set_preview(p.tile ? place_tile(scene_area(), p.tile) : (struct rect){0, 0, 0, 0});
}

static void resize_held(void)
{
    struct window *window = &p.held->window;

    window->tile = TILE_NONE;
    window_set_frame(p.held, place_resized(p.start, p.edges, p.x - p.start_x, p.y - p.start_y,
                                           &window->limits, &look.measures));
}

static void drop_held(void)
{
    struct surface *surface = p.held;
    enum tile tile = p.tile;
    bool moved = p.hold == HOLD_MOVE;

    let_go();
    if (moved && tile) {
        surface->window.normal = p.start;
        window_set_tile(surface, tile);
    }
}

/* ---- by keys ---- */

void pointer_move_by_keys(struct surface *surface, bool resize)
{
    if (p.hold != HOLD_NONE || surface->window.state == STATE_FULLSCREEN ||
        (resize && window_is_fixed(surface)))
        return;
    pull_loose(surface);
    hold(resize ? HOLD_KEYS_RESIZE : HOLD_KEYS_MOVE, surface, EDGE_RIGHT | EDGE_BOTTOM);
}

static void step_by_keys(int dx, int dy)
{
    struct surface *surface = p.held;
    struct rect frame = surface->window.frame;

    if (p.hold == HOLD_KEYS_MOVE)
        window_move(surface, frame.x + dx, frame.y + dy);
    else
        window_set_frame(surface,
                         place_resized(frame, p.edges, dx, dy, &surface->window.limits, &look.measures));
}

static bool key_of_area(unsigned code)
{
    void (*picked)(struct rect area) = p.picked;

    if (code != KEY_ESC)
        return true;
    let_go();
    picked((struct rect){0, 0, 0, 0});
    return true;
}

bool pointer_key(unsigned code, int value)
{
    int step = look.measures.step / 2;

    if (p.hold != HOLD_KEYS_MOVE && p.hold != HOLD_KEYS_RESIZE && p.hold != HOLD_AREA)
        return drag_key(code, value);
    if (value == INPUT_RELEASED)
        return false;
    if (p.hold == HOLD_AREA)
        return key_of_area(code);
    switch (code) {
    case KEY_LEFT:
    case KEY_RIGHT:
        step_by_keys(code == KEY_LEFT ? -step : step, 0);
        break;
    case KEY_UP:
    case KEY_DOWN:
        step_by_keys(0, code == KEY_UP ? -step : step);
        break;
    case KEY_ESC:
        window_set_frame(p.held, p.start);
        let_go();
        break;
    case KEY_ENTER:
    case KEY_SPACE:
        let_go();
        break;
    default:
        break;
    }
    return true;
}

/* ---- an area ----------------------------------------------------------------------------------- */

static struct rect area_drawn(void)
{
    int x = p.x < p.start_x ? p.x : p.start_x, y = p.y < p.start_y ? p.y : p.start_y;

    return (struct rect){x, y, (p.x > p.start_x ? p.x : p.start_x) - x,
                         (p.y > p.start_y ? p.y : p.start_y) - y};
}

void pointer_pick_area(void (*done)(struct rect area))
{
    if (p.hold != HOLD_NONE) {
        done((struct rect){0, 0, 0, 0});
        return;
    }
    set_over(NULL);
    hold(HOLD_AREA, NULL, 0);
    p.picked = done;
    p.edges = 0; /* the button was not pressed yet */
    compose_pointer(POINTER_CROSS, look.percent);
}

static void button_of_area(bool pressed)
{
    void (*picked)(struct rect area) = p.picked;
    struct rect area = area_drawn();

    if (pressed) {
        p.start_x = p.x;
        p.start_y = p.y;
        p.edges = 1;
    } else if (p.edges) {
        let_go();
        picked(area);
    }
}

/* ---- motion ------------------------------------------------------------------------------------ */

static void moved(void)
{
    compose_move(p.x, p.y);
    switch (p.hold) {
    case HOLD_TITLE:
        if (abs(p.x - p.start_x) + abs(p.y - p.start_y) < look.measures.grab / 2)
            break;
        p.hold = HOLD_MOVE;
        move_held();
        break;
    case HOLD_MOVE:
        move_held();
        break;
    case HOLD_RESIZE:
        resize_held();
        break;
    case HOLD_CONTENT:
        if (drag_is_on())
            drag_move(p.x, p.y);
        else
            tell_moved(p.held, MESSAGE_MOTION);
        break;
    case HOLD_AREA:
        if (p.edges)
            scene_set_area(area_drawn());
        break;
    case HOLD_LAYER:
        if (p.layer && p.layer->shown && p.layer->point)
            p.layer->point(p.x - p.layer->box.x, p.y - p.layer->box.y, -1, false);
        break;
    case HOLD_NONE:
        look_now(true);
        if (p.over)
            tell_moved(p.over, MESSAGE_MOTION);
        break;
    default:
        break;
    }
}

/* Slow hands are exact; fast ones get up to twice as far; all by what the user chose. */
static int accelerated(int steps)
{
    int size = abs(steps), most = size < 4 * FAST ? size : 4 * FAST;
    int fine = size <= FAST ? FINE : FINE + FINE * (most - FAST) / (3 * FAST);

    return steps * (fine * settings.pointer_speed / 100);
}

static void apply_steps(void)
{
    struct rect screen = scene_screen();
    int x = p.fine_x + accelerated(p.step_x), y = p.fine_y + accelerated(p.step_y);

    p.x = clamp(p.x + x / FINE, screen.w);
    p.y = clamp(p.y + y / FINE, screen.h);
    p.fine_x = x % FINE;
    p.fine_y = y % FINE;
    p.step_x = p.step_y = 0;
    p.moved = false;
    moved();
}

/* ---- buttons ----------------------------------------------------------------------------------- */

static unsigned count_clicks(unsigned code)
{
    uint64_t most_ns = (uint64_t)settings.double_click_ms * 1000000u;
    bool again = code == p.click_code && p.time_ns - p.click_ns < most_ns && p.clicks < 3 &&
                 abs(p.x - p.click_x) + abs(p.y - p.click_y) < look.measures.grab;

    p.clicks = again ? p.clicks + 1 : 1;
    p.click_code = code;
    p.click_ns = p.time_ns;
    p.click_x = p.x;
    p.click_y = p.y;
    return p.clicks;
}

static void tell_button(const struct surface *surface, unsigned code, bool pressed)
{
    struct message_pointer message = message_for(surface, MESSAGE_BUTTON);

    message.code = (uint16_t)code;
    message.value = pressed ? INPUT_PRESSED : INPUT_RELEASED;
    message.clicks = p.clicks;
    client_ask(surface->client);
    tell(surface, &message);
}

static void press_title(struct surface *surface)
{
    if (p.clicks == 2) {
        hold(HOLD_NOTHING, NULL, 0);
        window_set_state(surface, surface->window.state == STATE_MAXIMISED ? STATE_NORMAL : STATE_MAXIMISED);
    } else {
        hold(HOLD_TITLE, surface, 0);
    }
}

static void press_frame(struct surface *surface, enum part part, unsigned edges, unsigned code)
{
    scene_focus(surface);
    if (code != BUTTON_LEFT || scene_modal(surface) != surface) {
        hold(HOLD_NOTHING, NULL, 0);
        if (code == BUTTON_RIGHT && part == PART_TITLE && scene_modal(surface) == surface)
            window_menu_open(surface, p.x, p.y);
    } else if (part == PART_EDGE) {
        hold(HOLD_RESIZE, surface, edges);
    } else if (part == PART_TITLE) {
        press_title(surface);
    } else {
        hold(HOLD_BUTTON, surface, 0);
        p.part = part;
    }
}

static void press_content(struct surface *surface, unsigned code)
{
    if (surface->kind != SURFACE_POPUP) {
        scene_focus(surface);
        if (scene_modal(surface) != surface) {
            hold(HOLD_NOTHING, NULL, 0);
            return;
        }
    }
    hold(HOLD_CONTENT, surface, 0);
    tell_button(surface, code, true);
}

/* Alt and a button anywhere in a window: left moves, right resizes. */
static bool press_with_alt(struct surface *surface, unsigned code)
{
    struct rect f = surface->window.frame;
    unsigned edges =
        (p.x < f.x + f.w / 2 ? EDGE_LEFT : EDGE_RIGHT) | (p.y < f.y + f.h / 2 ? EDGE_TOP : EDGE_BOTTOM);

    if (!(p.modifiers & MODIFIER_ALT) || surface->kind == SURFACE_POPUP || !window_has_frame(surface))
        return false;
    scene_focus(surface);
    if (code == BUTTON_LEFT)
        hold(HOLD_TITLE, surface, 0);
    else if (code == BUTTON_RIGHT && !window_is_fixed(surface) && surface->window.state == STATE_NORMAL)
        hold(HOLD_RESIZE, surface, edges);
    return p.hold != HOLD_NONE;
}

static void press_layer(struct layer *layer, unsigned code)
{
    hold(HOLD_LAYER, NULL, 0);
    if (layer->point && code == BUTTON_LEFT)
        layer->point(p.x - layer->box.x, p.y - layer->box.y, 1, false);
}

/* A click beside a popup takes it away and does no more. */
static bool dismisses_popup(const struct surface *surface)
{
    if (!scene_popup(0) || (surface && surface->kind == SURFACE_POPUP))
        return false;
    scene_dismiss_popups();
    return true;
}

static void press(unsigned code)
{
    enum part part;
    unsigned edges;
    struct surface *surface;

    look_now(true);
    layer_dismiss_others(p.layer);
    if (p.layer) {
        press_layer(p.layer, code);
        return;
    }
    surface = scene_surface_at(p.x, p.y, &part, &edges);
    if (dismisses_popup(surface) || !surface)
        hold(HOLD_NOTHING, NULL, 0);
    else if (press_with_alt(surface, code))
        return;
    else if (p.over == surface)
        press_content(surface, code);
    else if (surface->kind == SURFACE_POPUP || part == PART_CONTENT)
        hold(HOLD_NOTHING, NULL, 0);
    else
        press_frame(surface, part, edges, code);
}

static void push_frame_button(struct surface *surface, enum part part)
{
    if (part == PART_MINIMISE && surface->kind == SURFACE_WINDOW)
        window_set_state(surface, STATE_MINIMISED);
    else if (part == PART_MAXIMISE)
        window_set_state(surface, surface->window.state == STATE_MAXIMISED ? STATE_NORMAL : STATE_MAXIMISED);
    else if (part == PART_CLOSE)
        hung_close(surface);
}

static void release_frame_button(void)
{
    struct surface *surface = p.held, *there;
    enum part part = p.part, now;
    unsigned edges;

    there = scene_surface_at(p.x, p.y, &now, &edges);
    let_go();
    if (there == surface && now == part)
        push_frame_button(surface, part);
}

/* The last button was released. */
static void release(unsigned code)
{
    struct surface *surface = p.held;

    switch (p.hold) {
    case HOLD_CONTENT:
        let_go();
        if (drag_is_on())
            drag_drop(p.x, p.y);
        tell_button(surface, code, false);
        break;
    case HOLD_BUTTON:
        release_frame_button();
        break;
    case HOLD_LAYER:
        let_go();
        if (p.layer && p.layer->shown && p.layer->point && code == BUTTON_LEFT)
            p.layer->point(p.x - p.layer->box.x, p.y - p.layer->box.y, 0, false);
        break;
    default:
        drop_held();
        break;
    }
    p.stale = true;
}

static void button(unsigned code, bool pressed)
{
    unsigned bit = 1u << (code - BUTTON_LEFT), before = p.buttons;

    p.buttons = pressed ? before | bit : before & ~bit;
    if (p.hold == HOLD_AREA) {
        button_of_area(pressed);
        return;
    }
    if (p.hold == HOLD_KEYS_MOVE || p.hold == HOLD_KEYS_RESIZE)
        let_go();
    if (pressed)
        count_clicks(code);
    if (pressed && before == 0)
        press(code);
    else if (!pressed && before && p.buttons == 0 && p.hold != HOLD_NONE)
        release(code);
    else if (p.hold == HOLD_CONTENT && p.held)
        tell_button(p.held, code, pressed);
}

/* ---- events ------------------------------------------------------------------------------------ */

/* Super and the wheel. */
static void magnify(int notches)
{
    keys_super_used();
    magnifier_step(notches > 0 ? 1 : -1);
}

static void wheel(unsigned axis, int notches)
{
    struct message_pointer message;

    if (p.modifiers & MODIFIER_SUPER && axis == INPUT_Y && notches) {
        magnify(notches);
        return;
    }
    if (p.hold == HOLD_NONE)
        look_now(true);
    if (p.layer && p.layer->wheel && axis == INPUT_Y)
        p.layer->wheel(notches);
    if (!p.over || p.hold != HOLD_NONE)
        return;
    message = message_for(p.over, MESSAGE_WHEEL);
    message.wheel_x = axis == INPUT_X ? notches : 0;
    message.wheel_y = axis == INPUT_Y ? notches : 0;
    tell(p.over, &message);
}

static void position(unsigned axis, int value)
{
    struct rect screen = scene_screen();

    if (axis == INPUT_X)
        p.x = clamp((int)((long)value * screen.w / WIDE), screen.w);
    else
        p.y = clamp((int)((long)value * screen.h / WIDE), screen.h);
    p.moved = true;
}

static int within_steps(int steps)
{
    return steps < -4096 ? -4096 : steps > 4096 ? 4096 : steps;
}

/* Who points with the left hand has the first button under the same finger. */
static unsigned by_hand(unsigned code)
{
    if (!settings.left_handed || code > BUTTON_RIGHT)
        return code;
    return code == BUTTON_LEFT ? BUTTON_RIGHT : BUTTON_LEFT;
}

void pointer_event(const struct abi_input_event *event, unsigned modifiers)
{
    p.time_ns = event->time_ns;
    p.modifiers = modifiers;
    if (p.moved && event->type != INPUT_MOTION && event->type != INPUT_POSITION)
        apply_steps();
    if (event->type == INPUT_MOTION) {
        *(event->code == INPUT_X ? &p.step_x : &p.step_y) += within_steps(event->value);
        p.moved = true;
    } else if (event->type == INPUT_POSITION) {
        position(event->code, event->value);
    } else if (event->type == INPUT_WHEEL) {
        wheel(event->code, within_steps(event->value));
    } else if (event->type == INPUT_BUTTON && event->code >= BUTTON_LEFT && event->code <= BUTTON_EXTRA) {
        button(by_hand(event->code), event->value != INPUT_RELEASED);
    }
}

void pointer_forget(struct surface *surface)
{
    window_menu_forget(surface);
    if (p.over == surface)
        p.over = NULL;
    if (p.framed == surface)
        p.framed = NULL;
    if (p.held == surface) {
        p.held = NULL;
        scene_set_preview((struct rect){0, 0, 0, 0});
        p.hold = p.buttons ? HOLD_NOTHING : HOLD_NONE;
    }
    p.stale = true;
}
