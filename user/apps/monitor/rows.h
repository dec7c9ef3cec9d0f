/* Which processes are shown, and in which order. */
#pragma once

#include "user/apps/system/processes.h"

/* The columns of the table, in their order. */
enum row_column { ROW_NAME, ROW_PID, ROW_CPU, ROW_MEMORY, ROW_NICE, ROW_STATE, ROW_COMMAND, ROW_COLUMNS };

struct rows {
    enum row_column sorted;
    bool down;
    char filter[64]; /* in name, command or number; case does not count */
    const struct process_row **at;
    size_t count;
};

/* Of `list`, to which it points afterwards. Without memory nothing is shown. */
void rows_make(struct rows *rows, const struct processes *list);
void rows_free(struct rows *rows);
/* Where that process is; (size_t)-1: it is not shown. */
size_t rows_find(const struct rows *rows, int pid);
/* What stands in the table. `room`: at least 16 bytes. */
void rows_print(const struct process_row *row, enum row_column column, char *to, size_t room);
