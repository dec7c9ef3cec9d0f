/* Pictures of the screen, for clients that ask; and the keys that start the program which keeps them. */
#pragma once

#include "user/desktop/client.h"

void capture_start(struct client *client, uint32_t kind);
void capture_key(int kind); /* Print: /bin/screenshot */
void capture_forget(struct client *client);
