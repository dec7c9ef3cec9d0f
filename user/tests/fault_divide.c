/* Does what a program must not; it must not come to the end. */
#include "user/tests/lib/test.h"

static volatile uint64_t zero;

int main_test(void)
{
    (void)zero;
    __asm__ volatile("xorl %%ecx, %%ecx; movl $1, %%eax; xorl %%edx, %%edx; divl %%ecx"
                     : : : "rax", "rcx", "rdx");
    print("went on\n");
    return 0;
}
