/* Programs of drivers: /lib/drivers/NAME, and the handle by which they and the kernel talk. */
#pragma once

#include <stdint.h>

/* Step 14, when there is a root: drivers that are placed in ring 3 begin. */
void driver_programs_start(void);
/* From the entry of system calls: one that is not for drivers. -EPERM; the driver will be ended. */
int64_t syscall_refused(uint64_t number);
