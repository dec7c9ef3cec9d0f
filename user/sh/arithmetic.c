/* $((…)): C's integer expressions on longs, with variables. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "user/sh/sh.h"

#define DEPTH_MAX 100

struct sum {
    struct arena *arena;
    const char *at;
    int depth;
    bool skip; /* a side that does not count: nothing is assigned, nothing divided by 0 */
};

static long assignment(struct sum *sum);

static void __attribute__((noreturn)) wrong(struct sum *sum)
{
    if (*sum->at)
        fail_line(2, "arithmetic: '%s' is not expected", sum->at);
    fail_line(2, "arithmetic: something is missing at the end");
}

static void skip_blanks(struct sum *sum)
{
    while (isspace((unsigned char)*sum->at))
        sum->at++;
}

static bool take(struct sum *sum, const char *operator)
{
    size_t length = strlen(operator);

    skip_blanks(sum);
    if (strncmp(sum->at, operator, length) != 0)
        return false;
    sum->at += length;
    return true;
}

/* The operator, but not as the beginning of a longer one. */
static bool take_not(struct sum *sum, const char *operator, const char *unless)
{
    skip_blanks(sum);
    if (strncmp(sum->at, operator, strlen(operator)) != 0
        || (sum->at[strlen(operator)] && strchr(unless, sum->at[strlen(operator)])))
        return false;
    sum->at += strlen(operator);
    return true;
}

static long value_of(struct sum *sum, const char *name)
{
    const char *value = variable_get(name);
    struct sum inner = {.arena = sum->arena, .at = value ? value : "", .depth = sum->depth + 1};

    skip_blanks(&inner);
    if (!*inner.at) {
        if (!value && shell.no_unset)
            fail_line(2, "%s: is not set", name);
        return 0;
    }
    if (inner.depth > DEPTH_MAX)
        fail_line(2, "arithmetic: %s: variables that name each other", name);
    long result = assignment(&inner);

    skip_blanks(&inner);
    if (*inner.at)
        wrong(&inner);
    return result;
}

static long add(long a, long b)
{
    return (long)((unsigned long)a + (unsigned long)b);
}

static void assign(struct sum *sum, const char *name, long value)
{
    char text[24];

    if (sum->skip)
        return;
    snprintf(text, sizeof(text), "%ld", value);
    if (variable_set(name, text, 0))
        fail_line(2, "%s: is read only", name);
}

static char *take_name(struct sum *sum)
{
    size_t length;

    skip_blanks(sum);
    length = name_length(sum->at);
    if (!length)
        return NULL;
    char *name = arena_copy(sum->arena, sum->at, length);

    sum->at += length;
    return name;
}

static long number(struct sum *sum)
{
    char *end;
    long value = (long)strtoul(sum->at, &end, 0);

    if (end == sum->at || isalnum((unsigned char)*end))
        wrong(sum);
    sum->at = end;
    return value;
}

static long primary(struct sum *sum)
{
    if (take(sum, "(")) {
        long value = assignment(sum);

        if (!take(sum, ")"))
            wrong(sum);
        return value;
    }
    char *name = take_name(sum);

    if (!name)
        return number(sum);
    if (take(sum, "++")) {
        long value = value_of(sum, name);

        assign(sum, name, add(value, 1));
        return value;
    }
    if (take(sum, "--")) {
        long value = value_of(sum, name);

        assign(sum, name, add(value, -1));
        return value;
    }
    return value_of(sum, name);
}

static long step_first(struct sum *sum, long by)
{
    char *name = take_name(sum);

    if (!name)
        wrong(sum);
    long value = add(value_of(sum, name), by);

    assign(sum, name, value);
    return value;
}

static long unary(struct sum *sum)
{
    if (++sum->depth > DEPTH_MAX)
        fail_line(2, "arithmetic: nested too deep");
    long value;

    if (take(sum, "++"))
        value = step_first(sum, 1);
    else if (take(sum, "--"))
        value = step_first(sum, -1);
    else if (take(sum, "-"))
        value = (long)(0 - (unsigned long)unary(sum));
    else if (take(sum, "+"))
        value = unary(sum);
    else if (take(sum, "~"))
        value = ~unary(sum);
    else if (take_not(sum, "!", "="))
        value = !unary(sum);
    else
        value = primary(sum);
    sum->depth--;
    return value;
}

static long divide(struct sum *sum, long a, long b, bool rest)
{
    if (b == 0 && !sum->skip)
        fail_line(2, "arithmetic: division by 0");
    if (b == 0)
        return 0;
    if (b == -1) /* LONG_MIN / -1 */
        return rest ? 0 : (long)(0 - (unsigned long)a);
    return rest ? a % b : a / b;
}

static long product(struct sum *sum)
{
    long value = unary(sum);

    for (;;) {
        if (take_not(sum, "*", "="))
            value = (long)((unsigned long)value * (unsigned long)unary(sum));
        else if (take_not(sum, "/", "="))
            value = divide(sum, value, unary(sum), false);
        else if (take_not(sum, "%", "="))
            value = divide(sum, value, unary(sum), true);
        else
            return value;
    }
}

static long total(struct sum *sum)
{
    long value = product(sum);

    for (;;) {
        if (take_not(sum, "+", "=+"))
            value = add(value, product(sum));
        else if (take_not(sum, "-", "=-"))
            value = (long)((unsigned long)value - (unsigned long)product(sum));
        else
            return value;
    }
}

static long shift(struct sum *sum)
{
    long value = total(sum);

    for (;;) {
        if (take_not(sum, "<<", "="))
            value = (long)((unsigned long)value << (total(sum) & 63));
        else if (take_not(sum, ">>", "="))
            value >>= total(sum) & 63;
        else
            return value;
    }
}

static long compare(struct sum *sum)
{
    long value = shift(sum);

    for (;;) {
        if (take(sum, "<="))
            value = value <= shift(sum);
        else if (take(sum, ">="))
            value = value >= shift(sum);
        else if (take_not(sum, "<", "<"))
            value = value < shift(sum);
        else if (take_not(sum, ">", ">"))
            value = value > shift(sum);
        else
            return value;
    }
}

static long equality(struct sum *sum)
{
    long value = compare(sum);

    for (;;) {
        if (take(sum, "=="))
            value = value == compare(sum);
        else if (take(sum, "!="))
            value = value != compare(sum);
        else
            return value;
    }
}

static long bits_and(struct sum *sum)
{
    long value = equality(sum);

    while (take_not(sum, "&", "&="))
        value &= equality(sum);
    return value;
}

static long bits_xor(struct sum *sum)
{
    long value = bits_and(sum);

    while (take_not(sum, "^", "="))
        value ^= bits_and(sum);
    return value;
}

static long bits_or(struct sum *sum)
{
    long value = bits_xor(sum);

    while (take_not(sum, "|", "|="))
        value |= bits_xor(sum);
    return value;
}

static long both(struct sum *sum)
{
    long value = bits_or(sum);

    while (take(sum, "&&")) {
        bool was = sum->skip;

        sum->skip |= !value;
        long other = bits_or(sum);

        sum->skip = was;
        value = value && other;
    }
    return value;
}

static long either(struct sum *sum)
{
    long value = both(sum);

    while (take(sum, "||")) {
        bool was = sum->skip;

        sum->skip |= value != 0;
        long other = both(sum);

        sum->skip = was;
        value = value || other;
    }
    return value;
}

static long choice(struct sum *sum)
{
    long value = either(sum);
    bool was = sum->skip;

    if (!take(sum, "?"))
        return value;
    sum->skip = was || !value;
    long yes = assignment(sum);

    if (!take(sum, ":"))
        wrong(sum);
    sum->skip = was || value;
    long no = assignment(sum);

    sum->skip = was;
    return value ? yes : no;
}

static long combine(struct sum *sum, const char *operator, long a, long b)
{
    switch (*operator) {
    case '*':
        return (long)((unsigned long)a * (unsigned long)b);
    case '/':
        return divide(sum, a, b, false);
    case '%':
        return divide(sum, a, b, true);
    case '+':
        return add(a, b);
    case '-':
        return (long)((unsigned long)a - (unsigned long)b);
    case '<':
        return (long)((unsigned long)a << (b & 63));
    case '>':
        return a >> (b & 63);
    case '&':
        return a & b;
    case '^':
        return a ^ b;
    default:
        return a | b;
    }
}

static long assignment(struct sum *sum)
{
    static const char *const operators[] = {"*=", "/=", "%=", "+=", "-=", "<<=", ">>=", "&=", "^=",
                                            "|="};
    const char *start = sum->at;
    char *name;

    if (++sum->depth > DEPTH_MAX)
        fail_line(2, "arithmetic: nested too deep");
    name = take_name(sum);
    if (name && take_not(sum, "=", "=")) {
        long value = assignment(sum);

        assign(sum, name, value);
        sum->depth--;
        return value;
    }
    for (size_t i = 0; name && i < sizeof(operators) / sizeof(operators[0]); i++) {
        if (!take(sum, operators[i]))
            continue;
        long value = combine(sum, operators[i], value_of(sum, name), assignment(sum));

        assign(sum, name, value);
        sum->depth--;
        return value;
    }
    sum->at = start;
    long value = choice(sum);

    sum->depth--;
    return value;
}

long arithmetic(struct arena *arena, const char *text)
{
    struct sum sum = {.arena = arena, .at = text};

    skip_blanks(&sum);
    if (!*sum.at)
        return 0;
    long value = assignment(&sum);

    while (take(&sum, ","))
        value = assignment(&sum);
    skip_blanks(&sum);
    if (*sum.at)
        wrong(&sum);
    return value;
}
