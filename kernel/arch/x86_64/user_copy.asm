; Copies between the kernel and ring 3's memory, which may not be there. SMAP forbids the kernel to
; touch user pages: it is held open for the copy alone, where the CPU has it.
bits 64
default rel

%include "kernel/arch/x86_64/fixup.inc"

%define EFAULT 14

extern cpu_has_smap             ; a byte, 0 or 1

section .text

; in: rdi to, rsi from, rdx bytes   out: eax 0 or -EFAULT   clobbers: rcx, rdx, rsi, rdi, r8
; Who calls has made sure that the user's side lies in the user half. Words first: where `rep movsb`
; is slow it takes eight times as long (lib/copy.c).
global cpu_user_copy:function hidden
align 16
cpu_user_copy:
    mov rcx, rdx
    mov r8d, edx
    movzx edx, byte [cpu_has_smap]
    xor eax, eax
    test edx, edx
    jz .open
    stac
.open:
    shr rcx, 3
    jz .rest
.words:
    rep movsq
.rest:
    mov ecx, r8d
    and ecx, 7
    jz .close
.bytes:
    rep movsb
.close:
    test edx, edx
    jz .closed
    clac
.closed:
    ret
.fault:
    mov eax, -EFAULT
    jmp .close

fixup .words, .fault
fixup .bytes, .fault
