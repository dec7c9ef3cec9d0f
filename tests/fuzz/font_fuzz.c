/* Fuzz the reader of font files: whatever the file says, it is refused, or text can be measured and drawn. */
/* links: user/draw/font.c user/draw/text.c user/draw/canvas.c user/draw/rect.c lib/font.c lib/utf8.c */
/* options: -max_len=4096 */
#include "tests/fuzz/fuzz.h"
#include "user/draw/font.h"

#define WIDTH  64
#define HEIGHT 32

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint32_t pixels[WIDTH * HEIGHT];
    static const char text[] = "A?b\xc3\xa9\xe2\x80\xa6 \xf4 zero";
    const struct canvas whole = canvas_of(pixels, WIDTH, HEIGHT, WIDTH);
    struct canvas canvas = canvas_clipped(&whole, (struct rect){3, 5, WIDTH - 9, HEIGHT - 7});
    void *copy = exact_copy(bytes, size);
    struct font_file *file = font_file_read(copy, size);

    for (int wanted = 0; file != NULL && wanted < 40; wanted += 13) {
        const struct font *font = font_file_get(file, wanted);

        must(font_height(font) >= 1 && font_height(font) <= 255 && font_ascent(font) <= font_height(font));
        must(draw_text(&canvas, 2, 12, font, text, -1, 0xC0FFFFFF) == 2 + text_width(font, text, -1));
        draw_label(&canvas, canvas.clip, font, text, ALIGN_CENTRE, 0xFFFFFFFF);
        draw_glyph(&canvas, -3, 20, font, 'A', 0xFFFFFFFF);
    }
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        must(pixels[i] == 0 || rect_has(canvas.clip, i % WIDTH, i / WIDTH));
    font_file_end(file);
    free(copy);
    return 0;
}
