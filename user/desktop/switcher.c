/* See switcher.h. */
#include "user/desktop/switcher.h"

#include "lib/abi/keys.h"
#include "user/desktop/layer.h"
#include "user/desktop/magnifier.h"
#include "user/desktop/protocol.h"
#include "user/desktop/scene.h"

#define CELLS_MAX 12
#define CELL_W   160
#define CELL_H   132
#define PADDING   12

static void draw(const struct canvas *canvas);

static struct layer layer = {.level = 45, .radius = 12, .shadow = 24, .border = true, .draw = draw};
static struct surface *cells[CELLS_MAX];
static int count, chosen;

static int scaled(int length)
{
    return draw_scale(length, look.percent);
}

static void collect(void)
{
    count = 0;
    for (unsigned i = 0; scene_window(i) && count < CELLS_MAX; i++) {
        struct surface *s = scene_window(i);

        if (s->kind == SURFACE_WINDOW && s->window.workspace == scene_workspace())
            cells[count++] = s;
    }
}

/* ---- drawing ----------------------------------------------------------------------------------- */

static int columns(void)
{
    int fit = (scene_screen().w - scaled(4 * PADDING)) / scaled(CELL_W);

    return count < fit ? count : fit > 0 ? fit : 1;
}

static struct rect cell_box(int number)
{
    return (struct rect){scaled(PADDING) + number % columns() * scaled(CELL_W),
                         scaled(PADDING) + number / columns() * scaled(CELL_H), scaled(CELL_W),
                         scaled(CELL_H)};
}

/* As large as fits into `room`, in its own proportions, in the middle. */
static struct rect fitted(struct rect room, struct rect picture)
{
    long by_width = (long)room.w * picture.h, by_height = (long)room.h * picture.w;
    int w = room.w, h = room.h;

    if (picture.w <= 0 || picture.h <= 0)
        return room;
    if (by_width > by_height)
        w = (int)(by_height / picture.h);
    else
        h = (int)(by_width / picture.w);
    return (struct rect){room.x + (room.w - w) / 2, room.y + (room.h - h) / 2, w > 0 ? w : 1, h > 0 ? h : 1};
}

static void draw_cell(const struct canvas *canvas, int number)
{
    const struct theme *t = &look.theme;
    struct rect box = rect_inset(cell_box(number), scaled(4)), title = box, room = box, icon;

    if (number == chosen)
        draw_round(canvas, box, scaled(8), CORNERS_ALL, t->selected);
    title.x += scaled(30);
    title.w -= scaled(36);
    title.h = scaled(28);
    icon = (struct rect){box.x + scaled(8), box.y + scaled(5), scaled(18), scaled(18)};
    draw_icon(canvas, icon, icon_named(cells[number]->window.icon), t->text);
    draw_label(canvas, title, font_get(FONT_UI, scaled(12)), cells[number]->window.title, ALIGN_START,
               number == chosen ? t->selected_text : t->text);
    room = rect_inset((struct rect){box.x, box.y + title.h, box.w, box.h - title.h}, scaled(6));
    scene_draw_small(canvas, fitted(room, window_content(cells[number])), cells[number]);
}

static void draw(const struct canvas *canvas)
{
    draw_fill(canvas, (struct rect){0, 0, canvas->width, canvas->height}, look.theme.frame);
    for (int i = 0; i < count; i++)
        draw_cell(canvas, i);
}

/* ---- choosing ---------------------------------------------------------------------------------- */

static void show(void)
{
    struct rect screen = scene_screen(), box = {0, 0, 0, 0};
    int rows = (count + columns() - 1) / columns();

    box.w = columns() * scaled(CELL_W) + scaled(2 * PADDING);
    box.h = rows * scaled(CELL_H) + scaled(2 * PADDING);
    box.x = (screen.w - box.w) / 2;
    box.y = (screen.h - box.h) / 2;
    (void)layer_show(&layer, box);
}

static void step(int by)
{
    if (!layer.shown) {
        collect();
        chosen = 0;
        if (count == 0)
            return;
        show();
    }
    chosen = (chosen + by + count) % count;
    layer_changed(&layer);
    magnifier_show(rect_moved(cell_box(chosen), layer.box.x, layer.box.y));
}

static void end(bool take)
{
    struct surface *surface = cells[chosen];

    layer_hide(&layer);
    if (take)
        scene_focus(surface);
}

void switcher_changed(void)
{
    if (!layer.shown)
        return;
    collect();
    chosen = chosen < count ? chosen : 0;
    if (count)
        show();
    else
        layer_hide(&layer);
}

bool switcher_key(const struct key *key)
{
    bool alt = key->modifiers & MODIFIER_ALT;

    if (key->code == KEY_TAB && alt && key->value != INPUT_RELEASED) {
        step(key->modifiers & MODIFIER_SHIFT ? -1 : 1);
        return true;
    }
    if (!layer.shown)
        return false;
    if (key->value == INPUT_PRESSED && key->code == KEY_ESC)
        end(false);
    else if (key->value != INPUT_RELEASED && (key->code == KEY_LEFT || key->code == KEY_RIGHT))
        step(key->code == KEY_LEFT ? -1 : 1);
    else if (!alt || (key->value == INPUT_PRESSED && key->code == KEY_ENTER))
        end(true);
    return key->code != KEY_LEFTALT && key->code != KEY_RIGHTALT;
}
