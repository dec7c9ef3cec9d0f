/* What system calls do with their arguments alike. */
#pragma once

#include <stdint.h>

#include "kernel/core/memory/user_memory.h"
#include "lib/abi/files.h"
#include "lib/compiler.h"

/* A copy of a path, to be given back by path_free, and its length (NULL: never mind). -EFAULT,
   -ENAMETOOLONG, -ENOMEM. */
int path_from_user(struct user from, char **path, size_t *length) must_check;
void path_free(char *path);

/* A time span from now as a deadline of time_now_ns; address 0: WAIT_FOREVER. -EINVAL: negative, or
   nanoseconds beyond a second. */
int deadline_from_user(struct user from, uint64_t *deadline_ns) must_check;
int timespec_from_user(struct user from, uint64_t *ns) must_check; /* the same checks */
struct abi_timespec timespec_of(uint64_t ns);
