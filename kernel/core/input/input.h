/*
 * Input: key events of the keyboard become bytes as a terminal sends them (UTF-8, ESC [ A for the
 * up key, …); the serial line's bytes join them. One queue, one reader.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

void input_key(uint8_t code, bool pressed); /* from interrupt handlers; set-1 code, +0x80 after E0 */
void input_byte(uint8_t byte);              /* from interrupt handlers */
bool input_get(uint8_t *byte);              /* false: nothing there */
