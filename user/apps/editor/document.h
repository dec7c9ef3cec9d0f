/*
 * A text file: read with its encoding, written back as it was, never half. One thread.
 *
 *     struct document document = { 0 };
 *     document_load(&document, "notes.txt", buffer);    … edit buffer …
 *     if (document_changed_on_disk(&document)) ask;
 *     document_save(&document, "notes.txt", buffer);
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "user/apps/editor/encoding.h"
#include "user/libui/text_buffer.h"

#define DOCUMENT_MOST ((size_t)256 << 20) /* bytes of a file that is read */

/* By what a changed file is known. */
struct file_stamp {
    off_t size;
    struct timespec changed;
    ino_t number;
};
struct document {
    char path[PATH_MAX]; /* "": not saved yet */
    enum encoding encoding;
    enum line_ends ends; /* as of the last load or save */
    struct file_stamp then; /* the file as of then */
    struct file_stamp told; /* as the user knows that it is by now */
};

/* 0, -EISDIR, -EFBIG, -ENAMETOOLONG, -ENOMEM or what open(2) and read(2) say; then nothing has changed. */
int document_load(struct document *document, const char *path, struct text_buffer *buffer);
/* A file that is not there: an empty text, and the first save makes the file. 0, -ENOENT (there is no such
   folder either), -ENAMETOOLONG or -ENOMEM; then nothing has changed. */
int document_begin(struct document *document, const char *path, struct text_buffer *buffer);
/* Through a temporary file beside it, with the permissions it had; a link stays one. 0, -EILSEQ (the encoding
   cannot say it), -ENOMEM, -ENAMETOOLONG or the disk's error; then the file is as before. */
int document_save(struct document *document, const char *path, struct text_buffer *buffer);
/* Whether another program wrote or removed it since. */
bool document_changed_on_disk(const struct document *document);
/* Whether another program wrote it since, and this was not asked about that before. */
bool document_is_news(struct document *document);
