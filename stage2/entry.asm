; The first bytes of stage 2: its header (lib/abi/boot_header.h) and the real-mode entry. The boot
; sector jumps here with 0000:entry, DL = drive, struct mbr_handoff at BOOT_HANDOFF.
;
; What happens: sane registers and our own stack → COM1 probed → CPU gate → A20 → identity page
; tables → long mode → stage2_main (main.c). Until the gate is passed only i386 code runs.

%include "lib/abi/boot_header.inc"
%include "boot_memory.inc"

STACK_CANARY equ 0x5afe57ac
CMOS_INDEX   equ 0x70
CMOS_DATA    equ 0x71
CMOS_NMI_OFF equ 0x80

extern text_init, text_puts, text_show, text_step
extern cpu_check, a20_enable
extern identity_map, long_mode_first

section .header progbits alloc noexec nowrite
    dd STAGE2_MAGIC
    dw 0                        ; sectors, written by tools/stage2_seal.py
    dw entry, 0                 ; a far pointer
    dw 0
    dd 0                        ; checksum, written by tools/stage2_seal.py

section .real.text progbits alloc exec write
bits 16

global entry
entry:
    cli
    cld
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax
    mov esp, BOOT_BIOS_STACK_END
    mov dword [BOOT_BIOS_STACK], STACK_CANARY
    mov dword [BOOT_STACK], STACK_CANARY
    mov al, CMOS_NMI_OFF | 0x0d ; there is no handler for it on the way to long mode and back
    out CMOS_INDEX, al
    in al, CMOS_DATA
    sti

    call text_init
    mov si, banner
    call text_show

    mov si, step_cpu
    call text_step
    call cpu_check              ; does not come back from a CPU without long mode
    rdtsc
    mov [stage2_tsc], eax
    mov [stage2_tsc + 4], edx

    mov si, step_a20
    call text_step
    call a20_enable
    jc .no_a20

    call announce_long_mode
    call identity_map
    jmp long_mode_first

.no_a20:
    mov si, no_a20
    call text_puts
    jmp halt

; INT 15h AX=EC00h tells the BIOS which modes its services will be called from; some AMD machines
; set up their SMM by it. Whatever it answers is ignored (BIOS and Kernel Developer's Guide 12.21).
announce_long_mode:
    pushad
    mov ax, 0xec00
    mov bl, 2                   ; long mode
    int 0x15
    xor ax, ax
    mov ds, ax
    mov es, ax
    cld
    sti
    popad
    ret

; The end of a boot that cannot go on; the reason has been printed.
global halt
halt:
    mov si, halted
    call text_puts
.forever:
    cli
    hlt
    jmp .forever

section .real.data progbits alloc noexec write
align 8
global stage2_tsc
stage2_tsc: dq 0                ; struct boot_stamp "stage2"

banner:   db 13, "FastOS stage 2:", 0
step_cpu: db "cpu", 0
step_a20: db "a20", 0
no_a20:   db 10, "stage2: the A20 line stays off (tried INT 15h, port 92h, keyboard controller)"
          db 10, 0
halted:   db "stage2: halted. Switch the machine off or press reset.", 10, 0
