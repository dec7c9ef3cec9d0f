; The CPU gate: FastOS needs long mode. Only i386 instructions until that is known; CPUID alone
; when the ID flag can be toggled (Intel SDM volume 1, §20.1.2). Old CPUs answer extended leaves
; with leftovers (a 486 says 00000480h), hence the test of the upper half.

bits 16
section .real.text progbits alloc exec write

extern text_puts, text_hex32, text_put, halt

EFLAGS_ID   equ 1 << 21
EDX_PAE     equ 1 << 6          ; leaf 1
EDX_LM      equ 1 << 29         ; leaf 80000001h

; in: -  out: comes back only when the CPU has long mode  clobbers: eax, ebx, ecx, edx
global cpu_check
cpu_check:
    pushfd
    pop eax
    mov ecx, eax
    xor eax, EFLAGS_ID
    push eax
    popfd
    pushfd
    pop eax
    push ecx
    popfd
    xor eax, ecx
    test eax, EFLAGS_ID
    jz .no_cpuid

    mov eax, 0x80000000
    cpuid
    mov edx, eax
    and edx, 0xffff0000
    cmp edx, 0x80000000
    jne .no_leaf
    cmp eax, 0x80000001
    jb .no_leaf

    mov eax, 0x80000001
    cpuid
    test edx, EDX_LM
    jz .no_long_mode

    mov eax, 1
    cpuid
    test edx, EDX_PAE
    jz .no_pae
    ret

.no_cpuid:
    mov si, found_no_cpuid
    xor eax, eax
    jmp .refuse
.no_leaf:
    mov si, found_leaf
    jmp .refuse
.no_long_mode:
    mov si, found_edx
    mov eax, edx
    jmp .refuse
.no_pae:
    mov si, found_pae
    mov eax, edx

.refuse:
    push si
    mov si, refused
    call text_puts
    pop si
    call text_puts
    cmp si, found_no_cpuid
    je .end
    call text_hex32
.end:
    mov si, wanted
    call text_puts
    jmp halt

section .real.data progbits alloc noexec write
refused:        db 10, "stage2: this CPU has no long mode (64-bit): ", 0
found_no_cpuid: db "it has no CPUID instruction", 0
found_leaf:     db "CPUID 80000000h says ", 0
found_edx:      db "bit 29 is clear in CPUID 80000001h EDX ", 0
found_pae:      db "bit 6 (PAE) is clear in CPUID 1 EDX ", 0
wanted:         db 10, "stage2: FastOS needs an x86-64 CPU.", 10, 0
