/*
 * Tables of open files by number: a process's. Shared by its threads; fork copies it.
 *
 *     error = descriptors_install(table, file, FD_CLOEXEC, 0, limit, &fd);
 *     error = descriptors_get(table, fd, &file);  …  file_put(file);
 *
 * Locks: one of LOCK_RANK_DESCRIPTORS each; none is held when a file is closed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/fs/vfs.h"

#define DESCRIPTORS_MAX 4096u /* whatever the limit says */

struct descriptors;

int descriptors_init(void) must_check; /* once. -ENOMEM */
int descriptors_create(struct descriptors **table) must_check; /* empty. -ENOMEM */
/* The same files under the same numbers. -ENOMEM. */
int descriptors_copy(struct descriptors *from, struct descriptors **table) must_check;
void descriptors_release(struct descriptors *table); /* closes all; NULL is fine */

/* With a reference. -EBADF. */
int descriptors_get(struct descriptors *table, int fd, struct file **file) must_check;
/* Without one: for who knows that nobody else closes it meanwhile (a process with one thread). */
int descriptors_borrow(struct descriptors *table, int fd, struct file **file) must_check;
/* The lowest free number from `lowest` on and below `limit`. flags: FD_CLOEXEC or 0. It takes a
   reference of its own. -EMFILE, -ENOMEM, -EINVAL (lowest is not below the limit). */
int descriptors_install(struct descriptors *table, struct file *file, unsigned flags,
                        unsigned lowest, uint64_t limit, int *fd) must_check;
/* The same, but the caller's reference is taken over, when it fails as well. Returns the number. */
int64_t descriptors_give(struct descriptors *table, struct file *file, unsigned flags,
                         uint64_t limit) must_check;
/* As dup3: whatever `other` was is closed. -EBADF: beyond the limit; -ENOMEM. */
int descriptors_replace(struct descriptors *table, int other, struct file *file, unsigned flags,
                        uint64_t limit) must_check;
int descriptors_close(struct descriptors *table, int fd) must_check; /* -EBADF */
/* FD_CLOEXEC or 0; -EBADF. */
int descriptors_flags(struct descriptors *table, int fd) must_check;
int descriptors_set_flags(struct descriptors *table, int fd, unsigned flags) must_check;
void descriptors_close_on_exec(struct descriptors *table); /* those that are to close then */
/* The lowest number in use from `from` on; -1: none. For who looks on. */
int descriptors_next(struct descriptors *table, int from);
