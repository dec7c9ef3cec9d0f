/*
 * lib/string.h in the kernel with KASAN: the arguments are checked as a whole, and the caller is
 * whom a report names; then lib/string.c does the work, under names of its own (kasan_rename.h).
 */
#include "kernel/sanitizer/kasan.h"
#include "lib/string.h"

void *plain_memcpy(void *restrict to, const void *restrict from, size_t size);
void *plain_memmove(void *to, const void *from, size_t size);
void *plain_memset(void *at, int byte, size_t size);
int plain_memcmp(const void *a, const void *b, size_t size);
size_t plain_strlen(const char *s);
size_t plain_strnlen(const char *s, size_t max);
int plain_strncmp(const char *a, const char *b, size_t max);
char *plain_strchr(const char *s, int c);

#define CALLER __builtin_return_address(0)

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    kasan_check(from, size, false, CALLER);
    kasan_check(to, size, true, CALLER);
    return plain_memcpy(to, from, size);
}

void *memmove(void *to, const void *from, size_t size)
{
    kasan_check(from, size, false, CALLER);
    kasan_check(to, size, true, CALLER);
    return plain_memmove(to, from, size);
}

void *memset(void *at, int byte, size_t size)
{
    kasan_check(at, size, true, CALLER);
    return plain_memset(at, byte, size);
}

int memcmp(const void *a, const void *b, size_t size)
{
    kasan_check(a, size, false, CALLER);
    kasan_check(b, size, false, CALLER);
    return plain_memcmp(a, b, size);
}

/* ---- strings: checked as far as they are read ------------------------------------------------ */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t strlen(const char *s)
{
    size_t length = plain_strlen(s);

    kasan_check(s, length + 1, false, CALLER);
    return length;
}

size_t strnlen(const char *s, size_t max)
{
    size_t length = plain_strnlen(s, max);

    kasan_check(s, least(length + 1, max), false, CALLER);
    return length;
}

/* Up to the first difference, or the end of both. */
static int compare(const char *a, const char *b, size_t max, const void *caller)
{
    size_t same = 0;

    while (same < max && a[same] == b[same] && a[same] != '\0')
        same++;
    kasan_check(a, least(same + 1, max), false, caller);
    kasan_check(b, least(same + 1, max), false, caller);
    return plain_strncmp(a, b, max);
}

int strcmp(const char *a, const char *b)
{
    return compare(a, b, SIZE_MAX, CALLER);
}

int strncmp(const char *a, const char *b, size_t max)
{
    return compare(a, b, max, CALLER);
}

char *strchr(const char *s, int c)
{
    char *found = plain_strchr(s, c);

    kasan_check(s, found ? (size_t)(found - s) + 1 : plain_strlen(s) + 1, false, CALLER);
    return found;
}

static size_t copy(char *to, const char *from, size_t size, const void *caller)
{
    size_t length = plain_strlen(from), copied = size > 0 ? least(length, size - 1) : 0;

    kasan_check(from, length + 1, false, caller);
    if (size == 0)
        return length;
    kasan_check(to, copied + 1, true, caller);
    plain_memcpy(to, from, copied);
    to[copied] = '\0';
    return length;
}

size_t strlcpy(char *to, const char *from, size_t size)
{
    return copy(to, from, size, CALLER);
}

size_t strlcat(char *to, const char *from, size_t size)
{
    size_t used = plain_strnlen(to, size);

    return used + copy(to + used, from, size - used, CALLER);
}
