/*
 * UTF-8, decoded byte by byte (Unicode 15, table 3-7). Bytes that are no part of a well-formed
 * character come out as U+FFFD, one for each maximal part of a character that was cut short, as
 * §3.9 of the standard recommends.
 */
#pragma once

#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffdu

struct utf8_decoder { /* all zero: ready */
    uint32_t character; /* bits so far */
    uint8_t missing;    /* continuation bytes to come */
    uint8_t low, high;  /* what the next one may be */
};

/* Feed one byte; returns how many of characters[] (0, 1 or 2) it completed. */
unsigned utf8_decode(struct utf8_decoder *decoder, uint8_t byte, uint32_t characters[2]);
/* The bytes of a character ≤ 10FFFFh, not terminated; returns how many (1–4). */
unsigned utf8_encode(uint32_t character, char to[4]);
