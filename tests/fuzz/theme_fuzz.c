/* Fuzz the reader of theme files: a text is refused and says why, or every colour is opaque, every measure in
   its range, and any accent can be set. */
/* links: user/draw/theme.c user/draw/canvas.c user/draw/contrast.c user/draw/rect.c */
/* options: -max_len=2048 */
#include "tests/fuzz/fuzz.h"
#include "user/draw/theme.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1), wrong[128] = "";
    struct theme theme = {.name = "fuzz"};

    must(text != NULL);
    if (size > 0)
        memcpy(text, bytes, size);
    text[size] = 0;
    if (theme_read(&theme, text, wrong) != 0) {
        must(wrong[0] != 0 && memchr(wrong, 0, sizeof(wrong)) != NULL);
    } else {
        must(theme.radius >= 0 && theme.radius <= 32 && theme.shadow >= 0 && theme.shadow <= 64);
        must(theme.desktop[3] >> 24 == 255 && theme.bad >> 24 == 255);
        theme_set_accent(&theme, theme.panel);
        must(colour_contrast(theme.accent, theme.accent_text) >= CONTRAST_LEAST);
    }
    free(text);
    return 0;
}
