; A fault inside stage 2 is a mistake of ours or broken memory: 32 stubs that lead to one C
; function, which prints vector, error code, RIP and CR2 and halts. Without it: a triple fault and
; a silent reset. The stubs are 16 bytes apart, so exceptions.c finds them by arithmetic.

bits 64
section .text

extern exception_report

%define HAS_ERROR_CODE(n) ((n) == 8 || ((n) >= 10 && (n) <= 14) || (n) == 17 || (n) == 21 || \
                           (n) == 29 || (n) == 30)

align 16
global exception_stubs
exception_stubs:
%assign vector 0
%rep 32
    align 16
    %if !HAS_ERROR_CODE(vector)
    push 0
    %endif
    push vector
    jmp strict near exception_common
    %assign vector vector + 1
%endrep

; Stack now: vector, error code, RIP, CS, RFLAGS, RSP, SS = struct exception_frame.
exception_common:
    cld
    mov rdi, rsp
    and rsp, -16
    call exception_report       ; does not come back
    ud2
