/* Does what a program must not; it must not come to the end. */
#include "user/tests/lib/test.h"

static volatile uint64_t zero;

int main_test(void)
{
    (void)zero;
    ((void (*)(void))(uintptr_t)(0x123456789000ull + zero))();
    print("went on\n");
    return 0;
}
