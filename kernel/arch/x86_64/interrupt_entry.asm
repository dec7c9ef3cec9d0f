; One entry for each of the 256 vectors, and the common path: save, dispatch in C, restore.
bits 64
default rel
section .text

extern interrupt_dispatch

; Vectors for which the CPU pushes an error code (Intel SDM vol. 3, table 6-1).
%define HAS_ERROR_CODE(v) ((v) = 8 || ((v) >= 10 && (v) <= 14) || (v) = 17 || (v) = 21 || \
                           (v) = 29 || (v) = 30)

; NMI, double fault, machine check: those that have a stack of their own (gdt.c).
%define IS_UNMASKABLE(v) ((v) = 2 || (v) = 8 || (v) = 18)
%define MSR_GS_BASE 0xc0000101

; Each stub fills a slot of 16 bytes, so that idt.c finds it by its number.
global interrupt_stubs:function hidden
align 16
interrupt_stubs:
%assign vector 0
%rep 256
    align 16
%if !HAS_ERROR_CODE(vector)
    push 0
%endif
    push vector
%if IS_UNMASKABLE(vector)
    jmp interrupt_unmaskable
%else
    jmp interrupt_common
%endif
%assign vector vector + 1
%endrep

; GS is the kernel's while it runs and ring 3's while that runs: swapped on the way in and out, when
; the saved CS says that ring 3 was interrupted.
; in: rsp at the vector of a struct interrupt_frame
%macro swap_gs_for_ring_3 0
    test byte [rsp + 24], 3     ; cs
    jz %%kernel
    swapgs
%%kernel:
%endmacro

%macro save_registers 0
    push rax
    push rbx
    push rcx
    push rdx
    push rsi
    push rdi
    push rbp
    push r8
    push r9
    push r10
    push r11
    push r12
    push r13
    push r14
    push r15
%endmacro

%macro restore_registers 0
    pop r15
    pop r14
    pop r13
    pop r12
    pop r11
    pop r10
    pop r9
    pop r8
    pop rbp
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rbx
    pop rax
%endmacro

; in: on the stack: vector, error code, rip, cs, rflags, rsp, ss
; The layout pushed here is struct interrupt_frame (interrupt_frame.h).
align 16
interrupt_common:
    swap_gs_for_ring_3
    save_registers
    cld
    mov rdi, rsp
    mov rbp, rsp
    and rsp, -16
    call interrupt_dispatch
    mov rsp, rbp
    restore_registers
    swap_gs_for_ring_3
    add rsp, 16                 ; vector and error code
    iretq

; The same for what comes even with interrupts off: it may find the kernel between SYSCALL and
; SWAPGS, so CS does not tell whose GS it is. The kernel's has an address of the upper half.
align 16
interrupt_unmaskable:
    save_registers
    cld
    mov ecx, MSR_GS_BASE
    rdmsr
    mov ebx, edx                ; bit 31: it was the kernel's
    test ebx, ebx
    js .kernel
    swapgs
.kernel:
    mov rdi, rsp
    mov rbp, rsp
    and rsp, -16
    call interrupt_dispatch
    mov rsp, rbp
    test ebx, ebx               ; the dispatcher keeps rbx
    js .kernel_again
    swapgs
.kernel_again:
    restore_registers
    add rsp, 16
    iretq

; INT with the vector of each IRQ line (irq.c); slots of 4 bytes.
global software_irqs:function hidden
align 4
software_irqs:
%assign line 0
%rep 16
    align 4
    int 32 + line
    ret
%assign line line + 1
%endrep
