; The test kernel's first instructions: a stack, then C. in: rdi = boot_info
bits 64
default rel
extern kernel_test
section .text
global _start:function hidden
_start:
    lea rsp, [stack + 8192]
    call kernel_test
section .bss nobits alloc write
align 16
stack: resb 8192
