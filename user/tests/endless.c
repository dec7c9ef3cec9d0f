/* Never ends by itself, and never asks the kernel for anything once it has begun. */
#include "user/tests/call.h"

void _start(void)
{
    print("endless\n");
    for (;;)
        __asm__ volatile("" ::: "memory");
}
