/* Copying a file or a tree; cp's, and mv's between file systems. */
#pragma once

#include <stdbool.h>

struct copying {
    bool recursive, keep, force, follow, ask, verbose; /* keep: mode, owner and times */
};

/* 0, or 1 after a message. `to` is the copy's own path. */
int copy_tree(const char *from, const char *to, const struct copying *how);
/* Where FROM goes when TO is named: into it, when it is a directory. Taken memory. */
char *target_path(const char *from, const char *to);
/* A copy of, or a link to, each of the operands but the last, which must be a directory when there are
   several: work(from, to path). */
int each_target(int count, char **paths, int (*work)(const char *from, const char *to));
