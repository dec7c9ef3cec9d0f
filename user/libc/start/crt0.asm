; Where a program begins: the stack as exec left it goes to libc_start, with main's address.
bits 64
default rel
extern libc_start, main

section .text._start exec
global _start
; in: rsp → argc, argv, 0, environment, 0, auxiliary vector
_start:
    xor ebp, ebp
    mov rdi, rsp
    lea rsi, [main]
    and rsp, -16
    call libc_start
    ud2

section .note.GNU-stack noalloc noexec nowrite progbits
