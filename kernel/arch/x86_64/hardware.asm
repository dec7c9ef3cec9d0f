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

; in: rdi struct cpu_context to save, rsi struct cpu_context to go on with (hardware.h)
; out: -   clobbers: - (all come back when somebody switches to the saved one)
routine fastos_context_switch
    mov [rdi], rax
    mov [rdi + 8], rbx
    mov [rdi + 16], rcx
    mov [rdi + 24], rdx
    mov [rdi + 32], rsi
    mov [rdi + 40], rdi
    mov [rdi + 48], rbp
    lea rax, [rsp + 8]          ; rsp behind the return
    mov [rdi + 56], rax
    mov [rdi + 64], r8
    mov [rdi + 72], r9
    mov [rdi + 80], r10
    mov [rdi + 88], r11
    mov [rdi + 96], r12
    mov [rdi + 104], r13
    mov [rdi + 112], r14
    mov [rdi + 120], r15
    mov rax, [rsp]              ; rip: where we would return to
    mov [rdi + 128], rax
    pushfq
    pop qword [rdi + 136]
    mov rax, cr3
    mov [rdi + 144], rax

    mov rcx, [rsi + 144]
    cmp rcx, rax                ; the same address space: its translations stay
    je .same_space
    mov cr3, rcx
.same_space:
    mov rsp, [rsi + 56]
    push qword [rsi + 128]      ; rip, and the flags, which come last: they may allow interrupts
    push qword [rsi + 136]
    mov rax, [rsi]
    mov rbx, [rsi + 8]
    mov rcx, [rsi + 16]
    mov rdx, [rsi + 24]
    mov rdi, [rsi + 40]
    mov rbp, [rsi + 48]
    mov r8, [rsi + 64]
    mov r9, [rsi + 72]
    mov r10, [rsi + 80]
    mov r11, [rsi + 88]
    mov r12, [rsi + 96]
    mov r13, [rsi + 104]
    mov r14, [rsi + 112]
    mov r15, [rsi + 120]
    mov rsi, [rsi + 32]
    popfq
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

; in: rdi to, rsi from: pages   out: -   clobbers: rcx, rsi, rdi
; Fewest instructions; on real CPUs the fastest as well.
routine cpu_copy_page
    mov ecx, 512
    rep movsq
    ret

; in: rdi a page   out: -   clobbers: rax, rcx, rdi
routine cpu_zero_page
    xor eax, eax
    mov ecx, 8
.round:
%assign at 0
%rep 64
    mov [rdi + at], rax
%assign at at + 8
%endrep
    add rdi, 512
    dec ecx
    jnz .round
    ret
