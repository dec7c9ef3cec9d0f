/* VGA text memory, as the BIOS left it: mode, cursor and size come from the BIOS data area. */
#pragma once

#include <stdbool.h>

void screen_init(void);              /* reads mode and cursor; a graphics mode writes nothing */
void screen_enable(bool on);         /* off when a graphics mode is set */
void screen_write(const char *text); /* \n begins a line, \r goes to its start, \b one back */
bool screen_is_text(void);           /* text can be shown */
