/* Does what a program must not; it must not come to the end. */
#include "user/tests/call.h"

static volatile uint64_t zero;

void _start(void)
{
    (void)zero;
    ((void (*)(void))(uintptr_t)(0x123456789000ull + zero))();
    print("went on\n");
    call(EXIT, 0, 0, 0);
}
