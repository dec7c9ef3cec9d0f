/* What a benchmark says: lines "bench SYSTEM NAME NUMBER". */
#pragma once

#include "user/bench/os.h"

static inline void say(const char *text)
{
    size_t size = 0;

    while (text[size])
        size++;
    os_write(1, text, size);
}

static inline void say_number(uint64_t number)
{
    char digits[24];
    size_t at = sizeof(digits);

    digits[--at] = 0;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    say(digits + at);
}

static inline void say_figure(const char *name, const char *of, uint64_t number)
{
    say("bench " OS_NAME " ");
    say(name);
    say(of);
    say(" ");
    say_number(number);
    say("\n");
}
