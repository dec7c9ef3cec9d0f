; An option ROM that makes a good BIOS misbehave, one way for each -D QUIRK_name (quirks.mk has the
; list; boot-time tests run our boot chain on each).
;
; How it gets in: the BIOS runs init during POST; that hooks INT 19h only. At INT 19h it hooks the
; other interrupts and lets the BIOS boot. The BIOS's own read of the boot sector goes through
; untouched; then the sector's first two bytes become INT F1h, so that the quirks begin, and the
; entry registers are spoilt, exactly when the boot sector gets control.
;
; What changes lies in the BIOS data area at 0040:00F0 (the ROM is read-only after POST); the BIOS's
; own handlers in interrupt vectors that programs may use: INT F3h is its INT 13h, and so on.

; ---- what each quirk is --------------------------------------------------------------------------
; Disk: INT 13h.
%ifdef QUIRK_noext              ; no extensions
    %define NO_EXTENSIONS
%elifdef QUIRK_extnob0          ; extensions, but not the disk access part of them
    %define NO_DISK_ACCESS_BIT
    %define LBA_FAILS
%elifdef QUIRK_extlie           ; extensions that always fail
    %define LBA_FAILS
%elifdef QUIRK_no48             ; extensions without drive parameters
    %define NO_48
%elifdef QUIRK_max63            ; at most 63 sectors at a time
    %define LBA_MAX 63
%elifdef QUIRK_max1             ; one sector at a time
    %define LBA_MAX 1
%elifdef QUIRK_flaky1           ; the first read times out
    %define FAIL_FIRST 1
%elifdef QUIRK_flaky3           ; the first three do
    %define FAIL_FIRST 3
%elifdef QUIRK_flaky2of3        ; two reads of three do, for ever
    %define FAIL_TWO_OF_THREE
%elifdef QUIRK_trash13          ; every register that returns nothing is spoilt, and DF set
    %define TRASH_13
%elifdef QUIRK_if13             ; returns with interrupts off
    %define IF_OFF_13
%elifdef QUIRK_nogeometry       ; AH=08h fails
    %define NO_08
%elifdef QUIRK_heads256         ; AH=08h says 256 heads; reads by CHS follow that
    %define HEADS_256
    %define NO_EXTENSIONS

; The registers at 7C00h.
%elifdef QUIRK_dl00             ; drive 00h, though it is 80h
    %define ENTRY_DL 0x00
%elifdef QUIRK_dl81             ; drive 81h
    %define ENTRY_DL 0x81
%elifdef QUIRK_dlff             ; no drive at all, and 07C0:0000
    %define ENTRY_DL 0xff
    %define ENTRY_CS 0x7c0
%elifdef QUIRK_cs7c0            ; 07C0:0000, rubbish in all registers, DF set
    %define ENTRY_CS 0x7c0
    %define ENTRY_RUBBISH
%elifdef QUIRK_if0              ; interrupts off
    %define ENTRY_IF0

; A20 and memory: INT 15h.
%elifdef QUIRK_a20off           ; A20 is off, and the BIOS does not help
    %define ENTRY_A20_OFF
    %define NO_24
%elifdef QUIRK_a20off2          ; A20 is off, and the BIOS says it switched it on
    %define ENTRY_A20_OFF
    %define LIE_24
%elifdef QUIRK_e820loop         ; the map begins again at its end
    %define E820_LOOPS
%elifdef QUIRK_e820mess         ; unsorted, overlapping, wrapping entries; EDX spoilt, IF set
    %define E820_MESS
%elifdef QUIRK_e820cy           ; the end is an error on the call behind the last entry
    %define E820_ENDS_WITH_CARRY
%elifdef QUIRK_noe820           ; no E820
    %define NO_E820
%elifdef QUIRK_e801cxdx         ; no E820, and E801 answers in CX and DX only
    %define NO_E820
    %define E801_CX_DX
%elifdef QUIRK_noe801           ; no E820, no E801
    %define NO_E820
    %define NO_E801
%elifdef QUIRK_no88             ; nothing but the CMOS
    %define NO_E820
    %define NO_E801
    %define NO_88

; Video: INT 10h.
%elifdef QUIRK_novbe            ; no VBE: AX comes back as it was
    %define NO_VBE
%elifdef QUIRK_noedid           ; no EDID
    %define NO_EDID
%elifdef QUIRK_setfail1         ; the first VBE mode set fails
    %define SET_FAILS 1
%elifdef QUIRK_setfail          ; all of them fail
    %define SET_FAILS 255
%elifdef QUIRK_trash10          ; teletype output spoils AX and BP
    %define TRASH_10

%elifndef QUIRK_none            ; (nothing: shows that the ROM itself does no harm)
    %error no such quirk
%endif

; ---- addresses and numbers -----------------------------------------------------------------------
BOOT_SECTOR     equ 0x7c00
STATE           equ 0x4f0       ; 0040:00F0, user area of the BIOS data area
ACTIVE          equ STATE       ; byte: the boot sector has begun
READS           equ STATE + 1   ; byte: INT 13h reads since then
MODE_SETS       equ STATE + 2   ; byte
FIRST_WORD      equ STATE + 4   ; word: what INT F1h took the place of

ENTRY_INT       equ 0xf1
OLD_13          equ 0xf3
OLD_15          equ 0xf5
OLD_10          equ 0xf6
OLD_19          equ 0xf7

CARRY           equ 0x001
INTERRUPTS      equ 0x200
DIRECTION       equ 0x400
SMAP            equ 0x534d4150

bits 16
org 0

    dw 0xaa55
    db (rom_end - $$) / 512
    jmp near init
    db 0                        ; makes the sum of all bytes 0: seal_rom.py

; ---- getting in ----------------------------------------------------------------------------------

; Put handler %2 into vector %1, and keep the old one in vector %3. DS = 0. clobbers: EAX
%macro HOOK 3
    mov eax, [%1 * 4]
    mov [%3 * 4], eax
    mov word [%1 * 4], %2
    mov [%1 * 4 + 2], cs
%endmacro

; Go on in the old handler, as if it had been called.
%macro OLD_HANDLER 1
    sub sp, 4
    push bp
    mov bp, sp
    push ds
    push eax
    xor ax, ax
    mov ds, ax
    mov eax, [%1 * 4]
    mov [bp + 2], eax
    pop eax
    pop ds
    pop bp
    retf
%endmacro

init:
    pushf
    push ds
    push eax
    xor ax, ax
    mov ds, ax
    cli
    HOOK 0x19, on_int19, OLD_19
    pop eax
    pop ds
    popf
    retf

on_int19:
    cli
    xor ax, ax
    mov ds, ax
    mov eax, [OLD_19 * 4]       ; only once
    mov [0x19 * 4], eax
    mov dword [STATE], 0
    mov dword [STATE + 4], 0
    mov word [ENTRY_INT * 4], on_entry
    mov [ENTRY_INT * 4 + 2], cs
    HOOK 0x13, on_int13, OLD_13
    HOOK 0x15, on_int15, OLD_15
    HOOK 0x10, on_int10, OLD_10
    OLD_HANDLER OLD_19

; INT F1h, the boot sector's first bytes for now: give it back and start it.
on_entry:
    push bp
    mov bp, sp
    push ds
    pushad
    xor ax, ax
    mov ds, ax
    mov ax, [FIRST_WORD]
    mov [BOOT_SECTOR], ax
    mov byte [ACTIVE], 1
%ifdef ENTRY_A20_OFF
    mov ax, 0x2400
    int OLD_15
%endif
    popad
    pop ds
    mov word [bp + 2], BOOT_SECTOR
    mov word [bp + 4], 0
%ifdef ENTRY_CS
    mov word [bp + 2], BOOT_SECTOR - ENTRY_CS * 16
    mov word [bp + 4], ENTRY_CS
%endif
%ifdef ENTRY_IF0
    and word [bp + 6], ~INTERRUPTS
%endif
%ifdef ENTRY_DL
    mov dl, ENTRY_DL
%endif
%ifdef ENTRY_RUBBISH
    or word [bp + 6], DIRECTION
    mov eax, 0xdead1234
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ecx, 0xbeef5678
    mov ebx, 0xcafe9abc
    mov esi, 0xfeeddef0
    mov edi, 0xf00d1357
    shl edx, 16
    shrd edx, edx, 16           ; DX in both halves
    pop bp
    or ebp, 0xbabe0000
%else
    pop bp
%endif
    iret

; ---- INT 13h -------------------------------------------------------------------------------------

; Return from an interrupt: with the carry flag as it is, set, or clear.
return_carry:
    jc return_error
return_ok:
    push bp
    mov bp, sp
    and word [bp + 6], ~CARRY
    jmp return_now
return_error:
    push bp
    mov bp, sp
    or word [bp + 6], CARRY
return_now:
%ifdef IF_OFF_13
    and word [bp + 6], ~INTERRUPTS
%endif
    pop bp
    iret

on_int13:
    push ds
    push 0
    pop ds
    cmp byte [ACTIVE], 0
    pop ds
    jne active_13
    cmp ah, 2
    je may_be_boot_sector
old_13:
    OLD_HANDLER OLD_13

; While the BIOS looks for a boot sector: has it read one to 7C00h?
may_be_boot_sector:
    push ax
    mov ax, es
    shl ax, 4
    add ax, bx
    cmp ax, BOOT_SECTOR
    pop ax
    jne old_13
    int OLD_13
    jc return_error
    push ds
    push ax
    xor ax, ax
    mov ds, ax
    cmp word [BOOT_SECTOR + 510], 0xaa55
    jne .none
    mov ax, [BOOT_SECTOR]
    mov [FIRST_WORD], ax
    mov word [BOOT_SECTOR], 0xcd | ENTRY_INT << 8 ; INT F1h
.none:
    pop ax
    pop ds
    jmp return_ok

active_13:
%ifdef TRASH_13
    jmp trash_13
%endif
%ifdef IF_OFF_13
    int OLD_13
    jmp return_carry
%endif
%ifdef NO_EXTENSIONS
    cmp ah, 0x41
    jb .not_extension
    cmp ah, 0x49
    jbe .unknown
.not_extension:
%endif
%ifdef NO_DISK_ACCESS_BIT
    cmp ah, 0x41
    jne .not_41
    int OLD_13
    jc return_error
    and cx, ~1
    jmp return_ok
.not_41:
%endif
%ifdef LBA_FAILS
    cmp ah, 0x42
    je .unknown
%endif
%ifdef NO_48
    cmp ah, 0x48
    je .unknown
%endif
%ifdef NO_08
    cmp ah, 0x08
    je .unknown
%endif
%ifdef HEADS_256
    cmp ah, 0x08
    je geometry_256
    cmp ah, 0x02
    je read_256
%endif
%ifdef LBA_MAX
    cmp ah, 0x42
    jne old_13
    cmp word [si + 2], LBA_MAX
    jbe old_13
    mov word [si + 2], 0        ; sectors that were read
    mov ah, 0x09
    jmp return_error
%endif
%ifdef FAIL_FIRST
    cmp ah, 0x02
    je .read
    cmp ah, 0x42
    jne old_13
.read:
    push ds
    push 0
    pop ds
    cmp byte [READS], FAIL_FIRST
    je .enough
    inc byte [READS]
    pop ds
    jmp .time_out
.enough:
    pop ds
%endif
%ifdef FAIL_TWO_OF_THREE
    cmp ah, 0x02
    je .read
    cmp ah, 0x42
    jne old_13
.read:
    push ds
    push 0
    pop ds
    inc byte [READS]
    cmp byte [READS], 3
    jb .fail
    mov byte [READS], 0
    pop ds
    jmp old_13
.fail:
    pop ds
    jmp .time_out
%endif
    jmp old_13
.unknown:
    mov ah, 0x01
    jmp return_error
.time_out:
    mov ah, 0x80
    jmp return_error

%ifdef TRASH_13
; What INT 13h returns stays: AH and CF, for 08h also CX, DX, BL, ES:DI, for 41h also BX, CX, DH.
trash_13:
    push ax                     ; [bp + 1] = function
    int OLD_13
    mov bp, sp
    jc .error
    and word [bp + 6], ~CARRY
    jmp .flags
.error:
    or word [bp + 6], CARRY
.flags:
    or word [bp + 6], DIRECTION
    mov al, 0x5a
    cmp byte [bp + 1], 0x08
    je .low_halves_kept
    mov edi, 0xdead1357
    mov si, 0x9abc
    mov es, si
    mov dl, 0xee
    cmp byte [bp + 1], 0x41
    je .low_halves_kept
    mov bx, 0x2468
    mov cx, 0x1357
    mov dh, 0xdd
.low_halves_kept:
    or eax, 0xbad00000
    or ebx, 0xbad10000
    or ecx, 0xbad20000
    or edx, 0xbad30000
    mov esi, 0xbad4fedc
    mov ds, si
    mov fs, si
    mov gs, si
    add sp, 2
    mov ebp, 0xbad57531
    iret
%endif

%ifdef HEADS_256
SECTORS_PER_TRACK equ 63

geometry_256:
    int OLD_13
    jc return_error
    mov dh, 255
    mov cx, 0xff << 8 | SECTORS_PER_TRACK
    jmp return_ok

; AH=02h by way of AH=42h: LBA = (cylinder * 256 + head) * sectors per track + sector - 1.
read_256:
    pushad
    mov bp, sp
    push ds
    movzx edi, al               ; how many
    mov al, dh
    mov ah, ch                  ; (no cylinder above 255 is asked for)
    movzx eax, ax
    imul eax, SECTORS_PER_TRACK
    and ecx, 63
    lea eax, [eax + ecx - 1]
    push dword 0
    push eax
    push es
    push bx
    push di
    push 16
    mov si, sp
    push ss
    pop ds
    mov ah, 0x42
    int OLD_13
    lea sp, [bp - 2]
    pop ds
    mov [bp + 29], ah           ; AH in PUSHAD's frame
    popad
    jmp return_carry
%endif

; ---- INT 15h -------------------------------------------------------------------------------------

on_int15:
    push ds
    push 0
    pop ds
    cmp byte [ACTIVE], 0
    pop ds
    je old_15
%ifdef NO_24
    cmp ah, 0x24
    je unsupported_15
%endif
%ifdef LIE_24
    cmp ax, 0x2401
    jne .not_2401
    mov ah, 0
    jmp return_ok
.not_2401:
%endif
%ifdef E820_LOOPS
    cmp ax, 0xe820
    je e820_loops
%endif
%ifdef E820_MESS
    cmp ax, 0xe820
    je e820_mess
%endif
%ifdef E820_ENDS_WITH_CARRY
    cmp ax, 0xe820
    je e820_ends_with_carry
%endif
%ifdef NO_E820
    cmp ax, 0xe820
    je unsupported_15
%endif
%ifdef E801_CX_DX
    cmp ax, 0xe801
    jne .not_e801
    int OLD_15
    jc return_error
    xor ax, ax
    xor bx, bx
    jmp return_ok
.not_e801:
%endif
%ifdef NO_E801
    cmp ax, 0xe801
    je unsupported_15
%endif
%ifdef NO_88
    cmp ah, 0x88
    je unsupported_15
%endif
old_15:
    OLD_HANDLER OLD_15

unsupported_15:
    mov ah, 0x86
    jmp return_error

%ifdef E820_LOOPS
e820_loops:
    int OLD_15
    jc return_error
    test ebx, ebx
    jnz return_ok
    inc ebx                     ; SeaBIOS and Bochs count from here
    jmp return_ok
%endif

%ifdef E820_ENDS_WITH_CARRY
BEHIND_THE_LAST equ 0xcc01

e820_ends_with_carry:
    cmp ebx, BEHIND_THE_LAST
    je unsupported_15
    int OLD_15
    jc return_error
    test ebx, ebx
    jnz return_ok
    mov ebx, BEHIND_THE_LAST
    jmp return_ok
%endif

%ifdef E820_MESS
; 24 bytes when so many are asked for, else 20. EBX is the entry's number times 7.
e820_mess:
    cmp edx, SMAP
    jne unsupported_15
    cmp ecx, 20
    jb unsupported_15
    push bp
    mov bp, sp
    or word [bp + 6], INTERRUPTS
    pop bp
    cmp ecx, 24
    mov ecx, 24
    jae .size_known
    mov cl, 20
.size_known:
    push ds
    push esi
    push edi
    push ecx
    push cs
    pop ds
    mov eax, ebx
    xor edx, edx
    mov esi, 7
    div esi
    imul si, ax, 24
    add si, e820_table
    cld
    rep movsb
    cmp si, e820_table_end - 4  ; behind the last, with 20 bytes or 24
    pop ecx
    pop edi
    pop esi
    pop ds
    lea ebx, [ebx + 7]
    jb .more
    xor ebx, ebx
.more:
    mov eax, SMAP
    mov edx, 0xdeadbeef
    jmp return_ok

; base, length (64 bits each), type, attributes. lib/memmap_test.c has the same table, without the
; entry whose attributes tell to ignore it.
e820_table:
    dq 0x100000, 0x7e00000
    dd 1, 1
    dq 0x3000000, 0x100000
    dd 2, 1
    dq 0x7f00000, 0x100000
    dd 3, 1
    dq 0x7e80000, 0x80001
    dd 1, 1
    dq 0x500, 0x9eb01
    dd 1, 1
    dq 0, 0x1000
    dd 77, 1
    dq 0x9f001, 0x60fff
    dd 2, 1
    dq 0x2000000, 0
    dd 5, 1
    dq 0x4000000, 0x100000
    dd 2, 0                     ; bit 0 clear: ignore this entry (ACPI 6.4 table 15.5)
    dq 0x5000000, 0x1000
    dd 1, 1
    dq 0xfffffffffffff000, 0x2000
    dd 1, 1
    dq 0x8000000, 0xffffffffffffffff
    dd 1, 1
    dq 0xfffc0000, 0x40000
    dd 0, 1
e820_table_end:
%endif

; ---- INT 10h -------------------------------------------------------------------------------------

on_int10:
    push ds
    push 0
    pop ds
    cmp byte [ACTIVE], 0
    pop ds
    je old_10
%ifdef NO_VBE
    cmp ah, 0x4f
    jne old_10
    iret
%endif
%ifdef NO_EDID
    cmp ax, 0x4f15
    jne old_10
    mov ax, 0x014f
    iret
%endif
%ifdef SET_FAILS
    cmp ax, 0x4f02
    jne old_10
    push ds
    push 0
    pop ds
    cmp byte [MODE_SETS], SET_FAILS
    je .enough
    %if SET_FAILS < 255
    inc byte [MODE_SETS]
    %endif
    pop ds
    mov ax, 0x014f
    iret
.enough:
    pop ds
%endif
%ifdef TRASH_10
    cmp ah, 0x0e
    jne old_10
    int OLD_10
    mov eax, 0xdead6543
    mov ebp, 0xbeef3456
    iret
%endif
old_10:
    OLD_HANDLER OLD_10

    align 512, db 0
rom_end:
