#include_next <setjmp.h>

#ifndef _FASTOS_SETJMP_H
#define _FASTOS_SETJMP_H

#include <sys/_sigset.h>

#define _setjmp(at) setjmp(at)
#define _longjmp(at, value) longjmp(at, value)

typedef struct {
    jmp_buf __at;
    int __has_mask;
    __sigset_t __mask;
} sigjmp_buf[1];

#define sigsetjmp(at, with_mask) \
    (__save_signal_mask((at), (with_mask)), setjmp((at)->__at))

#ifdef __cplusplus
extern "C" {
#endif
void __save_signal_mask(sigjmp_buf, int);
void siglongjmp(sigjmp_buf, int) __attribute__((__noreturn__));
#ifdef __cplusplus
}
#endif

#endif
