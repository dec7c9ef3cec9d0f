/* Reading a picture in a thread: the newest that was asked for is the one that comes. */
#pragma once

#include "user/apps/viewer/image.h"

struct load;
/* In the toolkit's thread. The image is the callee's; error as of image_load. */
typedef void (*load_done)(struct image *image, int error, const char *path, void *context);

/* Stops what is still being read for `old` (may be NULL; it is gone then). NULL: no memory. */
struct load *load_start(struct load *old, const char *path, load_done done, void *context);
void load_stop(struct load *load); /* `done` is not called any more */
unsigned load_count(void); /* that have not ended yet, stopped ones too */
/* How many pixels of a picture this machine can keep: of a quarter of the memory that is free, 1 to 24
 * million. */
uint64_t load_most_pixels(void);
