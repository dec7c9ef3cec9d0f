; Text from real mode, to three places at once: the screen (INT 10h AH=0Eh), COM1 and port E9h.
; Steps ("cpu", "a20", …) go to the screen and port E9h alone: COM1 is slow and carries the log.

bits 16
section .real.text progbits alloc exec write

COM1            equ 0x3f8
UART_DATA       equ COM1
UART_FIFO       equ COM1 + 2
UART_LINE       equ COM1 + 3
UART_MODEM      equ COM1 + 4
UART_STATUS     equ COM1 + 5
UART_SCRATCH    equ COM1 + 7
UART_THRE       equ 0x20

PORT_E9         equ 0xe9
PORT_POST       equ 0x80

; Find COM1 and port E9h, set COM1 to 115200 8N1 (NS16550A data sheet, §8).
; in: -  out: [text_has_com1], [text_has_e9]  clobbers: ax, dx
global text_init
text_init:
    in al, PORT_E9              ; Bochs and QEMU answer with the port's own number
    cmp al, PORT_E9
    sete [text_has_e9]

    mov dx, UART_SCRATCH        ; a UART keeps what is written here; an empty bus does not
    mov al, 0x5a
    out dx, al
    in al, dx
    cmp al, 0x5a
    jne .no_com1
    mov al, 0xa5
    out dx, al
    in al, dx
    cmp al, 0xa5
    jne .no_com1
    mov dx, UART_STATUS
    in al, dx
    cmp al, 0xff
    je .no_com1

    mov dx, UART_LINE
    mov al, 0x80                ; divisor latch
    out dx, al
    mov dx, UART_DATA
    mov al, 1                   ; 115200
    out dx, al
    inc dx
    xor al, al
    out dx, al
    mov dx, UART_LINE
    mov al, 0x03                ; 8N1
    out dx, al
    mov dx, UART_DATA + 1
    xor al, al                  ; no interrupts
    out dx, al
    mov dx, UART_FIFO
    mov al, 0x07                ; FIFO on and cleared
    out dx, al
    mov dx, UART_MODEM
    mov al, 0x03                ; DTR, RTS
    out dx, al
    mov byte [text_has_com1], 1
.no_com1:
    ret

; One step's name: a space and the word, on the screen and port E9h; its first letter on port 80h.
; in: ds:si = text, 0 at the end  clobbers: -
global text_step
text_step:
    push ax
    mov al, [si]
    out PORT_POST, al
    mov al, ' '
    call put_e9
    call put_screen
    pop ax

; The same without space and letter.
global text_show
text_show:
    pushad
.next:
    lodsb
    test al, al
    jz .done
    call put_e9
    call put_screen
    jmp .next
.done:
    popad
    ret

; in: ds:si = text, 0 at the end  clobbers: -
global text_puts
text_puts:
    pushad
.next:
    lodsb
    test al, al
    jz .done
    call text_put
    jmp .next
.done:
    popad
    ret

; in: eax = number, printed as eight hexadecimal digits  clobbers: -
global text_hex32
text_hex32:
    pushad
    mov ebx, eax
    mov cx, 8
.digit:
    rol ebx, 4
    mov al, bl
    and al, 0x0f
    cmp al, 10
    sbb al, 0x69                ; 0–9 → 96h–9Fh with carry, A–F → A1h–A6h
    das                         ; → ASCII
    call text_put
    loop .digit
    popad
    ret

; in: al = character; 10 begins a new line  clobbers: -
global text_put
text_put:
    cmp al, 10
    jne .plain
    push ax
    mov al, 13
    call .plain
    pop ax
.plain:
    call put_e9
    call put_com1
    jmp put_screen

put_e9:
    cmp byte [text_has_e9], 0
    je .no
    out PORT_E9, al
.no:
    ret

; BIOSes are known to lose AX and BP here, so everything is saved.
put_screen:
    pushad
    mov ah, 0x0e
    mov bx, 0x0007
    int 0x10
    xor ax, ax
    mov ds, ax
    mov es, ax
    cld
    sti
    popad
    ret

; Waits for 4 million status reads at most (some seconds; emulators read fast), then gives COM1 up.
put_com1:
    cmp byte [text_has_com1], 0
    je .no
    pushad
    mov bl, al
    mov dx, UART_STATUS
    mov ecx, 1 << 22
.wait:
    in al, dx
    test al, UART_THRE
    jnz .ready
    dec ecx
    jnz .wait
    mov byte [text_has_com1], 0
    jmp .done
.ready:
    mov dx, UART_DATA
    mov al, bl
    out dx, al
.done:
    popad
.no:
    ret

section .real.data progbits alloc noexec write
global text_has_com1, text_has_e9
text_has_com1: db 0
text_has_e9:   db 0
