/*
 * The kernel's own tests and benchmarks (kernel/test/, *_ktest.c, *_kbench.c). They are linked with
 * the kernel but kept in a file of their own, so that no boot reads them through the BIOS;
 * tests_load brings them in behind the kernel image when they are first asked for.
 *
 * The file, by tools/kernel_files.py, little-endian:
 *
 *     "FASTTEST"  the CRC-32C of the kernel's ELF (32 bits)  how many relocations (32 bits)
 *     the bytes from tests_start to tests_file_end (kernel.ld)
 *     relocations: 32-bit offsets from kernel_start; to each of those 64-bit words the kernel's
 *     address is added
 *     a seal as the kernel's (stage2/kernel_file.h)
 */
#pragma once

#include <stdbool.h>

#include "lib/compiler.h"

#define TESTS_PATH "/boot/kernel.tests"

/* For the monitor's thread. 0 also when they are there already; else -EIO, -EINVAL, -ENOMEM and so
   on, *why says it, and nothing has changed. */
int tests_load(const char **why) must_check;
bool tests_loaded(void);
