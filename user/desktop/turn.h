/*
 * The server's one loop: what came is taken in, what changed is composed, what waits is sent.
 *
 *     desktop_start() → desktop_turn() … → desktop_end()
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/screen.h"
#include "user/desktop/protocol.h"

#define FRAME_NS 16666667u

int desktop_start(void);       /* -ENODEV: no screen; others: no memory, no name */
void desktop_turn(void);       /* waits until there is something to do, and does it */
void desktop_end(void);

/* Another mode of the screen; then all must be drawn anew. An error of system_set_mode: it is as it was. */
int turn_set_mode(const struct abi_screen_mode *mode);

uint64_t turn_number(void);
void turn_tell(struct message_statistics *message);
