#ifndef _SYS_STATFS_H
#define _SYS_STATFS_H

#include <sys/cdefs.h>
#include <sys/types.h>

/* Is struct abi_statfs. */
struct statfs {
    unsigned long f_type; /* 0xef53 ext2, 0x01021994 tmpfs, 0x9fa0 proc, 0x1373 devices */
    unsigned long f_bsize, f_blocks, f_bfree, f_bavail;
    unsigned long f_files, f_ffree;
    unsigned long f_namelen;
    unsigned long f_flags;
};

__BEGIN_DECLS
int statfs(const char *, struct statfs *);
__END_DECLS

#endif
