/*
 * The memory of the running process, from the kernel. An address that a program gave is a struct
 * user, which no C can dereference: these are the only ways to what lies there. -EFAULT: part of it
 * is not mapped, not allowed, or not in the user half; then some of the bytes may have been copied.
 * They may sleep (a page comes from its file): not with a spinlock held.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

/* Behind the last page that a process can have: the one after it is never mapped, so that no
   SYSCALL comes from an address that SYSRET could not return to. */
#define USER_END 0x7ffffffff000ull

struct user {
    uint64_t at;
};

static inline struct user user_plus(struct user user, uint64_t bytes)
{
    return (struct user){user.at + bytes};
}

int copy_from_user(void *to, struct user from, size_t bytes) must_check;
int copy_to_user(struct user to, const void *from, size_t bytes) must_check;
int zero_user(struct user to, size_t bytes) must_check;
/* Terminated, `size` bytes with the end at most: -ENAMETOOLONG. *length without the end; may be
   NULL. */
int copy_string_from_user(char *to, struct user from, size_t size, size_t *length) must_check;
