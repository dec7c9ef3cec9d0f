; cpu_catch's way in and its way out when an exception came (exceptions.c).
bits 64
default rel

%include "kernel/arch/x86_64/percpu.inc"

section .text

; The stack to come back to is a field of the running thread; 0: it does not catch.

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
    mov rbx, [gs:PERCPU_THREAD]
    push qword [rbx + THREAD_CATCH_STACK] ; the outer one's, when it is nested
    mov [rbx + THREAD_CATCH_STACK], rsp
    mov rax, rdi
    mov rdi, rsi
    call rax
    xor eax, eax
    mov rbx, [gs:PERCPU_THREAD]
    mov rsp, [rbx + THREAD_CATCH_STACK] ; a driver whose code has suffered may return with another
.leave:
    mov rbx, [gs:PERCPU_THREAD]
    pop qword [rbx + THREAD_CATCH_STACK]
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbx
    pop rbp
    ret

; in: rsp = the thread's catch_stack (exceptions.c lets IRETQ return here)
global exception_caught:function hidden
exception_caught:
    cld
    mov eax, 1
    jmp exception_catch.leave

; in: rdi = the thread's catch_stack (cpu_give_up)
global exception_give_up:function hidden
exception_give_up:
    mov rsp, rdi
    jmp exception_caught
