/* Where a benchmark begins. */
#pragma once

#include "user/bench/os.h"

void run_all(void);

#ifdef FASTOS
void _start(void);
__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-16, %rsp\n call begin\n");
void begin(const uint64_t *words);

__attribute__((used)) void begin(const uint64_t *words)
{
    os_begin(words);
    run_all();
    os_exit(0);
}
#else
int main(void)
{
    run_all();
    return 0;
}
#endif
