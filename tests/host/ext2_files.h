/*
 * Paths over the ext2 writer, as small as tests can do with: no symlink is followed, nothing is
 * cached, what is unlinked is released at once. Each returns 0 or -E….
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/ext2/write.h"

/* Paths begin with '/'. */
int files_find(struct ext2_rw *fs, const char *path, struct ext2_node *node);
int files_make(struct ext2_rw *fs, const char *path, const struct ext2_seed *seed, uint32_t now);
int files_create(struct ext2_rw *fs, const char *path, uint32_t now); /* a regular file, 0644 */
int files_mkdir(struct ext2_rw *fs, const char *path, uint32_t now);
int files_symlink(struct ext2_rw *fs, const char *path, const char *target, uint32_t now);
/* *done: bytes, also after an error. */
int files_write(struct ext2_rw *fs, const char *path, uint64_t offset, const void *bytes,
                size_t size, uint32_t now, size_t *done);
int files_read(struct ext2_rw *fs, const char *path, uint64_t offset, void *bytes, size_t size,
               size_t *done);
int files_truncate(struct ext2_rw *fs, const char *path, uint64_t size, uint32_t now);
int files_unlink(struct ext2_rw *fs, const char *path, uint32_t now); /* not a directory */
int files_rmdir(struct ext2_rw *fs, const char *path, uint32_t now);
int files_link(struct ext2_rw *fs, const char *from, const char *to, uint32_t now);
int files_rename(struct ext2_rw *fs, const char *from, const char *to, uint32_t now);
