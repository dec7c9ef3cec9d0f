/*
 * A program's file into a process: its memory map, its stack with arguments and environment.
 *
 *     error = program_strings_of_user(&strings, arguments, environment);
 *     error = program_load(process, path, &strings, &start, &why);   the process is as it was
 *     program_begin(process, &start);                                now it is another
 *
 * On the stack (System V ABI, "Process Initialization"): argc, argv, 0, envp, 0, auxiliary vector.
 */
#pragma once

#include <stdint.h>

#include "kernel/core/memory/user_memory.h"
#include "kernel/process/process.h"
#include "lib/compiler.h"

#define PROGRAM_STRINGS_MAX (256u * 1024) /* bytes of arguments and environment */

struct program_strings {
    char *bytes; /* one behind the other, each terminated */
    size_t size, room;
    uint32_t arguments, environment; /* how many */
};

struct program_start {
    struct memory_map *map;
    uint64_t entry, stack;
    uint64_t slide; /* where address 0 of its file is */
    char name[PROCESS_NAME_MAX];
    struct process_words words;
};

/* A few words of the kernel's own. */
#define PROGRAM_WORDS_MAX 8u
struct program_words {
    const char *at[PROGRAM_WORDS_MAX];
    unsigned count;
};

/* -E2BIG, -EFAULT, -ENOMEM. Free them in any case of success. */
int program_strings_of_user(struct program_strings *strings, struct user arguments,
                            struct user environment) must_check;
int program_strings_of_kernel(struct program_strings *strings,
                              const struct program_words *arguments,
                              const struct program_words *environment) must_check;
/* The first argument of `of` gives way to those before. */
int program_strings_of_script(struct program_strings *strings, const struct program_words *before,
                              const struct program_strings *of) must_check;
void program_strings_free(struct program_strings *strings);
/* The beginning of the arguments, as far as there is room. */
void program_strings_begin(const struct program_strings *strings, struct process_words *words);

/* On behalf of process->fs; file NULL: the one of that path. The errors of vfs_open; -EACCES: not to be
   run; -ENOEXEC with *why; -ELOOP: scripts of scripts; -E2BIG, -ENOMEM. The map is the caller's, to be
   begun or put. */
int program_load(struct process *process, const char *path, struct file *file,
                 const struct program_strings *strings, struct program_start *start, const char **why)
    must_check;
/* The process has no other thread. Its old map goes. */
void program_begin(struct process *process, const struct program_start *start);

/* exec, as a whole, for the running process. It returns only when it fails. */
int process_exec(const char *path, struct user arguments, struct user environment) must_check;

/* /dev/console as handles 0, 1 and 2; nothing where there is none. -ENOMEM. */
int program_open_console(struct descriptors *descriptors) must_check;
