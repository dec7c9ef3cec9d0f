/* Which key a scan code is. */
#pragma once

#include <stdint.h>

/* Set 1, +0x80 after E0 → KEY_… of lib/abi/keys.h; 0: no key that is known. */
uint16_t keyboard_event_code(uint8_t code);
