/* Filter and order of the processes; rows.h. */
#include "user/apps/monitor/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- filter ---------------------------------------------------------------------------------------- */
static bool contains(const char *text, const char *part)
{
    size_t size = strlen(part);

    for (; *text; text++)
        if (strncasecmp(text, part, size) == 0)
            return true;
    return size == 0;
}

static bool is_shown(const struct process_row *row, const char *filter)
{
    char number[16];

    snprintf(number, sizeof(number), "%d", row->figures.pid);
    return contains(row->figures.name, filter) || contains(row->command, filter) ||
           strcmp(number, filter) == 0;
}

/* ---- order ----------------------------------------------------------------------------------------- */
static int difference(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_by(enum row_column column, const struct process_row *a, const struct process_row *b)
{
    switch (column) {
    case ROW_NAME: return strcasecmp(a->figures.name, b->figures.name);
    case ROW_CPU: return difference(a->cpu_tenths, b->cpu_tenths);
    case ROW_MEMORY: return difference((int64_t)a->bytes, (int64_t)b->bytes);
    case ROW_NICE: return difference(a->figures.nice, b->figures.nice);
    case ROW_STATE: return difference(a->figures.state, b->figures.state);
    case ROW_COMMAND: return strcasecmp(a->command, b->command);
    default: return difference(a->figures.pid, b->figures.pid);
    }
}

/* What is equal stays in the order of numbers, so that rows do not jump. */
static bool is_before(const struct rows *rows, const struct process_row *a, const struct process_row *b)
{
    int order = compare_by(rows->sorted, a, b);

    if (order == 0)
        return a->figures.pid < b->figures.pid;
    return rows->down ? order > 0 : order < 0;
}

static void sift_down(const struct rows *rows, size_t at, size_t count)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        const struct process_row *moved = rows->at[at];

        if (child + 1 < count && is_before(rows, rows->at[child], rows->at[child + 1]))
            child++;
        if (!is_before(rows, moved, rows->at[child]))
            return;
        rows->at[at] = rows->at[child];
        rows->at[child] = moved;
    }
}

/* Heapsort: qsort has no place for `rows`. */
static void sort(const struct rows *rows)
{
    for (size_t i = rows->count / 2; i-- > 0;)
        sift_down(rows, i, rows->count);
    for (size_t i = rows->count; i-- > 1;) {
        const struct process_row *last = rows->at[i];

        rows->at[i] = rows->at[0];
        rows->at[0] = last;
        sift_down(rows, 0, i);
    }
}

/* ---- all of it ------------------------------------------------------------------------------------- */
void rows_make(struct rows *rows, const struct processes *list)
{
    rows_free(rows);
    rows->at = calloc(list->count + 1, sizeof(const struct process_row *));
    for (size_t i = 0; rows->at && i < list->count; i++)
        if (is_shown(&list->at[i], rows->filter))
            rows->at[rows->count++] = &list->at[i];
    sort(rows);
}

void rows_free(struct rows *rows)
{
    free(rows->at);
    rows->at = NULL;
    rows->count = 0;
}

size_t rows_find(const struct rows *rows, int pid)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->at[i]->figures.pid == pid)
            return i;
    return (size_t)-1;
}

static void print_memory(uint64_t bytes, char *to, size_t room)
{
    unsigned long long kib = bytes / 1024;

    if (kib < 1000)
        snprintf(to, room, "%llu KB", kib);
    else if (kib < 10000 * 1024ull)
        snprintf(to, room, "%llu.%llu MB", kib / 1024, kib % 1024 * 10 / 1024);
    else
        snprintf(to, room, "%llu GB", kib / 1024 / 1024);
}

void rows_print(const struct process_row *row, enum row_column column, char *to, size_t room)
{
    switch (column) {
    case ROW_NAME: snprintf(to, room, "%s", row->figures.name); break;
    case ROW_PID: snprintf(to, room, "%d", row->figures.pid); break;
    case ROW_CPU: snprintf(to, room, "%d.%d %%", row->cpu_tenths / 10, row->cpu_tenths % 10); break;
    case ROW_MEMORY: print_memory(row->bytes, to, room); break;
    case ROW_NICE: snprintf(to, room, "%d", row->figures.nice); break;
    case ROW_COMMAND: snprintf(to, room, "%s", row->command); break;
    default: snprintf(to, room, "%c", row->figures.state); break;
    }
}
