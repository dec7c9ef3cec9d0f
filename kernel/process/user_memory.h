/*
 * The memory of the running process, from the kernel. An address that a program gave is a number,
 * not a pointer: these are the only ways to what lies there. -EFAULT: part of it is not mapped, not
 * allowed, or not in the user half; then some of the bytes may have been copied.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

/* Behind the last page that a process can have: the one after it is never mapped, so that no
   SYSCALL comes from an address that SYSRET could not return to. */
#define USER_END 0x7ffffffff000ull

int copy_from_user(void *to, uint64_t from, size_t bytes) must_check;
int copy_to_user(uint64_t to, const void *from, size_t bytes) must_check;
