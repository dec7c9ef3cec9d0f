/*
 * What is done with files: copied, moved, thrown away, undone. No screen; all may block for long, so a window
 * calls it from a thread of its own, one work at a time with one struct work.
 *
 *     work_start(&work, &hooks, context);
 *     error = work_copy(&work, &names, "/mnt/Documents");
 *     undo = work_end(&work);            what was done, for work_undo later
 *
 * Nothing is lost: what is copied has a hidden temporary name beside its place (".part-…") until it is whole;
 * what would be written over goes into the trash first; a move to another file system deletes the original
 * only after the copy was written to the disk. Whoever stops the work finds all that was finished, and no
 * halves.
 *
 * Functions return 0, -ECANCELED, or the first error that was not asked about. Hooks run in the caller's
 * thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "user/apps/files/path.h"

enum answer { ANSWER_CANCEL, ANSWER_SKIP, ANSWER_REPLACE, ANSWER_KEEP_BOTH };

struct progress {
    uint64_t bytes, all_bytes;
    size_t items, all_items; /* 0: not known */
    const char *name;        /* what is worked on; good within the hook */
};

struct work_hooks {
    /* `to` is there. Replacing folders by folders puts one's content into the other. *always: do not ask
       again. NULL: -EEXIST is a failure. */
    enum answer (*conflict)(void *context, const char *from, const char *to, bool *always);
    /* Goes on with the rest (ANSWER_SKIP) or not. NULL: not. */
    enum answer (*failed)(void *context, const char *path, int error);
    void (*progress)(void *context, const struct progress *progress); /* often; may be NULL */
};

/* What one work did, in its order. */
enum deed_kind { DEED_MADE, DEED_MOVED, DEED_TRASHED, DEED_FOLDER_GONE, DEED_MODE };
struct deed {
    enum deed_kind kind;
    char *from, *to; /* MOVED: both; TRASHED: to is the name in the trash; else `from` alone */
    mode_t mode;     /* before */
};
struct undo {
    struct deed *deeds;
    size_t count;
    bool partial; /* there was no memory to remember all */
};

struct work {
    const struct work_hooks *hooks;
    void *context;
    bool cancelled; /* another thread may set it (__atomic_store_n) */
    struct progress progress;
    bool always, skipped, failed_once;
    enum answer always_answer;
    unsigned temporary;
    struct undo *undo;
    char *failed; /* the path that the last error is about; NULL */
};

void work_start(struct work *work, const struct work_hooks *hooks, void *context);
struct undo *work_end(struct work *work); /* NULL: nothing was done, or no memory */
void undo_free(struct undo *undo);

int work_copy(struct work *work, const struct names *paths, const char *folder);
int work_move(struct work *work, const struct names *paths, const char *folder);
int work_trash(struct work *work, const struct names *paths);
int work_delete(struct work *work, const struct names *paths); /* for good: no undo */
int work_restore(struct work *work, const struct names *names); /* names in the trash */
int work_empty_trash(struct work *work);
/* -EEXIST: there is such a name; -EINVAL: it cannot be one. */
int work_rename(struct work *work, const char *path, const char *name);
int work_new_folder(struct work *work, const char *path);
int work_new_file(struct work *work, const char *path);
int work_set_mode(struct work *work, const char *path, mode_t mode);
/* Backwards; what it does is remembered too, so that undoing that does it again. A copy that is undone goes
   to the trash. */
int work_undo(struct work *work, const struct undo *undo);

/* How many files and bytes these are, with all within; stops when the work is cancelled. */
int work_measure(struct work *work, const struct names *paths, uint64_t *bytes, size_t *items);
