/* What `trace` sees: a record (struct abi_trace) of each system call, written to a file when it
   returns. */
#pragma once

#include "kernel/arch/x86_64/interrupt_frame.h"

struct file;

/* The call that the frame holds has returned. A file that takes no more (a pipe without a reader)
   loses the record. */
void trace_record(struct file *file, const struct interrupt_frame *frame);
/* It will not return: exit, exec that works. */
void trace_record_last(struct file *file, const struct interrupt_frame *frame);
