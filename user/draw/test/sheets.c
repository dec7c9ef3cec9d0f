/* Draws the sheets that are compared with the pictures in this folder (tests/system/test_draw.py), and looked at:
 *
 *     sheets FONTS THEMES OUT          writes OUT/NAME.ppm, one for each sheet
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
    static const int sizes[] = {11, 12, 13, 15, 20, 26};
    int y = 8;

    draw_fill(canvas, canvas->clip, theme->surface);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        y = draw_line_of(canvas, y, FONT_UI, sizes[i], sample, theme->text);
    y = draw_line_of(canvas, y, FONT_UI_BOLD, 13, sample, theme->text);
    y = draw_line_of(canvas, y, FONT_UI_BOLD, 20, sample, theme->accent);
    y = draw_line_of(canvas, y, FONT_MONO, 14, "user@fastos:~$ ls -l {[()]} != -> 0O1lI \\|/ ~ @ # % & ñ € ✓ λ Ж", theme->text);
    y = draw_line_of(canvas, y, FONT_MONO_BOLD, 14, "user@fastos:~$ ls -l {[()]} != -> 0O1lI \\|/ ~ @ # % & ñ € ✓ λ Ж", theme->good);
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

static const struct sheet sheets[] = {
    {"text", 560, 330, draw_text_sheet, "dark"},
    {"text-light", 560, 330, draw_text_sheet, "light"},
    {"cells", 840, 420, draw_cell_sheet, "dark"},
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
    bool written = write_picture(folder, sheet->name, &canvas);

    free(pixels);
    return written;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    font_folder(argv[1]);
    theme_folder(argv[2]);
    for (size_t i = 0; i < sizeof(sheets) / sizeof(sheets[0]); i++)
        if (!make(&sheets[i], argv[3]))
            return 1;
    return 0;
}
