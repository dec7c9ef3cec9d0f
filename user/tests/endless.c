/* Never ends by itself, and never asks the kernel for anything once it has begun. */
#include "user/tests/lib/test.h"

int main_test(void)
{
    print("endless\n");
    for (;;)
        __asm__ volatile("" ::: "memory");
}
