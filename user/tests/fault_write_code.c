/* Does what a program must not; it must not come to the end. */
#include "user/tests/lib/test.h"

static volatile uint64_t zero;

int main_test(void)
{
    (void)zero;
    *(volatile char *)(uintptr_t)main_test = 1;
    print("went on\n");
    return 0;
}
