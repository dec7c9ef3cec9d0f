/* What newlib's own files ask for beside the POSIX calls. */
#include <reent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/libc/libc.h"

char *_user_strerror(int number, int internal, int *error);
int issetugid(void);
void __stack_chk_fail(void) __attribute__((noreturn));
void __stack_chk_fail_local(void) __attribute__((noreturn));
void __chk_fail(void) __attribute__((noreturn));

struct _reent *__getreent(void)
{
    return thread_self()->reent;
}

pid_t _getpid_r(struct _reent *reent)
{
    (void)reent;
    return getpid();
}

/* strerror's texts for numbers that newlib has not heard of. */
char *_user_strerror(int number, int internal, int *error)
{
    (void)internal;
    (void)error;
    switch (number) {
    case EUCLEAN: return "Structure needs cleaning";
    default: return NULL;
    }
}

int issetugid(void)
{
    return 0;
}

/* ---- the compiler's stack protector, and _FORTIFY_SOURCE ------------------------------------- */

static void end_with(const char *text)
{
    (void)!write(2, text, strlen(text));
    _exit(134);
}

void __stack_chk_fail(void)
{
    end_with("stack smashed: the program ends\n");
    __builtin_trap();
}

void __stack_chk_fail_local(void)
{
    __stack_chk_fail();
}

void __chk_fail(void)
{
    end_with("buffer too small: the program ends\n");
    __builtin_trap();
}

int _remove_r(struct _reent *reent, const char *path)
{
    (void)reent;
    return remove(path);
}
