/* System calls about the system as a whole. */
#include "kernel/core/memory/user_memory.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/fs/root.h"
#include "kernel/fs/tty/hardware.h"
#include "kernel/power.h"
#include "kernel/process/process.h"
#include "kernel/version.h"
#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"
#include "syscalls.h"

static struct mutex lock = MUTEX("host name");
static char host_name[ABI_NAME_BYTES] = "fastos"; /* under the lock */

int64_t sys_uname(struct user to)
{
    struct abi_utsname name = {
        .system = "FastOS",
        .release = FASTOS_RELEASE,
        .version = FASTOS_VERSION,
        .machine = "x86_64",
    };

    mutex_lock(&lock);
    memcpy(name.node, host_name, sizeof(name.node));
    mutex_unlock(&lock);
    return copy_to_user(to, &name, sizeof(name));
}

int64_t sys_sethostname(struct user name, size_t size)
{
    char new[ABI_NAME_BYTES] = {0};

    if (process_current()->fs.uid != 0)
        return -EPERM;
    if (size >= sizeof(new))
        return -EINVAL;
    if (copy_from_user(new, name, size))
        return -EFAULT;
    mutex_lock(&lock);
    memcpy(host_name, new, sizeof(host_name));
    mutex_unlock(&lock);
    return 0;
}

int64_t sys_reboot(int how)
{
    if (process_current()->fs.uid != 0)
        return -EPERM;
    switch (how) {
    case REBOOT_RESTART:
    case REBOOT_POWER_OFF:
    case REBOOT_HALT:
        break;
    default:
        return -EINVAL;
    }
    root_shutdown();
    terminals_drain();
    if (how == REBOOT_RESTART)
        power_reboot();
    if (how == REBOOT_POWER_OFF)
        power_off();
    power_halt();
}
