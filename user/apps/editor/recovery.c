/*
 * Copies of unsaved text: see recovery.h. A copy is ~/.recover/editor-BOOT-PID-N: when the machine was
 * started, which process keeps it, which of its texts. It begins with a struct head and the path; the text
 * follows, as the buffer has it. It is written beside, brought to the disk and renamed, so that there is
 * never half of one. The thread that writes has its own copy of all; `busy` says that it runs.
 */
#include "user/apps/editor/recovery.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAGIC       "FastOS recovery 1"
#define BOOT_SLACK  5 /* seconds that two reckonings of the boot's time may differ by */
#define SIZE_MOST   ((uint64_t)2 * DOCUMENT_MOST)

struct head {
    char magic[24];
    uint32_t encoding, path_size;
    uint64_t text_size;
};

struct recovery {
    char file[PATH_MAX]; /* "": none yet */
    pthread_t thread;
    bool started; /* there is a thread to be joined */
    atomic_bool busy;
    struct head head;
    char path[PATH_MAX];
    char *text; /* the thread's, while it runs */
};

/* ---- names ----------------------------------------------------------------------------------- */
static void folder_name(char name[PATH_MAX])
{
    const char *home = getenv("HOME");
    snprintf(name, PATH_MAX, "%.3900s/.recover", home != NULL ? home : "");
}

static long long boot_seconds(void)
{
    struct timespec now, since;
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_MONOTONIC, &since);
    return (long long)now.tv_sec - since.tv_sec;
}

static int new_name(char name[PATH_MAX])
{
    static unsigned count;
    char folder[PATH_MAX];
    folder_name(folder);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return -errno;
    snprintf(name, PATH_MAX, "%.3950s/editor-%lld-%ld-%u", folder, boot_seconds(), (long)getpid(),
             ++count);
    return 0;
}

/* Does the process live that keeps a copy of this name? */
static bool is_kept(long long boot, long process)
{
    long long differs = boot - boot_seconds();
    bool lives = kill((pid_t)process, 0) == 0 || errno == EPERM;
    return differs >= -BOOT_SLACK && differs <= BOOT_SLACK && lives;
}

static bool is_left(const char *name)
{
    long long boot;
    long process;
    unsigned number;
    int end = 0;
    if (sscanf(name, "editor-%lld-%ld-%u%n", &boot, &process, &number, &end) != 3 || name[end] != 0)
        return false;
    return process > 0 && !is_kept(boot, process);
}

bool recovery_find(char file[PATH_MAX])
{
    char folder[PATH_MAX];
    bool found = false;
    folder_name(folder);
    DIR *names = opendir(folder);
    if (names == NULL)
        return false;
    for (struct dirent *name; !found && (name = readdir(names)) != NULL;)
        if (is_left(name->d_name)) {
            snprintf(file, PATH_MAX, "%.3900s/%.150s", folder, name->d_name);
            found = true;
        }
    closedir(names);
    return found;
}

/* ---- writing --------------------------------------------------------------------------------- */
static bool write_copy(const struct recovery *recovery, int file)
{
    FILE *to = fdopen(file, "wb");
    if (to == NULL) {
        close(file);
        return false;
    }
    bool good = fwrite(&recovery->head, sizeof(recovery->head), 1, to) == 1 &&
                fwrite(recovery->path, 1, recovery->head.path_size, to) == recovery->head.path_size &&
                fwrite(recovery->text, 1, recovery->head.text_size, to) == recovery->head.text_size &&
                fflush(to) == 0 && fsync(file) == 0;
    return fclose(to) == 0 && good;
}

/* What cannot be written is tried again after the next change; the text itself is not in danger. */
static void *write_thread(void *context)
{
    struct recovery *recovery = context;
    char name[PATH_MAX + 8];
    snprintf(name, sizeof(name), "%s.new", recovery->file);
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file >= 0 && (!write_copy(recovery, file) || rename(name, recovery->file) != 0))
        unlink(name);
    free(recovery->text);
    recovery->text = NULL;
    recovery->busy = false;
    return NULL;
}

static void join(struct recovery *recovery)
{
    if (recovery->started)
        pthread_join(recovery->thread, NULL);
    recovery->started = false;
}

static int fill(struct recovery *recovery, const struct document *document, struct text_buffer *buffer)
{
    size_t size = text_buffer_size(buffer);
    recovery->text = malloc(size + 1);
    if (recovery->text == NULL)
        return -ENOMEM;
    text_buffer_copy(buffer, 0, size, recovery->text);
    strcpy(recovery->path, document->path);
    recovery->head = (struct head){ .magic = MAGIC, .encoding = document->encoding,
                                    .path_size = (uint32_t)strlen(document->path), .text_size = size };
    return 0;
}

int recovery_write(struct recovery *recovery, const struct document *document, struct text_buffer *buffer)
{
    if (recovery->busy)
        return -EBUSY;
    join(recovery);
    int error = recovery->file[0] == 0 ? new_name(recovery->file) : 0;
    if (error == 0)
        error = fill(recovery, document, buffer);
    if (error != 0)
        return error;
    recovery->busy = true;
    error = -pthread_create(&recovery->thread, NULL, write_thread, recovery);
    recovery->started = error == 0;
    if (error != 0) {
        recovery->busy = false;
        free(recovery->text);
    }
    return error;
}

void recovery_remove(struct recovery *recovery)
{
    join(recovery);
    if (recovery->file[0] != 0)
        unlink(recovery->file);
    recovery->file[0] = 0;
}

struct recovery *recovery_new(void)
{
    return calloc(1, sizeof(struct recovery));
}

void recovery_end(struct recovery *recovery)
{
    if (recovery == NULL)
        return;
    join(recovery);
    free(recovery);
}

/* ---- reading --------------------------------------------------------------------------------- */
static int read_head(FILE *file, struct head *head, char path[PATH_MAX])
{
    if (fread(head, sizeof(*head), 1, file) != 1 || memcmp(head->magic, MAGIC, sizeof(MAGIC)) != 0 ||
        head->path_size >= PATH_MAX || head->encoding > ENCODING_LATIN1 ||
        fread(path, 1, head->path_size, file) != head->path_size)
        return -EINVAL;
    path[head->path_size] = 0;
    return head->text_size > SIZE_MOST ? -EFBIG : 0;
}

int recovery_path(const char *file, char path[PATH_MAX])
{
    struct head head;
    FILE *from = fopen(file, "rb");
    if (from == NULL)
        return -errno;
    int error = read_head(from, &head, path);
    fclose(from);
    return error;
}

int recovery_take(struct recovery *recovery, const char *file)
{
    recovery_remove(recovery);
    int error = new_name(recovery->file);
    if (error == 0 && rename(file, recovery->file) != 0)
        error = -errno;
    if (error != 0)
        recovery->file[0] = 0;
    return error;
}

static int read_copy(const char *name, struct head *head, char path[PATH_MAX], char **text)
{
    FILE *file = fopen(name, "rb");
    if (file == NULL)
        return -errno;
    int error = read_head(file, head, path);
    *text = error == 0 ? malloc(head->text_size + 1) : NULL;
    if (error == 0 && *text == NULL)
        error = -ENOMEM;
    if (error == 0 && fread(*text, 1, head->text_size, file) != head->text_size)
        error = -EINVAL;
    fclose(file);
    if (error != 0)
        free(*text);
    return error;
}

int recovery_read(struct recovery *recovery, struct document *document, struct text_buffer *buffer)
{
    struct head head;
    char path[PATH_MAX], *text = NULL;
    int error = read_copy(recovery->file, &head, path, &text);
    if (error != 0)
        return error;
    if (path[0] == 0 || document_load(document, path, buffer) != 0) { /* it is not there any more */
        text_buffer_load(buffer, "", 0);
        strcpy(document->path, path);
    }
    document->encoding = (enum encoding)head.encoding;
    document->ends = line_ends_detect(text, head.text_size);
    error = text_buffer_replace(buffer, 0, text_buffer_size(buffer), text, head.text_size);
    free(text);
    return error;
}

void recovery_forget(const char *file)
{
    unlink(file);
}
