; Copies from memory that may not be there.
bits 64
default rel

%include "kernel/arch/x86_64/fixup.inc"

%define EFAULT 14

section .text

; in: rdi from, rsi to, rdx bytes   out: eax 0 or -EFAULT   clobbers: rcx, rdx, rsi, rdi
; Only what is read may fault: a fault while writing is a mistake of the caller's.
global probe_read:function hidden
align 16
probe_read:
    mov rcx, rdx
    shr rcx, 3
    jz .tail
.words:
.load_word:
    mov rax, [rdi]
.loaded_word:
    mov [rsi], rax
    add rdi, 8
    add rsi, 8
    dec rcx
    jnz .words
.tail:
    and edx, 7
    jz .done
.bytes:
.load_byte:
    mov al, [rdi]
.loaded_byte:
    mov [rsi], al
    inc rdi
    inc rsi
    dec edx
    jnz .bytes
.done:
    xor eax, eax
    ret
.fault:
    mov eax, -EFAULT
    ret

fixup .load_word, .loaded_word, .fault
fixup .load_byte, .loaded_byte, .fault
