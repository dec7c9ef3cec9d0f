; The hardware interface of the specification (hardware.h has the contracts).
; System V: arguments in rdi, rsi, result in rax; all of these clobber only what they name.
bits 64
default rel
section .text

%include "kernel/arch/x86_64/selectors.inc"

%macro routine 1
global %1:function hidden
align 16
%1:
%endmacro

; in: -   out: -   clobbers: -
routine fastos_cli
    cli
    ret

; in: -   out: -   clobbers: -
routine fastos_sti
    sti
    ret

; in: -   out: -   clobbers: -
routine fastos_hlt
    hlt
    ret

; in: di port, sil value   out: -   clobbers: rax, rdx
routine fastos_outb
    mov edx, edi
    mov eax, esi
    out dx, al
    ret

; in: di port   out: al   clobbers: rdx
routine fastos_inb
    mov edx, edi
    xor eax, eax
    in al, dx
    ret

; in: rdi the 10 bytes that LGDT takes   out: -   clobbers: rax
; Loads the kernel's code and data selectors too: a new table counts only for what is loaded anew.
routine fastos_lgdt
    lgdt [rdi]
    mov eax, KERNEL_DATA
    mov ds, eax
    mov es, eax
    mov ss, eax
    xor eax, eax
    mov fs, eax
    mov gs, eax
    pop rax                     ; return through a far jump, which loads CS
    push KERNEL_CODE
    push rax
    retfq

; in: rdi the 10 bytes that LIDT takes   out: -   clobbers: -
routine fastos_lidt
    lidt [rdi]
    ret

; in: di selector   out: -   clobbers: -
routine fastos_ltr
    ltr di
    ret

; in: -   out: rax   clobbers: -
routine fastos_read_cr3
    mov rax, cr3
    ret

; in: rdi   out: -   clobbers: -
routine fastos_write_cr3
    mov cr3, rdi
    ret

; in: edi number   out: rax   clobbers: rcx, rdx
routine fastos_read_msr
    mov ecx, edi
    rdmsr
    shl rdx, 32
    or rax, rdx
    ret

; in: edi number, rsi value   out: -   clobbers: rax, rcx, rdx
routine fastos_write_msr
    mov ecx, edi
    mov eax, esi
    mov rdx, rsi
    shr rdx, 32
    wrmsr
    ret

; in: rdi struct interrupt_frame (interrupt_frame.h)   out: -   clobbers: rax
; The registers as they are at the call, for a panic that no exception brought.
routine cpu_capture
    mov [rdi], r15
    mov [rdi + 8], r14
    mov [rdi + 16], r13
    mov [rdi + 24], r12
    mov [rdi + 32], r11
    mov [rdi + 40], r10
    mov [rdi + 48], r9
    mov [rdi + 56], r8
    mov [rdi + 64], rbp
    mov [rdi + 72], rdi
    mov [rdi + 80], rsi
    mov [rdi + 88], rdx
    mov [rdi + 96], rcx
    mov [rdi + 104], rbx
    mov [rdi + 112], rax
    mov qword [rdi + 120], 0    ; no vector, no error code
    mov qword [rdi + 128], 0
    mov rax, [rsp]
    mov [rdi + 136], rax        ; rip: the caller's
    mov eax, cs
    mov [rdi + 144], rax
    pushfq
    pop rax
    mov [rdi + 152], rax
    lea rax, [rsp + 8]
    mov [rdi + 160], rax        ; rsp: the caller's
    mov eax, ss
    mov [rdi + 168], rax
    ret
