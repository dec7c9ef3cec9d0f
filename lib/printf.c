/*
 * snprintf. Use: one call, no state, no allocation, no locks; what does not fit is counted only.
 * Follows C17 §7.21.6.1 for the conversions that lib/printf.h names. %p is "0x…"; %s of a null
 * pointer is "(null)"; a conversion we do not know is copied as it stands.
 */
#include "lib/printf.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/span.h"
#include "lib/string.h"

#define TEXT_MAX ((size_t)__INT_MAX__) /* the most that the result can say */

struct output {
    struct room to; /* with the terminator's place */
    size_t length;  /* of the text so far, also of what did not fit */
};

struct conversion {
    bool left, zero, plus, space, alternative; /* the flags - 0 + ' ' # */
    bool has_precision;
    size_t width, precision;
    size_t bytes; /* of an integer argument: 1, 2, 4 or 8 */
    char letter;
};

/* How many of `length` bytes may still be written, the terminator's place kept. */
static size_t that_fit(const struct output *out, size_t length)
{
    size_t size = out->to.size;
    size_t n = size > 0 && out->length < size - 1 ? size - 1 - out->length : 0;

    return length < n ? length : n;
}

static void put_text(struct output *out, const char *text, size_t length)
{
    size_t n = that_fit(out, length);

    if (n > 0)
        room_put(out->to, out->length, text_of(text, n));
    out->length += length;
}

static void put_repeated(struct output *out, char c, size_t count)
{
    size_t n = that_fit(out, count);

    for (size_t i = 0; i < n; i++)
        room_set(out->to, out->length + i, c);
    out->length += count;
}

static size_t parse_number(struct text format, size_t *at)
{
    size_t number = 0;
    char digit;

    for (; (digit = text_at(format, *at)) >= '0' && digit <= '9'; ++*at)
        if (number < TEXT_MAX) /* more is nonsense: stop growing, so that nothing wraps */
            number = number * 10 + (size_t)(digit - '0');
    return number < TEXT_MAX ? number : TEXT_MAX;
}

static void parse_flags(struct text format, size_t *at, struct conversion *c)
{
    for (;; ++*at) {
        switch (text_at(format, *at)) {
        case '-':
            c->left = true;
            break;
        case '0':
            c->zero = true;
            break;
        case '+':
            c->plus = true;
            break;
        case ' ':
            c->space = true;
            break;
        case '#':
            c->alternative = true;
            break;
        default:
            return;
        }
    }
}

static void set_width(struct conversion *c, int width)
{
    c->left |= width < 0;
    c->width = width < 0 ? 0u - (size_t)width : (size_t)width;
}

static void set_precision(struct conversion *c, int precision)
{
    c->has_precision = precision >= 0; /* a negative one counts as none */
    c->precision = precision >= 0 ? (size_t)precision : 0;
}

static void parse_length(struct text format, size_t *at, struct conversion *c)
{
    c->bytes = sizeof(int);
    switch (text_at(format, *at)) {
    case 'h':
        ++*at;
        c->bytes = text_at(format, *at) == 'h' ? sizeof(char) : sizeof(short);
        *at += text_at(format, *at) == 'h';
        break;
    case 'l':
        ++*at;
        c->bytes = sizeof(long);
        *at += text_at(format, *at) == 'l';
        break;
    case 'z':
    case 'j':
    case 't':
        ++*at;
        c->bytes = sizeof(size_t);
        break;
    }
}

/* The argument as its type cut it, zero extended or sign extended to 64 bits. */
static uint64_t narrow(uint64_t value, size_t bytes, bool is_signed)
{
    switch (bytes) {
    case 1:
        return is_signed ? (uint64_t)(int8_t)value : (uint8_t)value;
    case 2:
        return is_signed ? (uint64_t)(int16_t)value : (uint16_t)value;
    case 4:
        return is_signed ? (uint64_t)(int32_t)value : (uint32_t)value;
    default:
        return value;
    }
}

/* sign or prefix, zeros up to the precision (or the width, with the flag 0), digits. */
static void put_integer(struct output *out, const struct conversion *c, const char *prefix,
                        uint64_t value, unsigned base)
{
    static const char numerals[2][16] = {"0123456789abcdef", "0123456789ABCDEF"};
    char digits[22]; /* 64 bits in octal */
    size_t count = 0, prefix_length = strlen(prefix);
    size_t wanted = c->has_precision ? c->precision : 1;

    for (; value > 0; value /= base)
        digits[sizeof(digits) - ++count] = numerals[c->letter == 'X'][value % base];
    if (base == 8 && c->alternative && wanted <= count)
        wanted = count + 1;
    size_t zeros = wanted > count ? wanted - count : 0;
    size_t length = prefix_length + zeros + count;
    size_t padding = c->width > length ? c->width - length : 0;

    if (c->zero && !c->left && !c->has_precision) {
        zeros += padding;
        padding = 0;
    }
    if (!c->left)
        put_repeated(out, ' ', padding);
    put_text(out, prefix, prefix_length);
    put_repeated(out, '0', zeros);
    put_text(out, &digits[sizeof(digits) - count], count);
    if (c->left)
        put_repeated(out, ' ', padding);
}

static void put_signed(struct output *out, const struct conversion *c, uint64_t value)
{
    const char *sign = c->plus ? "+" : c->space ? " " : "";

    if ((int64_t)value < 0)
        put_integer(out, c, "-", 0 - value, 10);
    else
        put_integer(out, c, sign, value, 10);
}

static void put_unsigned(struct output *out, const struct conversion *c, uint64_t value)
{
    switch (c->letter) {
    case 'o':
        put_integer(out, c, "", value, 8);
        break;
    case 'x':
        put_integer(out, c, c->alternative && value ? "0x" : "", value, 16);
        break;
    case 'X':
        put_integer(out, c, c->alternative && value ? "0X" : "", value, 16);
        break;
    default:
        put_integer(out, c, "", value, 10);
        break;
    }
}

static void put_string(struct output *out, const struct conversion *c, const char *text,
                       size_t length)
{
    size_t padding = c->width > length ? c->width - length : 0;

    if (!c->left)
        put_repeated(out, ' ', padding);
    put_text(out, text, length);
    if (c->left)
        put_repeated(out, ' ', padding);
}

/* Flags, width, precision, length and letter at format[*at], behind '%'; *at moves behind them. */
static struct conversion parse(struct text format, size_t *at, va_list *args)
{
    struct conversion c = {0};

    parse_flags(format, at, &c);
    if (text_at(format, *at) == '*') {
        ++*at;
        set_width(&c, va_arg(*args, int));
    } else {
        c.width = parse_number(format, at);
    }
    if (text_at(format, *at) == '.') {
        ++*at;
        if (text_at(format, *at) == '*') {
            ++*at;
            set_precision(&c, va_arg(*args, int));
        } else {
            c.has_precision = true;
            c.precision = parse_number(format, at);
        }
    }
    parse_length(format, at, &c);
    c.letter = text_at(format, *at);
    if (c.letter != '\0')
        ++*at;
    return c;
}

/* One conversion: format[at] is its '%'. Returns where what follows it begins. */
static size_t convert(struct output *out, struct text format, size_t at, va_list *args)
{
    const size_t start = at++;
    const struct conversion c = parse(format, &at, args);
    const char *text;
    char byte;

    switch (c.letter) {
    case 'd':
    case 'i':
        if (c.bytes == 8)
            put_signed(out, &c, (uint64_t)va_arg(*args, long));
        else
            put_signed(out, &c, narrow((uint64_t)va_arg(*args, int), c.bytes, true));
        break;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        if (c.bytes == 8)
            put_unsigned(out, &c, va_arg(*args, unsigned long));
        else
            put_unsigned(out, &c, narrow(va_arg(*args, unsigned), c.bytes, false));
        break;
    case 'p':
        put_integer(out, &c, "0x", (uintptr_t)va_arg(*args, void *), 16);
        break;
    case 'c':
        byte = (char)va_arg(*args, int);
        put_string(out, &c, &byte, 1);
        break;
    case 's':
        text = va_arg(*args, const char *);
        text = text ? text : "(null)";
        put_string(out, &c, text, strnlen(text, c.has_precision ? c.precision : SIZE_MAX));
        break;
    case '%':
        put_text(out, "%", 1);
        break;
    default:
        text = text_part(format, start, at - start).chars;
        put_text(out, text, at - start);
        break;
    }
    return at;
}

int vsnprintf(char *to, size_t size, const char *format, va_list args)
{
    const struct text all = text_of_string(format);
    struct output out = {.to = room_of(to, size)};
    size_t at = 0;
    va_list copy; /* its address can be passed on; that of an array parameter cannot */

    va_copy(copy, args);
    while (text_at(all, at) != '\0') {
        size_t plain = 0;
        while (text_at(all, at + plain) != '\0' && text_at(all, at + plain) != '%')
            plain++;
        put_text(&out, text_part(all, at, plain).chars, plain);
        at += plain;
        if (text_at(all, at) == '%')
            at = convert(&out, all, at, &copy);
    }
    va_end(copy);
    if (size > 0)
        room_set(out.to, out.length < size ? out.length : size - 1, '\0');
    return (int)(out.length < TEXT_MAX ? out.length : TEXT_MAX);
}

int snprintf(char *to, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int length = vsnprintf(to, size, format, args);
    va_end(args);
    return length;
}
