/* The shortest program: what exec is measured with. */
#ifdef FASTOS
#include "user/bench/os_fastos.h"
#else
#include "user/bench/os_linux.h"
#endif

void _start(void);

void _start(void)
{
    os_exit(0);
}
