; The kernel's first instructions. State: 64-bit mode, paging on, interrupts off, rdi = boot_info
; (lib/abi/boot_info.h); the stack is still stage 2's.
bits 64
default rel

extern kernel_main
extern boot_stack
extern boot_cpu
extern __stack_chk_guard

%define MSR_GS_BASE 0xc0000101
%ifdef KASAN
extern kasan_start
%define BOOT_STACK_SIZE 0x11000  ; sizeof(struct boot_stack), stacks.h
%else
%define BOOT_STACK_SIZE 0x9000
%endif

section .text.entry
global _start:function hidden
_start:
    cld
    lea rsp, [boot_stack + BOOT_STACK_SIZE]
    xor ebp, ebp                ; the backtrace ends here

    mov ecx, MSR_GS_BASE        ; per-CPU data: locks and the log want them from the first line on
    lea rax, [boot_cpu]
    mov rdx, rax
    shr rdx, 32
    wrmsr

    ; A stack guard value that differs from boot to boot. The lowest byte stays 0, so that a string
    ; that runs over cannot write it.
    rdtsc
    shl rdx, 32
    or rax, rdx
    mov rcx, 0x9e3779b97f4a7c15 ; 2^64 / golden ratio: spreads the few bits that change
    mul rcx
    xor rax, rdx
    shl rax, 8
    mov [__stack_chk_guard], rax

%ifdef KASAN
    mov rbx, rdi
    call kasan_start            ; the checks of all that follows want their shadow
    mov rdi, rbx
%endif
    call kernel_main
.stop:                          ; it does not return
    cli
    hlt
    jmp .stop
