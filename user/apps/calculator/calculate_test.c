#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/apps/calculator/calculate.h"

static void expect(struct calculator *calculator, int base, const char *text, const char *wanted)
{
    const char *why = "";
    size_t at = 0;
    char shown[72];

    if (calculate(calculator, text, &why, &at))
        fail_msg("\"%s\": %s at %zu", text, why, at);
    calculator_print(calculator, base, shown);
    if (strcmp(shown, wanted))
        fail_msg("\"%s\" is \"%s\", not \"%s\"", text, shown, wanted);
}

static void refuse(struct calculator *calculator, const char *text, const char *wanted, size_t where)
{
    const char *why = "";
    size_t at = 0;

    assert_int_equal(calculate(calculator, text, &why, &at), -EINVAL);
    assert_string_equal(why, wanted);
    assert_int_equal(at, where);
}

static void test_real_numbers(void **state)
{
    static const char *const cases[][2] = {
        {"2+3*4", "14"},       {"(2+3)*4", "20"},      {"2^3^2", "512"},       {"-2^2", "-4"},
        {"1/3", "0.333333333333333"}, {"0.1+0.2", "0.3"}, {"1e3", "1000"},     {"2,5×2", "5"},
        {"10÷4−1", "1.5"},     {"5!", "120"},          {"50%", "0.5"},         {"sqrt(16)", "4"},
        {"2*-3", "-6"},        {"--3", "3"},           {"7 mod 4", "3"},       {"log(1000)", "3"},
        {"ln(e)", "1"},        {"π-pi", "0"},          {"2^-1", "0.5"},        {"-0", "0"},
        {"1e-7", "1e-07"},     {"123456789*1000", "123456789000"}, {" 1 + 1 ", "2"}, {"abs(-3)!", "6"},
    };
    struct calculator calculator = {.bits = 64};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect(&calculator, 10, cases[i][0], cases[i][1]);
}

static void test_angles_and_the_last_answer(void **state)
{
    struct calculator calculator = {.bits = 64, .degrees = true};

    (void)state;
    expect(&calculator, 10, "sin(30)", "0.5");
    expect(&calculator, 10, "ans*4", "2");
    expect(&calculator, 10, "atan(1)", "45");
    calculator.degrees = false;
    expect(&calculator, 10, "cos(pi)", "-1");
}

static void test_whole_numbers(void **state)
{
    struct calculator calculator = {.programmer = true, .bits = 8, .is_signed = true};

    (void)state;
    expect(&calculator, 10, "127+1", "-128");
    expect(&calculator, 16, "0xff", "FF");
    expect(&calculator, 10, "-128/-1", "-128");
    expect(&calculator, 2, "0b1010 | 5", "1111");
    expect(&calculator, 10, "-1 >> 100", "-1");
    calculator.is_signed = false;
    expect(&calculator, 10, "-1", "255");
    expect(&calculator, 10, "1<<7", "128");
    expect(&calculator, 10, "1<<8", "0");
    expect(&calculator, 10, "200 % 7", "4");
    expect(&calculator, 16, "~0x0f & 0x3c", "30");
    expect(&calculator, 10, "6 xor 3 and 2 or 8", "12");
    calculator.bits = 64;
    expect(&calculator, 16, "0xFFFFFFFFFFFFFFFF", "FFFFFFFFFFFFFFFF");
    expect(&calculator, 10, "18446744073709551615/3", "6148914691236517205");
    expect(&calculator, 8, "ans*0+0o777", "777");
    expect(&calculator, 2, "0xFFFFFFFFFFFFFFFF",
           "1111111111111111111111111111111111111111111111111111111111111111");
}

static void test_what_is_wrong_is_said(void **state)
{
    struct calculator calculator = {.bits = 64, .answer = 7};
    char deep[400], longest[2000];

    (void)state;
    refuse(&calculator, "", "something is missing", 0);
    refuse(&calculator, "1+", "something is missing", 2);
    refuse(&calculator, "(1", "a bracket is not closed", 2);
    refuse(&calculator, "1)", "unknown here", 1);
    refuse(&calculator, "1/0", "division by zero", 3);
    refuse(&calculator, "sqrt(-1)", "no number", 8);
    refuse(&calculator, "1.2.3", "not a number", 5);
    refuse(&calculator, "foo", "unknown here", 0);
    refuse(&calculator, "sin 3", "a function wants (…)", 4);
    memset(deep, '(', sizeof(deep));
    deep[sizeof(deep) - 1] = 0;
    assert_int_equal(calculate(&calculator, deep, &(const char *){NULL}, &(size_t){0}), -EINVAL);
    memset(deep, '-', sizeof(deep) - 1);
    assert_int_equal(calculate(&calculator, deep, &(const char *){NULL}, &(size_t){0}), -EINVAL);
    memset(longest, '1', sizeof(longest));
    longest[sizeof(longest) - 1] = 0;
    refuse(&calculator, longest, "too long", 0);
    assert_true(calculator.answer == 7);
    calculator = (struct calculator){.programmer = true, .bits = 8};
    refuse(&calculator, "256", "more than the bits hold", 2);
    refuse(&calculator, "12a", "not a digit of a whole number", 2);
    refuse(&calculator, "5/0", "division by zero", 3);
    refuse(&calculator, "sin(1)", "unknown here", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_numbers),
        cmocka_unit_test(test_angles_and_the_last_answer),
        cmocka_unit_test(test_whole_numbers),
        cmocka_unit_test(test_what_is_wrong_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
