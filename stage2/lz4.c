/*
 * A block is a row of sequences: a token (two lengths of 4 bits), literals, a distance of 16 bits
 * and so many bytes from there. A length of 15 goes on in further bytes. The last sequence ends
 * behind its literals.
 *
 * Pieces are copied 16 bytes at a time, up to 15 more than was asked for: where there is room for
 * that, what follows writes over it.
 */
#include "stage2/lz4.h"

#include <stdbool.h>

#include "lib/bytes.h"
#include "lib/errno.h"

#define MATCH_LEAST 4
#define WIDE        16
#define SHORT_IN    (1 + WIDE + 2) /* what a short sequence reads, at most: as if all were literals */
#define SHORT_OUT   (14 + 3 * 8)   /* and writes */

typedef uint64_t __attribute__((may_alias, aligned(1))) word64;

struct piece {
    const uint8_t *at, *end;
};

/* A word at a time: the second may begin in what the first one wrote, so 8 bytes from `to` on it
   works as a copy of single bytes would. */
static inline void copy_words(uint8_t *to, const uint8_t *from, size_t words)
{
    for (size_t i = 0; i < words; i++)
        ((word64 *)to)[i] = ((const word64 *)from)[i];
}

static void copy_wide(uint8_t *to, const uint8_t *from, size_t size)
{
    size_t words = (size + 7) / 8;

    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
}

static void copy_narrow(uint8_t *to, const uint8_t *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = from[i];
}

/* What repeats after less than 8 bytes repeats after a multiple of that, too. */
static void repeat(uint8_t *to, size_t distance, size_t size)
{
    size_t step = distance;

    while (step < 8)
        step += distance;
    copy_narrow(to, to - distance, step); /* step ≤ 14 */
    if (size > step)
        copy_wide(to + step, to, size - step);
}

static bool has(const uint8_t *at, const uint8_t *end, size_t size)
{
    return size <= (size_t)(end - at);
}

/* The bytes behind a length of 15. False: the block ends, or no such length fits into memory. */
static bool long_length(struct piece *in, size_t most, size_t *length)
{
    uint8_t byte;

    do {
        if (in->at == in->end || *length > most)
            return false;
        byte = *in->at++;
        *length += byte;
    } while (byte == 255);
    return true;
}

/* The most frequent sequence: both lengths in the token, nothing near an end. False: it is another
   one, and nothing has been done. */
static inline bool short_sequence(const uint8_t **from, uint8_t **to, size_t written)
{
    const uint8_t *in = *from;
    uint8_t *out = *to;
    size_t token = *in++, literals = token >> 4, size = token & 15;

    if (literals == 15 || size == 15)
        return false;
    size_t distance = rd16(in + literals);

    if (distance < 8 || distance > written + literals)
        return false;
    copy_words(out, in, 2);
    out += literals;
    copy_words(out, out - distance, 3);
    *from = in + literals + 2;
    *to = out + size + MATCH_LEAST;
    return true;
}

int lz4_unpack(const uint8_t *from, size_t from_size, uint8_t *to, size_t to_size)
{
    struct piece in = {from, from + from_size};
    uint8_t *out = to, *end = to + to_size;

    while (in.at < in.end) {
        if (has(in.at, in.end, SHORT_IN) && has(out, end, SHORT_OUT) &&
            short_sequence(&in.at, &out, (size_t)(out - to)))
            continue;
        uint8_t token = *in.at++;
        size_t literals = token >> 4, size = token & 15;

        if (literals == 15 && !long_length(&in, to_size, &literals))
            return -EINVAL;
        if (has(in.at, in.end, literals + WIDE) && has(out, end, literals + WIDE))
            copy_wide(out, in.at, literals);
        else if (has(in.at, in.end, literals) && has(out, end, literals))
            copy_narrow(out, in.at, literals);
        else
            return -EINVAL;
        out += literals;
        in.at += literals;
        if (in.at == in.end)
            return out == end ? 0 : -EINVAL;

        if (!has(in.at, in.end, 2))
            return -EINVAL;
        size_t distance = rd16(in.at);

        in.at += 2;
        if (size == 15 && !long_length(&in, to_size, &size))
            return -EINVAL;
        size += MATCH_LEAST;
        if (distance == 0 || !has(to, out, distance) || !has(out, end, size))
            return -EINVAL;
        if (distance >= 8 && has(out, end, size + WIDE))
            copy_wide(out, out - distance, size);
        else if (has(out, end, size + WIDE))
            repeat(out, distance, size);
        else
            copy_narrow(out, out - distance, size);
        out += size;
    }
    return -EINVAL;
}
