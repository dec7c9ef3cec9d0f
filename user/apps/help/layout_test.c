/* Documents as words and places, with the console's font: 8 by 16 pixels a character, whatever the size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/apps/help/layout.h"

/* links: user/apps/help/markdown.c user/apps/help/inline.c user/apps/help/words.c user/libui/libui.a */

static struct md md;
static struct layout layout;

static void lay(const char *text, int width)
{
    struct layout_look look = {.scale = 100, .copy = "Copy", .open = "Open"};

    font_folder("/nowhere");
    for (unsigned i = 0; i < LAYOUT_FONTS; i++)
        look.fonts[i] = font_get(FONT_UI, 13);
    assert_int_equal(font_advance(look.fonts[0], 'x'), 8);
    assert_int_equal(md_read(&md, text, strlen(text)), 0);
    assert_int_equal(layout_make(&layout, &md, &look, width), 0);
}

static void done(void)
{
    layout_end(&layout);
    md_end(&md);
}

static void word_is(size_t number, const char *text, int x, int line)
{
    const struct layout_word *word = &layout.words[number];

    assert_true(number < layout.count);
    assert_int_equal(word->size, strlen(text));
    assert_memory_equal(word->text, text, word->size);
    assert_int_equal(word->x, x);
    assert_int_equal((word->y - layout.words[0].y) / 20, line);
}

static void words_go_into_lines(void **state)
{
    lay("aaaaaaaaaa bbbbbbbbbb `cccc`, dd", 200); /* 25 characters */
    word_is(0, "aaaaaaaaaa", 0, 0);
    word_is(1, "bbbbbbbbbb", 88, 0);
    word_is(2, "cccc", 0, 1); /* with its comma */
    word_is(3, ",", 32, 1);
    word_is(4, "dd", 48, 1);
    assert_true(layout.words[2].mono && !layout.words[3].mono);
    done();
    lay("aaaaaaaaaaaaaaaa bbbbbbbbb c", 200); /* it would fit without the space */
    word_is(1, "bbbbbbbbb", 0, 1);
    word_is(2, "c", 80, 1);
    done();
    lay("aaaaaaaaaa bbbbbbbbb `cccc`,", 200); /* the code would fit, but not its comma */
    word_is(2, "cccc", 0, 1);
    word_is(3, ",", 32, 1);
    done();
    lay("aaaaaaaaaabbbbbbbbbbccccccccccdd e\\\nf", 100); /* as 200 */
    word_is(0, "aaaaaaaaaabbbbbbbbbbccccc", 0, 0);
    word_is(1, "cccccdd", 0, 1);
    word_is(2, "e", 64, 1);
    word_is(3, "f", 0, 2);
    done();
}

static void links_are_where_they_are_seen(void **state)
{
    lay("go [to there](x.md)\n\n```c\nint a;\n```\n", 400);
    assert_int_equal(layout.target_count, 3);
    const struct rect link = layout.targets[0].at;
    assert_int_equal(link.x, 24);
    assert_int_equal(link.w, 64);
    assert_int_equal(layout_target_at(&layout, link.x + 20, link.y + 2), 0); /* the space is in it */
    assert_int_equal(layout_target_at(&layout, link.x - 1, link.y + 2), LAYOUT_NO_TARGET);
    assert_int_equal(layout.targets[1].kind, TARGET_COPY);
    assert_int_equal(layout.targets[2].kind, TARGET_OPEN);
    assert_true(layout.targets[2].at.x + layout.targets[2].at.w <= 400);
    assert_true(layout.targets[1].at.x + layout.targets[1].at.w < layout.targets[2].at.x);
    assert_true(layout_line_top(&layout, &md, 4) == layout.tops[1] && layout.tops[1] > 0);
    assert_int_equal(layout_line_top(&layout, &md, 1), 0);
    done();
}

static void tables_share_the_width(void **state)
{
    lay("|a|b|\n|-|-|\n|c|word word word word word word word|\n", 200);
    word_is(0, "a", 8, 0);
    assert_int_equal(layout.words[1].x, 28 + 8); /* 8 and 20 around it */
    for (size_t i = 0; i < layout.count; i++)
        assert_true(layout.words[i].x + layout.words[i].width <= 200);
    assert_true(layout.tops[2] > layout.tops[0] && layout.tops[2] == layout.tops[3]);
    assert_true(layout.height > layout.tops[2] + 40);
    done();
}

static void nothing_is_something_too(void **state)
{
    lay("", 300);
    assert_int_equal(layout.height, 0);
    assert_int_equal(layout_target_at(&layout, 0, 0), LAYOUT_NO_TARGET);
    assert_int_equal(layout_line_top(&layout, &md, 7), 0);
    done();
    lay("#\n\n```\n```\n- \n>\n12. x\n", -5);
    assert_true(layout.height > 0);
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_go_into_lines), cmocka_unit_test(links_are_where_they_are_seen),
        cmocka_unit_test(tables_share_the_width), cmocka_unit_test(nothing_is_something_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
