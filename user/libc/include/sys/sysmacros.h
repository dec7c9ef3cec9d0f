#ifndef _SYS_SYSMACROS_H
#define _SYS_SYSMACROS_H

/* As lib/abi/files.h says of struct abi_stat: major << 8 | minor. */
#define major(device) ((unsigned)((device) >> 8))
#define minor(device) ((unsigned)((device) & 0xff))
#define makedev(major, minor) ((unsigned long)(major) << 8 | ((minor) & 0xff))

#endif
