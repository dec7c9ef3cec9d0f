/* What the files of kernel/process share beside process.h. */
#pragma once

#include "kernel/process/process.h"

struct user_thread *user_thread_create(void); /* NULL: no memory */
void user_thread_free(struct user_thread *thread);

/* With process_lock. */
uint64_t process_new_id(void);
void process_remove(struct process *process);
void process_orphan_children(struct process *process);
/* A process has ended: its parent is told, or it goes at once, where nobody wants to know. */
void process_told_parent(struct process *process);

void process_alarm_rings(void *process); /* in an interrupt */

/* threads.c: a thread begins, a program does. */
void user_thread_begins(struct user_thread *thread);
void user_thread_renew(void);
