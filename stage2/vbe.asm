; What the video BIOS can do (VBE 2.0 and 3.0): controller information and, of each mode in its list
; that has a linear framebuffer, the first 62 bytes of the mode information. C reads them at
; BOOT_VBE_INFO and BOOT_VBE_MODES and chooses (video_choice.c). The monitor's EDID (BOOT_EDID) is a
; routine of its own: some BIOSes read it bit by bit, slower than all of the rest of the boot.
;
; State lives in memory, addressed through CS = 0: a BIOS may change any register.

%include "boot_memory.inc"

bits 16
section .real.text progbits alloc exec write

VBE_OK          equ 0x004f
MODE_LIST       equ 0x0e        ; far pointer in the controller information
LIST_END        equ 0xffff
LIST_MAX        equ 256         ; entries looked at
WANTED          equ 0x99        ; attributes: supported, colour, graphics, linear framebuffer
MODE_BYTES      equ 62          ; of the information block that are kept
RECORD_BYTES    equ 64          ; these and the mode's number
RECORDS_MAX     equ (BOOT_VBE_MODES_END - BOOT_VBE_MODES) / RECORD_BYTES

SEGMENT_INFO    equ BOOT_VBE_INFO >> 4
SEGMENT_EDID    equ BOOT_EDID >> 4
SEGMENT_MODE    equ BOOT_VBE_MODE >> 4
SEGMENT_MODES   equ BOOT_VBE_MODES >> 4

; out: [vbe_answered] = 1 when there is VBE, [vbe_mode_count]  clobbers: everything
global vbe_query
vbe_query:
    mov byte [vbe_answered], 0
    mov word [vbe_mode_count], 0
    call guard_int21
    call query_controller
    cmp byte [cs:vbe_answered], 0
    je .none
    call query_list
    cmp word [cs:vbe_mode_count], 0
    jne .none
    jmp query_usual_numbers     ; BIOSes are known that list nothing and have everything
.none:
    ret

; Some video BIOSes make DOS calls. Where nobody answers those, an IRET does.
guard_int21:
    cmp dword [0x21 * 4], 0
    jne .end
    mov dword [0x21 * 4], .iret
.end:
    ret
.iret:
    iret

query_controller:
    mov ax, SEGMENT_INFO
    mov es, ax
    xor di, di
    mov cx, (BOOT_VBE_INFO_END - BOOT_VBE_INFO) / 2
    xor ax, ax
    rep stosw
    xor di, di
    mov dword [es:di], "VBE2"   ; asks for the long form
    mov ax, 0x4f00
    int 0x10
    call settle
    cmp ax, VBE_OK
    jne .end
    mov ax, SEGMENT_INFO
    mov es, ax
    cmp dword [es:0], "VESA"
    jne .end
    mov byte [cs:vbe_answered], 1
.end:
    ret

; Cards without a monitor answer with FFh or zeros: lib/edid looks at that.
; out: BOOT_EDID  clobbers: everything
global edid_query
edid_query:
    mov ax, SEGMENT_EDID
    mov es, ax
    xor di, di
    mov cx, 128 / 2
    xor ax, ax
    rep stosw
    mov ax, 0x4f15
    mov bx, 1                   ; read EDID
    xor cx, cx                  ; controller 0
    xor dx, dx                  ; block 0
    xor di, di
    int 0x10
    jmp settle

query_list:
    mov ax, SEGMENT_INFO
    mov es, ax
    mov eax, [es:MODE_LIST]
    mov [cs:list], eax
    mov word [cs:left], LIST_MAX
.next:
    les di, [cs:list]
    mov cx, [es:di]
    cmp cx, LIST_END
    je .end
    add word [cs:list], 2
    call query_mode
    dec word [cs:left]
    jnz .next
.end:
    ret

; 100h–11Bh are VESA's own numbers, 140h–14Fh what several makers add for true colour.
query_usual_numbers:
    mov word [cs:number], 0x100
.next:
    mov cx, [cs:number]
    call query_mode
    inc word [cs:number]
    cmp word [cs:number], 0x11c
    jne .not_gap
    mov word [cs:number], 0x140
.not_gap:
    cmp word [cs:number], 0x150
    jb .next
    ret

; in: cx = mode  out: a record when it has a linear framebuffer  clobbers: everything
query_mode:
    cmp word [cs:vbe_mode_count], RECORDS_MAX
    jae .end
    mov [cs:mode], cx
    mov ax, SEGMENT_MODE
    mov es, ax
    xor di, di
    mov cx, MODE_BYTES / 2
    xor ax, ax
    rep stosw
    mov ax, 0x4f01
    mov cx, [cs:mode]
    xor di, di
    int 0x10
    call settle
    cmp ax, VBE_OK
    jne .end
    mov ax, SEGMENT_MODE
    mov ds, ax
    mov al, [0]
    and al, WANTED
    cmp al, WANTED
    jne .end
    mov ax, SEGMENT_MODES
    mov es, ax
    mov di, [cs:vbe_mode_count]
    shl di, 6                   ; RECORD_BYTES
    xor si, si
    mov cx, MODE_BYTES / 2
    rep movsw
    mov ax, [cs:mode]
    stosw
    inc word [cs:vbe_mode_count]
.end:
    ret

; After a BIOS call: flags as we want them.  clobbers: -
settle:
    cld
    sti
    ret

section .real.data progbits alloc noexec write
align 4
global vbe_answered, vbe_mode_count
list:           dd 0
left:           dw 0
mode:           dw 0
number:         dw 0
vbe_mode_count: dw 0
vbe_answered:   db 0
