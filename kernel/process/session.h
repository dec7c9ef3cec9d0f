/* Sessions and process groups: who is in which, and what terminals ask of them. pid 0: the running
   process. */
#pragma once

#include <stdint.h>

#include "kernel/process/process.h"
#include "lib/compiler.h"

int64_t session_group_of(int64_t pid); /* -ESRCH */
int64_t session_of(int64_t pid);       /* -ESRCH */
/* setpgid. -ESRCH: neither this process nor a child; -EPERM: another session, a session's
   leader, no such group; -EACCES: the child has become another program; -EINVAL: negative. */
int session_set_group(int64_t pid, int64_t group) must_check;
int64_t session_create(void); /* setsid: -EPERM: it leads a group */
/* The running process is about to end, all of its threads but this one have. */
void session_process_ends(struct process *process);
/* No process of the group has a parent in another group of the same session: nobody would continue
   it. */
bool session_is_orphaned(uint64_t group);

/* The terminals' part of that end; NULL: there are none. */
extern void (*session_leader_ended)(uint64_t session);
