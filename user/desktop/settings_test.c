/* The text of the settings, good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>

#include "user/desktop/settings.h"

static struct settings s;

static void parse(const char *text)
{
    settings_default(&s);
    settings_parse(&s, text, strlen(text));
}

static void test_lines(void **state)
{
    (void)state;
    parse("theme=light\naccent=#ff8800\nscale=150\nlayout=es\nlanguage=es\ntimezone=CET-1\nmode="
          "800x600x16\nwallpaper=plain\n"
          "pointer-speed=250\ndouble-click-ms=300\nleft-handed=1\nfirst-start=done\n");
    assert_string_equal(s.theme, "light");
    assert_string_equal(s.accent, "#ff8800");
    assert_int_equal(s.scale, 150);
    assert_string_equal(s.layout, "es");
    assert_string_equal(s.language, "es");
    assert_string_equal(s.timezone, "CET-1");
    assert_true(s.width == 800 && s.height == 600 && s.bits == 16);
    assert_true(s.plain && s.left_handed && s.pointer_speed == 250 && s.double_click_ms == 300);
    assert_string_equal(s.other, "first-start=done\n");
}

static void test_what_cannot_be_is_not_taken(void **state)
{
    static const char *const bad[] = {"theme=../../etc/passwd",
                                      "theme=",
                                      "accent=red",
                                      "accent=#12345",
                                      "scale=99",
                                      "scale=201",
                                      "scale=1x",
                                      "scale=",
                                      "layout=a/b",
                                      "layout=toolongname",
                                      "=x",
                                      "theme",
                                      "language=",
                                      "sticky=2",
                                      "sticky=",
                                      "sticky=01",
                                      "wallpaper=waves",
                                      "pointer-speed=24",
                                      "double-click-ms=901",
                                      "mode=800x600",
                                      "mode=800x600x16x",
                                      "mode=1x1x16",
                                      "mode=99999x600x16",
                                      "magnifier=149",
                                      "repeat-rate=1",
                                      "repeat-delay-ms=149",
                                      "magnifier=801",
                                      "magnifier=",
                                      "timezone=a b",
                                      "theme=a\nb"};

    (void)state;
    parse("");
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct settings before = s;

        assert_int_equal(settings_line(&s, bad[i]), -EINVAL);
        assert_memory_equal(&before, &s, sizeof(s));
    }
    parse("theme=classic\nscale=7\nnonsense\n\0theme=light");
    assert_string_equal(s.theme, "classic");
    assert_int_equal(s.scale, 0);
}

static void test_writing_and_reading_is_the_same(void **state)
{
    char text[4096];
    struct settings before;
    size_t size;

    (void)state;
    parse("theme=light\nscale=125\nmagnifier=1\nsound=off\nfont=large\nmode=1024x768x32\n");
    assert_int_equal(settings_line(&s, "sound=on"), 0);
    before = s;
    size = settings_write(&s, text, sizeof(text));
    assert_true(size < sizeof(text));
    settings_default(&s);
    settings_parse(&s, text, size);
    assert_string_equal(s.other, "font=large\nsound=on\n");
    assert_int_equal(s.magnifier, 200);
    assert_memory_equal(&before, &s, sizeof(struct settings) - sizeof(s.other));
}

static void test_others_lines_are_bounded(void **state)
{
    char line[64];
    int error = 0;

    (void)state;
    parse("");
    for (int i = 0; i < 200 && !error; i++) {
        memset(line, 'v', sizeof(line));
        memcpy(line, "name000=", 8);
        line[4] = (char)('0' + i / 100), line[5] = (char)('0' + i / 10 % 10), line[6] = (char)('0' + i % 10);
        line[63] = '\0';
        error = settings_line(&s, line);
    }
    assert_int_equal(error, -ENOSPC);
    assert_true(strlen(s.other) < sizeof(s.other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_what_cannot_be_is_not_taken),
        cmocka_unit_test(test_writing_and_reading_is_the_same),
        cmocka_unit_test(test_others_lines_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
