/* A program's relocations, applied before it runs: relocate.c. */
#pragma once

#include "kernel/process/memory_map.h"
#include "lib/program.h"

/* The program is mapped `slide` above what it was linked for, in a map that nobody has loaded.
   -ENOEXEC: it wants what is not its own or what we cannot do. Or -ENOMEM, -EIO of its file. */
int program_relocate(struct memory_map *map, const struct program *program, uint64_t slide) must_check;
