/*
 * The programs that are connected: what they own, what waits for them, and when they are thrown out.
 *
 *     client_join(fd, pid) → client_receive(client) when something came, client_flush(client) each turn
 *     client_send(client, &message, -1)          never waits; a queue that is full breaks the client
 *     return client_fault(client, type, "…");     it broke a rule: ERROR, and it goes at the turn's end
 *     client_leave(client)                        its windows, buffers, queue, channel
 *
 * Each client may say a few messages in a turn, so that one that floods delays the others by no more.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "user/desktop/buffer.h"
#include "user/desktop/protocol.h"

#define CLIENTS_MAX        48u
#define CLIENT_TURN        8u      /* of a channel's messages, in a turn */
#define CLIENT_QUEUE_BYTES 65536u
#define CLIENT_QUEUE_FILES 16u
#define CLIENT_MAPPED_MAX  (512u << 20)
#define CLIENT_PATIENCE_NS 5000000000u /* PING to PONG */
#define CLIENT_PING_NS     1000000000u /* no more often */

struct surface;

struct client {
    int fd;
    uint32_t pid;
    char name[32];
    bool greeted;
    bool broken;      /* goes at the end of the turn */
    bool gone;        /* it hears nothing any more; what it said before is still taken in */
    struct surface *surfaces[SURFACES_MAX];
    struct buffer *buffers[BUFFERS_MAX];
    uint64_t mapped;  /* bytes of them */
    /* What waits to be sent, whole messages, and their files. */
    uint8_t *queue;
    size_t queued, last; /* bytes; where the last message begins */
    int files[CLIENT_QUEUE_FILES];
    unsigned file_count;
    /* PING */
    uint64_t asked_ns; /* when it was asked; it has not answered as long as `asking` */
    uint32_t asked;
    bool asking, hung;
};

/* -EAGAIN: too many; -ENOMEM. The channel is the client's then, else the caller's. */
int client_join(int fd, uint32_t pid);
void client_leave(struct client *client);
/* The number-th that there is, from 0; NULL: no more. */
struct client *client_at(unsigned number);
unsigned client_count(void);

void client_receive(struct client *client);
void client_flush(struct client *client);
/* file: goes along, and is the queue's then; -1: none. */
void client_send(struct client *client, const void *message, int file);
/* Returns -1. */
int client_fault(struct client *client, unsigned type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The user does something with it: is it there? */
void client_ask(struct client *client);
/* Looks who has not answered. Returns when to look again, UINT64_MAX: not. */
uint64_t client_watch(uint64_t now_ns);
