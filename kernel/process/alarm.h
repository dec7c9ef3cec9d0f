/* setitimer: SIGALRM after a time, and again. */
#pragma once

#include "lib/abi/time.h"
#include "lib/compiler.h"

/* Of the running process. new NULL: only asked. -EINVAL: negative, or a second or more of
   microseconds. */
int alarm_set(const struct abi_itimerval *new, struct abi_itimerval *old) must_check;
