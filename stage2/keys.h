/* Keys from the keyboard (BIOS) and from COM1 alike. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters are themselves; the others: */
#define KEY_NONE      (-1)
#define KEY_ENTER     '\r'
#define KEY_BACKSPACE '\b'
#define KEY_ESCAPE    0x1b
#define KEY_LEFT      0x100
#define KEY_RIGHT     0x101
#define KEY_HOME      0x102
#define KEY_END       0x103
#define KEY_DELETE    0x104
#define KEY_UP        0x105
#define KEY_DOWN      0x106

#define TICKS_PER_SECOND 18 /* of the BIOS timer: 18.2 */

/* Shift, Ctrl or Alt is held, or a key waits in the BIOS's buffer. Costs no BIOS call. */
bool keys_held(void);
/* The next key, KEY_NONE when `ticks` pass without one; 0 ticks: wait for ever. */
int keys_get(uint32_t ticks);
/* Edit `text` (terminated, `size` bytes) in a line behind `prompt` and a colon. False: Escape, text
 * unchanged. */
bool keys_edit(const char *prompt, char *text, size_t size);
