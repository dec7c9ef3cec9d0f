/* What lib/string.c needs of lib/copy.c beside lib/string.h. No locks, no state. */
#pragma once

#include <stddef.h>

/* How many bytes at the beginning are surely equal: all words of 8 up to the first that is not. */
/*@ requires \valid_read(a + (0 .. size - 1)) && \valid_read(b + (0 .. size - 1));
    assigns \result \from a[0 .. size - 1], b[0 .. size - 1];
    ensures \result <= size;
    ensures \forall integer i; 0 <= i < \result ==> a[i] == b[i]; */
size_t equal_words(const char *a, const char *b, size_t size);
