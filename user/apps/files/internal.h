/* What the sources of the file work share; for nobody else. Paths are absolute. */
#pragma once

#include "user/apps/files/work.h"

#define DEPTH_MAX 200 /* folders in folders that are gone into; deeper is -ELOOP */
#define SKIPPED   1   /* beside 0 and errors: the user wanted it left as it is */

/* Remembers which path an error is about; returns the error. */
int work_failed(struct work *work, const char *path, int error);
/* Asks whether to go on after it: 0 or the error (-ECANCELED). */
int work_go_on(struct work *work, const char *path, int error);
bool work_stops(struct work *work);
void work_tell(struct work *work, const char *name, uint64_t bytes, size_t items);
enum answer work_ask(struct work *work, const char *from, const char *to);
void work_remember(struct work *work, enum deed_kind kind, const char *from, const char *to, mode_t mode);

/* Gives it another name of the same file system, replacing nothing: -EEXIST, -EXDEV … */
int name_move(const char *from, const char *to);
bool name_exists(const char *path);
char *name_free_like(const char *path); /* "a (2).txt" that nobody has; NULL: no memory */
/* With everything within it, without asking: for what is ours and unfinished. */
void tree_drop(const char *path);
int tree_delete(struct work *work, const char *path, unsigned depth);
/* Under a temporary name in to's folder; *made is it. `whole`: owner and special bits too, to the disk. */
int tree_copy_aside(struct work *work, const char *from, const char *to, bool whole, char **made);
/* Moves exactly there, also to another file system; replaces nothing. *copied: it is there, but the original
   is still where it was, too (something of it could not be copied or deleted). */
int tree_move(struct work *work, const char *from, const char *to, bool *copied);

/* ---- trash.c ---- */
/* Into the trash; *name (may be NULL) is what it is called there. */
int trash_put(struct work *work, const char *path, char **name);
/* Where it came from. -ENOENT, -EINVAL (its note cannot be read). */
int trash_origin(const char *name, char **path);
int trash_back(struct work *work, const char *name, const char *to);
