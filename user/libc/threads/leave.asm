; The end of a detached thread, which gives its own stack back: not one push from here on.
bits 64

SYS_MUNMAP      equ 9
SYS_THREAD_EXIT equ 31

section .text.thread_leave exec
global thread_leave:function hidden
; in: rdi = start of the mapping, rsi = its size; all signals are blocked
thread_leave:
    mov eax, SYS_MUNMAP
    syscall
    xor edi, edi
    mov eax, SYS_THREAD_EXIT
    syscall
    ud2

section .note.GNU-stack noalloc noexec nowrite progbits
