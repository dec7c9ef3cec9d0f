; The way into ring 3 for the tests. An exception leads out again (cpu_catch).
bits 64
default rel
section .text

%include "kernel/arch/x86_64/selectors.inc"

%define RFLAGS_ALWAYS     0x002
%define INTERRUPTS_ON     0x200

; in: rdi where to go on, rsi the stack there, rdx and rcx what rdi and rax are there
; out: it does not return   clobbers: all
global ring3_enter:function hidden
ring3_enter:
    cli                         ; between SWAPGS and IRETQ nobody may ask for per-CPU data
    push USER_DATA              ; what IRETQ takes: ss, rsp, rflags, cs, rip
    push rsi
    push RFLAGS_ALWAYS | INTERRUPTS_ON
    push USER_CODE
    push rdi
    mov rdi, rdx
    mov rax, rcx
    xor ebx, ebx
    xor ecx, ecx
    xor edx, edx
    xor esi, esi
    xor ebp, ebp
    swapgs
    iretq
