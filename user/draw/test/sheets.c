/* Draws the sheets that tests/screen/test_sheets.py compares with what was looked at:
 *
 *     sheets FONTS THEMES OUT          writes OUT/NAME.ppm, one for each sheet
 *     sheets FONTS THEMES              says a sum of each sheet's pixels: the same on FastOS as on the host
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/draw/draw.h"
#include "user/draw/theme.h"
#include "user/draw/icon.h"

struct sheet {
    const char *name;
    int width, height;
    void (*draw)(const struct canvas *canvas, const struct theme *theme);
    const char *theme;
};

static int draw_line_of(const struct canvas *canvas, int y, enum font_face face, int size, const char *text,
                        colour_t colour)
{
    const struct font *font = font_get(face, size);

    draw_text(canvas, 16, y + font_ascent(font), font, text, -1, colour);
    return y + font_height(font) + 4;
}

static void draw_text_sheet(const struct canvas *canvas, const struct theme *theme)
{
    static const char sample[] = "Hamburgefonstiv ¡Año! ñáéü Ωμέγα Привет → ✓ € 0123456789";
    static const char code[] = "user@fastos:~$ ls -l {[()]} != -> 0O1lI \\|/ ~ @ # % & ñ € ✓ λ Ж";
    static const int sizes[] = {11, 12, 13, 15, 20, 26};
    int y = 8;

    draw_fill(canvas, canvas->clip, theme->surface);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        y = draw_line_of(canvas, y, FONT_UI, sizes[i], sample, theme->text);
    y = draw_line_of(canvas, y, FONT_UI_BOLD, 13, sample, theme->text);
    y = draw_line_of(canvas, y, FONT_UI_BOLD, 20, sample, theme->accent);
    y = draw_line_of(canvas, y, FONT_MONO, 14, code, theme->text);
    y = draw_line_of(canvas, y, FONT_MONO_BOLD, 14, code, theme->good);
    draw_line_of(canvas, y, FONT_MONO, 21, "Iñtërnâtiônàlizætiøn λόγος Жук", theme->text);
}

static int draw_cells(const struct canvas *canvas, int y, int size, colour_t colour)
{
    static const char *const lines[] = {
        "┌─┬┐ ┏━┳┓ ╔═╦╗ ╓─╥╖ ╒═╤╕ ╭─╮ ┍┯┑ ┎┰┒ ╱╲╳", "│ ││ ┃ ┃┃ ║ ║║ ║ ║║ │ ││ │ │ ┝┿┥ ┠╂┨ ┄┈╌",
        "├─┼┤ ┣━╋┫ ╠═╬╣ ╟─╫╢ ╞═╪╡ ├─┤ ┕┷┙ ┖┸┚ ┅┉╍", "└─┴┘ ┗━┻┛ ╚═╩╝ ╙─╨╜ ╘═╧╛ ╰─╯ ╼╾╽ ┆┊╎ ┇┋╏",
        "▁▂▃▄▅▆▇█▉▊▋▌▍▎▏▐ ░░▒▒▓▓ ▀▔▕ ▖▗▘▙▚▛▜▝▞▟ ⠁⠃⠇⡇⣇⣧⣷⣿ ",
    };
    const struct font *font = font_get(FONT_MONO, size);

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++, y += font_height(font))
        draw_text(canvas, 16, y + font_ascent(font), font, lines[i], -1, colour);
    return y + 8;
}

static void draw_cell_sheet(const struct canvas *canvas, const struct theme *theme)
{
    draw_fill(canvas, canvas->clip, theme->field);
    int y = draw_cells(canvas, 8, 14, theme->field_text);

    y = draw_cells(canvas, y, 16, theme->field_text);
    draw_cells(canvas, y, 28, theme->field_text);
}

static void draw_icon_sheet(const struct canvas *canvas, const struct theme *theme)
{
    static const int sizes[] = {16, 24, 32, 48, 64};
    int y = 8;

    draw_fill(canvas, canvas->clip, theme->surface);
    for (int first = 1; first < ICONS; first += 14)
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); y += sizes[i++] + 8)
            for (int k = 0; k < 14 && first + k < ICONS; k++)
                draw_icon(canvas, (struct rect){8 + k * (sizes[i] + 8), y, sizes[i], sizes[i]},
                          (enum icon)(first + k), theme->text);
}

static void draw_shape_row(const struct canvas *canvas, const struct theme *theme, int y)
{
    draw_round(canvas, (struct rect){16, y, 80, 48}, 10, CORNERS_ALL, theme->accent);
    draw_round(canvas, (struct rect){112, y, 80, 48}, 24, CORNERS_TOP, theme->selected);
    draw_round_border(canvas, (struct rect){208, y, 80, 48}, 10, CORNERS_ALL, 1, theme->border);
    draw_round_border(canvas, (struct rect){304, y, 80, 48}, 10, CORNERS_BOTTOM, 3, theme->good);
    draw_circle(canvas, 424, y + 24, 24, theme->bad);
    draw_circle(canvas, 476, y + 24, 8, theme->warning);
    draw_gradient(canvas, (struct rect){500, y, 80, 48}, theme->frame, theme->surface);
}

static void draw_window(const struct canvas *canvas, const struct theme *theme, struct rect at)
{
    draw_shadow(canvas, at, theme->radius, theme->shadow, 8, 110);
    draw_round(canvas, at, theme->radius, CORNERS_ALL, theme->surface);
    draw_round(canvas, (struct rect){at.x, at.y, at.w, 34}, theme->radius, CORNERS_TOP, theme->frame);
    draw_round_border(canvas, at, theme->radius, CORNERS_ALL, 1, theme->border);
    draw_icon(canvas, (struct rect){at.x + 10, at.y + 8, 18, 18}, ICON_TERMINAL, 0);
    draw_label(canvas, (struct rect){at.x + 36, at.y, 120, 34}, font_get(FONT_UI_BOLD, 13),
               "Terminal — fsh, and more", ALIGN_START, theme->frame_text);
    for (int i = 0; i < 3; i++)
        draw_icon(canvas, (struct rect){at.x + at.w - 104 + 34 * i, at.y + 9, 16, 16},
                  (const enum icon[]){ICON_MINIMISE, ICON_MAXIMISE, ICON_CLOSE}[i], theme->frame_text);
    draw_label(canvas, (struct rect){at.x + 16, at.y + 50, 200, 24}, font_get(FONT_UI, 13),
               "Text, dim text, good, bad", ALIGN_START, theme->text);
    draw_label(canvas, (struct rect){at.x + 16, at.y + 74, 200, 24}, font_get(FONT_UI, 13), "of less weight",
               ALIGN_START, theme->dim_text);
}

static void draw_curves(const struct canvas *canvas, const struct theme *theme, int y)
{
    struct path *path = path_start();

    path_move(path, 16 * 256, (y + 60) * 256);
    for (int i = 0; i < 5; i++)
        path_curve(path, (60 + 80 * i) * 256, (y + 80) * 256, (50 + 80 * i) * 256, (y - 40 + 20 * i) * 256,
                   (96 + 80 * i) * 256, (y + 60) * 256);
    path_stroke(canvas, path, 2 * 256, theme->accent);
    path_close(path);
    path_fill(canvas, path, colour_alpha(theme->accent, 60));
    path_end(path);
    for (int i = 0; i < 8; i++)
        draw_line(canvas, 440, y + 30, 440 + 10 * i * 2, y + 60 - 30 * (i % 3), 1 + i % 3, theme->text);
}

static void draw_shape_sheet(const struct canvas *canvas, const struct theme *theme)
{
    draw_fill(canvas, canvas->clip, theme->surface);
    draw_shape_row(canvas, theme, 16);
    draw_curves(canvas, theme, 90);
    draw_window(canvas, theme, (struct rect){32, 200, 360, 140});
}

/* On white, on black, and on a checked ground, at 100 and at 200 %. */
static void draw_pointer_sheet(const struct canvas *canvas, const struct theme *theme)
{
    int x, y;

    draw_gradient(canvas, canvas->clip, 0xFFFFFFFF, theme->field);
    for (int i = 0; i < POINTERS; i++) {
        struct canvas small = canvas_part(canvas, (struct rect){8 + 40 * i, 8, 32, 32});
        struct canvas large = canvas_part(canvas, (struct rect){8 + 72 * (i % 8), 48 + 72 * (i / 8), 64, 64});

        draw_pointer(&small, (enum pointer)i, 100, &x, &y);
        draw_pointer(&large, (enum pointer)i, 200, &x, &y);
    }
}

static void draw_desktop_sheet(const struct canvas *canvas, const struct theme *theme)
{
    draw_wallpaper(canvas, theme);
    draw_window(canvas, theme, (struct rect){40, 40, 360, 200});
    draw_fill(canvas, (struct rect){0, canvas->height - 44, canvas->width, 44}, theme->panel);
    draw_fill(canvas, (struct rect){0, canvas->height - 44, canvas->width, 1}, theme->border);
    for (int i = 0; i < 9; i++)
        draw_icon(canvas, (struct rect){108 + 44 * i, canvas->height - 37, 30, 30},
                  (enum icon)(ICON_TERMINAL + i), 0);
    draw_round(canvas, (struct rect){8, canvas->height - 38, 84, 32}, 8, CORNERS_ALL, theme->accent);
    draw_icon(canvas, (struct rect){14, canvas->height - 32, 20, 20}, ICON_LOGO, theme->accent_text);
    draw_label(canvas, (struct rect){38, canvas->height - 38, 60, 32}, font_get(FONT_UI_BOLD, 13), "FastOS",
               ALIGN_START, theme->accent_text);
}

static const struct sheet sheets[] = {
    {"text", 560, 330, draw_text_sheet, "dark"},      {"cells", 840, 420, draw_cell_sheet, "dark"},
    {"icons", 1024, 950, draw_icon_sheet, "dark"},    {"shapes", 600, 370, draw_shape_sheet, "light"},
    {"pointers", 600, 200, draw_pointer_sheet, "dark"}, {"dark", 1024, 768, draw_desktop_sheet, "dark"},
    {"light", 1024, 768, draw_desktop_sheet, "light"}, {"contrast", 512, 384, draw_desktop_sheet, "contrast"},
    {"classic", 512, 384, draw_desktop_sheet, "classic"},
};


static bool write_picture(const char *folder, const char *name, const struct canvas *canvas)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s.ppm", folder, name);
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        return false;
    fprintf(file, "P6 %d %d 255\n", canvas->width, canvas->height);
    for (int i = 0; i < canvas->width * canvas->height; i++) {
        uint32_t pixel = canvas->pixels[i];
        const uint8_t bytes[3] = {(uint8_t)(pixel >> 16), (uint8_t)(pixel >> 8), (uint8_t)pixel};

        fwrite(bytes, sizeof(bytes), 1, file);
    }
    return fclose(file) == 0;
}

/* FNV-1a, a pixel at a time. */
static uint64_t sum_of(const struct canvas *canvas)
{
    uint64_t sum = 0xcbf29ce484222325;

    for (int i = 0; i < canvas->width * canvas->height; i++)
        sum = (sum ^ canvas->pixels[i]) * 0x100000001b3;
    return sum;
}

static bool make(const struct sheet *sheet, const char *folder)
{
    uint32_t *pixels = calloc((size_t)sheet->width * (size_t)sheet->height, sizeof(*pixels));
    struct canvas canvas = canvas_of(pixels, sheet->width, sheet->height, sheet->width);
    struct theme theme;
    char wrong[128] = "";

    if (pixels == NULL || theme_load(&theme, sheet->theme, wrong) != 0) {
        fprintf(stderr, "sheets: %s: %s\n", sheet->theme, wrong);
        return false;
    }
    sheet->draw(&canvas, &theme);
    if (folder == NULL)
        printf("%s %016llx\n", sheet->name, (unsigned long long)sum_of(&canvas));
    bool written = folder == NULL || write_picture(folder, sheet->name, &canvas);

    free(pixels);
    return written;
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4)
        return 2;
    font_folder(argv[1]);
    theme_folder(argv[2]);
    for (size_t i = 0; i < sizeof(sheets) / sizeof(sheets[0]); i++)
        if (!make(&sheets[i], argc == 4 ? argv[3] : NULL))
            return 1;
    return 0;
}
