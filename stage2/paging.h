/* The kernel's page tables in memory: page_tables.c fills them, this takes and returns the room. */
#pragma once

#include <stdint.h>

#include "stage2/kernel_file.h"

/* Everything but the framebuffer; after this no memory may be taken. Halts when there is none. */
void paging_build(const struct kernel *kernel, uint64_t framebuffer_bytes_max);
/* Once the video mode is set. */
void paging_map_framebuffer(void);
