; Code for ring 3 that puts a pattern into the registers of x87, SSE and AVX, and that looks whether
; it is still there. Copied into a page of a program; each piece ends with UD2, or HLT for "no".
bits 64
section .rodata

%macro piece 1
global %1:data hidden, %1_end:data hidden
%1:
%endmacro

; in: rdi the pattern, not 0, below 2^63; rsp a stack; rax 1: there is AVX
piece fpu_ktest_put
    movq xmm0, rdi
    movq xmm15, rdi
    push rdi
    fild qword [rsp]
    test eax, eax
    jz .no_avx
    vmovq xmm7, rdi
    vinsertf128 ymm7, ymm7, xmm7, 1
.no_avx:
    ud2
fpu_ktest_put_end:

piece fpu_ktest_look
    movq rbx, xmm0
    cmp rbx, rdi
    jne .other
    movq rbx, xmm15
    cmp rbx, rdi
    jne .other
    fld st0
    push 0
    fistp qword [rsp]
    pop rbx
    cmp rbx, rdi
    jne .other
    test eax, eax
    jz .same
    vextractf128 xmm6, ymm7, 1
    vmovq rbx, xmm6
    cmp rbx, rdi
    jne .other
.same:
    ud2
.other:
    hlt
fpu_ktest_look_end:

; As they are for a program that begins.
piece fpu_ktest_fresh
    sub rsp, 16
    fnstcw [rsp]
    cmp word [rsp], 0x37f
    jne .other
    fnstsw ax
    test eax, eax
    jnz .other
    stmxcsr [rsp]
    cmp dword [rsp], 0x1f80
    jne .other
    movq rbx, xmm0
    movq rcx, xmm15
    or rbx, rcx
    jnz .other
    ud2
.other:
    hlt
fpu_ktest_fresh_end:

piece fpu_ktest_none
    ud2
fpu_ktest_none_end:
