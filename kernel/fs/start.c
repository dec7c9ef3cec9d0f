#include "kernel/fs/start.h"

#include "kernel/core/random/random.h"
#include "kernel/fs/descriptors.h"
#include "kernel/fs/device.h"
#include "kernel/fs/inject_file.h"
#include "kernel/fs/pipe.h"
#include "kernel/fs/proc.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/vfs.h"

int files_start(void)
{
    static int (*const steps[])(void) = {
        vfs_init, descriptors_init, pipes_init, tmpfs_init, devices_init, memory_devices_init,
        log_file_init, proc_init,
#ifdef DEBUG
        inject_file_init,
#endif
    };
    int error = 0;

    random_init();
    for (unsigned i = 0; i < array_length(steps) && !error; i++)
        error = steps[i]();
    return error;
}
