/*
 * The interrupt descriptor table and the dispatch of every vector: 0–31 exceptions, 32–47 the PIC's
 * lines, 48–255 software and local APIC. Intel SDM vol. 3, 6.14 (64-bit gates) and 6.15
 * (exceptions).
 */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/exceptions.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/interrupt_frame.h"
#include "kernel/arch/x86_64/irq_controller.h"
#include "kernel/arch/x86_64/selectors.h"
#include "kernel/arch/x86_64/stacks.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/thread/scheduler.h"
#include "kernel/core/thread/thread.h"

#define VECTORS 256
#define VECTOR_AFTER_IRQ (VECTOR_IRQ + IRQ_LINES)

extern const uint8_t interrupt_stubs[VECTORS][16];

struct gate {
    uint16_t offset_low, selector;
    uint8_t ist, type;
    uint16_t offset_middle;
    uint32_t offset_high, reserved;
};

static struct gate idt[VECTORS];

void interrupt_dispatch(struct interrupt_frame *frame);

static void gate_set(unsigned vector, uint8_t ist)
{
    uintptr_t at = (uintptr_t)interrupt_stubs[vector];

    idt[vector] = (struct gate){
        .offset_low = (uint16_t)at,
        .selector = SELECTOR_KERNEL_CODE,
        .ist = ist,
        .type = 0x8e, /* present, ring 0, interrupt gate: interrupts off on entry */
        .offset_middle = (uint16_t)(at >> 16),
        .offset_high = (uint32_t)(at >> 32),
    };
}

void idt_init(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } packed idtr = {sizeof(idt) - 1, (uintptr_t)idt};

    for (unsigned vector = 0; vector < VECTORS; vector++)
        gate_set(vector, 0);
    gate_set(EXCEPTION_NMI, IST_NMI);
    gate_set(EXCEPTION_DOUBLE_FAULT, IST_DOUBLE_FAULT);
    gate_set(EXCEPTION_MACHINE_CHECK, IST_MACHINE_CHECK);
    fastos_lidt((const uint8_t *)&idtr);
    machine_check_init();
    nmi_enable();
}

/* Interrupts are off, and stay so behind the last look. Not for what came on a stack of its own. */
static void return_to_user(struct interrupt_frame *frame)
{
    const struct thread *self = thread_current();

    while (self->process && frame == cpu_user_frame(self->stack_high)
           && __atomic_load_n(&self->attention, __ATOMIC_RELAXED) & ATTENTION_NOW) {
        cpu_enable_interrupts();
        user_attention(frame);
        (void)cpu_save_interrupts();
    }
}

void interrupt_dispatch(struct interrupt_frame *frame)
{
    if (frame->vector < VECTOR_IRQ)
        exception_dispatch(frame);
    else if (frame->vector < VECTOR_AFTER_IRQ)
        irq_dispatch((unsigned)(frame->vector - VECTOR_IRQ));
    else
        vector_dispatch((unsigned)frame->vector);
    if (frame->vector >= VECTOR_IRQ && frame->rflags & CPU_INTERRUPTS_ON)
        scheduler_interrupt_end();
    if (frame->cs & 3)
        return_to_user(frame);
    else if (unlikely(thread_current()->give_up) && frame->vector >= VECTOR_IRQ)
        exception_end_driver(frame);
}
