/* See window_menu.h. One thread. */
#include "user/desktop/window_menu.h"

#include <stdio.h>

#include "lib/abi/keys.h"
#include "user/desktop/hung.h"
#include "user/desktop/layer.h"
#include "user/desktop/magnifier.h"
#include "user/desktop/pointer.h"
#include "user/desktop/protocol.h"
#include "user/desktop/scene.h"
#include "user/desktop/words.h"

#define WIDTH   250
#define ROW      30
#define PADDING   6
#define GAP       9 /* with a line, between the groups */

enum row { ROW_MOVE, ROW_RESIZE, ROW_MINIMISE, ROW_MAXIMISE, ROW_WORKSPACE,
           ROW_CLOSE = ROW_WORKSPACE + WORKSPACES, ROWS };

static void draw(const struct canvas *canvas);
static void point(int x, int y, int pressed, bool outside);
static void dismiss(void);

static struct layer layer = {.level = 42, .radius = 8, .shadow = 18, .border = true, .draw = draw,
                             .point = point, .dismiss = dismiss};
static struct surface *target;
static int chosen;

static int scaled(int length)
{
    return draw_scale(length, look.percent);
}

static struct rect row_box(int row)
{
    int gaps = (row >= ROW_WORKSPACE) + (row >= ROW_CLOSE);

    return (struct rect){scaled(PADDING), scaled(PADDING) + row * scaled(ROW) + gaps * scaled(GAP),
                         scaled(WIDTH - 2 * PADDING), scaled(ROW)};
}

/* ---- what can be done -------------------------------------------------------------------------- */

static bool is_large(void)
{
    return target->window.state == STATE_MAXIMISED || target->window.state == STATE_FULLSCREEN;
}

static bool can(int row)
{
    switch (row) {
    case ROW_MOVE:
        return target->window.state != STATE_FULLSCREEN;
    case ROW_RESIZE:
        return target->window.state != STATE_FULLSCREEN && !window_is_fixed(target);
    case ROW_MINIMISE:
        return target->kind == SURFACE_WINDOW;
    case ROW_MAXIMISE:
        return is_large() || !window_is_fixed(target);
    case ROW_CLOSE:
        return true;
    default:
        return row - ROW_WORKSPACE != target->window.workspace;
    }
}

static void act(int row)
{
    struct surface *surface = target;
    bool large = is_large();

    if (!can(row))
        return;
    dismiss();
    switch (row) {
    case ROW_MOVE:
    case ROW_RESIZE:
        pointer_move_by_keys(surface, row == ROW_RESIZE);
        break;
    case ROW_MINIMISE:
        window_set_state(surface, STATE_MINIMISED);
        break;
    case ROW_MAXIMISE:
        window_set_state(surface, large ? STATE_NORMAL : STATE_MAXIMISED);
        break;
    case ROW_CLOSE:
        hung_close(surface);
        break;
    default:
        scene_send_to(surface, row - ROW_WORKSPACE);
    }
}

/* ---- drawing ----------------------------------------------------------------------------------- */

static const char *text_of(int row, char number[48])
{
    static const enum word names[] = {WORD_MOVE, WORD_RESIZE, WORD_MINIMISE};

    if (row < ROW_MAXIMISE)
        return words(names[row]);
    if (row == ROW_MAXIMISE)
        return words(is_large() ? WORD_RESTORE : WORD_MAXIMISE);
    if (row == ROW_CLOSE)
        return words(WORD_CLOSE);
    snprintf(number, 48, "%s %d", words(WORD_TO_WORKSPACE), row - ROW_WORKSPACE + 1);
    return number;
}

static const char *keys_of(int row, char number[8])
{
    if (row == ROW_MOVE || row == ROW_RESIZE)
        return row == ROW_MOVE ? "Alt+F7" : "Alt+F8";
    if (row == ROW_CLOSE)
        return "Alt+F4";
    if (row < ROW_WORKSPACE)
        return "";
    snprintf(number, 8, "%d", row - ROW_WORKSPACE + 1);
    return number;
}

static void draw_row(const struct canvas *canvas, int row)
{
    const struct theme *t = &look.theme;
    struct rect box = row_box(row), text = rect_inset(box, scaled(10));
    char name[48], keys[8];
    bool here = row == chosen && can(row);

    text.y = box.y;
    text.h = box.h;
    if (here)
        draw_round(canvas, box, scaled(6), CORNERS_ALL, t->selected);
    draw_label(canvas, text, font_get(FONT_UI, scaled(13)), text_of(row, name), ALIGN_START,
               here ? t->selected_text : can(row) ? t->text : t->dim_text);
    draw_label(canvas, text, font_get(FONT_UI, scaled(12)), keys_of(row, keys), ALIGN_END,
               here ? t->selected_text : t->dim_text);
}

static void draw_line_above(const struct canvas *canvas, int row)
{
    struct rect box = row_box(row);

    draw_fill(canvas, (struct rect){box.x, box.y - scaled(GAP) / 2 - look.measures.edge, box.w,
                                    look.measures.edge},
              look.theme.border);
}

static void draw(const struct canvas *canvas)
{
    draw_fill(canvas, (struct rect){0, 0, canvas->width, canvas->height}, look.theme.surface);
    draw_line_above(canvas, ROW_WORKSPACE);
    draw_line_above(canvas, ROW_CLOSE);
    for (int row = 0; row < ROWS; row++)
        draw_row(canvas, row);
}

/* ---- choosing ---------------------------------------------------------------------------------- */

static void dismiss(void)
{
    layer_hide(&layer);
    target = NULL;
}

static void choose(int row)
{
    struct rect box = row_box(row);

    if (row != chosen)
        layer_changed(&layer);
    chosen = row;
    magnifier_show(rect_moved(box, layer.box.x, layer.box.y));
}

/* The next one that can be done. */
static void step(int by)
{
    int row = chosen;

    do
        row = (row + by + ROWS) % ROWS;
    while (!can(row));
    choose(row);
}

void window_menu_open(struct surface *surface, int x, int y)
{
    struct rect last = row_box(ROWS - 1), box = {x, y, scaled(WIDTH), last.y + last.h + scaled(PADDING)};

    layer_dismiss_others(&layer);
    scene_dismiss_popups();
    target = surface;
    chosen = ROWS - 1;
    if (layer_show(&layer, place_popup(box, scene_screen())))
        target = NULL;
    else
        step(1); /* the first */
}

void window_menu_forget(const struct surface *surface)
{
    if (target == surface)
        dismiss();
}

static void press(const struct key *key)
{
    switch (key->code) {
    case KEY_UP:
    case KEY_DOWN:
        step(key->code == KEY_UP ? -1 : 1);
        break;
    case KEY_TAB:
        step(key->modifiers & MODIFIER_SHIFT ? -1 : 1);
        break;
    case KEY_ENTER:
    case KEY_KPENTER:
        act(chosen);
        break;
    case KEY_ESC:
    case KEY_SPACE:
        dismiss();
        break;
    default:
        if (key->code >= KEY_1 && key->code < KEY_1 + WORKSPACES)
            act(ROW_WORKSPACE + (int)(key->code - KEY_1));
    }
}

bool window_menu_key(const struct key *key)
{
    if (!layer.shown || keyboard_is_modifier(key->code))
        return false;
    if (key->value != INPUT_RELEASED)
        press(key);
    return true;
}

static void point(int x, int y, int pressed, bool outside)
{
    for (int row = 0; row < ROWS && !outside; row++) {
        if (!rect_has(row_box(row), x, y))
            continue;
        if (can(row))
            choose(row);
        if (pressed == 0)
            act(row);
        return;
    }
}
