/*
 * Random bytes, good enough for keys: ChaCha20 with a key that replaces itself after each call, so
 * that what was given out cannot be found again in memory. Seeded by RDRAND where there is one, the
 * boot's stamps, the TSC's jitter, and whoever stirs. Callable from every thread, not from
 * interrupt handlers; never waits.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

void random_init(void); /* after time_init; before that there is little that nobody knows */
void random_bytes(void *to, size_t size);
uint64_t random_number(void);
void random_stir(const void *from, size_t size);
