/*
 * Minesweeper: a canvas over field.c's rules.
 *
 *     left button, Space   open        arrows  move the cursor     F2, N  new game
 *     right button, F      flag        1 2 3   beginner, intermediate, expert
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/abi/keys.h"
#include "user/apps/minesweeper/field.h"
#include "user/apps/minesweeper/minesweeper.h"

#define SQUARE 28 /* at 100 % */
#define SECONDS_MAX 999

static const struct level {
    int width, height, mines;
    const char *english, *spanish;
} levels[] = {
    {9, 9, 10, "&Beginner", "&Principiante"},
    {16, 16, 40, "&Intermediate", "&Intermedio"},
    {30, 16, 99, "&Expert", "&Experto"},
};

static struct {
    struct ui_window *window;
    struct widget *canvas, *mines, *time;
    struct field field;
    const struct level *level;
    int cursor_x, cursor_y;
    bool cursor; /* shown once keys are used */
    int64_t started_ms;
    unsigned timer; /* while it is played */
    int seconds;
} game;

/* ---- painting ------------------------------------------------------------------------------------- */

static struct rect place(int x, int y)
{
    int side = ui_px(SQUARE), width, height;

    ui_canvas_size(game.canvas, &width, &height);
    int left = (width - side * game.field.width) / 2, top = (height - side * game.field.height) / 2;

    return (struct rect){left + x * side, top + y * side, side, side};
}

static colour_t number_colour(int number)
{
    static const colour_t dark[] = {0xFF7FB2FF, 0xFF5FD89A, 0xFFFF8A96, 0xFFC4A8FF,
                                    0xFFFFBE6B, 0xFF6FE0D0, 0xFFF2F5FA, 0xFFB6C0CE};
    static const colour_t light[] = {0xFF1F5FD0, 0xFF176F3A, 0xFFB42334, 0xFF6A2FB8,
                                     0xFF8A5300, 0xFF0B6B62, 0xFF24292F, 0xFF5A6472};
    bool on_dark =
        colour_contrast(ui_theme()->surface, 0xFFFFFFFF) > colour_contrast(ui_theme()->surface, 0xFF000000);

    return (on_dark ? dark : light)[number - 1];
}

static void paint_open(const struct canvas *canvas, const struct square *square, struct rect at, bool burst)
{
    const struct theme *theme = ui_theme();
    char digit[2] = {(char)('0' + square->around), 0};

    draw_round(canvas, rect_inset(at, ui_px(1)), ui_px(4), CORNERS_ALL, burst ? theme->bad : theme->surface);
    if (square->mine)
        draw_icon(canvas, rect_inset(at, ui_px(5)), ICON_MINE, burst ? theme->surface : theme->text);
    else if (square->around > 0)
        draw_label(canvas, at, ui_font(FONT_UI_BOLD, 15), digit, ALIGN_CENTRE, number_colour(square->around));
}

static void paint_square(const struct canvas *canvas, int x, int y)
{
    const struct theme *theme = ui_theme();
    const struct square *square = &game.field.squares[y][x];
    struct rect at = place(x, y);
    bool lost = game.field.state == FIELD_LOST;

    if (square->state == SQUARE_OPEN || (lost && square->mine && square->state != SQUARE_FLAGGED)) {
        paint_open(canvas, square, at, lost && x == game.field.burst_x && y == game.field.burst_y);
    } else {
        draw_round(canvas, rect_inset(at, ui_px(1)), ui_px(4), CORNERS_ALL, theme->frame);
        draw_round_border(canvas, rect_inset(at, ui_px(1)), ui_px(4), CORNERS_ALL, ui_px(1), theme->border);
        if (square->state == SQUARE_FLAGGED)
            draw_icon(canvas, rect_inset(at, ui_px(6)), ICON_FLAG,
                      lost && !square->mine ? theme->dim_text : theme->bad);
    }
    if (game.cursor && x == game.cursor_x && y == game.cursor_y)
        draw_round_border(canvas, at, ui_px(5), CORNERS_ALL, ui_px(2), theme->accent);
}

static void on_paint(struct widget *widget, const struct canvas *canvas, void *context)
{
    (void)widget;
    (void)context;
    draw_fill(canvas, canvas->clip, ui_theme()->field);
    for (int y = 0; y < game.field.height; y++)
        for (int x = 0; x < game.field.width; x++)
            if (!rect_empty(rect_and(place(x, y), canvas->clip)))
                paint_square(canvas, x, y);
}

/* ---- playing -------------------------------------------------------------------------------------- */

static void show_state(void)
{
    const char *state = game.field.state == FIELD_WON    ? ui_say("You won!", "¡Has ganado!")
                        : game.field.state == FIELD_LOST ? ui_say("Boom.", "¡Bum!")
                                                         : "";

    ui_set_textf(game.mines, "%d   %s", game.field.mines - game.field.flags, state);
    ui_set_textf(game.time, "%d s", game.seconds);
    ui_redraw(game.canvas);
}

static void start(const struct level *level)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    game.level = level;
    field_start(&game.field, level->width, level->height, level->mines,
                (uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec);
    game.seconds = 0;
    game.cursor_x = level->width / 2;
    game.cursor_y = level->height / 2;
    ui_set_least(game.canvas, level->width * SQUARE + 16, level->height * SQUARE + 16);
    show_state();
}

static void stop_clock(void)
{
    ui_timer_stop(game.timer);
    game.timer = 0;
}

static void on_second(void *context)
{
    int seconds = (int)((ui_now_ms() - game.started_ms) / 1000);

    (void)context;
    if (game.field.state != FIELD_PLAYED) {
        stop_clock();
        return;
    }
    game.seconds = seconds < SECONDS_MAX ? seconds : SECONDS_MAX;
    ui_set_textf(game.time, "%d s", game.seconds);
}

static void start_clock(void)
{
    stop_clock();
    game.started_ms = ui_now_ms();
    game.timer = ui_timer(1000, true, on_second, NULL);
}

static void act(int x, int y, bool flag)
{
    bool is_new = game.field.state == FIELD_NEW;

    if (flag)
        field_flag(&game.field, x, y);
    else
        field_open(&game.field, x, y);
    if (is_new && game.field.state != FIELD_NEW)
        start_clock();
    show_state();
}

static bool on_pointer(struct widget *widget, const struct ui_pointer *pointer, void *context)
{
    struct rect first = place(0, 0);

    (void)context;
    if (pointer->kind != UI_PRESS)
        return false;
    ui_focus(widget);
    game.cursor = false;
    if (pointer->x >= first.x && pointer->y >= first.y)
        act((pointer->x - first.x) / first.w, (pointer->y - first.y) / first.h,
            pointer->button == BUTTON_RIGHT);
    return true;
}

static bool move_cursor(int dx, int dy)
{
    game.cursor = true;
    game.cursor_x = (game.cursor_x + dx + game.field.width) % game.field.width;
    game.cursor_y = (game.cursor_y + dy + game.field.height) % game.field.height;
    ui_redraw(game.canvas);
    return true;
}

static bool on_key(struct widget *widget, const struct ui_key *key, void *context)
{
    (void)widget;
    (void)context;
    if (!key->pressed)
        return false;
    switch (key->code) {
    case KEY_LEFT: return move_cursor(-1, 0);
    case KEY_RIGHT: return move_cursor(1, 0);
    case KEY_UP: return move_cursor(0, -1);
    case KEY_DOWN: return move_cursor(0, 1);
    case KEY_SPACE:
    case KEY_ENTER: act(game.cursor_x, game.cursor_y, false); return true;
    case KEY_F: act(game.cursor_x, game.cursor_y, true); return true;
    }
    return false;
}

static void on_new(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    start(game.level);
}

static void on_level(struct widget *widget, void *context)
{
    (void)widget;
    start(context);
}

/* ---- window --------------------------------------------------------------------------------------- */

static void build_menu(void)
{
    static const char *const keys[] = {"1", "2", "3"};
    struct ui_menu *menu = ui_menu_sub(ui_menu_bar(game.window), ui_say("&Game", "&Juego"));

    ui_menu_item(menu, ui_say("&New game", "&Nueva partida"), "F2", on_new, NULL);
    ui_menu_separator(menu);
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
        ui_menu_item(menu, ui_say(levels[i].english, levels[i].spanish), keys[i], on_level,
                     (void *)&levels[i]);
}

static void build_window(void)
{
    static const struct ui_canvas_calls calls = {.paint = on_paint, .pointer = on_pointer, .key = on_key};

    game.window = ui_window(ui_say("Minesweeper", "Buscaminas"), 0, 0);
    ui_window_set_icon(game.window, "minesweeper");
    build_menu();
    struct widget *content = ui_window_content(game.window), *top = ui_row(content);

    ui_icon(top, ICON_FLAG, 16);
    game.mines = ui_label(top, "");
    ui_set_name(game.mines, "mines");
    ui_set_grow(game.mines, 1);
    ui_icon(top, ICON_CLOCK, 16);
    game.time = ui_label(top, "");
    ui_set_name(game.time, "time");
    ui_button(top, ui_say("&New", "&Nueva"), on_new, NULL);
    game.canvas = ui_canvas(content, &calls, NULL);
    ui_set_name(game.canvas, "field");
    ui_set_grow(game.canvas, 1);
}

struct ui_window *minesweeper_open(void)
{
    game.timer = 0;
    build_window();
    start(&levels[0]);
    ui_window_show(game.window);
    ui_focus(game.canvas);
    return game.window;
}
