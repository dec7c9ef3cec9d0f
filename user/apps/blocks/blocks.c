/*
 * Falling blocks: a canvas over game.c's rules.
 *
 *     left, right  move      up, X  turn       Z  turn back      C  put aside
 *     down         faster    Space  drop       P  pause          F2, N  new game
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/abi/keys.h"
#include "user/apps/blocks/game.h"
#include "user/desktop/protocol.h"
#include "user/apps/blocks/blocks.h"

#define CELL 24 /* at 100 %, where the screen is high enough … */
#define REST 120 /* … for the well, the window's frame and the panel */
#define SIDE 6  /* cells beside the well */

static struct {
    struct ui_window *window;
    struct widget *canvas, *score, *lines, *level, *state;
    struct game game;
    unsigned timer;
    bool paused;
    bool had_keyboard;
} blocks;

/* ---- painting ------------------------------------------------------------------------------------- */

static const colour_t colours[PIECES] = {0xFF37C8E0, 0xFFF2C84B, 0xFFA583FF, 0xFF50D68C,
                                         0xFFFF6B7F, 0xFF5B9DFF, 0xFFFFA24D};

static int cell_side(void)
{
    int width, height;

    ui_canvas_size(blocks.canvas, &width, &height);
    int by_height = (height - 2) / WELL_HEIGHT, by_width = (width - 2) / (WELL_WIDTH + SIDE);
    int side = by_height < by_width ? by_height : by_width;

    return side < 4 ? 4 : side;
}

static void paint_cell(const struct canvas *canvas, int x, int y, colour_t colour)
{
    int side = cell_side();
    struct rect at = {1 + x * side, 1 + y * side, side - 1, side - 1};

    draw_round(canvas, at, side / 6, CORNERS_ALL, colour);
}

static void paint_piece(const struct canvas *canvas, const struct piece *piece, colour_t colour)
{
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++)
            if (piece_has(piece, x, y) && piece->y + y >= 0)
                paint_cell(canvas, piece->x + x, piece->y + y, colour);
}

static void paint_well(const struct canvas *canvas)
{
    int side = cell_side();

    draw_fill(canvas, (struct rect){0, 0, WELL_WIDTH * side + 1, WELL_HEIGHT * side + 1}, ui_theme()->border);
    draw_fill(canvas, (struct rect){1, 1, WELL_WIDTH * side - 1, WELL_HEIGHT * side - 1}, ui_theme()->field);
    for (int y = 0; y < WELL_HEIGHT; y++)
        for (int x = 0; x < WELL_WIDTH; x++)
            if (blocks.game.well[y][x])
                paint_cell(canvas, x, y, colours[blocks.game.well[y][x] - 1]);
}

static void paint_falling(const struct canvas *canvas)
{
    struct piece ghost = blocks.game.piece;

    ghost.y = game_ghost(&blocks.game);
    if (!blocks.game.over)
        paint_piece(canvas, &ghost, colour_alpha(colours[ghost.kind], 70));
    paint_piece(canvas, &blocks.game.piece, colours[blocks.game.piece.kind]);
}

static void paint_aside(const struct canvas *canvas, int kind, int row, const char *title)
{
    int side = cell_side();
    struct rect at = {(WELL_WIDTH + 1) * side, row * side, (SIDE - 1) * side, side};
    struct piece piece = {.kind = kind, .x = WELL_WIDTH + 1, .y = row + 1};

    draw_label(canvas, at, ui_font(FONT_UI, UI_SMALL), title, ALIGN_START, ui_theme()->dim_text);
    if (kind >= 0)
        paint_piece(canvas, &piece, colours[kind]);
}

static void on_paint(struct widget *widget, const struct canvas *canvas, void *context)
{
    (void)widget;
    (void)context;
    draw_fill(canvas, canvas->clip, ui_theme()->surface);
    paint_well(canvas);
    if (!blocks.paused)
        paint_falling(canvas);
    paint_aside(canvas, blocks.game.next, 0, ui_say("Next", "Siguiente"));
    paint_aside(canvas, blocks.game.held, 6, ui_say("Aside (C)", "Aparte (C)"));
}

/* ---- playing -------------------------------------------------------------------------------------- */

static void show(void)
{
    ui_set_textf(blocks.score, "%ld", blocks.game.score);
    ui_set_textf(blocks.lines, "%d", blocks.game.lines);
    ui_set_textf(blocks.level, "%d", blocks.game.level);
    ui_set_text(blocks.state, blocks.game.over ? ui_say("Game over", "Fin")
                              : blocks.paused  ? ui_say("Paused", "En pausa")
                                               : "");
    ui_redraw(blocks.canvas);
}

static void on_fall(void *context);

static void set_timer(void)
{
    ui_timer_stop(blocks.timer);
    blocks.timer = 0;
    if (!blocks.game.over && !blocks.paused)
        blocks.timer = ui_timer(game_delay_ms(&blocks.game), false, on_fall, NULL);
}

static void on_fall(void *context)
{
    (void)context;
    blocks.timer = 0;
    (void)game_fall(&blocks.game);
    set_timer();
    show();
}

static void on_new(struct widget *widget, void *context)
{
    struct timespec now;

    (void)widget;
    (void)context;
    clock_gettime(CLOCK_REALTIME, &now);
    game_start(&blocks.game, (uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec);
    blocks.paused = false;
    set_timer();
    show();
    ui_focus(blocks.canvas);
}

static void on_pause(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    blocks.paused = !blocks.paused && !blocks.game.over;
    set_timer();
    show();
}

static bool play(unsigned code)
{
    struct game *game = &blocks.game;

    switch (code) {
    case KEY_LEFT: (void)game_move(game, -1); break;
    case KEY_RIGHT: (void)game_move(game, 1); break;
    case KEY_UP:
    case KEY_X: (void)game_turn(game, 1); break;
    case KEY_Z: (void)game_turn(game, -1); break;
    case KEY_DOWN: (void)game_fall(game); break;
    case KEY_SPACE: game_drop(game); break;
    case KEY_C: (void)game_hold(game); break;
    default: return false;
    }
    if (code == KEY_DOWN || code == KEY_SPACE || code == KEY_C)
        set_timer();
    show();
    return true;
}

static bool on_key(struct widget *widget, const struct ui_key *key, void *context)
{
    (void)widget;
    (void)context;
    if (!key->pressed || key->modifiers & (MODIFIER_CTRL | MODIFIER_ALT | MODIFIER_SUPER))
        return false;
    if (key->code == KEY_P && !key->repeated) {
        on_pause(NULL, NULL);
        return true;
    }
    return !blocks.paused && play(key->code);
}

/* The keys are the game's again, at once. */
static void on_pause_button(struct widget *widget, void *context)
{
    on_pause(widget, context);
    ui_focus(blocks.canvas);
}

/* Nobody plays while another window has the keyboard. */
static void on_focus(struct widget *widget, void *context)
{
    bool away = !ui_window_active(blocks.window);

    (void)context;
    if (away && blocks.had_keyboard && !blocks.paused && !blocks.game.over)
        on_pause(NULL, NULL);
    blocks.had_keyboard = ui_focused(widget);
}

/* ---- window --------------------------------------------------------------------------------------- */

static struct widget *figure(struct widget *parent, const char *name)
{
    ui_label_set_style(ui_label(parent, name), UI_DIM);
    struct widget *label = ui_label(parent, "0");

    ui_label_set_style(label, UI_BOLD);
    return label;
}

static int cell_wanted(void)
{
    int width, height, cell;

    ui_screen_size(&width, &height);
    cell = (height * 100 / ui_px(100) - REST) / WELL_HEIGHT;
    return cell > CELL ? CELL : cell < 8 ? 8 : cell;
}

static void build_window(void)
{
    static const struct ui_canvas_calls calls = {.paint = on_paint, .key = on_key, .focus = on_focus};

    blocks.window = ui_window(ui_say("Blocks", "Bloques"), 0, 0);
    ui_window_set_icon(blocks.window, "blocks");
    struct widget *row = ui_row(ui_window_content(blocks.window)), *side;
    int cell = cell_wanted();

    ui_set_grow(row, 1);
    ui_set_gap(row, 16);
    blocks.canvas = ui_canvas(row, &calls, NULL);
    ui_set_grow(blocks.canvas, 1);
    ui_set_least(blocks.canvas, (WELL_WIDTH + SIDE) * cell + 2, WELL_HEIGHT * cell + 2);
    side = ui_column(row);
    ui_set_least(side, 96, 0);
    blocks.score = figure(side, ui_say("Score", "Puntos"));
    blocks.lines = figure(side, ui_say("Lines", "Líneas"));
    blocks.level = figure(side, ui_say("Level", "Nivel"));
    blocks.state = ui_label(side, "");
    ui_set_name(blocks.state, "state");
    ui_set_name(blocks.score, "score");
    ui_spacer(side);
    ui_set_name(ui_button(side, ui_say("&Pause", "&Pausa"), on_pause_button, NULL), "pause");
    ui_button(side, ui_say("&New game", "&Nueva partida"), on_new, NULL);
    (void)ui_shortcut(blocks.window, "F2", on_new, NULL);
}

struct ui_window *blocks_open(void)
{
    blocks.had_keyboard = false;
    blocks.timer = 0;
    build_window();
    on_new(NULL, NULL);
    ui_window_show(blocks.window);
    return blocks.window;
}
