; The other name of setjmp. It must not have a frame of its own: it jumps.
bits 64
section .text

extern setjmp
global _setjmp
; in: rdi = jmp_buf
; out: eax = 0, or what longjmp was given
; clobbers: nothing more than setjmp
_setjmp:
    jmp setjmp

section .note.GNU-stack noalloc noexec nowrite progbits
