/*
 * A command of the monitor: a file in kernel/monitor/commands with one MONITOR_COMMAND. The linker
 * gathers them, sorted by name; nothing else needs to know.
 *
 *     static int hello(const struct words *words)
 *     {
 *         output_print("hello, %s\n", words->count > 1 ? words->at[1] : "world");
 *         return 0;
 *     }
 *     MONITOR_COMMAND("hello", "hello [NAME]", "greet somebody", hello);
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/monitor/output.h"
#include "kernel/monitor/words.h"
#include "lib/compiler.h"

enum command_status {
    COMMAND_OK = 0,
    COMMAND_FAILED = 1,        /* it could not do (all of) it, and said what */
    COMMAND_USAGE = 2,         /* it was asked wrongly, and said how to ask */
    COMMAND_INTERRUPTED = 124, /* Ctrl-C */
    COMMAND_UNKNOWN = 127,
};

struct monitor_command {
    const char *name;
    const char *usage; /* "ls [-l] [PATH]" */
    const char *help;  /* one line, lower case, without a full stop */
    /* words->at[0] is the name. Returns enum command_status. */
    int (*run)(const struct words *words);
};

#define MONITOR_COMMAND(command_name, command_usage, command_help, function)                       \
    static const struct monitor_command monitor_command_##function                                 \
        __attribute__((section(".monitor_commands." command_name), used, aligned(8))) = {          \
            .name = command_name, .usage = command_usage, .help = command_help, .run = function}

/* ---- for commands ---------------------------------------------------------------------------- */

/* "NAME: text", in red. Returns COMMAND_FAILED. */
int command_fail(const struct words *words, const char *format, ...) format_like(2, 3);
/* The same and the command's usage. Returns COMMAND_USAGE. */
int command_misused(const struct words *words, const char *format, ...) format_like(2, 3);
/* True once the user pressed Ctrl-C: a command that prints much or waits stops then, with
   COMMAND_INTERRUPTED. */
bool command_interrupted(void);
/* "512", "0x200", "4K" → number, in [least, most]. -EINVAL after saying what was allowed. */
int command_number(const struct words *words, const char *what, const char *text, uint64_t least,
                   uint64_t most, uint64_t *number) must_check;

/* ---- the table ------------------------------------------------------------------------------- */

const struct monitor_command *command_at(unsigned index); /* NULL beyond the last */
const struct monitor_command *command_find(const char *name);
