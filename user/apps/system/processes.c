/* Reads /proc/NUMBER/stat and cmdline of all processes. One that ends meanwhile is passed over. */
#include "user/apps/system/processes.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAT_MOST 1024u

/* Words end with zero bytes there. */
static void read_command(const char *folder, struct process_row *row)
{
    char path[128];
    struct text text = {0};

    snprintf(path, sizeof(path), "%s/%d/cmdline", folder, row->figures.pid);
    (void)text_read(&text, path, sizeof(row->command));
    while (text.size > 0 && text.at[text.size - 1] == '\0')
        text.size--;
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] == '\0')
            text.at[i] = ' ';
    if (text.size > 0)
        piece_copy(text_piece(&text), row->command, sizeof(row->command));
    else
        snprintf(row->command, sizeof(row->command), "[%s]", row->figures.name);
    text_free(&text);
}

static bool read_row(const char *folder, const char *name, struct process_row *row)
{
    char path[128];
    struct text text = {0};
    struct stat about;

    *row = (struct process_row){0};
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path) - 8 ||
        stat(path, &about) < 0)
        return false;
    strcat(path, "/stat");
    bool good = text_read(&text, path, STAT_MOST) == 0 && figures_process(text_piece(&text), &row->figures);

    text_free(&text);
    if (!good)
        return false;
    row->user = about.st_uid;
    row->bytes = row->figures.resident_pages * 4096;
    read_command(folder, row);
    return true;
}

static int by_number(const void *one, const void *other)
{
    const struct process_row *a = one, *b = other;

    return (a->figures.pid > b->figures.pid) - (a->figures.pid < b->figures.pid);
}

/* A row at the end; false: no memory, or enough of them. */
static bool add_row(struct processes *list, const struct process_row *row)
{
    if (list->count >= PROCESSES_MOST)
        return false;
    if (list->count % 32 == 0) {
        struct process_row *at = realloc(list->at, (list->count + 32) * sizeof(*at));

        if (!at)
            return false;
        list->at = at;
    }
    list->at[list->count++] = *row;
    return true;
}

static int read_all(struct processes *list, const char *folder)
{
    DIR *directory = opendir(folder);
    struct process_row row;
    const struct dirent *entry;

    if (!directory)
        return -errno;
    while ((entry = readdir(directory)))
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9' && read_row(folder, entry->d_name, &row)
            && !add_row(list, &row))
            break;
    closedir(directory);
    if (list->count > 0)
        qsort(list->at, list->count, sizeof(*list->at), by_number);
    return 0;
}

/* A number that is used again belongs to another process: when it started tells. */
static int tenths_since(const struct processes *before, const struct process_figures *now, int64_t past_ms)
{
    const struct process_row *row = processes_find(before, now->pid);
    bool same = row && row->figures.started == now->started;
    uint64_t then = same ? row->figures.ticks : 0;

    if (past_ms <= 0 || now->ticks <= then)
        return 0;
    uint64_t used_ms = (now->ticks - then) * (1000 / TICKS_A_SECOND);
    uint64_t tenths = used_ms >= (uint64_t)past_ms * 64 ? 64000 : used_ms * 1000 / (uint64_t)past_ms;

    return (int)(tenths > 1000 ? 1000 : tenths);
}

int processes_look(struct processes *list, const char *folder, int64_t now_ms)
{
    struct processes now = {.looked_ms = now_ms};
    int error = read_all(&now, folder);

    if (error) {
        processes_free(&now);
        return error;
    }
    for (size_t i = 0; list->looked_ms && i < now.count; i++)
        now.at[i].cpu_tenths = tenths_since(list, &now.at[i].figures, now_ms - list->looked_ms);
    processes_free(list);
    *list = now;
    return 0;
}

void processes_free(struct processes *list)
{
    free(list->at);
    *list = (struct processes){0};
}

const struct process_row *processes_find(const struct processes *list, int pid)
{
    struct process_row wanted = {.figures.pid = pid};

    return list->count ? bsearch(&wanted, list->at, list->count, sizeof(*list->at), by_number) : NULL;
}
