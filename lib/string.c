/* Strings, and what compares memory (what moves it: lib/copy.c). No locks, no state. */
#include "lib/string.h"

#include <stdint.h>

#include "lib/copy.h"

/* gcc would recognise loops below as strlen, and make them call themselves. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

/*@ assigns \nothing;
    ensures \result == (c < 0 ? c + 256 : c); */
/* A byte as C orders them: unsigned. */
static int rank(char c)
{
    return c < 0 ? c + 256 : c;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const char *p = a, *q = b;

    /*@ loop assigns i;
        loop invariant 0 <= i <= size;
        loop invariant \forall integer k; 0 <= k < i ==> p[k] == q[k];
        loop variant size - i; */
    for (size_t i = equal_words(p, q, size); i < size; i++)
        if (p[i] != q[i])
            return rank(p[i]) < rank(q[i]) ? -1 : 1;
    return 0;
}

size_t strlen(const char *s)
{
    size_t length = 0;

    /*@ loop assigns length;
        loop invariant \forall integer i; 0 <= i < length ==> s[i] != 0;
        loop variant text_max - length; */
    while (s[length] != '\0')
        length++;
    return length;
}

size_t strnlen(const char *s, size_t max)
{
    size_t length = 0;

    /*@ loop assigns length;
        loop invariant 0 <= length <= max;
        loop invariant \forall integer i; 0 <= i < length ==> s[i] != 0;
        loop variant max - length; */
    while (length < max && s[length] != '\0')
        length++;
    return length;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t max)
{
    /*@ loop assigns i;
        loop invariant 0 <= i <= max;
        loop invariant \forall integer k; 0 <= k < i ==> a[k] == b[k] && a[k] != 0;
        loop variant max - i; */
    for (size_t i = 0; i < max; i++) {
        if (a[i] != b[i])
            return rank(a[i]) < rank(b[i]) ? -1 : 1;
        if (a[i] == '\0')
            return 0;
    }
    return 0;
}

char *strchr(const char *s, int c)
{
    /*@ loop assigns i;
        loop invariant \forall integer k; 0 <= k < i ==> s[k] != 0;
        loop variant text_max - i; */
    for (size_t i = 0;; i++) {
        if (s[i] == (char)c)
            return (char *)s + i;
        if (s[i] == '\0')
            return NULL;
    }
}

size_t strlcpy(char *to, const char *from, size_t size)
{
    size_t length = strlen(from);

    if (size > 0) {
        size_t n = length < size - 1 ? length : size - 1;
        memcpy(to, from, n);
        to[n] = '\0';
    }
    return length;
}

size_t strlcat(char *to, const char *from, size_t size)
{
    size_t used = strnlen(to, size);

    return used + strlcpy(to + used, from, size - used);
}
