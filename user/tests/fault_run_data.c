/* Does what a program must not; it must not come to the end. */
#include "user/tests/lib/test.h"

static volatile uint64_t zero;

int main_test(void)
{
    (void)zero;
    static volatile uint8_t data[] = {0xc3}; ((void (*)(void))(uintptr_t)data)();
    print("went on\n");
    return 0;
}
