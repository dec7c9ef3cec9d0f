/*
 * What a compiler calls in the debug kernel when a check of undefined behaviour fails: it says
 * where, what and with which values, and stops (report.h). The structures are those of gcc 12's and
 * clang 14's -fsanitize=undefined (libsanitizer, ubsan_value.h and ubsan_handlers.h).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/panic.h"
#include "kernel/sanitizer/report.h"
#include "lib/printf.h"

struct place {
    const char *file;
    uint32_t line, column;
};

struct type {
    uint16_t kind; /* 0: an integer */
    uint16_t info; /* bit 0: signed; above it the binary logarithm of its bits */
    char name[];
};

/* Every structure a handler is given begins with a place; most go on with one or two types. */
struct check {
    struct place place;
    const struct type *type, *other;
};

#define TEXT_BYTES 24

/* A value as the compiler hands it over: itself, or its address when it has more than 64 bits. */
static const char *text_of(const struct type *type, uint64_t value, char text[TEXT_BYTES])
{
    unsigned bits = 1u << (type->info >> 1);

    if (type->kind != 0 || bits > 64)
        snprintf(text, TEXT_BYTES, "0x%llx", (unsigned long long)value);
    else if (type->info & 1)
        snprintf(text, TEXT_BYTES, "%lld", (long long)(value << (64 - bits)) >> (64 - bits));
    else
        snprintf(text, TEXT_BYTES, "%llu",
                 (unsigned long long)(value << (64 - bits) >> (64 - bits)));
    return text;
}

static void overflow(const struct check *check, const char *what, uint64_t left, uint64_t right)
{
    char a[TEXT_BYTES], b[TEXT_BYTES];

    sanitizer_report("UBSan: %s:%u: signed overflow: %s %s %s does not fit %s", check->place.file,
                     check->place.line, text_of(check->type, left, a), what,
                     text_of(check->type, right, b), check->type->name);
}

/* gcc calls each by the name with _abort when it is told not to go on; we never are. */
void __ubsan_handle_add_overflow(const struct check *check, uint64_t left, uint64_t right);
void __ubsan_handle_sub_overflow(const struct check *check, uint64_t left, uint64_t right);
void __ubsan_handle_mul_overflow(const struct check *check, uint64_t left, uint64_t right);
void __ubsan_handle_divrem_overflow(const struct check *check, uint64_t left, uint64_t right);
void __ubsan_handle_negate_overflow(const struct check *check, uint64_t value);
void __ubsan_handle_shift_out_of_bounds(const struct check *check, uint64_t left, uint64_t right);
void __ubsan_handle_out_of_bounds(const struct check *check, uint64_t index);
void __ubsan_handle_load_invalid_value(const struct check *check, uint64_t value);
void __ubsan_handle_builtin_unreachable(const struct place *place);

void __ubsan_handle_add_overflow(const struct check *check, uint64_t left, uint64_t right)
{
    overflow(check, "+", left, right);
}

void __ubsan_handle_sub_overflow(const struct check *check, uint64_t left, uint64_t right)
{
    overflow(check, "-", left, right);
}

void __ubsan_handle_mul_overflow(const struct check *check, uint64_t left, uint64_t right)
{
    overflow(check, "*", left, right);
}

void __ubsan_handle_divrem_overflow(const struct check *check, uint64_t left, uint64_t right)
{
    overflow(check, "/", left, right);
}

void __ubsan_handle_negate_overflow(const struct check *check, uint64_t value)
{
    overflow(check, "-", 0, value);
}

/* type: what is shifted; other: by how much. */
void __ubsan_handle_shift_out_of_bounds(const struct check *check, uint64_t left, uint64_t right)
{
    char a[TEXT_BYTES], b[TEXT_BYTES];

    sanitizer_report("UBSan: %s:%u: shift out of bounds: %s (%s) by %s", check->place.file,
                     check->place.line, text_of(check->type, left, a), check->type->name,
                     text_of(check->other, right, b));
}

/* type: the array; other: its index. */
void __ubsan_handle_out_of_bounds(const struct check *check, uint64_t index)
{
    char text[TEXT_BYTES];

    sanitizer_report("UBSan: %s:%u: index out of bounds: %s of %s", check->place.file,
                     check->place.line, text_of(check->other, index, text), check->type->name);
}

void __ubsan_handle_load_invalid_value(const struct check *check, uint64_t value)
{
    sanitizer_report("UBSan: %s:%u: 0x%llx is no value of %s", check->place.file, check->place.line,
                     (unsigned long long)value, check->type->name);
}

/* There is nothing to return to. */
void __ubsan_handle_builtin_unreachable(const struct place *place)
{
    panic("UBSan: %s:%u: code that is never reached was", place->file, place->line);
}
