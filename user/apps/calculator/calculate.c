/* A recursive descent over the text, once for both kinds of numbers: `struct value` holds either. */
#include "user/apps/calculator/calculate.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_MAX 1024u
#define DEPTH_MAX  64

struct value {
    double real;
    int64_t whole;
};

struct parser {
    const struct calculator *calculator;
    const char *text, *at;
    const char *why; /* the first thing that was wrong */
    const char *wrong_at;
    int depth;
};

static struct value parse_or(struct parser *parser);

static struct value fail(struct parser *parser, const char *why)
{
    if (!parser->why) {
        parser->why = why;
        parser->wrong_at = parser->at;
    }
    return (struct value){0, 0};
}

/* ---- whole numbers -------------------------------------------------------------------------------- */

/* Cut to the width, and its sign brought up. */
static int64_t cut(const struct calculator *calculator, uint64_t value)
{
    unsigned spare = 64u - (unsigned)calculator->bits;

    if (calculator->is_signed)
        return (int64_t)(value << spare) >> spare;
    return (int64_t)(value << spare >> spare);
}

static struct value whole(const struct parser *parser, uint64_t value)
{
    return (struct value){0, cut(parser->calculator, value)};
}

static struct value divide(struct parser *parser, int64_t a, int64_t b, bool rest)
{
    if (b == 0)
        return fail(parser, "division by zero");
    if (!parser->calculator->is_signed)
        return whole(parser, rest ? (uint64_t)a % (uint64_t)b : (uint64_t)a / (uint64_t)b);
    if (b == -1) /* the least number has no opposite */
        return whole(parser, rest ? 0 : 0 - (uint64_t)a);
    return whole(parser, (uint64_t)(rest ? a % b : a / b));
}

static struct value shift(struct parser *parser, int64_t a, int64_t by, bool left)
{
    int bits = parser->calculator->bits;

    if (by < 0)
        return fail(parser, "shift by a negative number");
    if (left)
        return whole(parser, by >= bits ? 0 : (uint64_t)a << by);
    if (parser->calculator->is_signed)
        return whole(parser, (uint64_t)(a >> (by >= bits ? bits - 1 : by)));
    return whole(parser, by >= bits ? 0 : (uint64_t)a >> by);
}

/* ---- words ---------------------------------------------------------------------------------------- */

static void skip_blanks(struct parser *parser)
{
    while (*parser->at == ' ' || *parser->at == '\t')
        parser->at++;
}

static bool take(struct parser *parser, const char *word)
{
    size_t size = strlen(word);

    skip_blanks(parser);
    if (strncmp(parser->at, word, size) != 0)
        return false;
    if (isalpha((unsigned char)word[0]) && isalnum((unsigned char)parser->at[size]))
        return false;
    parser->at += size;
    return true;
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

static int base_of(struct parser *parser)
{
    static const struct { char letter; int base; } bases[] = {{'x', 16}, {'o', 8}, {'b', 2}};

    for (size_t i = 0; i < 3 && parser->at[0] == '0'; i++)
        if (tolower((unsigned char)parser->at[1]) == bases[i].letter &&
            digit_of(parser->at[2]) < bases[i].base) {
            parser->at += 2;
            return bases[i].base;
        }
    return 10;
}

static struct value whole_number(struct parser *parser)
{
    int base = base_of(parser);
    uint64_t value = 0, most = ~(uint64_t)0 >> (64 - parser->calculator->bits);

    for (int digit; (digit = digit_of(*parser->at)) < base; parser->at++) {
        if (value > (most - (uint64_t)digit) / (uint64_t)base)
            return fail(parser, "more than the bits hold");
        value = value * (uint64_t)base + (uint64_t)digit;
    }
    if (isalnum((unsigned char)*parser->at) || *parser->at == '.')
        return fail(parser, "not a digit of a whole number");
    return whole(parser, value);
}

static struct value real_number(struct parser *parser)
{
    char number[64];
    size_t size = 0;

    for (; size < sizeof(number) - 1; size++, parser->at++) {
        char c = *parser->at;
        bool sign =
            (c == '+' || c == '-') && size > 0 && (number[size - 1] == 'e' || number[size - 1] == 'E');
        bool power =
            (c == 'e' || c == 'E') &&
            (isdigit((unsigned char)parser->at[1]) ||
             ((parser->at[1] == '-' || parser->at[1] == '+') && isdigit((unsigned char)parser->at[2])));

        if (!isdigit((unsigned char)c) && c != '.' && c != ',' && !sign && !power)
            break;
        number[size] = c == ',' ? '.' : c;
    }
    number[size] = 0;
    char *end;
    double value = strtod(number, &end);

    return *end || size == 0 ? fail(parser, "not a number") : (struct value){value, 0};
}

/* ---- functions ------------------------------------------------------------------------------------ */

static double to_radians(const struct parser *parser, double angle)
{
    return parser->calculator->degrees ? angle * M_PI / 180 : angle;
}

static double from_radians(const struct parser *parser, double angle)
{
    return parser->calculator->degrees ? angle * 180 / M_PI : angle;
}

static const struct function {
    const char *name;
    double (*call)(double);
    int angle; /* 1: it is given one, -1: it gives one */
} functions[] = {
    {"sqrt", sqrt, 0}, {"cbrt", cbrt, 0}, {"sin", sin, 1},   {"cos", cos, 1},    {"tan", tan, 1},
    {"asin", asin, -1}, {"acos", acos, -1}, {"atan", atan, -1}, {"ln", log, 0},    {"log", log10, 0},
    {"log2", log2, 0}, {"exp", exp, 0},   {"abs", fabs, 0},  {"floor", floor, 0}, {"ceil", ceil, 0},
    {"round", round, 0},
};

static struct value bracket(struct parser *parser)
{
    if (++parser->depth > DEPTH_MAX)
        return fail(parser, "too many brackets");
    struct value value = parse_or(parser);

    parser->depth--;
    if (!take(parser, ")"))
        return fail(parser, "a bracket is not closed");
    return value;
}

static struct value call(struct parser *parser, const struct function *function)
{
    if (!take(parser, "("))
        return fail(parser, "a function wants (…)");
    double x = bracket(parser).real;

    if (function->angle > 0)
        x = to_radians(parser, x);
    x = function->call(x);
    return (struct value){function->angle < 0 ? from_radians(parser, x) : x, 0};
}

static struct value named(struct parser *parser)
{
    const struct calculator *calculator = parser->calculator;

    if (take(parser, "ans"))
        return calculator->programmer ? whole(parser, (uint64_t)calculator->whole_answer)
                                      : (struct value){calculator->answer, 0};
    if (!calculator->programmer && (take(parser, "pi") || take(parser, "π")))
        return (struct value){M_PI, 0};
    if (!calculator->programmer && take(parser, "e"))
        return (struct value){M_E, 0};
    for (size_t i = 0; !calculator->programmer && i < sizeof(functions) / sizeof(functions[0]); i++)
        if (take(parser, functions[i].name))
            return call(parser, &functions[i]);
    return fail(parser, *parser->at ? "unknown here" : "something is missing");
}

/* ---- from the tightest to the loosest ------------------------------------------------------------- */

static struct value parse_primary(struct parser *parser)
{
    skip_blanks(parser);
    if (take(parser, "("))
        return bracket(parser);
    if (isdigit((unsigned char)*parser->at) || *parser->at == '.')
        return parser->calculator->programmer ? whole_number(parser) : real_number(parser);
    return named(parser);
}

static double factorial(double n)
{
    return n < 0 || n != floor(n) ? (double)NAN : n > 170 ? (double)INFINITY : round(tgamma(n + 1));
}

static struct value parse_postfix(struct parser *parser)
{
    struct value value = parse_primary(parser);

    while (!parser->why && !parser->calculator->programmer) {
        if (take(parser, "!"))
            value.real = factorial(value.real);
        else if (take(parser, "%"))
            value.real /= 100;
        else
            break;
    }
    return value;
}

static struct value parse_unary(struct parser *parser);

static struct value parse_power(struct parser *parser)
{
    struct value base = parse_postfix(parser);

    if (parser->calculator->programmer || parser->why || !take(parser, "^"))
        return base;
    return (struct value){pow(base.real, parse_unary(parser).real), 0}; /* to the right: 2^3^2 is 2^9 */
}

static struct value parse_unary(struct parser *parser)
{
    if (++parser->depth > DEPTH_MAX)
        return fail(parser, "too many signs");
    struct value value;

    if (take(parser, "-") || take(parser, "−")) {
        value = parse_unary(parser);
        value = (struct value){-value.real, cut(parser->calculator, 0 - (uint64_t)value.whole)};
    } else if (take(parser, "+")) {
        value = parse_unary(parser);
    } else if (parser->calculator->programmer && (take(parser, "~") || take(parser, "not"))) {
        value = whole(parser, ~(uint64_t)parse_unary(parser).whole);
    } else {
        value = parse_power(parser);
    }
    parser->depth--;
    return value;
}

static bool take_divided(struct parser *parser)
{
    return take(parser, "/") || take(parser, "÷") || take(parser, ":");
}

static struct value parse_product(struct parser *parser)
{
    bool programmer = parser->calculator->programmer;
    struct value a = parse_unary(parser);

    while (!parser->why) {
        if (take(parser, "*") || take(parser, "×") || take(parser, "·")) {
            struct value b = parse_unary(parser);

            a = programmer ? whole(parser, (uint64_t)a.whole * (uint64_t)b.whole)
                           : (struct value){a.real * b.real, 0};
        } else if (take_divided(parser)) {
            struct value b = parse_unary(parser);

            if (!programmer && b.real == 0)
                return fail(parser, "division by zero");
            a = programmer ? divide(parser, a.whole, b.whole, false) : (struct value){a.real / b.real, 0};
        } else if (take(parser, "mod") || (programmer && take(parser, "%"))) {
            struct value b = parse_unary(parser);

            a = programmer ? divide(parser, a.whole, b.whole, true) : (struct value){fmod(a.real, b.real), 0};
        } else {
            break;
        }
    }
    return a;
}

static struct value parse_sum(struct parser *parser)
{
    struct value a = parse_product(parser);

    while (!parser->why) {
        int sign = take(parser, "+") ? 1 : take(parser, "-") || take(parser, "−") ? -1 : 0;

        if (sign == 0)
            break;
        struct value b = parse_product(parser);

        a.real += sign * b.real;
        a.whole = cut(parser->calculator, sign > 0 ? (uint64_t)a.whole + (uint64_t)b.whole
                                                   : (uint64_t)a.whole - (uint64_t)b.whole);
    }
    return a;
}

static struct value parse_shift(struct parser *parser)
{
    struct value a = parse_sum(parser);

    while (!parser->why && parser->calculator->programmer) {
        bool left = take(parser, "<<");

        if (!left && !take(parser, ">>"))
            break;
        a = shift(parser, a.whole, parse_sum(parser).whole, left);
    }
    return a;
}

static struct value parse_and(struct parser *parser)
{
    struct value a = parse_shift(parser);

    while (!parser->why && parser->calculator->programmer && (take(parser, "&") || take(parser, "and")))
        a.whole &= parse_shift(parser).whole;
    return a;
}

static struct value parse_xor(struct parser *parser)
{
    struct value a = parse_and(parser);

    while (!parser->why && parser->calculator->programmer && (take(parser, "^") || take(parser, "xor")))
        a = whole(parser, (uint64_t)a.whole ^ (uint64_t)parse_and(parser).whole);
    return a;
}

static struct value parse_or(struct parser *parser)
{
    struct value a = parse_xor(parser);

    while (!parser->why && parser->calculator->programmer && (take(parser, "|") || take(parser, "or")))
        a.whole |= parse_xor(parser).whole;
    return a;
}

int calculate(struct calculator *calculator, const char *text, const char **why, size_t *at)
{
    struct parser parser = {.calculator = calculator, .text = text, .at = text};
    struct value value = {0, 0};

    if (strnlen(text, LENGTH_MAX + 1) > LENGTH_MAX)
        fail(&parser, "too long");
    else
        value = parse_or(&parser);
    skip_blanks(&parser);
    if (!parser.why && *parser.at)
        fail(&parser, "unknown here");
    if (!parser.why && !calculator->programmer && !isfinite(value.real))
        fail(&parser, "no number");
    if (parser.why) {
        *why = parser.why;
        *at = (size_t)(parser.wrong_at - text);
        return -EINVAL;
    }
    calculator->answer = value.real;
    calculator->whole_answer = value.whole;
    return 0;
}

/* ---- as text -------------------------------------------------------------------------------------- */

static void print_whole(uint64_t value, unsigned base, char *to)
{
    char digits[64];
    int count = 0;

    do
        digits[count++] = "0123456789ABCDEF"[value % base];
    while (value /= base);
    while (count > 0)
        *to++ = digits[--count];
    *to = 0;
}

void calculator_print(const struct calculator *calculator, int base, char to[72])
{
    if (!calculator->programmer) {
        snprintf(to, 72, "%.15g", calculator->answer + 0.0); /* + 0: no minus of zero */
        return;
    }
    int64_t value = calculator->whole_answer;

    if (base == 10 && calculator->is_signed && value < 0) {
        *to++ = '-';
        print_whole(0 - (uint64_t)value, 10, to);
    } else {
        print_whole((uint64_t)value & ~(uint64_t)0 >> (64 - calculator->bits), (unsigned)base, to);
    }
}
