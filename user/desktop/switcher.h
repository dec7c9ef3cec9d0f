/* Alt-Tab: the windows of this workspace as small pictures, the one to come marked. */
#pragma once

#include <stdbool.h>

#include "user/desktop/input.h"

bool switcher_key(const struct key *key);
/* A window goes. */
void switcher_changed(void);
