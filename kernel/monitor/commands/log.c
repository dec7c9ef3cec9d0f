/* log: the lines that the kernel remembers. */
#include "kernel/core/log/log.h"
#include "kernel/monitor/command.h"
#include "lib/string.h"

#define LINES_MAX 100000

/* Where the last `lines` lines begin; the whole log when it has fewer. */
static size_t find_start(uint64_t lines)
{
    char part[512];
    size_t end = log_size(), at = end;
    uint64_t seen = 0;
    while (at > 0) {
        size_t size = at < sizeof(part) ? at : sizeof(part);
        at -= size;
        size = log_peek(at, part, size);
        for (size_t i = size; i > 0; i--) {
            bool last_byte = at + i == end;
            if (part[i - 1] == '\n' && !last_byte && ++seen == lines)
                return at + i;
        }
    }
    return 0;
}

static int print_from(size_t at)
{
    char part[512];
    size_t size;
    while ((size = log_peek(at, part, sizeof(part))) > 0) {
        output_write(part, size);
        at += size;
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
    }
    return COMMAND_OK;
}

static int show_log(const struct words *words)
{
    uint64_t lines;
    if (words->count == 1)
        return print_from(0);
    if (words->count != 3 || strcmp(words->at[1], "-n") != 0)
        return command_misused(words, "%s: not expected", words->at[1]);
    if (command_number(words, "-n", words->at[2], 1, LINES_MAX, &lines))
        return COMMAND_USAGE;
    return print_from(find_start(lines));
}

MONITOR_COMMAND("log", "log [-n LINES]", "print what the kernel has logged", show_log);
