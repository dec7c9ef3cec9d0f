#ifndef _SYS_MMAN_H
#define _SYS_MMAN_H

#include <sys/cdefs.h>
#include <sys/types.h>
#include <fastos/abi/memory.h>

#define MAP_ANON MAP_ANONYMOUS
#define MAP_FAILED ((void *)-1)

#define POSIX_MADV_NORMAL 0
#define POSIX_MADV_RANDOM 1
#define POSIX_MADV_SEQUENTIAL 2
#define POSIX_MADV_WILLNEED 3
#define POSIX_MADV_DONTNEED 4

__BEGIN_DECLS
void *mmap(void *, size_t, int, int, int, off_t);
int munmap(void *, size_t);
int mprotect(void *, size_t, int);
int msync(void *, size_t, int);
int posix_madvise(void *, size_t, int);
int memfd_create(const char *, unsigned);
int shm_open(const char *, int, mode_t);
int shm_unlink(const char *);
__END_DECLS

#endif
