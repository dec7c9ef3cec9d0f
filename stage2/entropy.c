/* Every BIOS call and disk access so far moved the TSC by an unknown amount; the stamps remember.
   The mixing step is the finaliser of MurmurHash3 (A. Appleby). */
#include "stage2/entropy.h"

#include <stdbool.h>

#include "stage2/cpu.h"
#include "stage2/stage2.h"

#define RDRAND_TRIES 10 /* Intel's DRNG guide, §5.2.1 */

static bool rdrand(uint64_t *value)
{
    bool ok;

    __asm__ volatile("rdrand %0" : "=r"(*value), "=@ccc"(ok));
    return ok;
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdull;
    x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ull;
    return x ^ x >> 33;
}

uint64_t entropy(void)
{
    uint64_t x = mix(rdtsc()), random;

    for (uint32_t i = 0; i < boot_info.stamp_count; i++)
        x = mix(x + boot_info.stamps[i].tsc);
    if (!cpu_features().rdrand)
        return x;
    for (int i = 0; i < RDRAND_TRIES; i++) {
        if (rdrand(&random))
            return mix(x ^ random);
    }
    return x;
}
