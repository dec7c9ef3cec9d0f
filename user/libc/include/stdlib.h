/* newlib's, and pseudo terminals. */
#include_next <stdlib.h>

#ifndef _FASTOS_STDLIB_H
#define _FASTOS_STDLIB_H

#ifdef __cplusplus
extern "C" {
#endif
int posix_openpt(int);
int grantpt(int);
int unlockpt(int);
char *ptsname(int);
int ptsname_r(int, char *, size_t);
char *realpath(const char *__restrict, char *__restrict);
#ifdef __cplusplus
}
#endif

#endif
