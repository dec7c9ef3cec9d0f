/*
 * The system that the server has in tests on another machine: a screen in memory, a clock that stands still
 * but for the wait from frame to frame, input that the test makes, clients over sockets, nothing started and
 * nothing killed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "user/desktop/system.h"

struct host_screen {
    int width, height, bits; /* 15, 16, 24, 32 */
};
/* Before desktop_start. The folder `home` has settings and where windows were. */
void host_start(const struct host_screen *screen, const char *home);
void host_end(void);
void host_ask(bool yes);              /* the assistant of the first start may come; unless said: no */

/* The screen as 0xFFRRGGBB; the colours of 16 bits as they are. */
uint32_t host_pixel(int x, int y);
const uint8_t *host_screen_bytes(size_t *size);
uint64_t host_now_ns(void);
bool host_is_idle(void);              /* in the last turn the server had nothing to do */
void host_pass(uint64_t ns);          /* time, without the server */

/* Input, read in the next turn. */
void host_key(unsigned code, int value);
void host_press(unsigned code);       /* and release */
void host_point(int x, int y);        /* absolute */
void host_move(int dx, int dy);       /* relative */
void host_button(unsigned code, bool pressed);
void host_wheel(int notches);
void host_lose_input(void);           /* INPUT_LOST; nothing is held */

/* A client's end of a new channel. */
int host_connect(uint32_t pid);
const char *host_log(void);           /* all lines so far */
const char *host_spawned(void);       /* the words of the last one; "" */
uint32_t host_ended(void);            /* the process that was ended last */
