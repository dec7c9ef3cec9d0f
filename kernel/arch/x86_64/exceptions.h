/* Vectors 0–31, for kernel/arch/x86_64 alone. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct interrupt_frame;

#define EXCEPTIONS 32

#define EXCEPTION_DEBUG          1
#define EXCEPTION_NMI            2
#define EXCEPTION_BREAKPOINT     3
#define EXCEPTION_INVALID_OPCODE 6
#define EXCEPTION_NO_FPU         7
#define EXCEPTION_DOUBLE_FAULT   8
#define EXCEPTION_PAGE_FAULT     14
#define EXCEPTION_MACHINE_CHECK  18

/* From the interrupt entry. Returns when what was interrupted can go on (perhaps elsewhere:
   cpu_catch), else it is the panic screen. */
void exception_dispatch(struct interrupt_frame *frame);

void nmi_enable(void); /* once the IDT stands: the NMI gate of port 70h, which stage 2 closed */
void nmi_handle(const struct interrupt_frame *frame);

void machine_check_init(void); /* all banks report */
void machine_check_handle(const struct interrupt_frame *frame);
/* From the interrupt entry, for a thread whose give_up is set: it goes on behind cpu_catch when it is in the
   code of a driver, with interrupts on and no lock. */
void exception_end_driver(struct interrupt_frame *frame);
