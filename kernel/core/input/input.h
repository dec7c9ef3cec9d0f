/*
 * Input: key events of the keyboard become bytes as a terminal sends them (UTF-8, ESC [ A for the
 * up key, …); the serial line's bytes join them. One queue, one reader.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* From interrupt handlers; set-1 code, +0x80 after E0. Returns the lock lights that should be on
   now (DDI_LIGHT_… of drivers/ddi.h); code 0 is no key and only asks. */
uint8_t input_key(uint8_t code, bool pressed);
void input_byte(uint8_t byte); /* from interrupt handlers */
bool input_get(uint8_t *byte); /* false: nothing there */
bool input_pending(void);      /* true: input_get would bring something */
void input_wait(void); /* until input_pending */
/* True when that byte is in the queue: to see Ctrl-C while one is busy. */
bool input_waiting(uint8_t byte);
/* Bytes and key sequences dropped since the start because nobody read the queue in time. */
uint64_t input_lost(void);
