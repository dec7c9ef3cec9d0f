/*
 * Pictures that clients drew, in memory that they share with us.
 *
 *     why = buffer_make(&message, fd, &buffer);     one reference; the file may be closed then
 *     buffer_hold(buffer) → … buffer_picture(buffer) … → buffer_drop(buffer)
 *
 * The client may write into the memory at any time, so what is read of it is a colour and nothing else; it
 * cannot take the memory away (F_SEAL_SHRINK).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "user/desktop/protocol.h"
#include "user/draw/draw.h"

struct buffer {
    uint32_t number; /* the client's */
    unsigned references;
    bool alpha;
    int width, height, stride; /* pixels */
    void *memory;              /* mapped */
    size_t mapped;             /* bytes */
    uint32_t *pixels;          /* in it */
};

/* NULL, or what is wrong, for people. The file is the caller's as before. */
const char *buffer_make(const struct message_buffer *wanted, int fd, struct buffer **buffer);
struct buffer *buffer_hold(struct buffer *buffer);
void buffer_drop(struct buffer *buffer); /* NULL: nothing */
/* To be read alone. */
struct canvas buffer_picture(const struct buffer *buffer);
