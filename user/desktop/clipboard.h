/* What was copied, by type; each is a file that goes to whoever asks. */
#pragma once

#include "user/desktop/client.h"

void clipboard_set(struct client *client, const struct message_data *data, int fd);
void clipboard_get(struct client *client, const struct message_data *data);
/* To who got the focus: what there is. */
void clipboard_tell(struct client *client);
void clipboard_forget(struct client *client);
