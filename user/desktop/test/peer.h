/* A client in tests: what it says reaches the server in the next turn, what it hears is kept until asked for.
 */
#pragma once

#include "user/desktop/protocol.h"

struct peer {
    int fd;
    union message heard[512];
    int files[512]; /* that came with it; -1 */
    unsigned count;
    int closed;
    uint32_t serial;     /* of the last CONFIGURE … */
    int width, height;   /* … and its size */
    unsigned state;
    uint32_t next_buffer;
    int answers;         /* PING with PONG */
};

void peer_start(struct peer *peer, const char *name, uint32_t pid); /* HELLO */
void peer_end(struct peer *peer);                                  /* its channel closes */
void peer_say(struct peer *peer, const void *message, int file);   /* the file is closed */
void peer_plain(struct peer *peer, unsigned type, unsigned surface);
void peer_number(struct peer *peer, unsigned type, unsigned surface, uint32_t number);
void peer_text(struct peer *peer, unsigned type, unsigned surface, const char *text);
void peer_rect(struct peer *peer, unsigned type, unsigned surface, int x, int y, int w, int h);
/* Everything that came is taken in. */
void peer_hear(struct peer *peer);
/* The first of that type, taken away; NULL: none came. Turns of the server until then, but not for ever. */
const union message *peer_wait(struct peer *peer, unsigned type);
const union message *peer_find(struct peer *peer, unsigned type); /* what came already */
int peer_file(const struct peer *peer); /* of the last one that was found */
void peer_forget(struct peer *peer);    /* all that came */

/* A sealed file of `size` bytes, each pixel being `colour`. */
int peer_memory(size_t size, uint32_t colour);
/* A surface of that kind with its first commit. */
void peer_surface(struct peer *peer, unsigned surface, unsigned kind, unsigned parent, int x, int y, int w,
                  int h);
/* A picture of one colour of the size that was configured, committed; ACK with it. */
void peer_show(struct peer *peer, unsigned surface, int w, int h, uint32_t colour);
/* All of it: a window of that size, seen. */
void peer_window(struct peer *peer, unsigned surface, int w, int h, uint32_t colour);
