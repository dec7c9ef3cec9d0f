/* The hardware interface of the specification, in hardware.asm. System V calling convention. */
#pragma once

#include <stdint.h>

/* The registers of a thread that does not run. */
struct cpu_context {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rip, rflags, cr3;
};

void fastos_cli(void);                            /* interrupts off */
void fastos_sti(void);                            /* interrupts on */
void fastos_hlt(void);                            /* halt until the next interrupt */
void fastos_outb(uint16_t port, uint8_t value);
uint8_t fastos_inb(uint16_t port);
void fastos_lgdt(const uint8_t *gdtr);            /* 10 bytes: limit, base; reloads all segments */
void fastos_lidt(const uint8_t *idtr);            /* 10 bytes: limit, base */
void fastos_ltr(uint16_t selector);
uint64_t fastos_read_cr3(void);
void fastos_write_cr3(uint64_t value);
uint64_t fastos_read_msr(uint32_t msr);           /* #GP for one that the CPU has not */
void fastos_write_msr(uint32_t msr, uint64_t value);
/* Saves all registers in *old, as they are for the instruction behind the call, and goes on as *new
   says: address space, stack, flags, code. Ring 0 only; call with interrupts off. Returns when
   somebody switches to *old. CR3 is loaded only when it changes. */
void fastos_context_switch(struct cpu_context *old, const struct cpu_context *new);
