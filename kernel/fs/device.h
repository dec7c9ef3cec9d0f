/* Devices and devfs; what others need is in vfs.h. */
#pragma once

#include "kernel/fs/vfs.h"

int devices_init(void) must_check; /* mount takes "devfs" from now on. -ENOMEM */
/* null, zero, full, random, urandom. Nothing else is needed for them. */
int memory_devices_init(void) must_check;
int log_file_init(void) must_check; /* kmsg. -ENOMEM */
int64_t io_random(struct io *io); /* random bytes into all of it; how many, or -EFAULT */
