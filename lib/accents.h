/* What dead keys make of letters, and letters' other case. Unicode. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/keyboard.h"

uint32_t accent_alone(enum layout_dead accent);
/* The letter with the accent; 0: there is none. */
uint32_t accent_on(enum layout_dead accent, uint32_t letter);
/* á for Á, Á for á; other characters stay. For the letters of Latin, Greek and Cyrillic. */
uint32_t letter_in_other_case(uint32_t c);
