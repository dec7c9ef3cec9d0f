/* The kernel's own function names, for backtraces. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "alloc_frame+0x1c" for an address in the kernel's code. False: it is not in the code. */
bool symbol_describe(uint64_t address, char *to, size_t size);
