/* Little-endian fields of structures that others wrote: disk, ELF, firmware. Bytewise, so that no
   alignment and no overlay matters. The caller has checked that the bytes are there. */
#pragma once

#include <stdint.h>

/* Always inlined: each is one move of the CPU once the compiler has put it together. */
#define inline_bytes static inline __attribute__((always_inline))

inline_bytes uint16_t rd16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

inline_bytes uint32_t rd32(const uint8_t *p)
{
    return (uint32_t)rd16(p) | (uint32_t)rd16(p + 2) << 16;
}

inline_bytes uint64_t rd64(const uint8_t *p)
{
    return (uint64_t)rd32(p) | (uint64_t)rd32(p + 4) << 32;
}

inline_bytes void wr16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

inline_bytes void wr32(uint8_t *p, uint32_t value)
{
    wr16(p, (uint16_t)value);
    wr16(p + 2, (uint16_t)(value >> 16));
}

inline_bytes void wr64(uint8_t *p, uint64_t value)
{
    wr32(p, (uint32_t)value);
    wr32(p + 4, (uint32_t)(value >> 32));
}
