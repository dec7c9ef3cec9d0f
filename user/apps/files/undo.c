/* Undoing a work: its deeds backwards. What is done on the way is remembered like any work, so that it can be
   undone as well (redo). */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "user/apps/files/internal.h"

static int undo_move(struct work *work, const struct deed *deed)
{
    bool copied;
    int error = tree_move(work, deed->to, deed->from, &copied);

    if (copied)
        work_remember(work, DEED_MADE, deed->from, NULL, 0);
    else if (!error)
        work_remember(work, DEED_MOVED, deed->to, deed->from, 0);
    return error;
}

static int undo_folder_gone(struct work *work, const struct deed *deed)
{
    if (mkdir(deed->from, deed->mode | 0700))
        return errno == EEXIST ? 0 : work_failed(work, deed->from, -errno);
    (void)chmod(deed->from, deed->mode);
    work_remember(work, DEED_MADE, deed->from, NULL, 0);
    return 0;
}

static int undo_deed(struct work *work, const struct deed *deed)
{
    switch (deed->kind) {
    case DEED_MADE:
        return name_exists(deed->from) ? trash_put(work, deed->from, NULL) : 0;
    case DEED_MOVED:
        return undo_move(work, deed);
    case DEED_TRASHED:
        return trash_back(work, deed->to, deed->from);
    case DEED_FOLDER_GONE:
        return undo_folder_gone(work, deed);
    case DEED_MODE:
    default:
        return work_set_mode(work, deed->from, deed->mode);
    }
}

int work_undo(struct work *work, const struct undo *undo)
{
    int error = 0;

    work->progress.all_items = undo->count;
    for (size_t i = undo->count; i > 0 && !error; i--) {
        const struct deed *deed = &undo->deeds[i - 1];

        free(work->failed);
        work->failed = NULL;
        error = work_stops(work) ? -ECANCELED : undo_deed(work, deed);
        if (error)
            error = work_go_on(work, deed->from, error);
    }
    return error;
}
