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
    static const uint8_t zeros[256];
    int error = is_user(to, bytes) ? 0 : -EFAULT;

    for (size_t done = 0; done < bytes && !error;) {
        size_t now = bytes - done < sizeof(zeros) ? bytes - done : sizeof(zeros);

        error = copy_to_user(user_plus(to, done), zeros, now);
        done += now;
    }
    return error;
}

/* Up to the end of the page or the next 64 bytes, whichever comes first: what lies behind the
   string's end may not be mapped. */
static size_t piece(struct user from, size_t left)
{
    size_t now = PAGE_SIZE - from.at % PAGE_SIZE;

    now = now < 64 ? now : 64;
    return now < left ? now : left;
}

int copy_string_from_user(char *to, struct user from, size_t size, size_t *length)
{
    struct room room = room_of(to, size);
    size_t done = 0;

    while (done < size) {
        size_t now = piece(user_plus(from, done), size - done);
        int error = copy_from_user(room_from(room, done).chars, user_plus(from, done), now);

        if (error)
            return error;
        for (size_t end = done + now; done < end; done++) {
            if (room_at(room, done) == '\0') {
                if (length)
                    *length = done;
                return 0;
            }
        }
    }
    return -ENAMETOOLONG;
}
