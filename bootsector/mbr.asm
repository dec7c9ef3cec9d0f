; The boot sector: reads stage 2 from LBA 1 to BOOT_STAGE2, checks its sum and jumps to it.
; What it leaves behind is struct mbr_handoff (lib/abi/boot_header.h). Entry of stage 2:
; CS = DS = ES = SS = 0, SP = BOOT_SECTOR, DL = drive, interrupts on, upper register halves
; undefined.
;
; The same sector starts hard disks, USB sticks, USB-ZIP and floppies on a 386 or later, so it takes
; nothing from the BIOS for granted: not the drive number, not CS, not the extensions, not that one
; register survives INT 13h. docs/10-boot-sector.md has the steps and the quirks, one by one.
;
; There is room for 350 bytes: what lies before belongs to BIOSes that write a BPB into a boot
; sector, what lies behind is the disk signature and the partition table (tools/mkimage.py).

%include "lib/abi/boot_header.inc"
%include "boot_memory.inc"

%if STAGE2_SECTORS < 1 || STAGE2_SECTORS > STAGE2_SECTORS_MAX
%error stage 2 has STAGE2_SECTORS sectors: want 1 to STAGE2_SECTORS_MAX
%endif

CODE_START          equ 0x5a
CODE_END            equ 0x1b8

INT13_RESET         equ 0x00
INT13_READ          equ 0x02
INT13_GEOMETRY      equ 0x08
INT13_READ_LBA      equ 0x42
INVALID_FUNCTION    equ 0x01               ; an error: no such function, or no such drive

INVALID_OPCODE      equ 6 * 4              ; its interrupt vector
COM1                equ 0x3f8
PORT_E9             equ 0xe9

BUFFER_SEGMENT      equ (BOOT_STAGE2 >> 4) - 32 ; LBA n belongs at offset n * 512
FIRST_NEXT_DRIVE    equ 0xfc               ; see next_function

%define HANDOFF(field) bp + mbr_handoff. %+ field

bits 16
%ifidn __?OUTPUT_FORMAT?__, bin
org BOOT_SECTOR
%endif
global boot_sector

boot_sector:
    jmp short start
    nop
    times CODE_START - ($ - $$) db 0

start:
    cli
    cld
    xor eax, eax                           ; (CS may be 07C0h: the far jump to 0 is the last one)
    mov ss, ax
    mov sp, BOOT_SECTOR
    mov ds, ax
    mov es, ax

    mov di, BOOT_HANDOFF
    mov bp, di
    mov ah, FIRST_NEXT_DRIVE
    stosw                                  ; retries, next_drive
    mov ah, dl
    stosw                                  ; first_error, bios_drive
    mov al, INT13_READ_LBA
    stosw                                  ; function, drive
    xor ax, ax
    stosw                                  ; the geometry comes later

    ; A 386 or 486 knows no RDTSC: then its exception leads to the next instruction, and EDX:EAX
    ; stays 0. (SP is off by 6 until the first read sets it again.)
    cdq
    mov bx, INVALID_OPCODE
    mov ecx, .stamped
    xchg ecx, [bx]
    rdtsc
.stamped:
    mov [bx], ecx
    stosd                                  ; tsc
    xchg eax, edx
    stosd
    sti

; One attempt at HANDOFF(drive): by LBA, then by CHS.
try_drive:
    mov ah, INT13_GEOMETRY
    xor di, di                             ; ES:DI = 0:0 on the first drive: RBIL's advice
    call disk
    mov ch, dh
    jc .floppy
    and cl, 63
    jnz .known
.floppy:
    mov cx, (2 - 1) << 8 | 18
.known:
    mov [HANDOFF(sectors_per_track)], cx   ; and heads_minus_1

    push BUFFER_SEGMENT
    pop es

load:
    mov di, STAGE2_SECTORS - 1             ; how many remain, less one

; Read a piece: to the end of the track, of these 32 KiB of memory, or of stage 2.
read:
    mov si, STAGE2_SECTORS
    sub si, di                             ; SI = LBA, below 128

    mov ax, si
    div byte [HANDOFF(sectors_per_track)]  ; AL = track, AH = sector - 1
    mov cl, ah
    inc cx                                 ; CL = sector
    cbw
    cwd
    movzx bx, byte [HANDOFF(heads_minus_1)]
    inc bx
    div bx
    mov dh, dl                             ; DH = head
    mov ch, al                             ; CH = cylinder

    ; AX = sectors of the piece, less one: so AND never makes more of them, and SHR leaves one.
    mov al, [HANDOFF(sectors_per_track)]
    sub al, cl
    lea bx, [di - STAGE2_SECTORS]          ; -LBA: its low bits count down to the next 32 KiB
    and ax, bx
    cmp ax, di
    jb .inside
    mov ax, di
.inside:
    push cx
    mov cl, [HANDOFF(retries)]
    shr al, cl                             ; half of it for each failure so far (bits 0-4 of CL)
    pop cx
    inc ax

    imul bx, si, 512                       ; ES:BX = buffer
    push ax
    push ss                                ; the disk address packet, from its end: LBA
    push ss
    push ss
    push si
    push es                                ; buffer
    push bx
    push ax                                ; sectors
    push 16                                ; size
    mov si, sp
    mov ah, [HANDOFF(function)]            ; by LBA it takes DS:SI, by CHS the rest
    call disk
    mov sp, BOOT_SECTOR - 2
    pop bx
    jc failed
    and byte [HANDOFF(retries)], 0x1f
    sub di, bx
    jns read
    jmp short verify

bad_stage2:
    or byte [HANDOFF(retries)], 0xe0       ; it is no use to read it the same way again
    mov ah, MBR_BAD_STAGE2
failed:
    cmp ah, INVALID_FUNCTION               ; no use either, and nothing to tell of
    je next_function
    cmp byte [HANDOFF(first_error)], 0
    jne .known
    mov [HANDOFF(first_error)], ah
.known:
    mov ah, INT13_RESET
    call disk
    add byte [HANDOFF(retries)], 0x21      ; bits 0-4: all failures, 5-7: those of this piece
    jnc read

next_function:
    xor byte [HANDOFF(function)], INT13_READ_LBA ^ INT13_READ
    jpo load                               ; now it is 02h (an odd number of ones)

    mov dl, [HANDOFF(next_drive)]
    inc byte [HANDOFF(next_drive)]
    and dl, 0x83                           ; FCh, FDh, FEh, FFh, 00h make 80h-83h, 00h …
    jg give_up                             ; … and 01h is the end
    mov [HANDOFF(drive)], dl
    jmp try_drive

; Call INT 13h for HANDOFF(drive) and trust no register afterwards.
; in: AH = function, and what it wants but DL. out: CF, AX, CX, DH as the BIOS left them.
; clobbers: AX, BX, CX, DX, SI, upper halves
disk:
    mov dl, [HANDOFF(drive)]
    push di
    push bp
    push ds
    push es
    int 0x13
    sti
    cld
    pop es
    pop ds
    pop bp
    pop di
    ret

verify:
    mov ebx, -STAGE2_MAGIC
    mov si, 512                            ; ES:SI = LBA 1
    mov cx, STAGE2_SECTORS * 512 / 8
.sum:
    add ebx, [es:si]
    add si, 8
    add ebx, [es:si - 4]
    loop .sum
    jnz bad_stage2

    push ss
    pop es
    mov dl, [HANDOFF(drive)]
    jmp far [BOOT_STAGE2 + stage2_header.entry]

; "Disk 80 AH=20": the drive that the BIOS named, and the first error.
give_up:
    mov cx, [HANDOFF(first_error)]         ; CH = bios_drive
    mov si, message
.next:
    lodsb
    cmp al, '?'
    jne .put
    rol cx, 4                              ; its next hexadecimal digit
    mov al, cl
    and al, 15
    cmp al, 10
    sbb al, 0x69
    das
.put:
    pusha
    out PORT_E9, al
    mov dx, COM1
    out dx, al
    mov ah, 0x0e
    xor bx, bx
    int 0x10
    mov dx, COM1 + 5                       ; line status
.sending:
    in al, dx
    test al, 0x20
    loopz .sending                         ; for a while; CX is never 0
    popa
    cmp al, `\n`
    jne .next
    int 0x18                               ; the BIOS may have another disk to start from
.halt:
    hlt
    jmp .halt

message: db `Disk ?? AH=??\r\n`

    times CODE_END - ($ - $$) db 0         ; "TIMES value is negative": the code is too long
    times 510 - ($ - $$) db 0
    dw 0xaa55
