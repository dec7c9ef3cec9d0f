/*
 * What Debian's static libraries call by the names of the C library that they were compiled against, as
 * calls of ours. Linked between such a library and libc.a (packages.mk).
 *
 * The names with _chk carry the size of the room that they write to, and how strict to be about formats; one
 * that is too small ends the program. Linux Standard Base 5.0 Core §"Libraries" describes them. No structure
 * crosses here but those of the same shape in both libraries: FILE is only handed on, int and long are as
 * wide, O_… have the same values (lib/abi/files.h), a jmp_buf of ours is smaller than one of theirs.
 */
#include <assert.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#undef stderr
FILE *stderr; /* there it is a variable, here each thread's */

int *__errno_location(void);
void __assert_fail(const char *what, const char *file, unsigned line, const char *function);
void *__memcpy_chk(void *to, const void *from, size_t size, size_t room);
void *__memset_chk(void *to, int value, size_t size, size_t room);
int __snprintf_chk(char *to, size_t size, int strict, size_t room, const char *format, ...);
int __vsnprintf_chk(char *to, size_t size, int strict, size_t room, const char *format, va_list arguments);
int __fprintf_chk(FILE *file, int strict, const char *format, ...);
int __isoc99_sscanf(const char *from, const char *format, ...);
void __longjmp_chk(jmp_buf at, int value) __attribute__((noreturn));
long lseek64(int fd, long offset, int whence);
void *__tls_get_addr(void *of);

__attribute__((constructor)) static void set_stderr(void)
{
    stderr = _impure_ptr->_stderr;
}

static void check(size_t size, size_t room)
{
    if (size > room)
        abort();
}

int *__errno_location(void)
{
    return &errno;
}

void __assert_fail(const char *what, const char *file, unsigned line, const char *function)
{
    __assert_func(file, (int)line, function, what);
}

void *__memcpy_chk(void *to, const void *from, size_t size, size_t room)
{
    check(size, room);
    return memcpy(to, from, size);
}

void *__memset_chk(void *to, int value, size_t size, size_t room)
{
    check(size, room);
    return memset(to, value, size);
}

int __vsnprintf_chk(char *to, size_t size, int strict, size_t room, const char *format, va_list arguments)
{
    (void)strict;
    check(size, room);
    return vsnprintf(to, size, format, arguments);
}

int __snprintf_chk(char *to, size_t size, int strict, size_t room, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = __vsnprintf_chk(to, size, strict, room, format, arguments);

    va_end(arguments);
    return length;
}

int __fprintf_chk(FILE *file, int strict, const char *format, ...)
{
    va_list arguments;

    (void)strict;
    va_start(arguments, format);
    int length = vfprintf(file, format, arguments);

    va_end(arguments);
    return length;
}

int __isoc99_sscanf(const char *from, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int count = vsscanf(from, format, arguments);

    va_end(arguments);
    return count;
}

void __longjmp_chk(jmp_buf at, int value)
{
    longjmp(at, value);
}

long lseek64(int fd, long offset, int whence)
{
    return lseek(fd, offset, whence);
}

/* In a program that is linked statically the linker replaces the calls; the name alone must be there, or it
   makes a linkage table, which the kernel refuses. */
void *__tls_get_addr(void *of)
{
    (void)of;
    abort();
}
