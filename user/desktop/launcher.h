/* The launcher: type what you look for, Enter starts it. It opens over the panel's left end. */
#pragma once

#include <stdbool.h>

#include "user/desktop/input.h"

void launcher_toggle(void);
bool launcher_is_open(void);
bool launcher_key(const struct key *key); /* while it is open all keys are its */
