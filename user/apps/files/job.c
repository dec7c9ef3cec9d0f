/*
 * Works in a thread of their own, so that a window never hangs. Those of one window run one after the other.
 *
 *     job_start → run (thread) ⇄ questions, progress by ui_post → finished (toolkit's thread)
 *
 * Lock: job->lock guards what both threads touch (struct job says what). A window that is closed waits for
 * its jobs, so job->files lives as long as they do.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/apps/files/files.h"

#define UNDOS_MAX   50u
#define PROGRESS_MS 60

struct job {
    struct job *next;
    struct files *files;
    enum job_kind kind;
    struct names names;
    char *text;
    mode_t mode;
    struct undo *undo; /* to be undone */
    struct work work;
    struct undo *done; /* what it did */
    int error;
    char *failed;
    bool started;
    pthread_t thread;
    int64_t said_ms;   /* the thread's */
    pthread_mutex_t lock;
    pthread_cond_t answered;
    /* under the lock */
    struct progress progress;
    char name[64];
    bool progress_waits, has_answer, always;
    enum answer answer;
    const char *question_from, *question_to; /* from NULL: question_to failed with question_error */
    int question_error;
    /* the toolkit's */
    struct ui_window *question;
    struct widget *always_check;
};

/* ---- what can be undone -------------------------------------------------------------------------------- */

struct stack {
    struct undo *items[UNDOS_MAX];
    size_t count;
};
static struct stack undos, redos;

static void stack_push(struct stack *stack, struct undo *undo)
{
    if (!undo)
        return;
    if (stack->count == UNDOS_MAX) {
        undo_free(stack->items[0]);
        stack->count--;
        memmove(stack->items, stack->items + 1, stack->count * sizeof(*stack->items));
    }
    stack->items[stack->count++] = undo;
}

static void stack_clear(struct stack *stack)
{
    while (stack->count > 0)
        undo_free(stack->items[--stack->count]);
}

bool job_can_undo(void)
{
    return undos.count > 0;
}

bool job_can_redo(void)
{
    return redos.count > 0;
}

void job_forget_all(void)
{
    stack_clear(&undos);
    stack_clear(&redos);
}

static void remember(struct job *job)
{
    if (job->kind == JOB_UNDO) {
        stack_push(&redos, job->done);
    } else {
        if (job->kind != JOB_REDO && job->done)
            stack_clear(&redos);
        stack_push(&undos, job->done);
    }
    job->done = NULL;
}

/* ---- questions, in the toolkit's thread ---------------------------------------------------------------- */

static void answer(struct job *job, enum answer given)
{
    struct ui_window *question = job->question;

    pthread_mutex_lock(&job->lock);
    job->always = job->always_check && ui_value(job->always_check);
    job->answer = given;
    job->has_answer = true;
    pthread_cond_signal(&job->answered);
    pthread_mutex_unlock(&job->lock);
    job->question = NULL;
    job->always_check = NULL;
    ui_window_end(question);
}

static void on_replace(struct widget *button, void *context)
{
    (void)button;
    answer(context, ANSWER_REPLACE);
}

static void on_skip(struct widget *button, void *context)
{
    (void)button;
    answer(context, ANSWER_SKIP);
}

static void on_keep_both(struct widget *button, void *context)
{
    (void)button;
    answer(context, ANSWER_KEEP_BOTH);
}

static void on_cancel(struct widget *button, void *context)
{
    (void)button;
    answer(context, ANSWER_CANCEL);
}

static bool on_close(struct ui_window *window, void *context)
{
    (void)window;
    answer(context, ANSWER_CANCEL);
    return false; /* answer ends it */
}

/* "1.2 KB, 2026-11-23 09:14" */
static void describe(char text[160], const char *word, const char *path)
{
    struct stat about;
    struct tm local;
    char size[32] = "", when[32] = "";

    if (lstat(path, &about) == 0) {
        if (!S_ISDIR(about.st_mode))
            size_text(size, (uint64_t)about.st_size, ui_say("bytes", "bytes"));
        localtime_r(&about.st_mtim.tv_sec, &local);
        strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &local);
    }
    snprintf(text, 160, "%s: %s%s%s", word, size, *size ? ", " : "", when);
}

static struct widget *question_window(struct job *job, const char *title)
{
    job->question = ui_dialog(job->files->window, title, 0, 0);
    ui_window_on_close(job->question, on_close, job);
    return ui_window_content(job->question);
}

static bool are_folders(const char *a, const char *b)
{
    struct stat one, two;

    return lstat(a, &one) == 0 && lstat(b, &two) == 0 && S_ISDIR(one.st_mode) && S_ISDIR(two.st_mode);
}

static void ask_conflict(struct job *job)
{
    const char *from = job->question_from, *to = job->question_to;
    struct widget *content = question_window(job, ui_say("The name is taken", "El nombre ya existe"));
    struct widget *title = ui_label(content, ""), *row;
    bool folders = are_folders(from, to);
    char text[160];

    ui_set_textf(title, folders ? ui_say("There is a folder “%.80s” already. Put the content together?",
                                         "Ya hay una carpeta «%.80s». ¿Juntar el contenido?")
                                : ui_say("There is “%.80s” already.", "Ya hay «%.80s»."), path_name(to));
    ui_label_set_style(title, UI_BOLD);
    describe(text, ui_say("There", "Allí"), to);
    ui_label_set_style(ui_label(content, text), UI_DIM);
    describe(text, ui_say("New", "Nuevo"), from);
    ui_label_set_style(ui_label(content, text), UI_DIM);
    job->always_check =
        ui_check(content, ui_say("Do so for &all others", "Hacer lo mismo con &todos"), false, NULL, NULL);
    row = ui_row(content);
    ui_button(row, ui_say("Cancel", "Cancelar"), on_cancel, job);
    ui_spacer(row);
    ui_button(row, ui_say("&Skip", "&Omitir"), on_skip, job);
    ui_button(row, folders ? ui_say("&Together", "&Juntar") : ui_say("&Replace", "&Reemplazar"), on_replace,
              job);
    struct widget *both = ui_button(row, ui_say("&Keep both", "&Conservar ambos"), on_keep_both, job);

    ui_button_set_accent(both, true);
    ui_window_set_default(job->question, both);
    ui_focus(both);
}

static void ask_failed(struct job *job)
{
    struct widget *content = question_window(job, ui_say("That did not work", "No se pudo")), *label, *row,
                  *skip;

    label = ui_label(content, "");
    ui_set_textf(label, "%s: %s", job->question_to, files_reason(job->question_error));
    ui_label_set_wrap(label, 420);
    row = ui_row(content);
    ui_spacer(row);
    ui_button(row, ui_say("Stop", "Detener"), on_cancel, job);
    skip = ui_button(row, ui_say("&Go on with the rest", "&Seguir con el resto"), on_skip, job);
    ui_button_set_accent(skip, true);
    ui_window_set_default(job->question, skip);
    ui_focus(skip);
}

static void show_question(void *context)
{
    struct job *job = context;

    if (job->question_from)
        ask_conflict(job);
    else
        ask_failed(job);
    if (job->question)
        ui_window_show(job->question);
    else
        answer(job, ANSWER_CANCEL);
}

bool job_asks(const struct files *files)
{
    return files->jobs && files->jobs->question;
}

/* ---- in the work's thread ------------------------------------------------------------------------------ */

static enum answer ask(struct job *job, const char *from, const char *to, int error, bool *always)
{
    enum answer given = ANSWER_CANCEL;

    pthread_mutex_lock(&job->lock);
    job->question_from = from;
    job->question_to = to;
    job->question_error = error;
    job->has_answer = false;
    if (ui_post(show_question, job) == 0) {
        while (!job->has_answer)
            pthread_cond_wait(&job->answered, &job->lock);
        given = job->answer;
        if (always)
            *always = job->always;
    }
    pthread_mutex_unlock(&job->lock);
    return given;
}

static enum answer on_conflict(void *context, const char *from, const char *to, bool *always)
{
    return ask(context, from, to, 0, always);
}

/* The only one, or the last: nothing to go on with, so it is said at the end and not asked. */
static enum answer on_failed(void *context, const char *path, int error)
{
    struct job *job = context;

    if (job->names.count > 1 || job->kind == JOB_COPY || job->kind == JOB_MOVE)
        return ask(job, NULL, path, error, NULL);
    job->error = error;
    free(job->failed);
    job->failed = strdup(path);
    return ANSWER_CANCEL;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void show_progress(void *context)
{
    struct job *job = context;
    struct files *files = job->files;
    struct progress progress;
    char name[sizeof(job->name)];

    pthread_mutex_lock(&job->lock);
    job->progress_waits = false;
    progress = job->progress;
    memcpy(name, job->name, sizeof(name));
    pthread_mutex_unlock(&job->lock);
    if (files->jobs != job)
        return;
    uint64_t part = progress.all_bytes ? progress.bytes * 1000 / progress.all_bytes
                    : progress.all_items ? progress.items * 1000 / progress.all_items
                                         : 0;

    ui_set_value(files->work_bar, part > 1000 ? 1000 : (int)part);
    ui_set_text(files->work_text, name);
}

static void on_progress(void *context, const struct progress *progress)
{
    struct job *job = context;
    int64_t now = now_ms();

    if (now - job->said_ms < PROGRESS_MS)
        return;
    job->said_ms = now;
    pthread_mutex_lock(&job->lock);
    job->progress = *progress;
    snprintf(job->name, sizeof(job->name), "%.60s", progress->name);
    if (!job->progress_waits)
        job->progress_waits = ui_post(show_progress, job) == 0;
    pthread_mutex_unlock(&job->lock);
}

static const struct work_hooks hooks = {on_conflict, on_failed, on_progress};

static int do_work(struct job *job)
{
    struct work *work = &job->work;
    const char *first = job->names.count ? job->names.items[0] : "";

    switch (job->kind) {
    case JOB_COPY:
        return work_copy(work, &job->names, job->text);
    case JOB_MOVE:
        return work_move(work, &job->names, job->text);
    case JOB_TRASH:
        return work_trash(work, &job->names);
    case JOB_DELETE:
        return work_delete(work, &job->names);
    case JOB_RESTORE:
        return work_restore(work, &job->names);
    case JOB_EMPTY:
        return work_empty_trash(work);
    case JOB_RENAME:
        return work_rename(work, first, job->text);
    case JOB_NEW_FOLDER:
        return work_new_folder(work, first);
    case JOB_NEW_FILE:
        return work_new_file(work, first);
    case JOB_MODE:
        return work_set_mode(work, first, job->mode);
    case JOB_UNDO:
    case JOB_REDO:
    default:
        return job->undo ? work_undo(work, job->undo) : 0;
    }
}

static void finished(void *context);

static void *run(void *context)
{
    struct job *job = context;
    int error = do_work(job);

    if (error && error != -ECANCELED) {
        job->error = error;
        free(job->failed);
        job->failed = strdup(job->work.failed ? job->work.failed : "");
    }
    job->done = work_end(&job->work);
    while (ui_post(finished, job) != 0)
        sched_yield(); /* no memory: others will free some */
    return NULL;
}

/* ---- its life ------------------------------------------------------------------------------------------ */

static void job_free(struct job *job)
{
    names_free(&job->names);
    undo_free(job->undo);
    undo_free(job->done);
    free(job->text);
    free(job->failed);
    pthread_mutex_destroy(&job->lock);
    pthread_cond_destroy(&job->answered);
    free(job);
}

static void start(struct job *job)
{
    struct stack *stack = job->kind == JOB_UNDO ? &undos : job->kind == JOB_REDO ? &redos : NULL;

    if (stack && stack->count > 0)
        job->undo = stack->items[--stack->count];
    work_start(&job->work, &hooks, job);
    ui_set_text(job->files->work_text, "");
    ui_set_value(job->files->work_bar, 0);
    ui_set_visible(job->files->work_row, true);
    job->said_ms = now_ms();
    job->started = pthread_create(&job->thread, NULL, run, job) == 0;
    if (!job->started) {
        job->error = -EAGAIN;
        job->failed = strdup(job->names.count ? job->names.items[0] : "");
        job->done = work_end(&job->work);
        if (ui_post(finished, job) != 0)
            finished(job);
    }
}

static void finished(void *context)
{
    struct job *job = context;
    struct files *files = job->files;

    if (job->started)
        pthread_join(job->thread, NULL);
    remember(job);
    files->jobs = job->next;
    ui_set_visible(files->work_row, false);
    if (files->jobs)
        start(files->jobs);
    files_reload_all();
    if (job->error && !files->closing)
        files_say_error(files, job->failed ? job->failed : "", job->error);
    bool last = files->closing && !files->jobs;

    job_free(job);
    if (last)
        files_end(files);
}

void job_start(struct files *files, enum job_kind kind, struct names *names, const char *text, mode_t mode)
{
    struct job *job = calloc(1, sizeof(*job)), **link = &files->jobs;

    if (!job) {
        names_free(names);
        files_say_error(files, "", -ENOMEM);
        return;
    }
    job->files = files;
    job->kind = kind;
    job->names = *names;
    *names = (struct names){0};
    job->text = text ? strdup(text) : NULL;
    job->mode = mode;
    pthread_mutex_init(&job->lock, NULL);
    pthread_cond_init(&job->answered, NULL);
    if (text && !job->text) {
        job_free(job);
        files_say_error(files, text, -ENOMEM);
        return;
    }
    while (*link)
        link = &(*link)->next;
    *link = job;
    if (files->jobs == job)
        start(job);
}

void job_start_one(struct files *files, enum job_kind kind, const char *path, const char *text, mode_t mode)
{
    struct names names = {0};

    if (path && names_add(&names, path))
        files_say_error(files, path, -ENOMEM);
    else
        job_start(files, kind, &names, text, mode);
}

void job_cancel(struct files *files)
{
    struct job *job = files->jobs;

    if (!job)
        return;
    __atomic_store_n(&job->work.cancelled, true, __ATOMIC_RELAXED);
    if (job->question)
        answer(job, ANSWER_CANCEL);
    while (job->next) { /* those that wait are not begun */
        struct job *waiting = job->next;

        job->next = waiting->next;
        job_free(waiting);
    }
}
