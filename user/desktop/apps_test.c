/* The texts of programs, and the search. */
/* links: user/desktop/test/system_host.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "user/desktop/apps.h"
#include "user/desktop/test/system_host.h"

static struct app app;

static int parse(const char *text)
{
    return app_parse(&app, "monitor", text, strlen(text));
}

static void test_a_text(void **state)
{
    (void)state;
    assert_int_equal(
        parse("# System\nname=System Monitor\nname.es=Monitor\nexec=/bin/monitor -v\nicon=x\npinned=3\n"
              "words=cpu top\nunknown=1\n"),
        0);
    assert_string_equal(app.name, "System Monitor");
    assert_string_equal(app.name_es, "Monitor");
    assert_int_equal(app.pinned, 3);
    assert_int_equal(parse("name=A\nexec=a"), 0); /* what is not said follows from the rest */
    assert_string_equal(app.name_es, "A");
    assert_string_equal(app.icon, "monitor");
    assert_int_equal(parse("name=A\n"), -EINVAL);
    assert_int_equal(parse(""), -EINVAL);
    assert_int_equal(app_parse(&app, "x", "name=A\0\nexec=b", 14), -EINVAL);
}

static void test_long_texts_are_cut(void **state)
{
    char text[2000] = "name=";

    (void)state;
    memset(text + 5, 'n', 1900);
    strcpy(text + 1900, "\nexec=/bin/x\n");
    assert_int_equal(app_parse(&app, "x", text, strlen(text)), 0);
    assert_int_equal(strlen(app.name), sizeof(app.name) - 1);
}

static void test_the_search(void **state)
{
    (void)state;
    parse("name=System Monitor\nname.es=Monitor del sistema\nexec=/bin/monitor\nwords=cpu process\n");
    assert_true(app_match(&app, "sys", 0) > app_match(&app, "mon", 0));
    assert_true(app_match(&app, "MON", 0) > app_match(&app, "nit", 0));
    assert_true(app_match(&app, "nit", 0) > app_match(&app, "cpu", 0));
    assert_true(app_match(&app, "cpu", 0) > 0);
    assert_true(app_match(&app, "sistema", 1) > 0);
    assert_int_equal(app_match(&app, "zzz", 0), 0);
}

static void test_starting(void **state)
{
    char line[128], *words[APP_WORDS + 1];

    (void)state;
    parse("name=A\nexec=/bin/a  -b c d e f g h i j k\n");
    assert_int_equal(app_words(&app, line, words), APP_WORDS);
    assert_string_equal(words[1], "-b");
    assert_null(words[APP_WORDS]);
    parse("name=A\nexec=   \n");
    assert_int_equal(app_start(&app), -ENOEXEC);
}

static void test_the_folder(void **state)
{
    (void)state;
    apps_load("/nowhere");
    assert_null(app_at(0));
    apps_load("user/desktop/applications");
    assert_string_equal(app_of("terminal")->exec, "/bin/terminal");
    for (unsigned i = 1; app_at(i); i++)
        assert_true(strcmp(app_at(i - 1)->name, app_at(i)->name) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_text),     cmocka_unit_test(test_long_texts_are_cut),
        cmocka_unit_test(test_the_search), cmocka_unit_test(test_starting),
        cmocka_unit_test(test_the_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
