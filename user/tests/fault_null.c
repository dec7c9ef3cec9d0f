/* Does what a program must not; it must not come to the end. */
#include "user/tests/call.h"

static volatile uint64_t zero;

void _start(void)
{
    (void)zero;
    *(volatile char *)(uintptr_t)zero = 1;
    print("went on\n");
    call(EXIT, 0, 0, 0);
}
