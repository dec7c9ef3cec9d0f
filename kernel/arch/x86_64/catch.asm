; cpu_catch's way in and its way out when an exception came (exceptions.c).
bits 64
default rel

section .bss align=8
global exception_catch_stack:data hidden
exception_catch_stack: resq 1   ; the stack to come back to; 0: nobody catches

section .text

; in: rdi function, rsi its argument   out: rax 0 it returned; 1 by way of exception_caught
; clobbers: as a C function
global exception_catch:function hidden
align 16
exception_catch:
    push rbp
    mov rbp, rsp
    push rbx
    push r12
    push r13
    push r14
    push r15
    push qword [exception_catch_stack] ; the outer one's, when it is nested
    mov [exception_catch_stack], rsp
    mov rax, rdi
    mov rdi, rsi
    call rax
    xor eax, eax
.leave:
    pop qword [exception_catch_stack]
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbx
    pop rbp
    ret

; in: rsp = [exception_catch_stack] (exceptions.c lets IRETQ return here)
global exception_caught:function hidden
exception_caught:
    cld
    mov eax, 1
    jmp exception_catch.leave
