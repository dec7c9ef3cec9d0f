; The 16-bit side of bios_call (bios.h): load the registers, call the BIOS, keep what it returns.

bits 16
section .real.text progbits alloc exec write

; in: [bios_regs], [bios_int.number]  out: [bios_regs]  clobbers: everything
global bios_int, bios_int_number
bios_int:
    push word [bios_regs.es]
    push word [bios_regs.ds]
    mov eax, [bios_regs.eax]
    mov ebx, [bios_regs.ebx]
    mov ecx, [bios_regs.ecx]
    mov edx, [bios_regs.edx]
    mov esi, [bios_regs.esi]
    mov edi, [bios_regs.edi]
    mov ebp, [bios_regs.ebp]
    pop ds
    pop es
    sti
    db 0xcd                     ; INT
bios_int_number:
    db 0
    pushfd                      ; flags first, then everything relative to CS = 0
    cli
    cld
    mov [cs:bios_regs.ds], ds
    mov [cs:bios_regs.es], es
    mov [cs:bios_regs.eax], eax
    mov [cs:bios_regs.ebx], ebx
    mov [cs:bios_regs.ecx], ecx
    mov [cs:bios_regs.edx], edx
    mov [cs:bios_regs.esi], esi
    mov [cs:bios_regs.edi], edi
    mov [cs:bios_regs.ebp], ebp
    pop dword [cs:bios_regs.eflags]
    ret

; Wait for the next interrupt: at most one tick of the timer, 55 ms.
global real_idle
real_idle:
    hlt
    ret

section .real.data progbits alloc noexec write
align 4
global bios_regs
bios_regs:                      ; struct bios_regs in bios.h
.eax:    dd 0
.ebx:    dd 0
.ecx:    dd 0
.edx:    dd 0
.esi:    dd 0
.edi:    dd 0
.ebp:    dd 0
.eflags: dd 0
.ds:     dw 0
.es:     dw 0
