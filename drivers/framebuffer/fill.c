/* Filling: fill.h. The Intel optimization manual (3.7.6, 9.4) has the latter two ways; every x86-64 has
   both. */
#include "drivers/framebuffer/fill.h"

#include <stdbool.h>
#include <stddef.h>

/* Lines begin where the pitch puts them, which need not be aligned. */
typedef uint64_t unaligned_u64 __attribute__((aligned(1), may_alias));

static void store64(uint8_t *to, uint64_t value)
{
    *(unaligned_u64 *)to = value;
}

static void store64_past(uint8_t *to, uint64_t value)
{
    __asm__ volatile("movnti %1, %0" : "=m"(*(unaligned_u64 *)to) : "r"(value));
}

static void by_moves(uint8_t *to, uint32_t bytes, const struct pattern *pattern)
{
    uint64_t a = pattern->words[0], b = pattern->words[1], c = pattern->words[2];

    for (; bytes >= 96; bytes -= 96, to += 96) {
        store64(to, a), store64(to + 8, b), store64(to + 16, c);
        store64(to + 24, a), store64(to + 32, b), store64(to + 40, c);
        store64(to + 48, a), store64(to + 56, b), store64(to + 64, c);
        store64(to + 72, a), store64(to + 80, b), store64(to + 88, c);
    }
    while (bytes >= 8) {
        uint64_t first = a;
        store64(to, first);
        a = b, b = c, c = first;
        bytes -= 8, to += 8;
    }
    for (; bytes > 0; bytes--, a >>= 8)
        *to++ = (uint8_t)a;
}

/* In pieces of 24 bytes; returns how many bytes are done. */
static uint32_t by_moves_past(uint8_t *to, uint32_t bytes, const struct pattern *pattern)
{
    uint64_t a = pattern->words[0], b = pattern->words[1], c = pattern->words[2];
    uint32_t done = bytes - bytes % 24;

    for (uint32_t at = 0; at < done; at += 24) {
        store64_past(to + at, a);
        store64_past(to + at + 8, b);
        store64_past(to + at + 16, c);
    }
    __asm__ volatile("sfence" ::: "memory");
    return done;
}

static uint32_t by_string(uint8_t *to, uint32_t bytes, const struct pattern *pattern)
{
    size_t words = bytes / 8;

    if (pattern->words[0] != pattern->words[1] || pattern->words[0] != pattern->words[2])
        return 0;
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern->words[0]) : "memory");
    return bytes - bytes % 8;
}

void fill_bytes(enum fill_way way, uint8_t *to, uint32_t bytes, const struct pattern *pattern)
{
    uint32_t done = 0;

    if (way == FILL_PAST)
        done = by_moves_past(to, bytes, pattern);
    else if (way == FILL_STRING)
        done = by_string(to, bytes, pattern);
    by_moves(to + done, bytes - done, pattern); /* done is a multiple of the pattern's period */
}

#define JUDGED_US 20u /* what is shorter says nothing */

enum fill_way fill_winner(const uint64_t took_us[FILL_WAYS])
{
    enum fill_way best = FILL_MOVES;

    if (took_us[FILL_MOVES] < JUDGED_US)
        return best;
    if (took_us[FILL_PAST] * 10 < took_us[best] * 9)
        best = FILL_PAST;
    if (took_us[FILL_STRING] * 3 < took_us[best] * 2) /* on most machines it is slow here */
        best = FILL_STRING;
    return best;
}
