/* Random bits for the kernel's slide: RDRAND where there is one, mixed with the TSC's low bits. */
#pragma once

#include <stdint.h>

uint64_t entropy(void);
