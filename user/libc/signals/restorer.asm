; Where a handler returns to (struct abi_sigaction's restorer).
bits 64

SYS_SIGRETURN equ 44

section .text.signal_restorer exec
global signal_restorer:function hidden
signal_restorer:
    mov eax, SYS_SIGRETURN
    syscall

section .note.GNU-stack noalloc noexec nowrite progbits
