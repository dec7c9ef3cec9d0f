/*
 * The windows of Files: what its sources share. All of it runs in the toolkit's thread, the work itself
 * excepted (job.c). A window shows one folder; browse.c has it, places.c the column at the left, actions.c
 * what one can do, properties.c the page about a file.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "user/apps/files/folder.h"
#include "user/apps/files/path.h"
#include "user/apps/files/work.h"
#include "user/libui/ui.h"

#define HISTORY_MAX 64u
#define PLACES_MAX  24u

struct place {
    char *path;
    char name[64];
    enum icon icon;
};

struct job;

struct files {
    struct ui_window *window;
    struct widget *places_list, *back, *forward, *path_entry, *filter, *view_tool, *list, *note;
    struct widget *status, *free_space;
    struct widget *work_row, *work_text, *work_bar;
    char *path;                /* of the folder that is shown; clean */
    struct folder_view view;
    struct folder folder;
    int error;                 /* why it could not be read; 0 */
    bool tiles, closing;
    struct names back_to, forward_to; /* the last is the next */
    struct place places[PLACES_MAX];
    size_t place_count;
    struct job *jobs;          /* the first runs, the others wait */
    unsigned timer;
    char *show;                /* a name to be selected when it is there */
    bool edit;                 /* … and to be typed over */
    char *editing;             /* the name that is */
    struct ui_menu *menu;
    struct files *next;        /* window */
};

/* ---- window.c, browse.c ---- */
struct files *files_open(const char *path); /* a new window; NULL: no memory */
void files_end(struct files *files);
bool files_is_open(const struct files *files); /* it was not closed since */
void files_go(struct files *files, const char *path); /* and remembers where it was */
void files_go_back(struct files *files);
void files_go_forward(struct files *files);
void files_go_up(struct files *files);
void files_reload(struct files *files); /* what is selected stays so, by name */
void files_reload_all(void);            /* in all windows */
void files_arrange(struct files *files); /* another order or filter */
void files_edit(struct files *files, size_t row); /* a new name is typed over it */
void files_set_tiles(struct files *files, bool tiles);
bool files_in_trash(const struct files *files); /* it shows the trash itself */
/* Absolute paths of what is selected; names_free. False: nothing is. */
bool files_selection(const struct files *files, struct names *names);
const struct entry *files_current(const struct files *files); /* with the cursor, selected; NULL */
void files_say_status(struct files *files);
/* "a.txt: it is not permitted", as a dialog. */
void files_say_error(struct files *files, const char *path, int error);
const char *files_reason(int error);

/* ---- places.c ---- */
void places_make(struct files *files, struct widget *parent);
void places_reload(struct files *files); /* what is mounted now; and marks where the window is */
void places_free(struct files *files);
extern const char *places_mounts; /* "/proc/mounts"; a test has its own */

/* ---- actions.c ---- */
void actions_make(struct files *files); /* keys */
void actions_menu(struct files *files, int x, int y); /* for what is selected, or for the folder */
void actions_main_menu(struct files *files, int x, int y);
void actions_open(struct files *files);
void actions_drag(struct files *files);
bool actions_drop(struct files *files, const struct ui_drop *drop, const char *folder);
void actions_rename(struct files *files, const char *old, const char *name);
/* Starts a program of ours; errors are said. */
void actions_start(struct files *files, const char *program, const char *argument);

/* ---- job.c ---- */
enum job_kind { JOB_COPY, JOB_MOVE, JOB_TRASH, JOB_DELETE, JOB_RESTORE, JOB_EMPTY, JOB_RENAME, JOB_NEW_FOLDER,
                JOB_NEW_FILE, JOB_MODE, JOB_UNDO, JOB_REDO };
/* Takes `names` (which becomes empty). `text`: the folder to go to, the new name. */
void job_start(struct files *files, enum job_kind kind, struct names *names, const char *text, mode_t mode);
void job_start_one(struct files *files, enum job_kind kind, const char *path, const char *text, mode_t mode);
void job_cancel(struct files *files);
bool job_asks(const struct files *files); /* it waits for an answer */
bool job_can_undo(void);
bool job_can_redo(void);
void job_forget_all(void); /* what can be undone, at the end */

/* ---- properties.c ---- */
void properties_open(struct files *files, const char *path);
void properties_close(const struct files *files); /* its pages, when the window goes */
