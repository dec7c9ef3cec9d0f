/* A program's file into an address space: static PIE (lib/elf.h), relocated to a random place. */
#pragma once

#include <stdint.h>

#include "kernel/arch/address_space.h"
#include "lib/compiler.h"

struct program {
    uint64_t entry, stack; /* where the first instruction and the stack pointer are */
};

/* -ENOENT and the file system's other errors, -ENOEXEC, -ENOMEM; *why says it. `space` then holds
   part of it, and is to be freed. */
int program_load(const char *path, struct address_space *space, struct program *program,
                 const char **why) must_check;
