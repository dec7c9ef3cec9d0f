; The jump into the kernel. This page is identity-mapped in both page tables, so the instruction
; after the CR3 write is still there.

bits 64
section .text

; in: rdi = CR3, rsi = entry, rdx = boot_info, both virtual  out: does not come back
; The kernel finds: RDI = boot_info, all other registers 0, interrupts off.
global handover_jump
handover_jump:
    mov cr3, rdi
    mov rax, rsi
    mov rdi, rdx
    xor ebx, ebx
    xor ecx, ecx
    xor edx, edx
    xor esi, esi
    xor ebp, ebp
    xor r8d, r8d
    xor r9d, r9d
    xor r10d, r10d
    xor r11d, r11d
    xor r12d, r12d
    xor r13d, r13d
    xor r14d, r14d
    xor r15d, r15d
    cld
.jump:                          ; debuggers stop here
    jmp rax
