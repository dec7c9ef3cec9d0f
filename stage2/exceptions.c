/* The interrupt table of stage 2's long mode: 32 gates to exceptions.asm, which calls
   exception_report. Interrupts stay off in long mode, so nothing else can come (an NMI is vector
   2). Intel SDM volume 3A, §6.14. */
#include "stage2/exceptions.h"

#include <stdint.h>

#include "lib/compiler.h"
#include "stage2/console.h"
#include "stage2/cpu.h"

#define GATES          32
#define STUB_BYTES     16
#define CODE64         0x08   /* long_mode.asm */
#define INTERRUPT_GATE 0x8e00 /* present, ring 0 */

struct gate {
    uint16_t offset_0;
    uint16_t selector;
    uint16_t flags;
    uint16_t offset_16;
    uint32_t offset_32;
    uint32_t reserved;
};

struct idt_pointer {
    uint16_t limit;
    uint64_t base;
} packed;

struct exception_frame {
    uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

extern const uint8_t exception_stubs[]; /* exceptions.asm */
extern struct idt_pointer idt_pointer;  /* long_mode.asm loads it after every way back */
void exception_report(const struct exception_frame *frame);

static struct gate idt[GATES];

void exceptions_init(void)
{
    for (uint32_t i = 0; i < GATES; i++) {
        uint64_t stub = (uint64_t)(exception_stubs + i * STUB_BYTES);
        idt[i] =
            (struct gate){(uint16_t)stub, CODE64, INTERRUPT_GATE, (uint16_t)(stub >> 16), 0, 0};
    }
    idt_pointer = (struct idt_pointer){sizeof(idt) - 1, (uint64_t)idt};
    __asm__ volatile("lidt %0" : : "m"(idt_pointer));
}

_Noreturn void exception_report(const struct exception_frame *frame)
{
    fail("exception %llu in stage 2: RIP %llx, error code %llx, CR2 %llx, RSP %llx",
         (unsigned long long)frame->vector, (unsigned long long)frame->rip,
         (unsigned long long)frame->error, (unsigned long long)read_cr2(),
         (unsigned long long)frame->rsp);
}
