/* The root's files, for commands: lookups that say what is wrong, and one large buffer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "lib/compiler.h"
#include "kernel/monitor/words.h"
#include "lib/ext2.h"

/* A path as ext2_lookup wants it: there is no current directory, so "boot" is "/boot". The result
   is valid until the next call. */
const char *file_path(const char *path);
bool file_is_dot(const char *name); /* "." and ".." */
/* 0, COMMAND_FAILED after saying why. */
int file_lookup(const struct words *words, const char *path, bool follow_last, struct ext2 **fs,
                struct ext2_inode *inode) must_check;
/* For reading, a multiple of 4 KiB: 256 KiB, less when memory is short. The same at each call. */
void *file_buffer(size_t *size);

#define MODE_TYPE      0170000
#define MODE_DIRECTORY 0040000
#define MODE_FILE      0100000
#define MODE_LINK      0120000

bool file_is_directory(const struct ext2_inode *inode);
bool file_is_regular(const struct ext2_inode *inode);
bool file_is_link(const struct ext2_inode *inode);

#define MODE_TEXT_BYTES 11
#define TIME_TEXT_BYTES 20
void file_mode_text(uint16_t mode, char text[MODE_TEXT_BYTES]);    /* "drwxr-xr-x" */
void file_time_text(uint32_t seconds, char text[TIME_TEXT_BYTES]); /* "2026-11-23 21:51:40", UTC */
