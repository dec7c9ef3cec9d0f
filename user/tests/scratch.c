#include "user/tests/lib/test.h"
static void note(int s) { (void)s; print("handler\n"); }
static int child(void *a)
{
    struct abi_timespec t = {0, 20000000};
    (void)a;
    print("child sleeps\n");
    line("slept", fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL));
    line("kill", fastos_kill(fastos_getppid(), SIGUSR1));
    return 0;
}
int main_test(void)
{
    uint64_t none = 0;
    handle(SIGUSR1, note, SA_RESTART);
    long pid = start(child, NULL);
    line("wait", fastos_wait(pid));
    pid = start(child, NULL);
    line("suspend", fastos_sigsuspend(&none));
    line("wait", end_of(pid));
    return 0;
}
