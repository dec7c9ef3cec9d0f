/* Does what a program must not; it must not come to the end. */
#include "user/tests/call.h"

static volatile uint64_t zero;

void _start(void)
{
    (void)zero;
    static volatile uint8_t data[] = {0xc3}; ((void (*)(void))(uintptr_t)data)();
    print("went on\n");
    call(EXIT, 0, 0, 0);
}
