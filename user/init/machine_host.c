/* init on another system, as a child of a test: it adopts orphans, says what it would do, and ends.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "user/init/machine.h"

const char *machine_console(void)
{
    const char *path = getenv("INIT_CONSOLE");

    return path ? path : "/dev/null";
}

void machine_begin(void)
{
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* Its children: to all, as process 1 says it, would be to the whole host. */
void machine_signal_all(int number)
{
    FILE *file = fopen("/proc/thread-self/children", "r");
    int pid;

    while (file && fscanf(file, "%d", &pid) == 1)
        (void)kill(pid, number);
    if (file)
        fclose(file);
}

void machine_unmount(void)
{
}

void machine_end(int number)
{
    puts(number == SIGINT ? "restart" : number == SIGUSR1 ? "halt" : "power off");
    exit(0);
}
