/*
 * The desktop's own keys: a table of what each does.
 *
 *     Super                 launcher           Alt+F4                 close
 *     Super+arrows          halves, quarters   Alt+F7, Alt+F8         move, resize by the arrow keys
 *     Super+1 … 4           workspaces         Super+Shift+1 … 4      the window goes there
 *     Alt+Tab               another window     Super+D                all windows away
 *     Super+Space           next layout        Print, Alt+, Shift+    pictures of screen, window, area
 *     F11 is the programs'; Super+F            whole screen
 *     Super++, -, 0         magnifier (magnifier.c)   Alt+Space       the window's menu
 */
#include <stddef.h>

#include "lib/abi/keys.h"
#include "user/desktop/capture.h"
#include "user/desktop/hung.h"
#include "user/desktop/input.h"
#include "user/desktop/launcher.h"
#include "user/desktop/magnifier.h"
#include "user/desktop/notify.h"
#include "user/desktop/pointer.h"
#include "user/desktop/protocol.h"
#include "user/desktop/scene.h"
#include "user/desktop/settings.h"
#include "user/desktop/switcher.h"
#include "user/desktop/window_menu.h"

static bool super_alone; /* pressed, and nothing else since */

/* ---- what there is to do ----------------------------------------------------------------------- */

static void close_window(struct surface *window, int argument)
{
    (void)argument;
    hung_close(window);
}

static void move_by_keys(struct surface *window, int resize)
{
    pointer_move_by_keys(window, resize);
}

static void open_menu(struct surface *window, int argument)
{
    struct rect content = window_content(window);

    (void)argument;
    window_menu_open(window, content.x, content.y);
}

static enum tile tile_of(const struct surface *window)
{
    return window->window.state == STATE_MAXIMISED ? TILE_FULL : window->window.tile;
}

static void step(struct surface *window, int dx, int dy)
{
    enum tile before = tile_of(window), after = place_step(before, dx, dy);

    if (before == TILE_NONE && dy > 0)
        window_set_state(window, STATE_MINIMISED);
    else if (after == TILE_NONE && before == TILE_FULL)
        window_set_state(window, STATE_NORMAL);
    else
        window_set_tile(window, after);
}

static void step_across(struct surface *window, int dx)
{
    step(window, dx, 0);
}

static void step_along(struct surface *window, int dy)
{
    step(window, 0, dy);
}

static void to_workspace(struct surface *window, int number)
{
    (void)window;
    scene_set_workspace(number);
}

static void send_to_workspace(struct surface *window, int number)
{
    scene_send_to(window, number);
}

static void whole_screen(struct surface *window, int argument)
{
    (void)argument;
    window_set_state(window, window->window.state == STATE_FULLSCREEN ? STATE_NORMAL : STATE_FULLSCREEN);
}

static void show_desktop(struct surface *window, int argument)
{
    (void)window;
    (void)argument;
    for (unsigned i = 0; scene_window(i); i++) {
        if (surface_visible(scene_window(i)) && scene_window(i)->kind == SURFACE_WINDOW)
            window_set_state(scene_window(i), STATE_MINIMISED);
    }
}

static void next_layout(struct surface *window, int argument)
{
    (void)window;
    (void)argument;
    settings_next_layout();
}

static void take_picture(struct surface *window, int kind)
{
    (void)window;
    capture_key(kind);
}

static void open_launcher(struct surface *window, int argument)
{
    (void)window;
    (void)argument;
    launcher_toggle();
}

static void open_notifications(struct surface *window, int argument)
{
    (void)window;
    (void)argument;
    notify_toggle_history();
}

/* ---- the table --------------------------------------------------------------------------------- */

static const struct binding {
    unsigned code, modifiers;
    void (*act)(struct surface *window, int argument);
    int argument;
    bool wants_window;
} bindings[] = {
    {KEY_F4, MODIFIER_ALT, close_window, 0, true},
    {KEY_F7, MODIFIER_ALT, move_by_keys, 0, true},
    {KEY_F8, MODIFIER_ALT, move_by_keys, 1, true},
    {KEY_SPACE, MODIFIER_ALT, open_menu, 0, true},
    {KEY_LEFT, MODIFIER_SUPER, step_across, -1, true},
    {KEY_RIGHT, MODIFIER_SUPER, step_across, 1, true},
    {KEY_UP, MODIFIER_SUPER, step_along, -1, true},
    {KEY_DOWN, MODIFIER_SUPER, step_along, 1, true},
    {KEY_1, MODIFIER_SUPER, to_workspace, 0, false},
    {KEY_2, MODIFIER_SUPER, to_workspace, 1, false},
    {KEY_3, MODIFIER_SUPER, to_workspace, 2, false},
    {KEY_4, MODIFIER_SUPER, to_workspace, 3, false},
    {KEY_1, MODIFIER_SUPER | MODIFIER_SHIFT, send_to_workspace, 0, true},
    {KEY_2, MODIFIER_SUPER | MODIFIER_SHIFT, send_to_workspace, 1, true},
    {KEY_3, MODIFIER_SUPER | MODIFIER_SHIFT, send_to_workspace, 2, true},
    {KEY_4, MODIFIER_SUPER | MODIFIER_SHIFT, send_to_workspace, 3, true},
    {KEY_F, MODIFIER_SUPER, whole_screen, 0, true},
    {KEY_D, MODIFIER_SUPER, show_desktop, 0, false},
    {KEY_N, MODIFIER_SUPER, open_notifications, 0, false},
    {KEY_SPACE, MODIFIER_SUPER, next_layout, 0, false},
    {KEY_F1, MODIFIER_ALT, open_launcher, 0, false},
    {KEY_SYSRQ, 0, take_picture, CAPTURE_SCREEN, false},
    {KEY_SYSRQ, MODIFIER_ALT, take_picture, CAPTURE_WINDOW, false},
    {KEY_SYSRQ, MODIFIER_SHIFT, take_picture, CAPTURE_AREA, false},
};

static bool take_binding(const struct key *key)
{
    struct surface *window = scene_focused();

    for (unsigned i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++) {
        const struct binding *b = &bindings[i];

        if (b->code != key->code || b->modifiers != (key->modifiers & MODIFIERS_HELD))
            continue;
        if (key->value != INPUT_RELEASED && (window || !b->wants_window))
            b->act(window, b->argument);
        return true;
    }
    return false;
}

/* The launcher opens when Super is released, if nothing else was pressed with it. */
static bool take_super(const struct key *key)
{
    bool is_super = key->code == KEY_LEFTMETA || key->code == KEY_RIGHTMETA;

    if (is_super && key->value == INPUT_RELEASED && super_alone)
        launcher_toggle();
    if (key->value != INPUT_RELEASED)
        super_alone = is_super && (key->modifiers & MODIFIERS_HELD) == MODIFIER_SUPER;
    return is_super;
}

void keys_super_used(void)
{
    super_alone = false;
}

bool keys_take(const struct key *key)
{
    if (take_super(key))
        return true;
    if (switcher_key(key) || window_menu_key(key) || pointer_key(key->code, key->value) || hung_key(key))
        return true;
    if (take_binding(key) || magnifier_key(key))
        return true;
    return launcher_key(key);
}
