/* Which key a scan code is. */
#pragma once

#include <stdint.h>

/* Set 1, +0x80 after E0 → KEY_… of lib/abi/keys.h; 0: no key that is known. */
uint16_t keyboard_event_code(uint8_t code);
/* Set 2 → set 1, of the key alone; 0: that is no key. */
uint8_t keyboard_set1_code(uint8_t code);
