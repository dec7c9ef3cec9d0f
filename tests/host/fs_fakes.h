/* The fakes of fs_fakes.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/core/sync/wait.h"

extern uint64_t fake_pieces, fake_frames; /* of memory that are out */
extern uint64_t fake_now_ns;
/* Instead of sleeping; what it returns is wait's. NULL: whoever waits for ever fails the test. */
extern int (*fake_wait)(struct wait_queue *queue);
