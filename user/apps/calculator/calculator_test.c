/* The calculator as it is used. */
/* links: user/apps/calculator/calculate.c user/libui/libui.a */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/abi/keys.h"
#include "user/apps/calculator/calculator.h"
#include "user/libui/headless.h"

static struct ui_window *window;

static void open_it(const struct headless_options *options)
{
    headless_start("calculator", options);
    window = calculator_open();
    headless_settle();
}

static void expect(const char *name, const char *wanted)
{
    headless_settle();
    assert_string_equal(ui_text(ui_find(window, name)), wanted);
}

static void test_by_keys(void **state)
{
    (void)state;
    open_it(NULL);
    headless_type("2+3*4");
    expect("result", "= 14");
    headless_keys("Enter");
    expect("entry", "14");
    headless_type("+1"); /* goes on with the result */
    headless_keys("Enter");
    expect("entry", "15");
    headless_type("7"); /* begins anew */
    expect("entry", "7");
    headless_keys("Esc");
    expect("entry", "");
    headless_type("1/0");
    headless_keys("Enter");
    expect("result", "division by zero");
    expect("entry", "1/0");
    headless_end();
}

static void test_by_buttons(void **state)
{
    static const char *const buttons[] = {"7", "×", "8", "−", "(", "6", "÷", "3", ")", "="};

    (void)state;
    open_it(NULL);
    for (size_t i = 0; i < sizeof(buttons) / sizeof(buttons[0]); i++)
        headless_click(window, buttons[i]);
    expect("entry", "54");
    headless_click(window, "←");
    expect("entry", "5");
    headless_compare(window, "user/apps/calculator/golden/standard.png");
    headless_end();
}

static void test_the_programmer(void **state)
{
    const struct headless_options spanish = {.theme = "light", .language = "es"};

    (void)state;
    open_it(&spanish);
    struct rect tabs = ui_area(ui_find(window, "tabs"));

    headless_click_at(window, tabs.x + 130, tabs.y + 16, BUTTON_LEFT, 1);
    headless_type("0xff << 4");
    headless_keys("Enter");
    expect("entry", "4080");
    headless_compare(window, "user/apps/calculator/golden/programmer.png");
    headless_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_keys),
        cmocka_unit_test(test_by_buttons),
        cmocka_unit_test(test_the_programmer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
