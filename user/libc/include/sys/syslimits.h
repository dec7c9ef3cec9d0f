/* POSIX's limits: the kernel's where it has one (lib/abi/files.h). */
#pragma once

#include <fastos/abi/files.h>

#define ARG_MAX 131072 /* bytes of arguments and environment: the least; the kernel may take more */
#define CHILD_MAX 40
#define LINK_MAX 32000
#define MAX_CANON 4096
#define MAX_INPUT 4096
#define NGROUPS_MAX 0
#define OPEN_MAX 256
#define SYMLOOP_MAX 8
#define HOST_NAME_MAX 64
#define LOGIN_NAME_MAX 256
#define TTY_NAME_MAX 64
#define SSIZE_MAX __LONG_MAX__

#define PTHREAD_KEYS_MAX 128
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#define PTHREAD_STACK_MIN 16384
#define SEM_VALUE_MAX 0x7fffffff

#define BC_BASE_MAX 99
#define BC_DIM_MAX 2048
#define BC_SCALE_MAX 99
#define BC_STRING_MAX 1000
#define COLL_WEIGHTS_MAX 0
#define EXPR_NEST_MAX 32
#define LINE_MAX 2048
#define RE_DUP_MAX 255
