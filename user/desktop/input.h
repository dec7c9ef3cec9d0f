/*
 * /dev/input: events become keys and pointer. The keys that are the desktop's own (keys.c) come first. A key
 * that is held is repeated here, as the settings say, whatever keyboard it is.
 */
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
/* The key that is held types again, when it is time; the device's own repeating is not looked at. When next;
   UINT64_MAX: none is held. */
uint64_t input_watch(uint64_t now_ns);

/* keys.c: what a key does to the desktop; true: it is used. */
struct key {
    uint64_t time_ns;
    unsigned code, modifiers;
    int value;
    const char *text;
};
bool keys_take(const struct key *key);
