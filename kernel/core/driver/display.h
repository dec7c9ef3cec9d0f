/*
 * The screen's driver (DDI_DISPLAY), for the console: who draws, and when.
 *
 *     until step 13     the driver's code, on the thread of who wrote
 *     then              the driver's thread draws what differs, soon after somebody wrote: host.c; in the
 *                       kernel or in ring 3
 *     at the end        (a panic, power off) the code that the kernel has, begun anew, on the thread of who
 *                       writes, whatever became of the driver
 *
 * What is to be drawn is the console's to say (console_collect).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "drivers/call.h"
#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

struct driver;

/* ---- for the console --------------------------------------------------------------------------- */
/* Where the screen is, and how many cells it has, 0 × 0: nowhere. The mode lives on. A driver that runs
   learns it by a request. */
void display_set(const struct boot_framebuffer *mode, unsigned columns, unsigned rows);
/* The console has something to draw. By who writes (console_collect), from any context. */
void display_changed(void);
void display_wait(void); /* until nobody is drawing; may sleep */
/* The kernel draws by itself from now on; interrupts are off, and stay so. */
void display_take_over(void);
/* The driver's answer, of DDI_VIDEO_MEMORY or DDI_NEW_MODE. -ENODEV: there is no driver, or it knows no
   such thing; as driver_request. */
int64_t display_request(unsigned what) must_check;

/* ---- for host.c and the driver's program ----------------------------------------------------- */
void display_begun(struct driver *driver); /* its init was well */
void display_ended(struct driver *driver); /* it draws no longer */
/* A call that draws; true. Until it is over, display_drawn or display_ended, nobody else gets one. */
bool display_next(struct driver *driver, struct abi_driver_call *call);
void display_drawn(void);
/* For a program: as ddi_screen, but where it is mapped; its bytes in memory. */
int64_t display_describe(struct driver *driver, struct ddi_screen *screen) must_check;
int display_map(const struct driver *driver, uint64_t offset, uint64_t *phys, unsigned *flags) must_check;
/* What is being drawn by it; NULL. */
const struct driver_draw *display_drawing(const struct driver *driver);
