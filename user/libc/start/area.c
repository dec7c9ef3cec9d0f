/*
 * A thread's own variables and its struct, in one piece:
 *
 *     | … | variables, as the program's PT_TLS has them | struct __fastos_thread |
 *                                                       ^ FS, aligned as both need
 */
#include <string.h>

#include "user/libc/libc.h"

static size_t align_of_area(void)
{
    return tls_image.align > 64 ? tls_image.align : 64;
}

static size_t up(size_t bytes, size_t align)
{
    return (bytes + align - 1) / align * align;
}

size_t thread_area_bytes(void)
{
    return up(tls_image.bytes, align_of_area()) + align_of_area() + sizeof(struct __fastos_thread);
}

struct __fastos_thread *thread_area_fill(void *area)
{
    uintptr_t below = (uintptr_t)area + up(tls_image.bytes, align_of_area());
    struct __fastos_thread *thread = (struct __fastos_thread *)up(below, align_of_area());

    if (tls_image.bytes) {
        char *variables = (char *)thread - up(tls_image.bytes, tls_image.align);

        memcpy(variables, tls_image.from, tls_image.file_bytes);
        memset(variables + tls_image.file_bytes, 0, tls_image.bytes - tls_image.file_bytes);
    }
    memset(thread, 0, sizeof(*thread));
    thread->self = thread;
    thread->alive = 1;
    return thread;
}
