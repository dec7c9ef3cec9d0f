/* Files for commands: lookups that say what is wrong, reading, directories, one large buffer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "kernel/fs/vfs.h"
#include "kernel/monitor/words.h"
#include "lib/compiler.h"

/* The monitor's: user 0, at "/". NULL: no root file system is mounted. */
struct fs_context *file_context(void);
bool file_is_dot(const char *name); /* "." and ".." */
/* 0, COMMAND_FAILED after saying why. With references: path_put. */
int file_lookup(const struct words *words, const char *path, bool follow_last,
                struct path *found) must_check;
/* The same for a regular file to be read: file_put. */
int file_open(const struct words *words, const char *path, struct file **file) must_check;
/* Up to size bytes; *got is 0 at the end. An error of the file system. */
int file_read_at(struct file *file, uint64_t at, void *to, size_t size, size_t *got) must_check;
/* For reading, a multiple of 4 KiB: 256 KiB, less when memory is short. The same at each call. */
void *file_buffer(size_t *size);

/* A directory's entries, "." and ".." among them: directory_open → directory_next … → close. */
struct directory {
    struct file *file;
    size_t at, size; /* of the bytes */
    uint64_t next;   /* position behind the last entry */
    _Alignas(8) char bytes[2048];
};

struct directory_entry {
    const char *name; /* until the next call */
    unsigned type;    /* DT_… */
};

int directory_open(struct path path, uint64_t position, struct directory *directory) must_check;
/* 1 an entry, 0 the end, or an error. */
int directory_next(struct directory *directory, struct directory_entry *entry) must_check;
void directory_close(struct directory *directory);

#define MODE_TEXT_BYTES 11
#define TIME_TEXT_BYTES 20
void file_mode_text(uint32_t mode, char text[MODE_TEXT_BYTES]);    /* "drwxr-xr-x" */
void file_time_text(uint32_t seconds, char text[TIME_TEXT_BYTES]); /* "2026-11-23 21:51:40", UTC */
