/* Does what a program must not; it must not come to the end. */
#include "user/tests/lib/test.h"

static volatile uint64_t zero;

int main_test(void)
{
    (void)zero;
    __asm__ volatile("cli");
    print("went on\n");
    return 0;
}
