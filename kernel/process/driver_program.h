/* Programs of drivers: /lib/drivers/NAME, and the handle by which they and the kernel talk. */
#pragma once

/* Step 14, when there is a root: drivers that are placed in ring 3 begin. */
void driver_programs_start(void);
