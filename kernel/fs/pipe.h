/*
 * Pipes: a ring of up to 64 KiB between who writes and who reads. What is not longer than PIPE_BUF
 * goes in in one piece. The end of the file comes when nobody can write any more; writing when
 * nobody can read is -EPIPE (SIGPIPE is the system call's to raise).
 */
#pragma once

#include "kernel/fs/vfs.h"

#define PIPE_BYTES 65536u

int pipes_init(void) must_check; /* -ENOMEM */
/* flags: O_NONBLOCK. -ENOMEM. */
int pipe_create(unsigned flags, struct file **reader, struct file **writer) must_check;
