/* What clients say, by type: the table of who handles what (request.c). */
#pragma once

#include "user/desktop/client.h"

/* The files of a channel's message; those before `next` are taken. */
struct parcel_files {
    int fds[PROTOCOL_FDS];
    unsigned count, next;
};

/* One message, whatever it says. A rule that it breaks is a fault (client_fault). */
void request_take(struct client *client, const union message *message, struct parcel_files *files);
/* The client goes. */
void request_forget(struct client *client);
/* WELCOME to this one, or to all that said HELLO. */
void request_welcome(struct client *client);
void request_welcome_all(void);
