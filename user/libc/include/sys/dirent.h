/* Names in directories; <dirent.h> is newlib's and includes this. */
#ifndef _SYS_DIRENT_H
#define _SYS_DIRENT_H

#include <sys/types.h>
#include <fastos/abi/files.h>

/* Is struct abi_dirent with a name of its largest size. */
struct dirent {
    ino_t d_ino;
    off_t d_off;
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[NAME_MAX + 1];
};

typedef struct __directory DIR;

#define _DIRENT_HAVE_D_TYPE
#define IFTODT(mode) (((mode) & S_IFMT) >> 12)
#define DTTOIF(type) ((type) << 12)

#endif
