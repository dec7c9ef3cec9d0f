/*
 * Arithmetic for the calculator: a line of text to a number.
 *
 *     2+3*4        14            5!          120           2^10        1024
 *     sqrt(2)      1.4142…       50%         0.5           ans+1       the last result and 1
 *     0xff & ~3    programmer: whole numbers of 8 to 64 bits, also 0b101, 0o17, << >> and or xor not mod
 *
 * × ÷ − · π and a decimal comma are read as well. Numbers are IEEE 754 doubles, or integers that wrap.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct calculator {
    bool programmer;
    int bits;        /* 8, 16, 32, 64; of the programmer's */
    bool is_signed;
    bool degrees;    /* angles; else radians */
    double answer;   /* "ans" */
    int64_t whole_answer;
};

/* 0, and answer or whole_answer is the result; -EINVAL: *why says what is wrong ("en"), *at where (bytes).
   The answer then stays as it was. Longer than 1024 bytes, deeper than 64 brackets: -EINVAL. */
int calculate(struct calculator *calculator, const char *text, const char **why, size_t *at);
/* The answer as text: at most 15 digits, or a whole number in `base` 2, 8, 10, 16. Room for 72 bytes. */
void calculator_print(const struct calculator *calculator, int base, char to[72]);
