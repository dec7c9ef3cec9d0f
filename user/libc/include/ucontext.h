/* What a handler with SA_SIGINFO gets as its third argument. */
#ifndef _UCONTEXT_H
#define _UCONTEXT_H

#include <fastos/abi/signals.h>

typedef struct abi_context ucontext_t;

#endif
