/* Little-endian fields of structures that others wrote: disk, ELF, firmware. Bytewise, so that no
   alignment and no overlay matters. The caller has checked that the bytes are there. */
#pragma once

#include <stdint.h>

/* Always inlined: each is one move of the CPU once the compiler has put it together. */
#define inline_bytes static inline __attribute__((always_inline))

/* A number of two halves, the lower one `bits` wide. gcc 12 finds the one move in this form alone;
   the proofs see the sum that it is (tests/proofs/proof.h). */
#ifndef joined
#define joined(low, high, bits) ((low) | (high) << (bits))
#endif

/*@ logic integer le16{L}(uint8_t *p) = p[0] + p[1] * 256;
    logic integer le32{L}(uint8_t *p) = le16(p) + le16(p + 2) * 65536;
    logic integer le64{L}(uint8_t *p) = le32(p) + le32(p + 4) * 0x100000000; */

/*@ requires \valid_read(p + (0 .. 1));
    assigns \nothing;
    ensures \result == le16(p); */
inline_bytes uint16_t rd16(const uint8_t *p)
{
    return (uint16_t)joined(p[0], p[1], 8);
}

/*@ requires \valid_read(p + (0 .. 3));
    assigns \nothing;
    ensures \result == le32(p); */
inline_bytes uint32_t rd32(const uint8_t *p)
{
    return joined((uint32_t)rd16(p), (uint32_t)rd16(p + 2), 16);
}

/*@ requires \valid_read(p + (0 .. 7));
    assigns \nothing;
    ensures \result == le64(p); */
inline_bytes uint64_t rd64(const uint8_t *p)
{
    return joined((uint64_t)rd32(p), (uint64_t)rd32(p + 4), 32);
}

/*@ requires \valid(p + (0 .. 1));
    assigns p[0 .. 1]; */
inline_bytes void wr16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t)(value % 256);
    p[1] = (uint8_t)(value / 256);
}

/*@ requires \valid(p + (0 .. 3));
    assigns p[0 .. 3]; */
inline_bytes void wr32(uint8_t *p, uint32_t value)
{
    wr16(p, (uint16_t)(value % 65536));
    wr16(p + 2, (uint16_t)(value / 65536));
}

/*@ requires \valid(p + (0 .. 7));
    assigns p[0 .. 7]; */
inline_bytes void wr64(uint8_t *p, uint64_t value)
{
    wr32(p, (uint32_t)(value % 0x100000000));
    wr32(p + 4, (uint32_t)(value / 0x100000000));
}
