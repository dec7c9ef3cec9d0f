/*
 * /dev/input as it crosses the system-call line: read gives whole events, as many as there are and
 * fit, and waits for the first (or -EAGAIN). Each open file has a queue of its own and sees what
 * comes while it is open.
 */
#pragma once

#include <stdint.h>

struct abi_input_event {
    uint64_t time_ns; /* CLOCK_MONOTONIC */
    uint16_t type, code;
    int32_t value;
};

/* Types. */
#define INPUT_SYNC     0u /* code INPUT_… below */
#define INPUT_KEY      1u /* code KEY_… of keys.h; value INPUT_RELEASED, … */
#define INPUT_MOTION   2u /* code INPUT_X, INPUT_Y; value: by how many steps, right and down */
#define INPUT_POSITION 3u /* code INPUT_X, INPUT_Y; value 0–65535: where, of the whole screen */
#define INPUT_BUTTON   4u /* code BUTTON_… of keys.h; value INPUT_RELEASED, INPUT_PRESSED */
#define INPUT_WHEEL    5u /* code INPUT_X, INPUT_Y; value: notches, right and up */

/* Codes of INPUT_SYNC. */
#define INPUT_REPORT 0u /* the events before it (of a mouse) belong together; a key stands alone */
#define INPUT_LOST   3u /* here `value` events were lost: ask INPUT_KEYS what is held now */

#define INPUT_X 0u
#define INPUT_Y 1u

#define INPUT_RELEASED 0
#define INPUT_PRESSED  1
#define INPUT_REPEATED 2

/* What a queue holds; the last place says that more were lost. */
#define INPUT_QUEUE 256u

/* ioctl, the argument itself not 0: keys and all else go to this file alone, the terminals get
   nothing of the keyboard. 0: no more, as when it is closed. -EBUSY: another has it. */
#define INPUT_GRAB 0x40044590u
/* ioctl: struct abi_input_keys, the keys and buttons that are held now. */
#define INPUT_KEYS 0x80604518u
/* ioctl: int, the bytes that can be read without waiting. */
#define INPUT_BYTES 0x541bu /* FIONREAD of terminal.h */

#define INPUT_CODES 768u /* all codes are below */
struct abi_input_keys {
    uint8_t held[INPUT_CODES / 8]; /* code c: bit c % 8 of byte c / 8 */
};
