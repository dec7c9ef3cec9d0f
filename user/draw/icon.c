/*
 * Icons: see icon.h. Each is a line of text in a small language of shapes on a grid of 24 × 24, so that it is
 * drawn at any size and a new one is a line of the table:
 *
 *     M x y   L x y   C x1 y1 x2 y2 x y   Z     path: move, line, curve, close
 *     O x y r        R x y w h r                a filled circle, a filled rectangle with round corners
 *     f              s width                    fill the path; stroke it. Both begin a new one
 *     # rrggbb       w     c     t              colour from here on: that, white, the caller's, the tile's
 *
 * Numbers may have one decimal. Programs' and files' icons lie on a tile of two colours, top and bottom.
 */
#include "user/draw/icon.h"

#include <stdlib.h>
#include <string.h>

#define GRID 24

struct picture {
    const char *name;
    colour_t top, bottom; /* of the tile; 0: none */
    const char *shapes;
};

#define BLUE   0xFF5B9DFF, 0xFF3B7DF0
#define GREEN  0xFF3CC9A0, 0xFF2AAE88
#define ORANGE 0xFFFFB454, 0xFFF59A2E
#define VIOLET 0xFFA98BFF, 0xFF8465F0
#define RED    0xFFFF7C8E, 0xFFEF5A70
#define SKY    0xFF5FC3EE, 0xFF3BA3DB
#define GREY   0xFF77859B, 0xFF5C6A80
#define DARK   0xFF35415A, 0xFF222C3D
#define PINK   0xFFFF8AC0, 0xFFE668A4
#define TEAL   0xFF37C8C0, 0xFF22A39F

static const struct picture pictures[ICONS] = {
    [ICON_NONE] = {"none", 0, 0, ""},
    [ICON_FASTOS] = {"fastos", 0, 0,
                     "#5b9dff M8.5 3 L21 3 L19.6 7.6 L7 7.6 Z f #a583ff M6.5 9.4 L17 9.4 L15.6 14 L5 14 Z f "
                     "#37d6b5 M4.5 15.8 L11 15.8 L9.5 21 L2.8 21 Z f"},
    [ICON_TERMINAL] = {"terminal", DARK, "#37d6b5 M6.5 8.5 L10.5 12 L6.5 15.5 s2 w M12.5 16 L17.5 16 s2"},
    [ICON_FILES] =
        {"files", BLUE,
         "w M5 7.5 L10 7.5 L11.8 9.3 L19 9.3 L19 17.5 L5 17.5 Z f #bcd6ff M5 11 L19 11 L19 17.8 L5 17.8 Z f"},
    [ICON_EDITOR] = {"editor", GREEN,
                     "w R6.5 4.5 11 15 1.5 t M9 9 L15 9 s1.3 M9 12 L15 12 s1.3 M9 15 L13 15 s1.3"},
    [ICON_MONITOR] = {"monitor", VIOLET, "w M4.5 13 L8 13 L10.3 7 L13.7 17 L16 11.5 L17 13 L19.5 13 s1.8"},
    [ICON_SETTINGS] =
        {"settings", GREY,
         "w M12 4.5 L12 7 s3 M12 17 L12 19.5 s3 M4.5 12 L7 12 s3 M17 12 L19.5 12 s3 "
         "M6.7 6.7 L8.4 8.4 s3 M15.6 15.6 L17.3 17.3 s3 M17.3 6.7 L15.6 8.4 s3 M8.4 15.6 L6.7 17.3 s3 "
         "O12 12 5.2 t O12 12 2.3"},
    [ICON_LOG] = {"log", TEAL,
                  "w M6 7 L6.1 7 s2 M9.5 7 L18 7 s1.8 M6 12 L6.1 12 s2 M9.5 12 L18 12 s1.8 "
                  "M6 17 L6.1 17 s2 M9.5 17 L15 17 s1.8"},
    [ICON_HARDWARE] =
        {"hardware", SKY,
         "w R7 7 10 10 1.5 t R10 10 4 4 0.8 w M9.5 4.5 L9.5 7 s1.4 M14.5 4.5 L14.5 7 s1.4 "
         "M9.5 17 L9.5 19.5 s1.4 M14.5 17 L14.5 19.5 s1.4 M4.5 9.5 L7 9.5 s1.4 M4.5 14.5 L7 14.5 s1.4 "
         "M17 9.5 L19.5 9.5 s1.4 M17 14.5 L19.5 14.5 s1.4"},
    [ICON_HELP] = {"help", BLUE,
                   "w M8.8 9.2 C8.8 5 15.2 5 15.2 9 C15.2 11.6 12 11.6 12 14.2 s2 O12 17.6 1.3"},
    [ICON_VIEWER] = {"viewer", ORANGE,
                     "w R5 6.5 14 11 1.8 t O9 10 1.3 M6.5 15.8 L10.5 12 L12.8 14 L15 11.8 L17.5 15.8 Z f"},
    [ICON_CALCULATOR] =
        {"calculator", RED,
         "w R6.5 4.8 11 14.4 1.6 t R8.3 6.6 7.4 2.8 0.6 O9.4 12 0.9 O12 12 0.9 O14.6 12 0.9 O9.4 14.4 0.9 "
         "O12 14.4 0.9 O14.6 14.4 0.9 O9.4 16.8 0.9 O12 16.8 0.9 O14.6 16.8 0.9"},
    [ICON_MINESWEEPER] = {"minesweeper", SKY,
                          "w O12 12 4.6 M12 5.2 L12 18.8 s1.5 M5.2 12 L18.8 12 s1.5 M7.2 7.2 L16.8 16.8 s1.5 "
                          "M16.8 7.2 L7.2 16.8 s1.5 t O10.4 10.4 1.1"},
    [ICON_BLOCKS] = {"blocks", PINK, "w R5 12.5 6.2 6.2 1 R12.2 12.5 6.2 6.2 1 R8.6 5.3 6.2 6.2 1"},
    [ICON_PROGRAM] = {"program", GREY, "w R5 6 14 12 1.6 t M5 9.2 L19 9.2 s1.2"},
    [ICON_FOLDER] =
        {"folder", BLUE,
         "w M5 7.5 L10 7.5 L11.8 9.3 L19 9.3 L19 17.5 L5 17.5 Z f #bcd6ff M5 11 L19 11 L19 17.8 L5 17.8 Z f"},
    [ICON_FILE] = {"file", GREY,
                   "w M7 4.8 L14 4.8 L17.2 8 L17.2 19.2 L7 19.2 Z f t M14 4.8 L14 8 L17.2 8 s1"},
    [ICON_TEXT] = {"text", GREEN,
                   "w R6.5 4.5 11 15 1.5 t M9 9 L15 9 s1.3 M9 12 L15 12 s1.3 M9 15 L13 15 s1.3"},
    [ICON_PICTURE] = {"picture", ORANGE,
                      "w R5 6.5 14 11 1.8 t O9 10 1.3 M6.5 15.8 L10.5 12 L12.8 14 L15 11.8 L17.5 15.8 Z f"},
    [ICON_ARCHIVE] = {"archive", VIOLET, "w R5.5 6 13 4 1 R6.5 10.6 11 7.8 1 t M10 13 L14 13 s1.5"},
    [ICON_TRASH] =
        {"trash", GREY,
         "w M7.5 9 L16.5 9 L15.7 19 L8.3 19 Z f R6 6.2 12 1.8 0.8 R10 4.6 4 2 0.8 t M10.4 11 L10.7 17 s1.1 "
         "M13.6 11 L13.3 17 s1.1"},
    [ICON_DISK] = {"disk", TEAL, "w R5 8 14 8.5 1.8 t O15.8 13.4 1.1 M7.5 13.4 L12 13.4 s1.2"},
    [ICON_HOME] = {"home", BLUE,
                   "w M12 5 L19 11.2 L17.2 11.2 L17.2 18 L6.8 18 L6.8 11.2 L5 11.2 Z f t R10.4 13 3.2 5 0.4"},

    [ICON_CLOSE] = {"close", 0, 0, "c M6.5 6.5 L17.5 17.5 s1.6 M17.5 6.5 L6.5 17.5 s1.6"},
    [ICON_MAXIMISE] = {"maximise", 0, 0, "c M7 7 L17 7 L17 17 L7 17 Z s1.6"},
    [ICON_RESTORE] = {"restore", 0, 0,
                      "c M6 9.5 L14.5 9.5 L14.5 18 L6 18 Z s1.6 M9.5 9 L9.5 6 L18 6 L18 14.5 L15 14.5 s1.6"},
    [ICON_MINIMISE] = {"minimise", 0, 0, "c M6.5 12 L17.5 12 s1.6"},
    [ICON_MENU] = {"menu", 0, 0, "c M5 7 L19 7 s1.8 M5 12 L19 12 s1.8 M5 17 L19 17 s1.8"},
    [ICON_SEARCH] = {"search", 0, 0,
                     "c M10.5 5 C13.5 5 16 7.5 16 10.5 C16 13.5 13.5 16 10.5 16 C7.5 16 5 13.5 5 10.5 C5 7.5 "
                     "7.5 5 10.5 5 "
                     "s1.8 M14.6 14.6 L19 19 s1.8"},
    [ICON_ADD] = {"add", 0, 0, "c M12 5.5 L12 18.5 s1.8 M5.5 12 L18.5 12 s1.8"},
    [ICON_REMOVE] = {"remove", 0, 0, "c M5.5 12 L18.5 12 s1.8"},
    [ICON_BACK] = {"back", 0, 0, "c M14.5 6 L8.5 12 L14.5 18 s1.9"},
    [ICON_FORWARD] = {"forward", 0, 0, "c M9.5 6 L15.5 12 L9.5 18 s1.9"},
    [ICON_UP] = {"up", 0, 0, "c M6 14.5 L12 8.5 L18 14.5 s1.9"},
    [ICON_DOWN] = {"down", 0, 0, "c M6 9.5 L12 15.5 L18 9.5 s1.9"},
    [ICON_CHECK] = {"check", 0, 0, "c M5.5 12.5 L10 17 L18.5 7.5 s2.1"},
    [ICON_REFRESH] =
        {"refresh", 0, 0,
         "c M18.5 12 C18.5 20.5 5.5 20.5 5.5 12 C5.5 4.5 14.5 3.5 17.5 8.5 s1.8 M18 4.8 L18 9 L13.8 9 s1.8"},
    [ICON_COPY] = {"copy", 0, 0,
                   "c M9 9 L18.5 9 L18.5 19 L9 19 Z s1.6 M6 15 L5.5 15 L5.5 5 L15 5 L15 5.8 s1.6"},
    [ICON_CUT] =
        {"cut", 0, 0,
         "c M7 5 L15.5 15.5 s1.6 M17 5 L8.5 15.5 s1.6 M7.5 15 C10 15 10 19 7.5 19 C5 19 5 15 7.5 15 s1.6 "
         "M16.5 15 C19 15 19 19 16.5 19 C14 19 14 15 16.5 15 s1.6"},
    [ICON_PASTE] = {"paste", 0, 0, "c M9 6 L6 6 L6 19.5 L18 19.5 L18 6 L15 6 s1.6 R9 4 6 4 1"},
    [ICON_UNDO] = {"undo", 0, 0,
                   "c M9 5.5 L5 9.5 L9 13.5 s1.8 M5.5 9.5 L14 9.5 C21 9.5 21 18.5 14 18.5 L11 18.5 s1.8"},
    [ICON_REDO] = {"redo", 0, 0,
                   "c M15 5.5 L19 9.5 L15 13.5 s1.8 M18.5 9.5 L10 9.5 C3 9.5 3 18.5 10 18.5 L13 18.5 s1.8"},
    [ICON_SAVE] = {"save", 0, 0,
                   "c M5 5 L16 5 L19 8 L19 19 L5 19 Z s1.6 M8 19 L8 13.5 L16 13.5 L16 19 s1.6 M9 5 L9 8.5 "
                   "L14 8.5 L14 5 s1.6"},
    [ICON_OPEN] = {"open", 0, 0,
                   "c M4.5 18 L4.5 6.5 L9.5 6.5 L11.5 8.5 L18 8.5 L18 11 s1.6 M4.5 18 L7.5 11.5 L20.5 11.5 "
                   "L17.5 18 Z s1.6"},
    [ICON_LIST] = {"list", 0, 0,
                   "c M5.5 7 L5.6 7 s2 M9 7 L19 7 s1.7 M5.5 12 L5.6 12 s2 M9 12 L19 12 s1.7 M5.5 17 L5.6 17 "
                   "s2 M9 17 L19 17 s1.7"},
    [ICON_GRID] = {"grid", 0, 0, "c R5 5 6 6 1 R13 5 6 6 1 R5 13 6 6 1 R13 13 6 6 1"},
    [ICON_INFO] = {"info", 0, 0, "#5b9dff O12 12 9 w O12 7.8 1.3 M12 11.2 L12 16.6 s2"},
    [ICON_WARNING] = {"warning", 0, 0,
                      "#ffb454 M12 3.5 L21.5 20 L2.5 20 Z f #1d1405 M12 9.5 L12 14 s2 O12 17 1.2"},
    [ICON_BELL] = {"bell", 0, 0,
                   "c M6 16.5 C8 14.5 7 11 7.5 9.5 C8.5 5.5 15.5 5.5 16.5 9.5 C17 11 16 14.5 18 16.5 Z s1.6 "
                   "M10.5 19 L13.5 19 s1.8"},
    [ICON_CLOCK] = {"clock", 0, 0,
                    "c M12 4 C16.4 4 20 7.6 20 12 C20 16.4 16.4 20 12 20 C7.6 20 4 16.4 4 12 C4 7.6 7.6 4 12 "
                    "4 s1.6 M12 7.5 L12 12 L15 14 s1.6"},
    [ICON_POWER] = {"power", 0, 0,
                    "c M8 6.5 C2.5 10 4 19.5 12 19.5 C20 19.5 21.5 10 16 6.5 s1.8 M12 4 L12 11 s1.8"},
    [ICON_KEYBOARD] = {"keyboard", 0, 0,
                       "c M3.5 7 L20.5 7 L20.5 17 L3.5 17 Z s1.5 M7 10.2 L7.1 10.2 s1.6 M10.3 10.2 L10.4 "
                       "10.2 s1.6 M13.6 10.2 L13.7 10.2 s1.6 M16.9 10.2 L17 10.2 s1.6 M8 14 L16 14 s1.6"},
    [ICON_FLAG] = {"flag", 0, 0, "c M6.5 4 L6.5 21 s1.8 M7 4.5 L18.5 8.5 L7 12.5 Z f"},
    [ICON_MINE] =
        {"mine", 0, 0,
         "c O12 12 5.6 M12 3.5 L12 20.5 s1.7 M3.5 12 L20.5 12 s1.7 M6 6 L18 18 s1.7 M18 6 L6 18 s1.7"},
    [ICON_LOGO] = {"logo", 0, 0,
                   "c M8.6 3.5 L21 3.5 L19.9 7.3 L11.2 7.3 L10.3 10.2 L17.4 10.2 L16.3 13.9 L9.2 13.9 L7 21 "
                   "L3.2 21 Z f"},
};

/* ---- drawing a line of shapes --------------------------------------------------------------------- */

struct pen {
    const struct canvas *canvas;
    struct rect at; /* a square */
    const char *text;
    colour_t colour, given, tile;
    struct path *path;
    bool is_sign, is_fitted; /* one-colour; the path's points lie where its lines are sharp */
};

/* A number of the grid in 256ths of a pixel. */
static int number(struct pen *pen)
{
    char *end;
    long tenths = 10 * strtol(pen->text, &end, 10);

    if (*end == '.') {
        tenths += end[1] - '0';
        end += 2;
    }
    pen->text = end;
    return (int)((tenths * pen->at.w * 256 + 5 * GRID) / (10 * GRID));
}

/* Lines of an odd number of pixels are sharp along the middle of pixels, others between two. */
static int fitted(const struct pen *pen, int at)
{
    int pixels = (pen->at.w * 17 + 5 * GRID) / (10 * GRID); /* of the signs' usual 1.7 */

    return !pen->is_fitted ? at : pixels % 2 ? (at & ~255) + 128 : (at + 128) & ~255;
}

static int number_x(struct pen *pen)
{
    return pen->at.x * 256 + fitted(pen, number(pen));
}

static int number_y(struct pen *pen)
{
    return pen->at.y * 256 + fitted(pen, number(pen));
}

/* Of a sign a path that is only lines and will be stroked. */
static bool wants_fitting(const struct pen *pen)
{
    size_t size = strcspn(pen->text, "sfC");

    return pen->is_sign && pen->text[size] == 's';
}

static void begin_anew(struct pen *pen)
{
    path_end(pen->path);
    pen->path = path_start();
    pen->is_fitted = false;
}

static void draw_path_word(struct pen *pen, char word)
{
    int x, y, at[4];

    switch (word) {
    case 'M':
        pen->is_fitted = wants_fitting(pen);
        x = number_x(pen);
        y = number_y(pen);
        path_move(pen->path, x, y);
        break;
    case 'L':
        x = number_x(pen);
        y = number_y(pen);
        path_line(pen->path, x, y);
        break;
    case 'C':
        for (int i = 0; i < 4; i++)
            at[i] = i % 2 ? number_y(pen) : number_x(pen);
        x = number_x(pen);
        y = number_y(pen);
        path_curve(pen->path, at[0], at[1], at[2], at[3], x, y);
        break;
    case 'Z':
        path_close(pen->path);
        break;
    }
}

/* A circle by four curves; 0.5523 is the handle that comes closest to one. */
static void draw_circle_word(struct pen *pen)
{
    int x = number_x(pen), y = number_y(pen), r = number(pen), k = r * 5523 / 10000;

    begin_anew(pen);
    path_move(pen->path, x, y - r);
    path_curve(pen->path, x + k, y - r, x + r, y - k, x + r, y);
    path_curve(pen->path, x + r, y + k, x + k, y + r, x, y + r);
    path_curve(pen->path, x - k, y + r, x - r, y + k, x - r, y);
    path_curve(pen->path, x - r, y - k, x - k, y - r, x, y - r);
    path_fill(pen->canvas, pen->path, pen->colour);
    begin_anew(pen);
}

static void draw_round_word(struct pen *pen)
{
    int x = number_x(pen), y = number_y(pen), w = number(pen), h = number(pen), r = number(pen),
        k = r * 4477 / 10000;

    begin_anew(pen);
    path_move(pen->path, x + r, y);
    path_line(pen->path, x + w - r, y);
    path_curve(pen->path, x + w - k, y, x + w, y + k, x + w, y + r);
    path_line(pen->path, x + w, y + h - r);
    path_curve(pen->path, x + w, y + h - k, x + w - k, y + h, x + w - r, y + h);
    path_line(pen->path, x + r, y + h);
    path_curve(pen->path, x + k, y + h, x, y + h - k, x, y + h - r);
    path_line(pen->path, x, y + r);
    path_curve(pen->path, x, y + k, x + k, y, x + r, y);
    path_fill(pen->canvas, pen->path, pen->colour);
    begin_anew(pen);
}

static void set_colour(struct pen *pen, char word)
{
    char *end;

    if (word == '#') {
        pen->colour = 0xFF000000 | (colour_t)strtoul(pen->text, &end, 16);
        pen->text = end;
    } else {
        pen->colour = word == 'w' ? 0xFFFFFFFF : word == 't' ? pen->tile : pen->given;
    }
}

static void draw_word(struct pen *pen, char word)
{
    if (strchr("MLCZ", word)) {
        draw_path_word(pen, word);
    } else if (word == 'f') {
        path_fill(pen->canvas, pen->path, pen->colour);
        begin_anew(pen);
    } else if (word == 's') {
        path_stroke(pen->canvas, pen->path, number(pen), pen->colour);
        begin_anew(pen);
    } else if (word == 'O') {
        draw_circle_word(pen);
    } else if (word == 'R') {
        draw_round_word(pen);
    } else if (strchr("#wct", word)) {
        set_colour(pen, word);
    }
}

static void draw_shapes(struct pen *pen)
{
    begin_anew(pen);
    while (*pen->text) {
        char word = *pen->text++;

        if (word != ' ')
            draw_word(pen, word);
    }
    path_end(pen->path);
}

static void draw_tile(const struct canvas *canvas, struct rect at, colour_t top, colour_t bottom)
{
    int radius = at.w * 22 / 100;

    draw_round(canvas, at, radius, CORNERS_ALL, bottom);
    for (int y = 0; y < at.h; y++) { /* the same shape again, a row of it at a time, in that row's colour */
        struct canvas row = canvas_clipped(canvas, (struct rect){at.x, at.y + y, at.w, 1});

        if (!rect_empty(row.clip))
            draw_round(&row, at, radius, CORNERS_ALL, colour_mix(top, bottom, (unsigned)(y * 255 / at.h)));
    }
}

void draw_icon(const struct canvas *canvas, struct rect at, enum icon icon, colour_t colour)
{
    int side = at.w < at.h ? at.w : at.h;

    if ((unsigned)icon >= ICONS || side <= 0 || side > 1024)
        return;
    const struct picture *picture = &pictures[icon];
    struct rect square = {at.x + (at.w - side) / 2, at.y + (at.h - side) / 2, side, side};
    struct pen pen = {.canvas = canvas,
                      .at = square,
                      .text = picture->shapes,
                      .given = colour,
                      .colour = colour,
                      .tile = picture->bottom, .is_sign = !picture->top && icon > ICON_HOME};

    if (rect_empty(rect_and(square, canvas->clip)))
        return;
    if (picture->top)
        draw_tile(canvas, square, picture->top, picture->bottom);
    draw_shapes(&pen);
}

enum icon icon_named(const char *name)
{
    for (int i = 1; i < ICONS; i++)
        if (strcmp(pictures[i].name, name) == 0)
            return (enum icon)i;
    return ICON_PROGRAM;
}
