/*
 * The interrupt descriptor table and the dispatch of every vector: 0–31 exceptions, 32–47 the PIC's
 * lines, 48–255 software and local APIC. Intel SDM vol. 3, 6.14 (64-bit gates) and 6.15
 * (exceptions).
 */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/interrupt_frame.h"
#include "kernel/arch/x86_64/selectors.h"
#include "kernel/arch/x86_64/stacks.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/log/log.h"
#include "kernel/panic.h"
#include "lib/printf.h"

#define VECTORS      256
#define VECTOR_NMI   2
#define VECTOR_DOUBLE_FAULT 8
#define VECTOR_PAGE_FAULT   14
#define VECTOR_MACHINE_CHECK 18
#define VECTOR_IRQ   32
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

static const char *const exception_names[32] = {
    "divide error", "debug", "non-maskable interrupt", "breakpoint", "overflow",
    "bound range exceeded", "invalid opcode", "device not available", "double fault",
    "coprocessor segment overrun", "invalid TSS", "segment not present", "stack-segment fault",
    "general protection", "page fault", "reserved exception 15", "x87 floating point",
    "alignment check", "machine check", "SIMD floating point", "virtualisation",
    "control protection", "reserved exception 22", "reserved exception 23",
    "reserved exception 24", "reserved exception 25", "reserved exception 26",
    "reserved exception 27", "hypervisor injection", "VMM communication", "security",
    "reserved exception 31",
};

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
    gate_set(VECTOR_NMI, IST_NMI);
    gate_set(VECTOR_DOUBLE_FAULT, IST_DOUBLE_FAULT);
    gate_set(VECTOR_MACHINE_CHECK, IST_MACHINE_CHECK);
    fastos_lidt((const uint8_t *)&idtr);
}

static uint64_t fault_address(void)
{
    uint64_t address;

    __asm__ volatile("mov %%cr2, %0" : "=r"(address));
    return address;
}

/* What a full stack looks like: the page fault in its guard page has no room for its own frame. */
static noreturn void double_fault(const struct interrupt_frame *frame)
{
    uint64_t address = fault_address();

    if (address - (uintptr_t)boot_stack.guard < sizeof(boot_stack.guard))
        panic_frame(frame, "double fault (exception 8): the stack is full, its guard page is at %p",
                    (const void *)boot_stack.guard);
    panic_frame(frame, "double fault (exception 8), the last page fault was at 0x%llx",
                (unsigned long long)address);
}

/* Intel SDM vol. 3, 4.7: the bits of a page fault's error code. */
static noreturn void page_fault(const struct interrupt_frame *frame)
{
    uint64_t address = fault_address();

    panic_frame(frame, "page fault: %s %s 0x%llx: %s",
                frame->error_code & 4 ? "ring 3" : "the kernel",
                frame->error_code & 16  ? "runs code at"
                : frame->error_code & 2 ? "writes to"
                                        : "reads from",
                (unsigned long long)address,
                frame->error_code & 8   ? "a reserved bit is set in a page table"
                : frame->error_code & 1 ? "the page forbids it"
                                        : "nothing is mapped there");
}

static noreturn void exception(const struct interrupt_frame *frame)
{
    if (frame->vector == VECTOR_PAGE_FAULT)
        page_fault(frame);
    if (frame->vector == VECTOR_DOUBLE_FAULT)
        double_fault(frame);
    /* Error codes of segment faults: bit 0 external, bits 1–2 table, then the index (SDM 6.13). */
    if (frame->error_code)
        panic_frame(frame, "%s (exception %u), %s entry 0x%x%s", exception_names[frame->vector],
                    (unsigned)frame->vector,
                    frame->error_code & 2 ? "IDT" : frame->error_code & 4 ? "LDT" : "GDT",
                    (unsigned)(frame->error_code >> 3 & 0x1fff),
                    frame->error_code & 1 ? ", from outside" : "");
    panic_frame(frame, "%s (exception %u)", exception_names[frame->vector],
                (unsigned)frame->vector);
}

void interrupt_dispatch(struct interrupt_frame *frame)
{
    if (frame->vector < VECTOR_IRQ)
        exception(frame);
    else if (frame->vector < VECTOR_AFTER_IRQ)
        irq_dispatch((unsigned)(frame->vector - VECTOR_IRQ));
    else
        log_warn("interrupts", "vector %u came, which nobody handles", (unsigned)frame->vector);
}
