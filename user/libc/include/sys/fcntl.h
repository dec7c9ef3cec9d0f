/* Opening files and their handles; <fcntl.h> includes this. */
#ifndef _SYS_FCNTL_H
#define _SYS_FCNTL_H

#include <_ansi.h>
#include <sys/cdefs.h>
#include <sys/types.h>
#include <fastos/abi/files.h>

#define O_NDELAY O_NONBLOCK
#define O_RSYNC O_SYNC
#define O_SEARCH O_RDONLY
#define O_EXEC O_RDONLY
#define O_LARGEFILE 0

#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2

#define POSIX_FADV_NORMAL 0
#define POSIX_FADV_RANDOM 1
#define POSIX_FADV_SEQUENTIAL 2
#define POSIX_FADV_WILLNEED 3
#define POSIX_FADV_DONTNEED 4
#define POSIX_FADV_NOREUSE 5

struct flock {
    short l_type;
    short l_whence;
    off_t l_start;
    off_t l_len;
    pid_t l_pid;
};

/* newlib's own names for what it opens with. */
#define _FREAD 0x0001
#define _FWRITE 0x0002
#define _FAPPEND O_APPEND
#define _FNBIO O_NONBLOCK
#define FREAD _FREAD
#define FWRITE _FWRITE

__BEGIN_DECLS
int open(const char *, int, ...);
int openat(int, const char *, int, ...);
int creat(const char *, mode_t);
int fcntl(int, int, ...);
int posix_fadvise(int, off_t, off_t, int);
int posix_fallocate(int, off_t, off_t);
__END_DECLS

#endif
