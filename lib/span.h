/*
 * Memory with its length, and the only ways into it. Who reads or writes outside of it stops there
 * (`ud2`), as an index outside of an array does in the shipped kernel: a last resort, not a check
 * of input. Whoever parses compares with `size` first and returns an error.
 *
 *     struct span span    bytes, to be read, also as little-endian fields of others' structures
 *     struct text text    characters, to be read
 *     struct room room    characters, to be written
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/bytes.h"
#include "lib/string.h"

struct span {
    const uint8_t *bytes;
    size_t size;
};

struct text {
    const char *chars;
    size_t size;
};

struct room {
    char *chars;
    size_t size;
};

/* [at, at + size) lies in [0, all). */
static inline void span_check(size_t all, size_t at, size_t size)
{
    if (__builtin_expect(at > all || size > all - at, 0))
        __builtin_trap();
}

/* ---- bytes --------------------------------------------------------------------------------- */

static inline struct span span_of(const void *bytes, size_t size)
{
    return (struct span){bytes, size};
}

static inline struct span span_part(struct span span, size_t at, size_t size)
{
    span_check(span.size, at, size);
    return (struct span){span.bytes + at, size};
}

static inline struct span span_from(struct span span, size_t at)
{
    span_check(span.size, at, 0);
    return (struct span){span.bytes + at, span.size - at};
}

static inline uint8_t span_at(struct span span, size_t at)
{
    span_check(span.size, at, 1);
    return span.bytes[at];
}

static inline uint16_t span_rd16(struct span span, size_t at)
{
    span_check(span.size, at, 2);
    return rd16(span.bytes + at);
}

static inline uint32_t span_rd32(struct span span, size_t at)
{
    span_check(span.size, at, 4);
    return rd32(span.bytes + at);
}

static inline uint64_t span_rd64(struct span span, size_t at)
{
    span_check(span.size, at, 8);
    return rd64(span.bytes + at);
}

/* All of it, to memory of at least its size. */
static inline void span_copy(void *to, struct span span)
{
    memcpy(to, span.bytes, span.size);
}

/* ---- characters ---------------------------------------------------------------------------- */

static inline struct text text_of(const char *chars, size_t size)
{
    return (struct text){chars, size};
}

/* The terminator is one of its characters: what stops a loop stands inside. */
static inline struct text text_of_string(const char *string)
{
    return (struct text){string, strlen(string) + 1};
}

static inline struct text text_part(struct text text, size_t at, size_t size)
{
    span_check(text.size, at, size);
    return (struct text){text.chars + at, size};
}

static inline struct text text_from(struct text text, size_t at)
{
    span_check(text.size, at, 0);
    return (struct text){text.chars + at, text.size - at};
}

static inline char text_at(struct text text, size_t at)
{
    span_check(text.size, at, 1);
    return text.chars[at];
}

static inline struct room room_of(char *chars, size_t size)
{
    return (struct room){chars, size};
}

static inline struct room room_from(struct room room, size_t at)
{
    span_check(room.size, at, 0);
    return (struct room){room.chars + at, room.size - at};
}

static inline char room_at(struct room room, size_t at)
{
    span_check(room.size, at, 1);
    return room.chars[at];
}

static inline void room_set(struct room room, size_t at, char c)
{
    span_check(room.size, at, 1);
    room.chars[at] = c;
}

/* The text, from `at` on. */
static inline void room_put(struct room room, size_t at, struct text text)
{
    span_check(room.size, at, text.size);
    memcpy(room.chars + at, text.chars, text.size);
}
