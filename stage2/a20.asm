; Address line 20: without it every odd megabyte is the even one below. In this order, with a test
; after each: it is on already → INT 15h AX=2401h → port 92h → keyboard controller (last, because
; some machines hang in their emulation of it). No wait is longer than 100 ms.
; A20_NO_INT15, A20_NO_PORT92, A20_NO_KBC leave a method out, for tests/stage2.

bits 16
section .real.text progbits alloc exec write

PORT_92     equ 0x92
KBC_DATA    equ 0x60
KBC_STATUS  equ 0x64
KBC_COMMAND equ 0x64
PORT_POST   equ 0x80            ; a write takes about 1 µs

; out: CF clear: on; CF set: it stays off  clobbers: eax, ecx, edx
global a20_enable
a20_enable:
    call a20_test
    jnc .on
%ifndef A20_NO_INT15
    call by_int15
    call a20_test_patiently
    jnc .on
%endif
%ifndef A20_NO_PORT92
    call by_port92
    call a20_test_patiently
    jnc .on
%endif
%ifndef A20_NO_KBC
    call by_keyboard_controller
    call a20_test_patiently
    jnc .on
%endif
    stc
.on:
    ret

; For C, after a BIOS call that switched it off: the same once more.
; out: [a20_lost] = 1: it stays off  clobbers: everything
global a20_restore
a20_restore:
    call a20_enable
    setc [a20_lost]
    ret

; Two patterns, so that no leftover in memory can look like an alias.
; out: CF clear: on  clobbers: eax, ecx
a20_test:
    push es
    mov ax, 0xffff
    mov es, ax
    mov ecx, [es:probe + 0x10]  ; probe + 1 MiB
    push ecx
    mov ecx, [probe]
    mov dword [probe], 0x00000000
    mov dword [es:probe + 0x10], 0xffffffff
    cmp dword [probe], 0x00000000
    jne .off
    mov dword [probe], 0xa5a5a5a5
    mov dword [es:probe + 0x10], 0x5a5a5a5a
    cmp dword [probe], 0xa5a5a5a5
    jne .off
    pop eax
    mov [es:probe + 0x10], eax
    mov [probe], ecx
    pop es
    clc
    ret
.off:
    pop eax                     ; both names mean [probe]: keep its own value
    mov [probe], ecx
    pop es
    stc
    ret

; The line may need some time: test for up to about 20 ms.
; out: as a20_test  clobbers: eax, ecx, edx
a20_test_patiently:
    mov dx, 200
.again:
    call a20_test
    jnc .on
    mov cx, 100
.delay:
    out PORT_POST, al
    loop .delay
    dec dx
    jnz .again
    stc
.on:
    ret

by_int15:
    pushad
    mov ax, 0x2401
    int 0x15
    xor ax, ax
    mov ds, ax
    mov es, ax
    cld
    sti
    popad
    ret

; Bit 1 switches A20, bit 0 resets the machine: never write that one. FFh means there is no port.
by_port92:
    in al, PORT_92
    cmp al, 0xff
    je .no
    or al, 2
    and al, 0xfe
    out PORT_92, al
.no:
    ret

; Read the output port (D0h), set its bit 1, write it back (D1h), then the null command FFh that
; USB emulations wait for. Old clones have other bits in there, so no constant is assumed.
by_keyboard_controller:
    in al, KBC_STATUS
    cmp al, 0xff
    je .no
    cli
    mov al, 0xad                ; keyboard off, so that no key lands between
    call kbc_command
    jc .end
    mov al, 0xd0
    call kbc_command
    jc .end
    call kbc_wait_output
    jc .end
    in al, KBC_DATA
    mov dl, al
    mov al, 0xd1
    call kbc_command
    jc .end
    call kbc_wait_input
    jc .end
    mov al, dl
    or al, 3                    ; A20 on, and never bit 0 clear: it is the reset line
    out KBC_DATA, al
    mov al, 0xff
    call kbc_command
.end:
    mov al, 0xae                ; keyboard on
    call kbc_command
    call kbc_wait_input
    sti
.no:
    ret

; in: al = command  out: CF set: timeout  clobbers: ax, cx
kbc_command:
    push ax
    call kbc_wait_input
    pop ax
    jc .end
    out KBC_COMMAND, al
.end:
    ret

; Until the controller takes a byte (status bit 1 clear), about 65 ms at most.
; out: CF set: timeout  clobbers: al, cx
kbc_wait_input:
    mov cx, 0xffff
.wait:
    in al, KBC_STATUS
    test al, 2
    jz .ready                   ; test clears CF
    loop .wait
    stc
.ready:
    ret

; Until it offers a byte (status bit 0 set).
; out: CF set: timeout  clobbers: al, cx
kbc_wait_output:
    mov cx, 0xffff
.wait:
    in al, KBC_STATUS
    test al, 1
    jnz .ready
    loop .wait
    stc
.ready:
    ret

section .real.data progbits alloc noexec write
align 4
probe: dd 0
global a20_lost
a20_lost: db 0
