/*
 * /boot/boot.cfg (docs/20-stage-2.md), changed with all else in it left as it is: comments, order, entries of
 * one's own.
 */
#pragma once

#include "user/apps/system/text.h"

#define BOOT_FILE_MOST 16384u /* stage 2 cuts a longer one */
#define BOOT_LINE_MOST 511u   /* of the kernel's words */

/* A general setting (before the first [entry]), the last of that name; an empty piece: it is not set. */
struct piece boot_file_get(struct piece text, const char *name);
/* 0; -EINVAL: a value that a line cannot hold (control characters, longer than BOOT_LINE_MOST); -EFBIG,
   -ENOMEM: then the text is as it was. */
int boot_file_set(struct text *text, const char *name, const char *value);

/* A word NAME or NAME=VALUE of the kernel's words: "video". False: it is not there. */
bool boot_words_get(struct piece words, const char *name, char *value, size_t room);
/* With that word set; value NULL: without it. 0 or -EINVAL: too long, or a blank in it. */
int boot_words_set(struct piece words, const char *name, const char *value, char to[BOOT_LINE_MOST + 1]);

/* The old file's bytes go to PATH.old first, and to the disk; then the new ones are written over the old, so
   that they lie where the BIOS can read them. 0 or negative errno: the file is then as it was, or half
   written, and PATH.old is whole. */
int boot_file_write(const char *path, struct piece text);
