/*
 * Drawing into memory, for the desktop's server, the toolkit and programs: pictures, rectangles, rounded
 * shapes, paths, text, icons. Freestanding of any screen: all of it is tested on the host.
 *
 *     struct canvas canvas = canvas_of(pixels, width, height, width);
 *     draw_fill(&canvas, (struct rect){0, 0, width, height}, theme->surface);
 *     draw_text(&canvas, 16, 24, font_get(FONT_UI, 13), "Hello", -1, theme->text);
 *
 * Lengths are pixels of the picture, x to the right, y down; who draws at 150 % multiplies before
 * (draw_scale). Colours are 0xAARRGGBB, alpha not multiplied in; pixels are 0xAARRGGBB too, multiplied in
 * where a picture has alpha, and 0xFFRRGGBB elsewhere. Nothing is drawn outside a canvas's clip, whatever
 * the coordinates; they may be anything an int holds. Nothing here locks: a canvas belongs to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/draw/rect.h"

typedef uint32_t colour_t; /* 0xAARRGGBB */

struct canvas {
    uint32_t *pixels;
    int width, height;
    int stride;       /* pixels from one line to the next */
    struct rect clip; /* nothing outside is touched; within the picture */
};

/* ---- canvases and colours ---------------------------------------------------------------------- */
struct canvas canvas_of(uint32_t *pixels, int width, int height, int stride); /* clip: all of it */
/* The same picture, clipped to `to` as well. */
struct canvas canvas_clipped(const struct canvas *canvas, struct rect to);
/* The part `at` of it as a canvas of its own, whose (0, 0) is at's corner. Its pixels may begin outside of
   the picture: only drawing looks at them, within the clip. */
struct canvas canvas_part(const struct canvas *canvas, struct rect at);

/* `length` pixels at 100 %, at `percent`: rounded, at least 1 where length is. */
static inline int draw_scale(int length, int percent)
{
    int scaled = (length * percent + (length < 0 ? -50 : 50)) / 100;

    return scaled == 0 && length > 0 ? 1 : scaled;
}

/* From `a` (at 0) to `b` (at 255). */
colour_t colour_mix(colour_t a, colour_t b, unsigned at);
static inline colour_t colour_alpha(colour_t colour, unsigned alpha)
{
    return (colour & 0xFFFFFFu) | alpha << 24;
}
/* WCAG 2.1 contrast of two opaque colours, in hundredths: 100 to 2100. */
unsigned colour_contrast(colour_t a, colour_t b);

/* ---- shapes --------------------------------------------------------------------------------------- */
/* Of any alpha; with 255 the pixels are stored, not mixed. */
void draw_fill(const struct canvas *canvas, struct rect at, colour_t colour);
/* The corners are antialiased; `corners`: which are round. */
#define CORNERS_TOP    3u
#define CORNERS_BOTTOM 12u
#define CORNERS_ALL    15u
void draw_round(const struct canvas *canvas, struct rect at, int radius, unsigned corners, colour_t colour);
/* Its border of `width` pixels, inside `at`. */
void draw_round_border(const struct canvas *canvas, struct rect at, int radius, unsigned corners, int width,
                       colour_t colour);
void draw_circle(const struct canvas *canvas, int centre_x, int centre_y, int radius, colour_t colour);
void draw_line(const struct canvas *canvas, int x0, int y0, int x1, int y1, int width, colour_t colour);
/* Darkens what is there around `at`, softly, `spread` pixels outwards and `down` below; nothing inside. By
   one thread of a program. */
void draw_shadow(const struct canvas *canvas, struct rect at, int radius, int spread, int down,
                 unsigned alpha);
/* From `top` to `bottom`. */
void draw_gradient(const struct canvas *canvas, struct rect at, colour_t top, colour_t bottom);

/* ---- pictures --------------------------------------------------------------------------------------- */
/* The clip of `from`, stored with its (0, 0) at (x, y); alpha is not looked at. They do not overlap. */
void draw_copy(const struct canvas *canvas, int x, int y, const struct canvas *from);
/* The same, mixed by the alpha of `from`. */
void draw_blend(const struct canvas *canvas, int x, int y, const struct canvas *from);
/* All of `from`, opaque, in another size: averaged when it becomes smaller. */
void draw_scaled(const struct canvas *canvas, struct rect at, const struct canvas *from);
/* What is within `at` moves by (dx, dy) inside `at`; what came uncovered keeps its old pixels. */
void draw_scroll(const struct canvas *canvas, struct rect at, int dx, int dy);

/* ---- paths ------------------------------------------------------------------------------------------ */
/* Coordinates in 256ths of a pixel. Use: path_start → path_move, path_line, path_curve … → path_fill or
   path_stroke (which keep it) → path_end. A path that grew beyond its memory draws nothing. */
struct path;
struct path *path_start(void); /* NULL: no memory; all calls bear it */
void path_move(struct path *path, int x, int y);
void path_line(struct path *path, int x, int y);
void path_curve(struct path *path, int x1, int y1, int x2, int y2, int x, int y); /* cubic */
void path_close(struct path *path);
void path_fill(const struct canvas *canvas, const struct path *path, colour_t colour); /* even-odd */
void path_stroke(const struct canvas *canvas, const struct path *path, int width, colour_t colour);
void path_end(struct path *path);

/* ---- text ----------------------------------------------------------------------------------------- */
/* Fonts come from files that the build rasterised (font.h says how); they are mapped once and kept. */
enum font_face { FONT_UI, FONT_UI_BOLD, FONT_MONO, FONT_MONO_BOLD, FONT_FACES };
struct font;

/* Of `size` pixels, or the nearest smaller one that there is, else the smallest. Never NULL: where no file
   can be read it is the console's font. Belongs to the library. */
const struct font *font_get(enum font_face face, int size);
/* The folder of the files, before the first font_get: "/usr/share/fonts/fastos" unless said. */
void font_folder(const char *path);
int font_height(const struct font *font);   /* of a line */
int font_ascent(const struct font *font);   /* of it above the baseline */
int font_advance(const struct font *font, uint32_t codepoint); /* what is not in it is drawn as a box */
bool font_has(const struct font *font, uint32_t codepoint);

/* UTF-8 of `size` bytes, -1: to its 0. Malformed bytes are U+FFFD each. */
int text_width(const struct font *font, const char *text, ptrdiff_t size);
/* How many bytes fit into `width` pixels, and their width. */
size_t text_fit(const struct font *font, const char *text, ptrdiff_t size, int width, int *used);
/* y: the baseline. Returns where the next one would be. */
int draw_text(const struct canvas *canvas, int x, int y, const struct font *font, const char *text,
              ptrdiff_t size, colour_t colour);
/* In the middle of `at` by its height; in it by `align`; what does not fit ends in "…". */
enum align { ALIGN_START, ALIGN_CENTRE, ALIGN_END };
void draw_label(const struct canvas *canvas, struct rect at, const struct font *font, const char *text,
                enum align align, colour_t colour);
/* One character cell of a terminal: at (x, y), its top left; foreground over what is there. */
void draw_glyph(const struct canvas *canvas, int x, int y, const struct font *font, uint32_t codepoint,
                colour_t colour);
