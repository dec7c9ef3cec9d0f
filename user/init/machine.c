#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "user/init/machine.h"

const char *machine_console(void)
{
    return access("/dev/console", W_OK) == 0 ? "/dev/console" : "/dev/ttyS0";
}

void machine_begin(void)
{
    (void)chdir("/");
    (void)setsid();
}

void machine_signal_all(int number)
{
    (void)kill(-1, number);
}

void machine_unmount(void)
{
    FILE *file = fopen("/proc/mounts", "r");
    char line[512], targets[32][128];
    int count = 0;

    while (file && count < 32 && fgets(line, sizeof(line), file))
        count += sscanf(line, "%*s %127s", targets[count]) == 1;
    if (file)
        fclose(file);
    /* Those that were mounted last stand on the others. */
    while (count-- > 0)
        (void)umount2(targets[count], 0);
}

void machine_end(int number)
{
    (void)reboot(number == SIGINT    ? RB_AUTOBOOT
                 : number == SIGUSR1 ? RB_HALT_SYSTEM
                                     : RB_POWER_OFF);
    for (;;)
        pause();
}
