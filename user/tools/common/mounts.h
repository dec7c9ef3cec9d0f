/* What is mounted where, from /proc/mounts. */
#pragma once

#include <stddef.h>

struct mount_entry {
    char *source, *target, *type, *options;
};

struct mounts {
    struct mount_entry *at;
    size_t count;
    char *text;
};

int mounts_read(struct mounts *mounts); /* 1 after a message */
void mounts_free(struct mounts *mounts);
