/*
 * CRC-32 of IEEE 802.3 and of Castagnoli, both reflected. crc32c takes the instruction of SSE4.2
 * when CPUID names it (Intel SDM volume 2, CRC32): 11 instructions for 64 bytes. Otherwise eight
 * bytes a round through eight tables ("slicing by 8", Kounavis and Berry 2005), built at first use.
 */
#include "lib/crc32.h"

#include <stdbool.h>

#include "lib/bytes.h"
#include "lib/compiler.h"

#define POLYNOMIAL_IEEE       0xedb88320u /* bit-reversed 04C11DB7h */
#define POLYNOMIAL_CASTAGNOLI 0x82f63b78u /* bit-reversed 1EDC6F41h */

struct crc_tables {
    bool ready;
    uint32_t of[8][256]; /* of[k][b]: the remainder of byte b followed by k zero bytes */
};

static void build(struct crc_tables *tables, uint32_t polynomial)
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ polynomial : crc >> 1;
        tables->of[0][byte] = crc;
    }
    for (int k = 1; k < 8; k++) {
        for (uint32_t byte = 0; byte < 256; byte++) {
            uint32_t crc = tables->of[k - 1][byte];
            tables->of[k][byte] = crc >> 8 ^ tables->of[0][crc % 256];
        }
    }
    /* Last, and seen last by other CPUs: whoever finds it set finds the tables complete. */
    __atomic_store_n(&tables->ready, true, __ATOMIC_RELEASE);
}

static uint32_t by_tables(struct crc_tables *tables, uint32_t polynomial, uint32_t crc,
                          const uint8_t *bytes, size_t size)
{
    if (!__atomic_load_n(&tables->ready, __ATOMIC_ACQUIRE))
        build(tables, polynomial);

    const uint32_t(*of)[256] = tables->of;

    crc = ~crc;
    for (; size >= 8; bytes += 8, size -= 8) {
        uint32_t low = rd32(bytes) ^ crc, high = rd32(bytes + 4);
        crc = of[7][low % 256] ^ of[6][low >> 8 & 255] ^ of[5][low >> 16 & 255] ^
              of[4][low >> 24] ^ of[3][high % 256] ^ of[2][high >> 8 & 255] ^
              of[1][high >> 16 & 255] ^ of[0][high >> 24];
    }
    for (; size > 0; bytes++, size--)
        crc = crc >> 8 ^ of[0][(crc ^ *bytes) % 256];
    return ~crc;
}

uint32_t crc32(uint32_t crc, const void *bytes, size_t size)
{
    static struct crc_tables tables;

    return by_tables(&tables, POLYNOMIAL_IEEE, crc, bytes, size);
}

uint32_t crc32c_tables(uint32_t crc, const void *bytes, size_t size)
{
    static struct crc_tables tables;

    return by_tables(&tables, POLYNOMIAL_CASTAGNOLI, crc, bytes, size);
}

/* CPUID leaf 1, ECX bit 20: asked once, for under a hypervisor it costs a trap. */
static bool has_sse42(void)
{
    static enum { UNKNOWN, NO, YES } answer;

    if (answer == UNKNOWN) {
        uint32_t eax = 1, ebx, ecx = 0, edx;
        __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
        answer = ecx >> 20 & 1 ? YES : NO;
    }
    return answer == YES;
}

typedef struct {
    uint8_t bytes[64];
} block64;

/* Named operands for what the instruction reads: the compiler must not keep stores back. */
static uint64_t crc_block(uint64_t crc, const uint8_t *at)
{
    __asm__("crc32q 0(%1), %0\n\t"
            "crc32q 8(%1), %0\n\t"
            "crc32q 16(%1), %0\n\t"
            "crc32q 24(%1), %0\n\t"
            "crc32q 32(%1), %0\n\t"
            "crc32q 40(%1), %0\n\t"
            "crc32q 48(%1), %0\n\t"
            "crc32q 56(%1), %0"
            : "+r"(crc)
            : "r"(at), "m"(*(const block64 *)at));
    return crc;
}

static uint32_t by_instruction(uint32_t start, const uint8_t *bytes, size_t size)
{
    uint64_t crc = ~start;

    for (; size >= 64; bytes += 64, size -= 64)
        crc = crc_block(crc, bytes);
    for (; size >= 8; bytes += 8, size -= 8) {
        uint64_t word = rd64(bytes);
        __asm__("crc32q %1, %0" : "+r"(crc) : "r"(word));
    }

    uint32_t crc_of_bytes = (uint32_t)crc;
    for (; size > 0; bytes++, size--)
        __asm__("crc32b %1, %0" : "+r"(crc_of_bytes) : "rm"(*bytes));
    return ~crc_of_bytes;
}

uint32_t crc32c(uint32_t crc, const void *bytes, size_t size)
{
    return has_sse42() ? by_instruction(crc, bytes, size) : crc32c_tables(crc, bytes, size);
}
