; The instructions that move the registers of FPU and SSE (fpu.c). Intel SDM vol. 1, 13.6 to 13.9.
bits 64
default rel

%include "kernel/arch/x86_64/fixup.inc"

%define EINVAL 22

section .text

; in: rdi area, esi enum fpu_way   out: -   clobbers: rax, rdx
; All parts that are turned on (XCR0), or x87 and SSE.
global cpu_fpu_save:function hidden
align 16
cpu_fpu_save:
    mov eax, -1
    mov edx, eax
    cmp esi, 1
    jb .fxsave
    je .xsave
    xsaveopt64 [rdi]
    ret
.xsave:
    xsave64 [rdi]
    ret
.fxsave:
    fxsave64 [rdi]
    ret

; in: rdi area, esi enum fpu_way   out: eax 0 or -EINVAL   clobbers: rdx
global cpu_fpu_restore:function hidden
align 16
cpu_fpu_restore:
    mov eax, -1
    mov edx, eax
    test esi, esi
    jz .fxrstor
.xrstor:
    xrstor64 [rdi]
.xrstored:
    xor eax, eax
    ret
.fxrstor:
    fxrstor64 [rdi]
.fxrstored:
    xor eax, eax
    ret
.fault:
    mov eax, -EINVAL
    ret

fixup .xrstor, .xrstored, .fault
fixup .fxrstor, .fxrstored, .fault

; in: edi the parts that are to be on   out: -   clobbers: rax, rcx, rdx
global cpu_fpu_enable:function hidden
cpu_fpu_enable:
    xor ecx, ecx
    xor edx, edx
    mov eax, edi
    xsetbv
    ret

; in: -   out: -   clobbers: -
; Instructions of the FPU fault no more.
global cpu_fpu_on:function hidden
cpu_fpu_on:
    clts
    ret
