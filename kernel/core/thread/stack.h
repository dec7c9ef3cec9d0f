/* How deep a stack ever was: it is filled first with what no code writes by chance. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void stack_fill(uint64_t low, uint64_t high);
size_t stack_used(uint64_t low, uint64_t high); /* bytes below high that were ever written */
/* What ran to its last bytes has been ended there. */
void stack_mend(uint64_t low);
/* False: it was used to its last bytes, or beyond. */
bool stack_is_sound(uint64_t low);
