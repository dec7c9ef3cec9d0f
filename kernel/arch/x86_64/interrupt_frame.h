/* What interrupt_entry.asm leaves on the stack, lowest address first. */
#pragma once

#include <stdint.h>

struct interrupt_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error_code;
    uint64_t rip, cs, rflags, rsp, ss;
};

/* The registers of the moment (hardware.asm). */
void cpu_capture(struct interrupt_frame *frame);
