/* The fill pattern of stacks. Use: stack_fill → stack_used, stack_is_sound, at any time. */
#include "kernel/core/thread/stack.h"

#define FILL 0x5afe5afe5afe5afeull
#define SOUND_WORDS 4

void stack_fill(uint64_t low, uint64_t high)
{
    for (uint64_t *word = (uint64_t *)low; word < (uint64_t *)high; word++)
        *word = FILL;
}

size_t stack_used(uint64_t low, uint64_t high)
{
    const volatile uint64_t *word = (const uint64_t *)low;

    while (word < (const uint64_t *)high && *word == FILL)
        word++;
    return high - (uintptr_t)word;
}

void stack_mend(uint64_t low)
{
    stack_fill(low, low + SOUND_WORDS * sizeof(uint64_t));
}

/* At every switch: without a branch for each word. */
bool stack_is_sound(uint64_t low)
{
    const uint64_t *words = (const uint64_t *)low;
    uint64_t wrong = 0;

#pragma GCC unroll 4
    for (unsigned i = 0; i < SOUND_WORDS; i++)
        wrong |= words[i] ^ FILL;
    return wrong == 0;
}
