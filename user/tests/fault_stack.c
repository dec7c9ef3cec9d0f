/* Does what a program must not; it must not come to the end. */
#include "user/tests/call.h"

static volatile uint64_t zero;

void _start(void)
{
    (void)zero;
    __asm__ volatile("1: push %rax; jmp 1b");
    print("went on\n");
    call(EXIT, 0, 0, 0);
}
