/* newlib's, with getline under its own name. */
#include_next <stdio.h>

#ifndef _FASTOS_STDIO_H
#define _FASTOS_STDIO_H

#if __POSIX_VISIBLE >= 200809
#ifdef __cplusplus
extern "C" {
#endif
ssize_t getline(char **__restrict, size_t *__restrict, FILE *__restrict);
ssize_t getdelim(char **__restrict, size_t *__restrict, int, FILE *__restrict);
#ifdef __cplusplus
}
#endif
#endif

#endif
