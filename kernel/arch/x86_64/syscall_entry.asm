; SYSCALL, from ring 3 to the call's function and back; and the way into ring 3 for a thread that was
; never there. Intel SDM vol. 2, SYSCALL and SYSRET; vol. 3, 5.8.8.
;
; At the top of a thread's kernel stack lies, while it is in the kernel, one struct interrupt_frame
; with ring 3's registers, however it came: fork copies it, a signal's handler is entered by changing
; it.
bits 64
default rel

%include "kernel/arch/x86_64/percpu.inc"
%include "kernel/arch/x86_64/selectors.inc"
%include "syscall_table.inc"

%define ENOSYS 38
%define VECTOR_SYSCALL 0x100    ; in the frame: no interrupt

; Offsets in struct interrupt_frame.
%define FRAME_R10 40
%define FRAME_R9  48
%define FRAME_R8  56
%define FRAME_RBP 64
%define FRAME_RDI 72
%define FRAME_RSI 80
%define FRAME_RDX 88
%define FRAME_RBX 104
%define FRAME_RAX 112
%define FRAME_RIP 136
%define FRAME_RFLAGS 152
%define FRAME_RSP 160

extern user_attention
extern syscall_refused

section .data.rel.ro progbits alloc noexec write align=8
align 8
syscalls:
    syscall_table

; A bit for each call that the program of a driver may make: what it asks the kernel (ioctl), its windows,
; time, its end.
%macro add_call 1
%if %1 < 64
    %assign calls_low calls_low | (1 << %1)
%else
    %assign calls_high calls_high | (1 << (%1 - 64))
%endif
%endmacro
%assign calls_low 0
%assign calls_high 0
    add_call SYS_exit
    add_call SYS_ioctl
    add_call SYS_mmap_file
    add_call SYS_clock_gettime
    add_call SYS_clock_nanosleep
global syscall_count:data hidden
syscall_count:
    dq SYSCALLS
driver_calls:
    dq calls_low, calls_high
%if SYSCALLS > 128
    %error "driver_calls has 128 bits"
%endif

section .text

; in: rax number; rdi, rsi, rdx, r10, r8, r9 arguments; rcx where to go on, r11 flags; interrupts off
; out: rax result   clobbers: rcx, r11
; rcx lies in the user half, below its last page, which is never mapped: SYSRET does not fault.
global syscall_entry:function hidden
align 16
syscall_entry:
    swapgs
    mov [gs:PERCPU_USER_STACK], rsp
    mov rsp, [gs:PERCPU_KERNEL_STACK]
    push USER_DATA
    push qword [gs:PERCPU_USER_STACK]
    push r11
    push USER_CODE
    push rcx
    push rax                    ; the number, as the error code
    push VECTOR_SYSCALL
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
    sti
    xor ebp, ebp                ; the end of a backtrace
    mov rbx, [gs:PERCPU_THREAD]
    mov ebx, [rbx + THREAD_CALLS]
    cmp rax, rbx
    jae .look
.call:
    mov rcx, r10
    lea rbx, [syscalls]
    call [rbx + rax * 8]
.done:
    cli
    mov rbx, [gs:PERCPU_THREAD]
    cmp dword [rbx + THREAD_ATTENTION], 0
    jne .attention
    mov r10, [rsp + FRAME_R10]  ; C keeps rbx, rbp and r12 to r15; the first two are ours
    mov r9, [rsp + FRAME_R9]
    mov r8, [rsp + FRAME_R8]
    mov rbp, [rsp + FRAME_RBP]
    mov rdi, [rsp + FRAME_RDI]
    mov rsi, [rsp + FRAME_RSI]
    mov rdx, [rsp + FRAME_RDX]
    mov rbx, [rsp + FRAME_RBX]
    mov rcx, [rsp + FRAME_RIP]
    mov r11, [rsp + FRAME_RFLAGS]
    mov rsp, [rsp + FRAME_RSP]
    swapgs
    o64 sysret
.look:
    cmp rax, SYSCALLS
    jae .unknown
    lea rbx, [driver_calls]     ; only drivers have less than all
    bt [rbx], rax
    jc .call
    mov rdi, rax
    call syscall_refused
    jmp .done
.unknown:
    mov rax, -ENOSYS
    jmp .done

; Somebody wants something of the thread before it goes back: a signal, its end, another program.
.attention:
    mov [rsp + FRAME_RAX], rax
; in: rdi = rsp: the frame; interrupts off
.look_again:
    sti
    mov rdi, rsp
    call user_attention
    cli
    mov rbx, [gs:PERCPU_THREAD]
    test dword [rbx + THREAD_ATTENTION], ATTENTION_NOW
    jnz .look_again
.restore:
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
    swapgs
    add rsp, 16                 ; vector and error code
    iretq

; in: rdi a frame at the top of the running thread's kernel stack   out: it does not return
; To ring 3, as the frame says.
global cpu_resume_user:function hidden
cpu_resume_user:
    mov rsp, rdi
    xor ebp, ebp
    cli
    mov rbx, [gs:PERCPU_THREAD]
    test dword [rbx + THREAD_ATTENTION], ATTENTION_NOW
    jnz syscall_entry.look_again
    jmp syscall_entry.restore
