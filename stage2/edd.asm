; INT 13h AH=48h: what the drive is and how it is attached (EDD 3.0). Phoenix BIOSes fail when the
; flags word is not 0 on entry, so the whole buffer is emptied first.

%include "boot_memory.inc"

bits 16
section .real.text progbits alloc exec write

EDD_BYTES equ 74

; in: [edd_drive]  out: BOOT_EDD; first word 0: no answer  clobbers: everything
global edd_query
edd_query:
    mov ax, BOOT_EDD >> 4
    mov ds, ax
    mov es, ax
    xor di, di
    mov cx, (BOOT_EDD_END - BOOT_EDD) / 2
    xor ax, ax
    rep stosw
    xor si, si
    mov word [si], EDD_BYTES
    mov ah, 0x48
    mov dl, [cs:edd_drive]
    int 0x13
    jnc .end
    mov ax, BOOT_EDD >> 4
    mov ds, ax
    mov word [0], 0
.end:
    ret

section .real.data progbits alloc noexec write
global edd_drive
edd_drive: db 0
