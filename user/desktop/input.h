/* /dev/input: events become keys and pointer. The keys that are the desktop's own (keys.c) come first. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/keyboard.h"
#include "user/desktop/keyboard.h"

extern struct keyboard keyboard;

/* -EBUSY, -ENODEV: no keys and no pointer. */
int input_start(void);
int input_fd(void);
void input_read(void);
void input_end(void);

/* keys.c: what a key does to the desktop; true: it is used. */
struct key {
    uint64_t time_ns;
    unsigned code, modifiers;
    int value;
    const char *text;
};
bool keys_take(const struct key *key);
