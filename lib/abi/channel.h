/* What crosses the system-call line about message channels. */
#pragma once

#include <stdint.h>

/* Bounds of a message, and of what waits at an end. */
#define CHANNEL_MESSAGE_BYTES  65536u
#define CHANNEL_MESSAGE_FILES  16u
#define CHANNEL_QUEUE_BYTES    262144u
#define CHANNEL_QUEUE_MESSAGES 64u

#define CHANNEL_NAME_BYTES 32u /* of channel_publish, with its end */

/* The message that channel_connect makes where the name is; its one handle is an end of the new
   channel. */
struct abi_channel_caller {
    uint32_t pid;
    uint32_t uid; /* the effective one */
};
