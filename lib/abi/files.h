/* What crosses the system-call line about files. Constants have POSIX's names and Linux's values
   for x86-64; structures are ours. */
#pragma once

#include <stdint.h>

/* ---- open and its like ----------------------------------------------------------------------- */
#define O_ACCMODE      03
#define O_RDONLY       00
#define O_WRONLY       01
#define O_RDWR         02
#define O_CREAT      0100
#define O_EXCL       0200
#define O_NOCTTY     0400
#define O_TRUNC     01000
#define O_APPEND    02000
#define O_NONBLOCK  04000
#define O_DSYNC    010000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW  0400000
#define O_CLOEXEC  02000000
#define O_SYNC     04010000

#define AT_FDCWD            (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_REMOVEDIR        0x200
#define AT_EACCESS          0x200
#define AT_SYMLINK_FOLLOW   0x400
#define AT_EMPTY_PATH       0x1000 /* an empty path means the directory handle itself */

#define F_DUPFD 0
#define F_GETFD 1
#define F_SETFD 2
#define F_GETFL 3
#define F_SETFL 4
#define F_DUPFD_CLOEXEC 1030
#define F_ADD_SEALS 1033 /* of a file of memfd_create, for ever */
#define F_GET_SEALS 1034
#define FD_CLOEXEC 1

#define F_SEAL_SEAL   1 /* no more seals */
#define F_SEAL_SHRINK 2 /* what is mapped of it stays in it */
#define F_SEAL_GROW   4

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2

#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4

#define PATH_MAX 4096 /* with its end */
#define NAME_MAX 255
#define IOV_MAX  1024
#define PIPE_BUF 4096 /* so much goes into a pipe in one piece */

/* ---- about a file ---------------------------------------------------------------------------- */
#define S_IFMT   0170000
#define S_IFSOCK 0140000
#define S_IFLNK  0120000
#define S_IFREG  0100000
#define S_IFBLK  0060000
#define S_IFDIR  0040000
#define S_IFCHR  0020000
#define S_IFIFO  0010000
#define S_ISUID     04000
#define S_ISGID     02000
#define S_ISVTX     01000

struct abi_timespec {
    int64_t seconds, nanoseconds;
};

/* In the nanoseconds of utimensat. */
#define UTIME_NOW  0x3fffffff
#define UTIME_OMIT 0x3ffffffe

struct abi_stat {
    uint64_t device, inode;
    uint32_t mode, links;
    uint32_t uid, gid;
    uint64_t special_device; /* major << 8 | minor, of a device file */
    uint64_t size;           /* bytes */
    uint64_t block_bytes;    /* a good size to read and write in */
    uint64_t sectors;        /* of 512 bytes, that it occupies */
    struct abi_timespec accessed, modified, changed;
};

struct abi_statfs {
    uint64_t type; /* 0xef53 ext2, 0x01021994 tmpfs, 0x9fa0 proc, 0x1373 devices */
    uint64_t block_bytes, blocks, free_blocks;
    uint64_t available_blocks; /* to others than user 0 */
    uint64_t files, free_files;
    uint64_t name_max;
    uint64_t flags; /* MS_RDONLY */
};

/* An entry of getdents; the next begins `length` bytes behind it, a multiple of 8. */
struct abi_dirent {
    uint64_t inode;
    uint64_t next; /* the position behind it, for lseek */
    uint16_t length;
    uint8_t type; /* DT_… */
    char name[];  /* terminated */
};
#define ABI_DIRENT_NAME 19 /* where the name begins */

#define DT_UNKNOWN 0
#define DT_FIFO    1
#define DT_CHR     2
#define DT_DIR     4
#define DT_BLK     6
#define DT_REG     8
#define DT_LNK    10
#define DT_SOCK   12

struct abi_iovec {
    uint64_t base, size;
};

/* ---- waiting for files ----------------------------------------------------------------------- */
#define POLLIN   0x01
#define POLLPRI  0x02
#define POLLOUT  0x04
#define POLLERR  0x08
#define POLLHUP  0x10
#define POLLNVAL 0x20

struct abi_pollfd {
    int32_t fd;
    int16_t events, revents;
};

/* ---- mounts ---------------------------------------------------------------------------------- */
#define MS_RDONLY   1
#define MS_NOSUID   2
#define MS_NODEV    4
#define MS_NOEXEC   8
#define MS_REMOUNT 32
#define MNT_DETACH  2
