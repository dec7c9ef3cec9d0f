/*
 * Copies of text that is not saved yet, in ~/.recover, so that a crash loses some seconds of work at most.
 * One thread calls; writing is done by another one, which no caller waits for but recovery_remove.
 *
 *     struct recovery *recovery = recovery_new();
 *     recovery_write(recovery, &document, buffer);      some seconds after a change
 *     recovery_remove(recovery);                        it was saved, or given up
 *     recovery_end(recovery);                           the copy, if any, stays
 *
 * At the next start: recovery_find → recovery_take → recovery_read; or recovery_forget.
 */
#pragma once

#include "user/apps/editor/document.h"

struct recovery;

struct recovery *recovery_new(void); /* NULL: no memory */
void recovery_end(struct recovery *recovery);
/* In the background. 0, -EBUSY (the last one is still being written), -ENOMEM, -EAGAIN (no thread), or what
   making the folder said. */
int recovery_write(struct recovery *recovery, const struct document *document, struct text_buffer *buffer);
/* The copy goes away. */
void recovery_remove(struct recovery *recovery);

/* The first copy that no living editor keeps, its path. False: there is none. */
bool recovery_find(char file[PATH_MAX]);
/* The copy becomes that of `recovery`. 0 or what rename(2) says. */
int recovery_take(struct recovery *recovery, const char *file);
/* The path of the text that was being edited ("": it had none yet). 0, -EINVAL (no such copy) or the disk's
   error. */
int recovery_path(const char *file, char path[PATH_MAX]);
/* What was taken: the file as it is on the disk, if it is, and the copy's text as a change of it. 0, -EINVAL,
   -EFBIG, -ENOMEM or the disk's error. */
int recovery_read(struct recovery *recovery, struct document *document, struct text_buffer *buffer);
void recovery_forget(const char *file);
