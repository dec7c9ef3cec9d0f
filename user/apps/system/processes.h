/*
 * The processes that there are, and what each used of the CPU between two looks.
 *
 *     struct processes list = {0};
 *     processes_look(&list, "/proc", now_ms) → list.at … → again a second later → processes_free(&list)
 */
#pragma once

#include "user/apps/system/figures.h"

#define PROCESSES_MOST 4096u /* of more than these none is told */

struct process_row {
    struct process_figures figures;
    char command[96]; /* its words, or [name] where there are none */
    unsigned user;
    int cpu_tenths;   /* of a percent since the look before; 0 at the first */
    uint64_t bytes;   /* of memory that it has */
};

struct processes {
    struct process_row *at; /* by number */
    size_t count;
    int64_t looked_ms; /* 0: not yet */
};

/* `folder`: "/proc". 0 or negative errno; then the list is as it was. */
int processes_look(struct processes *list, const char *folder, int64_t now_ms);
void processes_free(struct processes *list);
const struct process_row *processes_find(const struct processes *list, int pid); /* NULL: none */
