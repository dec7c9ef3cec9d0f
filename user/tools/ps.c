#include <stdlib.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

TOOL(ps, "[PID …]",
     "List processes: number, parent, owner, state (R runs, S waits, T stopped, Z ended), nice "
     "value,\n"
     "memory, time used, command.\n")
{
    size_t processes;
    struct process_info *all;
    char user[32];
    long tick = sysconf(_SC_CLK_TCK) > 0 ? sysconf(_SC_CLK_TCK) : 100;

    while (option(count, words, "aefx") != -1)
        ;
    all = processes_read(&processes);
    printf("%5s %5s %-8s S %3s %7s %8s COMMAND\n", "PID", "PPID", "USER", "NI", "RSS", "TIME");
    for (size_t i = 0; i < processes; i++) {
        unsigned long long seconds = all[i].ticks / (unsigned long long)tick;
        bool wanted = optind == count;
        char *command;

        for (int k = optind; k < count; k++)
            wanted |= strtol(words[k], NULL, 10) == all[i].pid;
        if (!wanted)
            continue;
        command = process_words(&all[i]);
        printf("%5ld %5ld %-8s %c %3ld %6lluK %5llu:%02llu %s\n", all[i].pid, all[i].parent,
               user_text(all[i].user, user), all[i].state, all[i].nice, all[i].resident_kib,
               seconds / 60, seconds % 60, command);
        free(command);
    }
    free(all);
    return 0;
}
