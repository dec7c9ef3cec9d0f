/* The first process. See first_process.h. */
#include "kernel/first_process.h"

#include <stdbool.h>
#include <stdnoreturn.h>

#include "kernel/core/boot/boot.h"
#include "kernel/core/input/input.h"
#include "kernel/core/log/log.h"
#include "kernel/fs/root.h"
#include "kernel/fs/tty/hardware.h"
#include "kernel/monitor/monitor.h"
#include "kernel/power.h"
#include "kernel/process/exec.h"
#include "kernel/process/process.h"
#include "lib/string.h"

#define STATUS_NOT_FOUND 127 /* as the shell has it */

static char path[BOOT_CMDLINE_MAX] = "/bin/init";
static char command[BOOT_CMDLINE_MAX];

/* Until it ends. Its status as a shell tells it: 128 and the signal's number when one ended it. */
static int run_program(const struct program_words *arguments)
{
    const struct program_words environment = {{"PATH=/bin:/usr/bin"}, 1};
    const char *why;
    uint64_t pid;
    int status;

    if (process_start(path, arguments, &environment, &pid, &why)) {
        log_warn("kernel", "init: %s: %s", path, why);
        return STATUS_NOT_FOUND;
    }
    if (process_wait_until(pid, &status, UINT64_MAX))
        return STATUS_NOT_FOUND;
    if (!command[0])
        log_warn("kernel", "init ended with status %d", status);
    return status;
}

static noreturn void leave(int status)
{
    root_shutdown();
    terminals_drain();
    power_exit(status);
}

static noreturn void monitor(void)
{
    monitor_start();
    for (;;) {
        monitor_poll();
        input_wait();
    }
}

noreturn int first_process(void *unused)
{
    const struct program_words alone = {{path}, 1}, with_command = {{path, "-c", command}, 3};
    bool wants_monitor;

    (void)unused;
    power_init();
    (void)!boot_option("init", path, sizeof(path));
    wants_monitor = strcmp(path, "monitor") == 0;
    if (boot_option("run", command, sizeof(command)) == 0)
        leave(wants_monitor ? monitor_run(command) : run_program(&with_command));
    if (!wants_monitor)
        (void)run_program(&alone);
    monitor();
}
