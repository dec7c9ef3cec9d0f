/* Does what a program must not; it must not come to the end. */
#include "user/tests/lib/test.h"

static volatile uint64_t zero;

int main_test(void)
{
    (void)zero;
    __asm__ volatile("outb %al, $0x80");
    print("went on\n");
    return 0;
}
