/* The bytes of a picture's file, read where they are wanted: of an open file, or of memory (tests). Never
   mapped: a file that somebody cuts short meanwhile is then an end, and not a signal. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SOURCE_WINDOW 32768u

struct source {
    int fd;                /* -1: memory */
    const uint8_t *memory;
    uint64_t size;         /* of the memory */
    uint64_t at;           /* where source_next goes on */
    uint64_t window_at;    /* what of the file lies in the window */
    size_t window_size;
    uint8_t window[SOURCE_WINDOW];
};

void source_of_file(struct source *source, int fd);
void source_of_memory(struct source *source, const uint8_t *bytes, size_t size);
/* As many of `size` bytes from `offset` as there are; what is missing is 0. Errors are ends. */
size_t source_read(struct source *source, uint64_t offset, void *to, size_t size);
size_t source_next(struct source *source, void *to, size_t size); /* from `at`, which moves on */
