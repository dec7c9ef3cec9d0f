/* The types that newlib has too small: wide enough for what the kernel says (lib/abi). */
#pragma once

#include <machine/_default_types.h>

typedef __uint64_t __dev_t;
typedef __uint64_t __ino_t;
typedef __uint32_t __uid_t;
typedef __uint32_t __gid_t;
typedef __uint64_t __fsfilcnt_t;
typedef __uint32_t nlink_t;

#define __machine_dev_t_defined
#define __machine_ino_t_defined
#define __machine_uid_t_defined
#define __machine_gid_t_defined
#define __machine_fsfilcnt_t_defined
#define _NLINK_T_DECLARED

#define _CLOCK_T_ long
#define _CLOCKID_T_ int
#define __machine_clock_t_defined
#define __machine_clockid_t_defined
