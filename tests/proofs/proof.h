/*
 * Included before each source that is proved: what WP cannot see into, with contracts in its place.
 * Everything here is assumed, not proved; the host tests run the real things under sanitizers.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* ---- the compiler's -------------------------------------------------------------------------- */

/*@ requires word != 0;
    assigns \nothing;
    ensures 0 <= \result < 64;
    ensures (word >> \result) % 2 == 1; */
int proof_ctzll(uint64_t word);
#define __builtin_ctzll proof_ctzll
#define __builtin_expect(value, expected) (value)

/* ---- lib/bytes.h --------------------------------------------------------------------------------
   low | high << bits, where low has no more than that many bits. */
#define joined(low, high, bits) ((low) + (high) * (1ll << (bits)))

/* ---- lib/string.h -------------------------------------------------------------------------------
   Memory functions take any object as bytes, which WP's typed memory does not have. A source that
   is proved uses them for one type, and its line in modules.txt says for which: memcpy=u8. */
#include "lib/string.h"

/*@ requires \valid(to + (0 .. size - 1)) && \valid_read(from + (0 .. size - 1));
    requires \separated(to + (0 .. size - 1), from + (0 .. size - 1));
    assigns to[0 .. size - 1] \from from[0 .. size - 1];
    assigns \result \from to;
    ensures \result == to;
    ensures \forall integer i; 0 <= i < size ==> to[i] == \old(from[i]); */
uint8_t *proof_memcpy_u8(uint8_t *to, const uint8_t *from, size_t size);

/*@ requires \valid(to + (0 .. size - 1)) && \valid_read(from + (0 .. size - 1));
    requires \separated(to + (0 .. size - 1), from + (0 .. size - 1));
    assigns to[0 .. size - 1] \from from[0 .. size - 1];
    assigns \result \from to;
    ensures \result == to;
    ensures \forall integer i; 0 <= i < size ==> to[i] == \old(from[i]); */
char *proof_memcpy_char(char *to, const char *from, size_t size);

/*@ requires size % 8 == 0 && byte == 0;
    requires \valid(at + (0 .. size / 8 - 1));
    assigns at[0 .. size / 8 - 1] \from byte;
    assigns \result \from at;
    ensures \result == at;
    ensures \forall integer i; 0 <= i < size / 8 ==> at[i] == 0; */
uint64_t *proof_memset_u64(uint64_t *at, int byte, size_t size);

/*@ requires size % 2 == 0 && (byte == 0 || byte == 0xff);
    requires \valid(at + (0 .. size / 2 - 1));
    assigns at[0 .. size / 2 - 1] \from byte;
    assigns \result \from at;
    ensures \result == at;
    ensures \forall integer i; 0 <= i < size / 2 ==> at[i] == (byte == 0 ? 0 : 0xffff); */
uint16_t *proof_memset_u16(uint16_t *at, int byte, size_t size);

/*@ requires \valid_read(a + (0 .. size - 1)) && \valid_read(b + (0 .. size - 1));
    assigns \nothing; */
int proof_memcmp_u8(const uint8_t *a, const uint8_t *b, size_t size);

#ifdef PROOF_MEMCPY
#define memcpy PROOF_MEMCPY
#endif
#ifdef PROOF_MEMSET
#define memset PROOF_MEMSET
#endif
#ifdef PROOF_MEMCMP
#define memcmp PROOF_MEMCMP
#endif
