; Boot sectors that ask the BIOS and tell on port E9h, in hexadecimal words, what it said; then they
; end the machine. tests/system/test_bios_quirks.py names the words and runs each with and without
; a quirk's ROM. -D PROBE_disk, PROBE_memory or PROBE_video.

PORT_E9     equ 0xe9
DEBUG_EXIT  equ 0xf4                       ; QEMU's isa-debug-exit
BOCHS_EXIT  equ 0x8900
BUFFER      equ 0x8000
SMAP        equ 0x534d4150

bits 16
org 0x7c00

    push eax
    pushfd
    push cs
    push ds
    push es
    jmp 0:start
start:
    ; The registers as they came: ES, DS, CS, flags, DX, the upper halves of EAX and ECX.
    pop ax
    call word_
    pop ax
    call word_
    pop ax
    call word_
    pop eax
    call word_
    mov ax, dx
    call word_
    pop eax
    shr eax, 16
    call word_
    mov eax, ecx
    shr eax, 16
    call word_
    call flat
    mov [drive], dl
    sti

; Show AX = AH and carry flag, and start a line.
%macro STATUS 0
    call status
%endmacro

%macro SHOW 1
    mov ax, %1
    call word_
%endmacro

%ifdef PROBE_disk
    mov ah, 0x41
    mov bx, 0x55aa
    call drive_int
    STATUS
    SHOW bx
    SHOW cx

    mov cx, 6                              ; six reads of one sector
.again:
    push cx
    mov al, 1
    call read_lba
    pop cx
    loop .again
    mov al, 63
    call read_lba
    mov al, 64
    call read_lba

    mov ah, 0x48
    mov si, parameters
    call drive_int
    STATUS

    mov ah, 0x08
    call drive_int
    STATUS
    SHOW dx
    SHOW cx

    ; A read by CHS, and what it leaves in the registers. (Cylinder 0, head 0, sector 2.)
    mov ax, 0x0201
    mov bx, BUFFER
    mov cx, 2
    mov dh, 0
    mov si, 0x1111
    mov di, 0x2222
    mov bp, 0x3333
    call drive_int
    pushf
    push ds
    STATUS
    SHOW si
    SHOW di
    SHOW bp
    pop ax
    call word_
    pop ax
    call word_
    jmp finish

; in: AL = how many sectors, from LBA 1
read_lba:
    call flat
    mov ah, 0
    mov [packet + 2], ax
    mov si, packet
    mov ah, 0x42
    call drive_int
status:
    mov al, 0
    adc al, 0
    push ax
    mov al, 10
    out PORT_E9, al
    pop ax
    jmp word_

drive_int:
    call flat
    mov dl, [drive]
    int 0x13
    sti
    ret

    align 4
packet:
    dw 16, 1, BUFFER, 0
    dq 1
parameters:
    dw 26, 0
    times 24 db 0
%endif

%ifdef PROBE_memory
    call a20
    mov ax, 0x2403
    int 0x15
    STATUS
    mov ax, 0x2401
    int 0x15
    STATUS
    call a20

    xor ebx, ebx
    mov cx, 30
.next:
    push cx
    mov di, BUFFER
    mov eax, 0xe820
    mov edx, SMAP
    mov ecx, 24
    cli
    int 0x15
    pushf
    STATUS
    pop ax
    call word_
    push ax
    SHOW bx
    SHOW cx
    SHOW dx
    mov si, BUFFER + 22
    mov cx, 12                             ; type and attributes, length, base: all from the top
.entry:
    mov ax, [si]
    call word_
    dec si
    dec si
    loop .entry
    pop ax
    pop cx
    test al, 1                             ; the carry flag
    jnz .end
    test ebx, ebx
    loopnz .next
.end:
    sti

    mov ax, 0xe801
    int 0x15
    push dx
    push cx
    push bx
    push ax
    STATUS
    mov cx, 4
.register:
    pop ax
    call word_
    loop .register

    mov ah, 0x88
    int 0x15
    push ax
    STATUS
    pop ax
    call word_
    jmp finish

; Show 1 when address line 20 works.
a20:
    mov ax, 0xffff
    mov gs, ax
    mov word [0x500], 0x1234
    mov word [gs:0x510], 0x4321
    cmp word [0x500], 0x1234               ; does it hit the first one?
    mov ax, 0
    jne .off
    inc ax
.off:
    push ax
    mov al, 10
    out PORT_E9, al
    pop ax
    jmp word_

status:
    mov al, 0
    adc al, 0
    push ax
    mov al, 10
    out PORT_E9, al
    pop ax
    jmp word_
%endif

%ifdef PROBE_video
    mov di, BUFFER
    mov ax, 0x4f00
    int 0x10
    call word_line
    mov ax, 0x4f15
    mov bx, 1
    xor cx, cx
    xor dx, dx
    mov di, BUFFER
    int 0x10
    call word_line
    mov cx, 3
.set:
    push cx
    mov ax, 0x4f02
    mov bx, 0x4112
    int 0x10
    call word_line
    pop cx
    loop .set
    mov bp, 0x3333
    mov ax, 0x0e00 | '.'
    mov bx, 7
    int 0x10
    call word_line
    SHOW bp
    jmp finish

word_line:
    push ax
    mov al, 10
    out PORT_E9, al
    pop ax
    jmp word_
%endif

finish:
    mov al, 10
    out PORT_E9, al
    call flat
    mov al, 0x31
    out DEBUG_EXIT, al
    mov dx, BOCHS_EXIT
    mov si, shutdown
    mov cx, 8
    rep outsb
.halt:
    hlt
    jmp .halt

; Sane segments and direction flag. clobbers: DS, ES
flat:
    cld
    push 0
    pop ds
    push 0
    pop es
    ret

; Show AX and a blank. clobbers: nothing
word_:
    pushf
    push ax
    push cx
    mov cx, 4
.digit:
    rol ax, 4
    push ax
    and al, 15
    cmp al, 10
    sbb al, 0x69
    das
    out PORT_E9, al
    pop ax
    loop .digit
    mov al, ' '
    out PORT_E9, al
    pop cx
    pop ax
    popf
    ret

drive:    db 0
shutdown: db "Shutdown"

    times 510 - ($ - $$) db 0
    dw 0xaa55
