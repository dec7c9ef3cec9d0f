; The way to long mode and back. Identity page tables for the first 4 GiB (2 MiB pages), the GDT,
; the switch up (long_mode_enter), the switch down (inside real_call), and real_call itself: stage
; 2's C calls 16-bit routines through it, and so the BIOS (thunk.asm). Follows Intel SDM volume
; 3A, §10.8.5 (entering) and §10.9.2 (back to real mode).

%include "boot_memory.inc"

extern stage2_main, bss_start, bss_end_marker

CR0_PE      equ 1 << 0
CR0_PG      equ 1 << 31
CR4_PAE     equ 1 << 5
MSR_EFER    equ 0xc0000080
EFER_LME    equ 1 << 8

SEL_CODE64  equ 0x08
SEL_DATA    equ 0x10
SEL_CODE16  equ 0x18
SEL_DATA16  equ 0x20

PAGE_TABLE_SEGMENT equ BOOT_PAGE_TABLES >> 4
PAGE_RW     equ 0x03            ; present, writable
PAGE_2M     equ 0x83            ; present, writable, large

; ------------------------------------------------------------------------------------------------
bits 16
section .real.text progbits alloc exec write

; One PML4, one PDPT, four page directories, 24 KiB, at BOOT_PAGE_TABLES.
; clobbers: eax, ecx, edi
global identity_map
identity_map:
    push es
    mov ax, PAGE_TABLE_SEGMENT
    mov es, ax
    xor edi, edi
    xor eax, eax
    mov ecx, 0x2000 / 4         ; PML4 and PDPT empty
    rep stosd
    mov dword [es:0], BOOT_PAGE_TABLES + 0x1000 + PAGE_RW
    mov dword [es:0x1000], BOOT_PAGE_TABLES + 0x2000 + PAGE_RW
    mov dword [es:0x1008], BOOT_PAGE_TABLES + 0x3000 + PAGE_RW
    mov dword [es:0x1010], BOOT_PAGE_TABLES + 0x4000 + PAGE_RW
    mov dword [es:0x1018], BOOT_PAGE_TABLES + 0x5000 + PAGE_RW
    mov eax, PAGE_2M
    mov cx, 4 * 512
.next:
    mov [es:di], eax
    mov dword [es:di + 4], 0
    add di, 8
    add eax, 0x200000
    loop .next
    pop es
    ret

; Real mode → 64 bits. Interrupts go off before the IDT gets limit 0: one that came in between would
; find no vector and shut the CPU down. They stay off in long mode.
; in: [resume64] = where to go on; the 64-bit stack is [saved_rsp]  clobbers: everything
global long_mode_enter
long_mode_enter:
    cli
.interrupts_off:
    lidt [no_idt]
    lgdt [gdt_pointer]
    mov eax, cr4
    or eax, CR4_PAE
    mov cr4, eax
    mov eax, BOOT_PAGE_TABLES
    mov cr3, eax
    mov ecx, MSR_EFER
    rdmsr
    or eax, EFER_LME
    wrmsr
    mov eax, cr0
    or eax, CR0_PE
    mov cr0, eax
    jmp SEL_CODE16:.protected
.protected:
    mov eax, cr0
    or eax, CR0_PG
    mov cr0, eax
    jmp SEL_CODE64:.long

bits 64
.long:
    mov eax, SEL_DATA
    mov ds, eax
    mov es, eax
    mov ss, eax
    mov fs, eax
    mov gs, eax
    mov rsp, [abs saved_rsp]
    lidt [abs idt_pointer]
    mov eax, [abs resume64]
    jmp rax

; The first time: empty .bss, then C.
bits 16
global long_mode_first
long_mode_first:
    mov dword [saved_rsp], BOOT_STACK_END
    mov dword [resume64], first
    jmp long_mode_enter

bits 64
first:
    mov edi, bss_start
    mov ecx, bss_end_marker
    sub ecx, edi
    shr ecx, 3
    xor eax, eax
    rep stosq
    xor ebp, ebp
    call stage2_main            ; does not come back
    ud2

; ------------------------------------------------------------------------------------------------
; void real_call(void (*routine)(void))
; Run a 16-bit routine in real mode: cs = ds = es = fs = gs = ss = 0, BIOS stack, BIOS interrupt
; table, interrupts on, direction forward. It may change every register; `ret` brings it back.
; in: edi = routine (below 64 KiB)
global real_call
real_call:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov [abs routine], di
    mov [abs saved_rsp], rsp
    mov dword [abs resume64], .back
    lidt [abs no_idt]
    push SEL_CODE16
    push .compatibility
    retfq
.back:
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret

bits 16
.compatibility:
    mov ax, SEL_DATA16          ; 64 KiB limits: real mode keeps what is loaded here
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax
    mov eax, cr0
    and eax, ~CR0_PG            ; leaves long mode
    mov cr0, eax
    mov ecx, MSR_EFER
    rdmsr
    and eax, ~EFER_LME          ; a BIOS that pages for itself must not meet our bits
    wrmsr
    mov eax, cr4
    and eax, ~CR4_PAE
    mov cr4, eax
    xor eax, eax
    mov cr3, eax
    mov eax, cr0
    and eax, ~CR0_PE
    mov cr0, eax
    jmp 0:.real
.real:
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax
    mov esp, BOOT_BIOS_STACK_END
    lidt [bios_idt]
    cld
    sti
    call [routine]
    cli
    cld
    xor ax, ax
    mov ds, ax
    mov ss, ax
    jmp long_mode_enter

; ------------------------------------------------------------------------------------------------
section .real.data progbits alloc noexec write
align 8
gdt:
    dq 0
    dq 0x00af9a000000ffff       ; 64-bit code
    dq 0x00cf92000000ffff       ; data, 4 GiB
    dq 0x00009a000000ffff       ; 16-bit code, 64 KiB
    dq 0x000092000000ffff       ; 16-bit data, 64 KiB
gdt_pointer:
    dw $ - gdt - 1
    dd gdt
bios_idt:
    dw 0x3ff
    dd 0
no_idt:
    dw 0
    dq 0
global idt_pointer
idt_pointer:                    ; exceptions.c fills it
    dw 0
    dq 0

align 8
saved_rsp: dq 0
resume64:  dd 0
routine:   dw 0
