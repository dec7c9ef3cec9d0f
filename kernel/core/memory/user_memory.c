#include "kernel/core/memory/user_memory.h"

#include <stdbool.h>

#include "kernel/arch/arch.h"
#include "lib/errno.h"
#include "lib/span.h"

static bool is_user(struct user at, size_t bytes)
{
    return at.at <= USER_END && bytes <= USER_END - at.at;
}

int copy_from_user(void *to, struct user from, size_t bytes)
{
    return is_user(from, bytes) ? cpu_user_copy((uintptr_t)to, from.at, bytes) : -EFAULT;
}

int copy_to_user(struct user to, const void *from, size_t bytes)
{
    return is_user(to, bytes) ? cpu_user_copy(to.at, (uintptr_t)from, bytes) : -EFAULT;
}

int zero_user(struct user to, size_t bytes)
{
    return is_user(to, bytes) ? cpu_user_zero(to.at, bytes) : -EFAULT;
}

/* Up to the end of the page or the next 64 bytes, whichever comes first: what lies behind the
   string's end may not be mapped. */
static size_t piece(struct user from, size_t left)
{
    size_t now = PAGE_SIZE - from.at % PAGE_SIZE;

    now = now < 64 ? now : 64;
    return now < left ? now : left;
}

#define LOW_BITS  0x0101010101010101ull
#define HIGH_BITS 0x8080808080808080ull

/* Where the first 0 is, eight bytes at a time (H. S. Warren, Hacker's Delight, 6-1); all.size:
   nowhere. */
static size_t find_end(struct span all)
{
    size_t at = 0;

    for (; all.size - at >= 8; at += 8) {
        uint64_t word = span_rd64(all, at), zeros = (word - LOW_BITS) & ~word & HIGH_BITS;

        if (zeros)
            return at + (size_t)__builtin_ctzll(zeros) / 8;
    }
    while (at < all.size && span_at(all, at) != 0)
        at++;
    return at;
}

int copy_string_from_user(char *to, struct user from, size_t size, size_t *length)
{
    struct room room = room_of(to, size);
    size_t done = 0;

    while (done < size) {
        size_t now = piece(user_plus(from, done), size - done), end;
        char *at = room_from(room, done).chars;
        int error = copy_from_user(at, user_plus(from, done), now);

        if (error)
            return error;
        end = find_end(span_of(at, now));
        done += end;
        if (end < now) {
            if (length)
                *length = done;
            return 0;
        }
    }
    return -ENAMETOOLONG;
}
