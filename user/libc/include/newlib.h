/* How newlib is built for FastOS: what its configure would have found out and been told. */
#pragma once

#include <_newlib_version.h>

#define __NEWLIB_H__ 1

#define _WANT_IO_C99_FORMATS 1
#define _WANT_IO_LONG_LONG 1
#define _WANT_IO_LONG_DOUBLE 1
#define _WANT_IO_POS_ARGS 1
#define _WANT_REGISTER_FINI 1
#define _WANT_REENT_GLOBAL_STDIO_STREAMS 1 /* one stdout, not one a thread */
#define _WANT_USE_LONG_TIME_T 1
#define _MB_CAPABLE 1
#define _MB_LEN_MAX 8
#define HAVE_INITFINI_ARRAY 1
#define _ATEXIT_DYNAMIC_ALLOC 1
#define _HAVE_LONG_DOUBLE 1
#define _HAVE_CC_INHIBIT_LOOP_TO_LIBCALL 1
#define _FVWRITE_IN_STREAMIO 1
#define _FSEEK_OPTIMIZATION 1
#define _WIDE_ORIENT 1
#define _UNBUF_STREAM_OPT 1
#define _RETARGETABLE_LOCKING 1

#define __DYNAMIC_REENT__ 1 /* errno and its like are each thread's own: __getreent() */
#define _STDIO_BSD_SEMANTICS 1 /* exit flushes what was written and closes nothing */
#define _READ_WRITE_RETURN_TYPE _ssize_t
#define _READ_WRITE_BUFSIZE_TYPE __size_t
#define __BUFSIZ__ 4096
#define __FILENAME_MAX__ 4096
