/* Port I/O. Only the driver interface and the architecture use it. */
#pragma once

#include <stdint.h>

static inline uint8_t in8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint16_t in16(uint16_t port)
{
    uint16_t value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint32_t in32(uint16_t port)
{
    uint32_t value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void out16(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void out32(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

/* An `in` that means all four: *d is the port, and may change too. */
static inline void in32_registers(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    __asm__ volatile("inl %%dx, %%eax" : "+a"(*a), "+b"(*b), "+c"(*c), "+d"(*d) : : "memory");
}

/* Counts are in words or double words, not bytes. */
static inline void in16_block(uint16_t port, void *to, uint64_t words)
{
    __asm__ volatile("rep insw" : "+D"(to), "+c"(words) : "d"(port) : "memory");
}

static inline void in32_block(uint16_t port, void *to, uint64_t dwords)
{
    __asm__ volatile("rep insl" : "+D"(to), "+c"(dwords) : "d"(port) : "memory");
}

static inline void out16_block(uint16_t port, const void *from, uint64_t words)
{
    __asm__ volatile("rep outsw" : "+S"(from), "+c"(words) : "d"(port) : "memory");
}

static inline void out32_block(uint16_t port, const void *from, uint64_t dwords)
{
    __asm__ volatile("rep outsl" : "+S"(from), "+c"(dwords) : "d"(port) : "memory");
}
