; The memory map as the BIOS tells it. INT 15h AX=E820h, else E801h, else AH=88h, else CMOS; the
; first that says anything wins. C reads the result at BOOT_E820 and believes none of it
; (memory.c).
;
;   dword  number of entries
;   dword  source: E820h, E801h, 88h, 17h (CMOS)
;   dword  low memory in KiB: INT 12h
;   dword  unused
;   24 bytes an entry: base, length (64 bits each), type, attributes
;
; State lives in memory, addressed through CS = 0: a BIOS may change any register.

%include "boot_memory.inc"

bits 16
section .real.text progbits alloc exec write

E820_MAX        equ 128
ENTRY_BYTES     equ 24
SMAP            equ 0x534d4150
MEMORY_USABLE   equ 1
SEGMENT_E820    equ BOOT_E820 >> 4
HEADER_BYTES    equ 16

; out: BOOT_E820  clobbers: everything
global e820_query
e820_query:
    mov ax, SEGMENT_E820
    mov es, ax
    xor di, di
    mov cx, (BOOT_E820_END - BOOT_E820) / 4
    xor eax, eax
    rep stosd
    call query_low_memory
    call query_e820
    cmp dword [cs:count], 0
    jne .found
    call query_e801
    jnc .found
    call query_88
    jnc .found
    call query_cmos
.found:
    mov ax, SEGMENT_E820
    mov es, ax
    mov eax, [cs:count]
    mov [es:0], eax
    mov eax, [cs:source]
    mov [es:4], eax
    ret

query_low_memory:
    int 0x12
    call restore
    movzx eax, ax
    mov [es:8], eax
    ret

; Each call: EAX whole (its high half must be 0), EDX loaded anew, the buffer empty but for an
; attribute of 1, for BIOSes that write 20 bytes. It ends by carry, a wrong signature, EBX = 0, an
; entry equal to the one before or to the first (a chain that starts over), or 128 entries.
query_e820:
    mov dword [cs:source], 0xe820
    mov dword [cs:count], 0
    mov dword [cs:continuation], 0
    mov word [cs:entry_at], HEADER_BYTES
.next:
    call clear_entry
    mov eax, 0xe820
    mov ebx, [cs:continuation]
    mov ecx, ENTRY_BYTES
    mov edx, SMAP
    int 0x15
    jc .end
    call restore
    cmp eax, SMAP
    jne .end
    cmp ecx, 20
    jb .skip
    call entry_wanted           ; leaves EBX
    jc .repeated
    jnz .skip
    inc dword [cs:count]
    add word [cs:entry_at], ENTRY_BYTES
.skip:
    dec word [cs:calls_left]
    jz .end
    cmp dword [cs:count], E820_MAX
    jae .end
    mov [cs:continuation], ebx
    test ebx, ebx
    jnz .next
.repeated:
.end:
    call restore
    jmp clear_entry             ; whatever the last call left behind the map

; The entry at entry_at, empty, with attributes = 1.
; out: es:di = the entry  clobbers: eax, cx
clear_entry:
    mov di, [cs:entry_at]
    xor eax, eax
    mov cx, ENTRY_BYTES / 4
    rep stosd
    sub di, ENTRY_BYTES
    mov byte [es:di + 20], 1
    ret

; out: CF set: the chain repeats itself; ZF set: keep it  clobbers: eax, cx, si, di
entry_wanted:
    mov di, [cs:entry_at]
    mov eax, [es:di + 8]
    or eax, [es:di + 12]
    jz .skip                    ; empty
    test byte [es:di + 20], 1
    jz .skip                    ; ACPI 3.0: "ignore this entry"
    cmp dword [cs:count], 0
    je .keep
    lea si, [di - ENTRY_BYTES]
    call same_as_si
    je .repeated
    mov si, HEADER_BYTES
    call same_as_si
    je .repeated
.keep:
    xor ax, ax
    ret
.skip:
    or ax, 1
    ret
.repeated:
    stc
    ret

; in: si, di = two entries  out: ZF set: equal  clobbers: cx
same_as_si:
    push si
    push di
    push ds
    push es
    pop ds
    mov cx, ENTRY_BYTES / 2
    repe cmpsw
    pop ds
    pop di
    pop si
    ret

; Memory above 1 MiB: AX or CX = KiB up to 16 MiB, BX or DX = 64 KiB blocks above. Some BIOSes fill
; one pair, some the other.  out: CF set: not supported
query_e801:
    mov ax, 0xe801
    xor bx, bx
    xor cx, cx
    xor dx, dx
    int 0x15
    jc .no
    call restore
    mov si, ax
    or si, bx
    jnz .pair
    mov ax, cx
    mov bx, dx
.pair:
    mov si, ax
    or si, bx
    jz .no
    mov dword [cs:source], 0xe801
    movzx eax, ax
    movzx ebx, bx
    mov edx, 0x100000
    shl eax, 10
    call add_range
    mov eax, ebx
    mov edx, 0x1000000
    shl eax, 16
    call add_range
    jmp add_low
.no:
    call restore
    stc
    ret

; AX = KiB above 1 MiB, at most 64 MiB.  out: CF set: not supported
query_88:
    mov ah, 0x88
    clc
    int 0x15
    jc .no
    call restore
    test ax, ax
    jz .no
    mov dword [cs:source], 0x88
    movzx eax, ax
    shl eax, 10
    mov edx, 0x100000
    call add_range
    jmp add_low
.no:
    call restore
    stc
    ret

; CMOS 17h/18h: KiB above 1 MiB as the power-on test found them.
query_cmos:
    mov dword [cs:source], 0x17
    mov al, 0x18 | 0x80         ; bit 7: NMI stays off
    out 0x70, al
    in al, 0x71
    mov ah, al
    mov al, 0x17 | 0x80
    out 0x70, al
    in al, 0x71
    movzx eax, ax
    shl eax, 10
    mov edx, 0x100000
    call add_range

; Below 640 KiB: what INT 12h said.  out: CF clear
add_low:
    mov eax, [es:8]
    shl eax, 10
    xor edx, edx
    call add_range
    clc
    ret

; A usable range.  in: edx = base, eax = bytes, 0: nothing  clobbers: eax, cx, di
add_range:
    test eax, eax
    jz .empty
    push eax
    call clear_entry            ; attributes 1
    pop eax
    mov [es:di], edx
    mov [es:di + 8], eax
    mov dword [es:di + 16], MEMORY_USABLE
    add word [cs:entry_at], ENTRY_BYTES
    inc dword [cs:count]
.empty:
    ret

; Our segments and flags after a BIOS call; no register and no arithmetic flag changes but DS, ES.
restore:
    push ax
    pushf
    xor ax, ax
    mov ds, ax
    mov ax, SEGMENT_E820
    mov es, ax
    popf
    pop ax
    cld
    sti
    ret

section .real.data progbits alloc noexec write
align 4
count:        dd 0
source:       dd 0
continuation: dd 0
entry_at:     dw 0
calls_left:   dw 4 * E820_MAX   ; also for BIOSes that return nothing but skipped entries
