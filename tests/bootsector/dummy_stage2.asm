; A stage 2 that only tells, on COM1 and port E9h, how it was entered, and ends the machine:
; exit value 31h when the entry state is right, 32h when not.
; -D SECTORS=n: how long it is; the rest is filled with numbers, so that no two sectors are alike.

%include "lib/abi/boot_header.inc"
%include "boot_memory.inc"

COM1         equ 0x3f8
PORT_E9      equ 0xe9
DEBUG_EXIT   equ 0xf4                      ; QEMU's isa-debug-exit
BOCHS_EXIT   equ 0x8900                    ; Bochs ends on "Shutdown"
FLAG_IF      equ 0x200
FLAG_DF      equ 0x400

bits 16
org BOOT_STAGE2

header:
    dd STAGE2_MAGIC
    dw 0                                   ; tools/stage2_seal.py writes it
    dw entry, 0
    dw 0
    dd 0                                   ; and this

entry:
    mov [cs:registers.sp], sp
    mov [cs:registers.ss], ss
    mov [cs:registers.ds], ds
    mov [cs:registers.es], es
    mov [cs:registers.cs], cs
    mov [cs:registers.dl], dl
    pushf
    pop word [cs:registers.flags]
    cld
    xor ax, ax
    mov ds, ax
    mov es, ax

    mov si, lines
.line:
    call puts                              ; a label
    lodsw                                  ; the address of its bytes, and how many
    xchg ax, bx
    test bx, bx
    jz .check
    lodsb
    movzx cx, al
    call put_bytes
    jmp .line

.check:
    mov byte [result], 0x31
    cmp dword [registers.ds], 0            ; DS, ES
    jne .wrong
    cmp dword [registers.ss], 0            ; SS, CS
    jne .wrong
    cmp word [registers.sp], BOOT_SECTOR
    jne .wrong
    mov ax, [registers.flags]
    and ax, FLAG_IF | FLAG_DF
    cmp ax, FLAG_IF
    jne .wrong
    mov al, [registers.dl]
    cmp al, [BOOT_HANDOFF + mbr_handoff.drive]
    jne .wrong
    mov si, text_right
    jmp .say
.wrong:
    mov byte [result], 0x32
    mov si, text_wrong
.say:
    call puts
    mov dx, COM1 + 5                       ; until the line has sent all
    mov cx, 0xffff
.drain:
    in al, dx
    test al, 0x40
    loopz .drain
    mov al, [result]
    out DEBUG_EXIT, al
    mov dx, BOCHS_EXIT
    mov si, text_shutdown
    mov cx, 8
    rep outsb
.halt:
    hlt
    jmp .halt

; in: BX = address, CX = count; the highest byte first. clobbers: AX, BX, CX
put_bytes:
    add bx, cx
.next:
    dec bx
    mov al, [bx]
    aam 16
    xchg al, ah
    call put_digit
    mov al, [bx]
    and al, 15
    call put_digit
    loop .next
    ret

; in: AL = 0..15. clobbers: AL
put_digit:
    cmp al, 10
    sbb al, 0x69
    das
; in: AL = character
putc:
    push ax
    push cx
    push dx
    out PORT_E9, al
    mov ah, al
    mov dx, COM1 + 5
    mov cx, 0xffff
.wait:
    in al, dx
    test al, 0x20
    loopz .wait
    mov al, ah
    mov dx, COM1
    out dx, al
    pop dx
    pop cx
    pop ax
    ret

; in: SI = text, ends with 0. out: SI behind it. clobbers: AL
puts:
    lodsb
    test al, al
    jz .end
    call putc
    jmp puts
.end:
    ret

%macro LINE 3 ; label, address, count
    db %1, 0
    dw %2
    db %3
%endmacro

%define HANDOFF(field) BOOT_HANDOFF + mbr_handoff. %+ field

lines:
    LINE `\nstage2: drive=`, HANDOFF(drive), 1
    LINE " bios_drive=", HANDOFF(bios_drive), 1
    LINE " function=", HANDOFF(function), 1
    LINE " retries=", HANDOFF(retries), 1
    LINE " first_error=", HANDOFF(first_error), 1
    LINE " heads_minus_1=", HANDOFF(heads_minus_1), 1
    LINE " sectors_per_track=", HANDOFF(sectors_per_track), 1
    LINE " tsc=", HANDOFF(tsc), 8
    LINE " ud=", 6 * 4, 4
    LINE " sp=", registers.sp, 2
    LINE " flags=", registers.flags, 2
    LINE " cs=", registers.cs, 2
    LINE " ds=", registers.ds, 2
    LINE " es=", registers.es, 2
    LINE " ss=", registers.ss, 2
    LINE " dl=", registers.dl, 1
    db " state=", 0
    dw 0

text_right:    db `right\n`, 0
text_wrong:    db `WRONG\n`, 0
text_shutdown: db "Shutdown"

registers:
.ds:    dw 0
.es:    dw 0
.ss:    dw 0
.cs:    dw 0
.sp:    dw 0
.flags: dw 0
.dl:    db 0
result: db 0

    align 4
%assign NUMBER 1
%rep (SECTORS * 512 - ($ - $$)) / 4
    dd NUMBER
    %assign NUMBER (NUMBER * 1664525 + 1013904223) & 0xffffffff
%endrep
