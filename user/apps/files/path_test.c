#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/apps/files/path.h"

static void is(char *got, const char *wanted)
{
    if (wanted) {
        assert_non_null(got);
        assert_string_equal(got, wanted);
    } else {
        assert_null(got);
    }
    free(got);
}

static void test_parts(void **state)
{
    (void)state;
    is(path_join("/", "a"), "/a");
    is(path_join("/h/", "a"), "/h/a");
    is(path_folder("/h/a"), "/h");
    is(path_folder("/h"), "/");
    is(path_folder("/"), "/");
    assert_string_equal(path_name("/h/a.txt"), "a.txt");
    assert_string_equal(path_name("/"), "/");
    assert_true(path_name_is_good("ñandú.txt") && path_name_is_good("...") && path_name_is_good(".a"));
    assert_false(path_name_is_good("") || path_name_is_good("..") || path_name_is_good("a/b") ||
                 path_name_is_good("."));
    assert_true(path_within("/a/b", "/a") && path_within("/a", "/a") && path_within("/x", "/"));
    assert_false(path_within("/ab", "/a") || path_within("/", "/a"));
}

static void test_numbers(void **state)
{
    char name[300] = "/d/", *made;

    (void)state;
    is(path_numbered("/d/a.txt", 2, false), "/d/a (2).txt");
    is(path_numbered("/d.x/a", 2, false), "/d.x/a (2)");
    is(path_numbered("/d/.rc", 3, false), "/d/.rc (3)");
    is(path_numbered("/d/v1.2", 2, true), "/d/v1.2 (2)");
    for (size_t i = 3; i < 3 + 254; i += 2)
        memcpy(name + i, "ñ", 2);
    strcpy(name + 3 + 250, ".txt");
    made = path_numbered(name, 12, false);
    assert_non_null(made);
    assert_true(path_name_is_good(path_name(made)));
    assert_string_equal(made + strlen(made) - 9, " (12).txt");
    assert_true(((unsigned char)made[strlen(made) - 10] & 0xc0) == 0x80); /* no half character */
    free(made);
}

static void test_clean(void **state)
{
    (void)state;
    setenv("HOME", "/u/me", 1);
    is(path_clean("/a", "b//./c/../d/"), "/a/b/d");
    is(path_clean("/a", "../../.."), "/");
    is(path_clean("/a", "~"), "/u/me");
    is(path_clean("/a", "~/x"), "/u/me/x");
    is(path_clean("/a", "~x"), "/a/~x");
    is(path_clean("/a", "/"), "/");
}

static void test_addresses(void **state)
{
    struct names names = {0}, back;
    bool cut;

    (void)state;
    is(uri_escape("/a b/ñ%.txt"), "/a%20b/%C3%B1%25.txt");
    is(path_of_uri("file:///a%20b", 13), "/a b");
    is(path_of_uri("file://localhost/x", 18), "/x");
    is(path_of_uri("file:/x", 7), "/x");
    is(path_of_uri("http://a/b", 10), NULL);
    is(path_of_uri("file:///a%2", 11), NULL);
    is(path_of_uri("file:///a%zz", 12), NULL);
    is(path_of_uri("file:///a%00b", 13), NULL);
    assert_int_equal(names_add(&names, "/a b"), 0);
    assert_int_equal(names_add(&names, "/# c"), 0);
    for (int want = 0; want < 2; want++) {
        char *text = uris_of_names(&names, want);

        assert_int_equal(names_of_uris(&back, text, strlen(text), &cut), 0);
        assert_int_equal(back.count, 2);
        assert_int_equal(cut, want);
        assert_string_equal(back.items[0], "/a b");
        assert_string_equal(back.items[1], "/# c");
        names_free(&back);
        free(text);
    }
    names_free(&names);
    const char *foreign = "#x\nfile:///a\n\nhttp://b\r\nfile:///c";

    assert_int_equal(names_of_uris(&back, foreign, strlen(foreign), &cut), 0);
    assert_int_equal(back.count, 2);
    assert_string_equal(back.items[1], "/c");
    names_free(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts), cmocka_unit_test(test_numbers), cmocka_unit_test(test_clean),
        cmocka_unit_test(test_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
