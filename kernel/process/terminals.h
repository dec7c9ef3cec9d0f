/* What terminals (kernel/fs/tty) ask of sessions and groups. */
#pragma once

struct process;

void process_terminals_init(void); /* before the first process */
/* The kernel starts that process, which leads its session: the terminal that is its handle 0
   becomes the session's, so that Ctrl-C reaches it. Nothing when it has none, or another session
   has it. */
void process_terminals_give(const struct process *process);
