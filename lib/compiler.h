/* Names for what the compiler offers. */
#pragma once

#define must_check     __attribute__((warn_unused_result))
#define format_like(f, a) __attribute__((format(printf, f, a)))
#define packed         __attribute__((packed))
/* For the few lines of a fast path that compare an index themselves: without the compiler's own
   comparison behind it, which it would not drop (docs/86-debug-kernel.md). */
#ifdef __clang__
#define bounds_compared static inline __attribute__((no_sanitize("array-bounds"), always_inline))
#else
#define bounds_compared static inline __attribute__((no_sanitize("bounds-strict"), always_inline))
#endif
#define never_inline   __attribute__((noinline)) /* the slow way, kept out of the fast one's code */
#define unreachable()  __builtin_unreachable()
#define likely(x)      __builtin_expect(!!(x), 1)
#define unlikely(x)    __builtin_expect(!!(x), 0)
#define array_length(a) (sizeof(a) / sizeof((a)[0]))
/* A local that a fast path fills itself, and the compiler need not. */
#define filled_later   __attribute__((uninitialized))
