; Between the kernel and ring 3's memory, which may not be there: then the page fault either brings
; the page (process_page_fault), or goes on at .fault. SMAP forbids the kernel to touch user pages: it
; is held open for the copy alone, where the CPU has it.
;
; Words of 8, eight a round: under an emulator twice as fast as MOVSB's best, on a CPU not far from it.
; An aligned word of 4 or 8 bytes is moved by one instruction: futexes rely on that.
bits 64
default rel

%include "kernel/arch/x86_64/fixup.inc"

%define EFAULT 14

extern cpu_has_smap             ; a byte, 0 or 1

section .text

%macro open_user_memory 0
    movzx r8d, byte [cpu_has_smap]
    test r8d, r8d
    jz %%open
    stac
%%open:
%endmacro

; in: eax the result; r8d as open_user_memory left it
%macro close_and_return 0
    test r8d, r8d
    jz %%closed
    clac
%%closed:
    ret
%endmacro

; in: rdi to, rsi from, rdx bytes   out: eax 0 or -EFAULT   clobbers: rcx, rdx, rsi, rdi, r8–r11
; Who calls has made sure that the user's side lies in the user half. Much goes by `rep movsq`:
; fewest instructions, and fast on real CPUs; little by a loop, as starting that one costs.
global cpu_user_copy:function hidden
align 16
cpu_user_copy:
    open_user_memory
.begin:
    cmp rdx, 64
    jb .words
    cmp rdx, 512
    jb .round
    mov rcx, rdx
    shr rcx, 3
    rep movsq
    and edx, 7
    jmp .words
.round:
    mov rax, [rsi]
    mov rcx, [rsi + 8]
    mov r9, [rsi + 16]
    mov r10, [rsi + 24]
    mov [rdi], rax
    mov [rdi + 8], rcx
    mov [rdi + 16], r9
    mov [rdi + 24], r10
    mov rax, [rsi + 32]
    mov rcx, [rsi + 40]
    mov r9, [rsi + 48]
    mov r10, [rsi + 56]
    mov [rdi + 32], rax
    mov [rdi + 40], rcx
    mov [rdi + 48], r9
    mov [rdi + 56], r10
    add rsi, 64
    add rdi, 64
    sub rdx, 64
    cmp rdx, 64
    jae .round
.words:
    cmp edx, 32
    jb .word
    mov rax, [rsi]
    mov rcx, [rsi + 8]
    mov r9, [rsi + 16]
    mov r10, [rsi + 24]
    mov [rdi], rax
    mov [rdi + 8], rcx
    mov [rdi + 16], r9
    mov [rdi + 24], r10
    add rsi, 32
    add rdi, 32
    sub edx, 32
.word:
    sub edx, 8
    jb .half
    mov rax, [rsi]
    mov [rdi], rax
    add rsi, 8
    add rdi, 8
    jmp .word
.half:
    test edx, 4
    jz .bytes
    mov eax, [rsi]
    mov [rdi], eax
    add rsi, 4
    add rdi, 4
.bytes:
    and edx, 3
    jz .done
.byte:
    mov al, [rsi]
    mov [rdi], al
    inc rsi
    inc rdi
    dec edx
    jnz .byte
.done:
    xor eax, eax
.close:
    close_and_return
.fault:
    mov eax, -EFAULT
    jmp .close

fixup .begin, .done, .fault

; in: rdi to, rsi bytes   out: eax 0 or -EFAULT   clobbers: rsi, rdi, r8
; Fills ring 3's memory with zeros.
global cpu_user_zero:function hidden
align 16
cpu_user_zero:
    open_user_memory
    xor eax, eax
.begin:
    cmp rsi, 8
    jb .bytes
    mov [rdi], rax
    add rdi, 8
    sub rsi, 8
    jmp .begin
.bytes:
    test rsi, rsi
    jz .done
    mov [rdi], al
    inc rdi
    dec rsi
    jmp .bytes
.done:
    close_and_return
.fault:
    mov eax, -EFAULT
    jmp .done

fixup .begin, .done, .fault

; in: rdi address, a multiple of 4; esi expected, edx new; rcx where the word that was there goes
; out: eax 0 or -EFAULT   clobbers: r8
; Compare and exchange of a word of ring 3's memory.
global cpu_user_exchange:function hidden
align 16
cpu_user_exchange:
    open_user_memory
    mov eax, esi
.begin:
    lock cmpxchg [rdi], edx
.done:
    mov [rcx], eax
    xor eax, eax
.close:
    close_and_return
.fault:
    mov eax, -EFAULT
    jmp .close

fixup .begin, .done, .fault
