/* newlib's, and what it leaves to Cygwin. */
#include_next <unistd.h>

#include <sys/types.h>

#ifndef _FASTOS_UNISTD_H
#define _FASTOS_UNISTD_H

#define _CS_PATH 0

#ifdef __cplusplus
extern "C" {
#endif
int pipe2(int[2], int);
int dup3(int, int, int);
pid_t gettid(void);
int brk(void *);
int execvpe(const char *, char *const[], char *const[]);
int eaccess(const char *, int);
int syncfs(int);
#ifdef __cplusplus
}
#endif

#endif
