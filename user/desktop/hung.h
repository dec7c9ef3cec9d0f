/* Programs that do not answer: closing them is offered to end them. */
#pragma once

#include <stdbool.h>

#include "user/desktop/input.h"

struct surface;
struct client;

/* The user closes a window: the client is asked; one that does not answer can be ended. */
void hung_close(struct surface *surface);
bool hung_key(const struct key *key);
/* The client answers again, or is gone. */
void hung_forget(const struct client *client);
