/*
 * Memory moved and filled, a word at a time: the part of lib/string.h that is trusted and not
 * proved, as words laid over bytes are beyond the prover. No locks, no state.
 *
 * The loops move 8 bytes at a time, many of them a round: under an emulator that is the fastest way
 * there is without SSE (`rep movsb` takes up to ten times as long), and on a real CPU good enough
 * for what the boot and the kernel move. The big copies of the kernel (pages, the framebuffer)
 * choose their routine by measuring.
 */
#include "lib/copy.h"

#include <stdint.h>

#include "lib/string.h"

/* gcc would recognise the loops below as memcpy and memset, and make them call themselves. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

/* Words at any address that may alias anything. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word64;
typedef uint32_t __attribute__((may_alias, aligned(1))) word32;
typedef uint16_t __attribute__((may_alias, aligned(1))) word16;

/* Each round reads all its words before it writes: right for any `to` below `from`. */
static void copy_up(uint8_t *to, const uint8_t *from, size_t size)
{
    for (; size >= 64; to += 64, from += 64, size -= 64) {
        uint64_t a = ((const word64 *)from)[0], b = ((const word64 *)from)[1];
        uint64_t c = ((const word64 *)from)[2], d = ((const word64 *)from)[3];
        uint64_t e = ((const word64 *)from)[4], f = ((const word64 *)from)[5];
        uint64_t g = ((const word64 *)from)[6], h = ((const word64 *)from)[7];
        ((word64 *)to)[0] = a;
        ((word64 *)to)[1] = b;
        ((word64 *)to)[2] = c;
        ((word64 *)to)[3] = d;
        ((word64 *)to)[4] = e;
        ((word64 *)to)[5] = f;
        ((word64 *)to)[6] = g;
        ((word64 *)to)[7] = h;
    }
    for (; size >= 32; to += 32, from += 32, size -= 32) {
        uint64_t a = ((const word64 *)from)[0], b = ((const word64 *)from)[1];
        uint64_t c = ((const word64 *)from)[2], d = ((const word64 *)from)[3];
        ((word64 *)to)[0] = a;
        ((word64 *)to)[1] = b;
        ((word64 *)to)[2] = c;
        ((word64 *)to)[3] = d;
    }
    for (; size >= 8; to += 8, from += 8, size -= 8)
        *(word64 *)to = *(const word64 *)from;
    if (size & 4) {
        *(word32 *)to = *(const word32 *)from;
        to += 4, from += 4;
    }
    if (size & 2) {
        *(word16 *)to = *(const word16 *)from;
        to += 2, from += 2;
    }
    if (size & 1)
        *to = *from;
}

/* The same from the end, for a `to` inside (from, from + size). */
static void copy_down(uint8_t *to, const uint8_t *from, size_t size)
{
    to += size;
    from += size;
    for (; size >= 32; size -= 32) {
        to -= 32, from -= 32;
        uint64_t a = ((const word64 *)from)[0], b = ((const word64 *)from)[1];
        uint64_t c = ((const word64 *)from)[2], d = ((const word64 *)from)[3];
        ((word64 *)to)[0] = a;
        ((word64 *)to)[1] = b;
        ((word64 *)to)[2] = c;
        ((word64 *)to)[3] = d;
    }
    for (; size >= 8; size -= 8) {
        to -= 8, from -= 8;
        *(word64 *)to = *(const word64 *)from;
    }
    while (size--)
        *--to = *--from;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    copy_up(to, from, size);
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    if ((uintptr_t)to - (uintptr_t)from >=
        size) /* to below from (the difference wraps), or apart */
        copy_up(to, from, size);
    else
        copy_down(to, from, size);
    return to;
}

void *memset(void *at, int byte, size_t size)
{
    uint64_t word = (uint8_t)byte * 0x0101010101010101u;
    uint8_t *to = at;

    for (; size >= 256; to += 256, size -= 256) {
#pragma GCC unroll 32
        for (unsigned i = 0; i < 32; i++)
            ((word64 *)to)[i] = word;
    }
    for (; size >= 32; to += 32, size -= 32) {
        ((word64 *)to)[0] = word;
        ((word64 *)to)[1] = word;
        ((word64 *)to)[2] = word;
        ((word64 *)to)[3] = word;
    }
    for (; size >= 8; to += 8, size -= 8)
        *(word64 *)to = word;
    while (size--)
        *to++ = (uint8_t)byte;
    return at;
}

size_t equal_words(const char *a, const char *b, size_t size)
{
    size_t equal = 0;

    while (size - equal >= 8 && *(const word64 *)(a + equal) == *(const word64 *)(b + equal))
        equal += 8;
    return equal;
}
