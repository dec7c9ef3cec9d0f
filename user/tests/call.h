/* System calls for test programs without a C library. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { EXIT = 0, WRITE = 1, GETPID = 10 };

static inline int64_t call(uint64_t number, uint64_t a, uint64_t b, uint64_t c)
{
    int64_t result;

    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}

static inline void print(const char *text)
{
    uint64_t length = 0;

    while (text[length])
        length++;
    call(WRITE, 1, (uintptr_t)text, length);
}

static inline void print_number(const char *what, int64_t number)
{
    char digits[24];
    uint64_t at = sizeof(digits), left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    print(what);
    digits[--at] = 0;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (number < 0)
        digits[--at] = '-';
    print(digits + at);
    print("\n");
}

void _start(void);
