/* Processes as directories of /proc. */
#pragma once

void process_proc_init(void); /* after processes_init; proc may not be mounted yet */
