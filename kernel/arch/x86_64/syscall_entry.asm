; SYSCALL, from ring 3 to system_call and back; and the first way into ring 3. Intel SDM vol. 2,
; SYSCALL and SYSRET; vol. 3, 5.8.8.
bits 64
default rel

%include "kernel/arch/x86_64/percpu.inc"
%include "kernel/arch/x86_64/selectors.inc"

%define RFLAGS_ALWAYS     0x002
%define INTERRUPTS_ON     0x200

section .text

extern system_call

; in: rax number; rdi, rsi, rdx, r10, r8, r9 arguments; rcx where to go on, r11 flags; interrupts
; off out: rax result   clobbers: rcx, r11
; What is pushed is struct syscall_frame (arch.h). rcx lies in the user half, below its last page,
; which is never mapped: SYSRET does not fault.
global syscall_entry:function hidden
align 16
syscall_entry:
    swapgs
    mov [gs:PERCPU_USER_STACK], rsp
    mov rsp, [gs:PERCPU_KERNEL_STACK]
    push qword [gs:PERCPU_USER_STACK]
    push r11
    push rcx
    push rax
    push rdi
    push rsi
    push rdx
    push r10
    push r8
    push r9
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    sti
    mov rdi, rsp
    xor ebp, ebp                ; the end of a backtrace
    call system_call
    cli
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    pop r9
    pop r8
    pop r10
    pop rdx
    pop rsi
    pop rdi
    add rsp, 8                  ; the number
    pop rcx
    pop r11
    pop rsp
    swapgs
    o64 sysret

; in: rdi where to go on, rsi the stack there   out: it does not return
; All other registers are 0 there.
global cpu_enter_ring_3:function hidden
cpu_enter_ring_3:
    cli                         ; between SWAPGS and IRETQ nobody may ask for per-CPU data
    push USER_DATA              ; what IRETQ takes: ss, rsp, rflags, cs, rip
    push rsi
    push RFLAGS_ALWAYS | INTERRUPTS_ON
    push USER_CODE
    push rdi
    xor eax, eax
    xor ebx, ebx
    xor ecx, ecx
    xor edx, edx
    xor esi, esi
    xor edi, edi
    xor ebp, ebp
    xor r8d, r8d
    xor r9d, r9d
    xor r10d, r10d
    xor r11d, r11d
    xor r12d, r12d
    xor r13d, r13d
    xor r14d, r14d
    xor r15d, r15d
    swapgs
    iretq
