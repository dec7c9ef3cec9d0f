; The slow end of preempt_enable (kernel/core/sync/preempt.h).
bits 64
default rel
section .text

extern preempt_now

; in: -   out: -   clobbers: flags
; Called from where the compiler knows of no call: any alignment of the stack, every register kept.
global preempt_entry:function hidden
align 16
preempt_entry:
    push rbp
    mov rbp, rsp
    push rax
    push rcx
    push rdx
    push rsi
    push rdi
    push r8
    push r9
    push r10
    push r11
    sub rsp, 8
    and rsp, -16
    call preempt_now
    lea rsp, [rbp - 72]         ; where r11 lies
    pop r11
    pop r10
    pop r9
    pop r8
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rax
    pop rbp
    ret
