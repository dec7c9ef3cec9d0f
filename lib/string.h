/* Memory and strings, with the C standard's names and meanings. Sizes in bytes. */
#pragma once

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *at, int byte, size_t size);
/*@ requires \valid_read((const char *)a + (0 .. size - 1));
    requires \valid_read((const char *)b + (0 .. size - 1));
    assigns \nothing;
    ensures -1 <= \result <= 1; */
int memcmp(const void *a, const void *b, size_t size);

/*@ logic integer text_max = 0x7fffffffffffffff; // larger objects there are not
    predicate text_ends(char *s, integer n) =
      0 <= n < text_max && \valid_read(s + (0 .. n)) && s[n] == 0
      && \forall integer i; 0 <= i < n ==> s[i] != 0;
    predicate is_text(char *s) = \exists integer n; text_ends(s, n);
    predicate is_text_within(char *s, integer max) =
      \valid_read(s + (0 .. max - 1)) || \exists integer n; n < max && text_ends(s, n); */

/*@ requires is_text(s);
    assigns \nothing;
    ensures text_ends(s, \result); */
size_t strlen(const char *s);
/*@ requires is_text_within(s, max);
    assigns \nothing;
    ensures \result <= max;
    ensures \result < max ==> s[\result] == 0;
    ensures \forall integer i; 0 <= i < \result ==> s[i] != 0; */
size_t strnlen(const char *s, size_t max);
/*@ requires is_text(a) && is_text(b);
    assigns \nothing;
    ensures -1 <= \result <= 1; */
int strcmp(const char *a, const char *b);
/*@ requires is_text_within(a, max) && is_text_within(b, max);
    assigns \nothing;
    ensures -1 <= \result <= 1; */
int strncmp(const char *a, const char *b, size_t max);
/*@ requires is_text(s);
    assigns \result \from s, c;
    ensures \result != \null ==> \exists integer i; \result == s + i && s[i] == (char)c
            && 0 <= i < text_max && \valid_read(s + (0 .. i))
            && \forall integer k; 0 <= k < i ==> s[k] != 0; */
char *strchr(const char *s, int c);
/* BSD's: copies at most size - 1 bytes and terminates; returns strlen(from). */
/*@ requires \valid(to + (0 .. size - 1));
    requires \exists integer n; text_ends(from, n)
             && \separated(to + (0 .. size - 1), from + (0 .. n));
    assigns to[0 .. size - 1];
    ensures text_ends(from, \result);
    ensures \result < size ==> to[\result] == 0;
    ensures 0 < size <= \result ==> to[size - 1] == 0; */
size_t strlcpy(char *to, const char *from, size_t size);
/*@ requires size < text_max && \valid(to + (0 .. size - 1));
    requires \exists integer n; text_ends(from, n)
             && \separated(to + (0 .. size - 1), from + (0 .. n));
    assigns to[0 .. size - 1];
    ensures \result < size ==> to[\result] == 0; */
size_t strlcat(char *to, const char *from, size_t size);
