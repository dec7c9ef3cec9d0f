/* What crosses the system-call line about memory. POSIX's names, Linux's values. */
#pragma once

#define PROT_NONE  0
#define PROT_READ  1
#define PROT_WRITE 2
#define PROT_EXEC  4

#define MAP_SHARED          0x01
#define MAP_PRIVATE         0x02
#define MAP_FIXED           0x10
#define MAP_ANONYMOUS       0x20
#define MAP_NORESERVE     0x4000
#define MAP_POPULATE      0x8000
#define MAP_STACK        0x20000
#define MAP_FIXED_NOREPLACE 0x100000

#define MS_ASYNC      1
#define MS_INVALIDATE 2
#define MS_SYNC       4

#define MFD_CLOEXEC       1
#define MFD_ALLOW_SEALING 2 /* else it has F_SEAL_SEAL */
