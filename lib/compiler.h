/* Names for what the compiler offers. */
#pragma once

#define must_check     __attribute__((warn_unused_result))
#define format_like(f, a) __attribute__((format(printf, f, a)))
#define packed         __attribute__((packed))
#define never_inline   __attribute__((noinline)) /* the slow way, kept out of the fast one's code */
#define unreachable()  __builtin_unreachable()
#define likely(x)      __builtin_expect(!!(x), 1)
#define unlikely(x)    __builtin_expect(!!(x), 0)
#define array_length(a) (sizeof(a) / sizeof((a)[0]))
