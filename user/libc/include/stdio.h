/* newlib's, and lines of any length under the names that POSIX has. */
#include_next <stdio.h>
#ifndef _FASTOS_STDIO_H
#define _FASTOS_STDIO_H
#ifdef __cplusplus
extern "C" {
#endif
ssize_t getdelim(char **__restrict, size_t *__restrict, int, FILE *__restrict);
ssize_t getline(char **__restrict, size_t *__restrict, FILE *__restrict);
#ifdef __cplusplus
}
#endif
#endif
