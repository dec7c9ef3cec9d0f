/* The first program: says who it is. */
#include <stddef.h>
#include <stdint.h>

static int64_t call(uint64_t number, uint64_t a, uint64_t b, uint64_t c)
{
    int64_t result;

    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}

void _start(void);

void _start(void)
{
    static char text[] = "hello from ring 3, process 0\n";

    text[sizeof(text) - 3] = (char)('0' + call(10, 0, 0, 0) % 10);
    call(1, 1, (uintptr_t)text, sizeof(text) - 1);
    call(0, 0, 0, 0);
    for (;;)
        ;
}
