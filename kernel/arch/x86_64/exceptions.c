/*
 * What the CPU itself complains of, vectors 0–31: named, the error code in words, and then the
 * panic screen, unless somebody waits for it (cpu_catch) or it is none that stops anybody (a
 * breakpoint, an NMI without a cause, an error that the hardware has put right). Intel SDM vol. 3,
 * 6.15.
 */
#include "kernel/arch/x86_64/exceptions.h"

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/check_trap.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/fixup.h"
#include "kernel/arch/x86_64/interrupt_frame.h"
#include "kernel/arch/x86_64/selectors.h"
#include "kernel/arch/x86_64/page_tables.h"
#include "kernel/core/driver/module.h"
#include "kernel/core/log/log.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/thread/stack.h"
#include "kernel/core/thread/thread.h"
#include "kernel/panic.h"
#include "kernel/sanitizer/kasan.h"
#include "kernel/symbols.h"

#define RFLAGS_TRAP      (1ull << 8)
#define RFLAGS_ALIGNMENT (1ull << 18)

static const char *const names[EXCEPTIONS] = {
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

/* catch.asm */
extern const uint8_t exception_caught[];
int exception_catch(void (*function)(void *), void *context);
noreturn void exception_give_up(uint64_t stack);

extern const uint8_t drivers_text_start[], drivers_text_end[]; /* kernel.ld */

static struct cpu_exception last_caught;

bool cpu_catch(void (*function)(void *), void *context, struct cpu_exception *caught)
{
    if (!exception_catch(function, context))
        return false;
    *caught = last_caught;
    return true;
}

const char *cpu_exception_name(unsigned vector)
{
    return vector < EXCEPTIONS ? names[vector] : "no exception";
}

/* Go on behind cpu_catch. */
static void go_behind_catch(struct interrupt_frame *frame)
{
    kasan_leave_stack((uintptr_t)frame, thread_current()->catch_stack);
    frame->rip = (uintptr_t)exception_caught;
    frame->cs = SELECTOR_KERNEL_CODE; /* it may have come from ring 3; GS is the kernel's already */
    frame->ss = SELECTOR_KERNEL_DATA;
    frame->rsp = thread_current()->catch_stack;
    frame->rflags &= ~(RFLAGS_TRAP | RFLAGS_ALIGNMENT);
}

static bool is_code_of_drivers(uint64_t rip)
{
    return rip - (uintptr_t)drivers_text_start < (uintptr_t)drivers_text_end - (uintptr_t)drivers_text_start
           || module_may_be_at(rip);
}

/* A place to go on at: whoever wrote over it is better stopped. */
static bool is_catching(void)
{
    const struct thread *self = thread_current();

    return self->catch_stack - self->stack_low < self->stack_high - self->stack_low;
}

static bool may_end_driver(uint64_t rip)
{
    return is_catching() && preempt_count() == 0 && is_code_of_drivers(rip);
}

/* A double fault leaves no state that one could return to; of a driver that lost its stack nobody does. */
static bool caught(struct interrupt_frame *frame)
{
    bool lost_stack = frame->vector == EXCEPTION_DOUBLE_FAULT;

    if (!is_catching() || (lost_stack && (preempt_count() > 0 || !(frame->rflags & CPU_INTERRUPTS_ON))))
        return false;
    last_caught = (struct cpu_exception){
        .vector = (unsigned)frame->vector,
        .error_code = frame->error_code,
        .rip = frame->rip,
        .address = frame->vector == EXCEPTION_PAGE_FAULT ? read_cr2() : 0,
    };
    if (lost_stack) /* perhaps it was full */
        stack_mend(thread_current()->stack_low);
    go_behind_catch(frame);
    return true;
}

static void note_giving_up(uint64_t rip)
{
    thread_current()->give_up = false;
    last_caught = (struct cpu_exception){.vector = CPU_GAVE_UP, .rip = rip};
}

void cpu_driver_strays(uint64_t rip)
{
    if (may_end_driver(rip))
        __builtin_trap();
}

void exception_end_driver(struct interrupt_frame *frame)
{
    if (frame->rflags & CPU_INTERRUPTS_ON && may_end_driver(frame->rip)) {
        note_giving_up(frame->rip);
        go_behind_catch(frame);
    }
}

void cpu_give_up(void)
{
    uint64_t stack = thread_current()->catch_stack;

    if (!stack || preempt_count() > 0)
        panic("a thread that is not in cpu_catch, or has a lock, cannot give up");
    note_giving_up((uintptr_t)__builtin_return_address(0));
    kasan_leave_stack((uintptr_t)__builtin_frame_address(0), stack);
    exception_give_up(stack);
}

/* Intel SDM vol. 3, 4.7: the bits of a page fault's error code. */
static noreturn void page_fault(const struct interrupt_frame *frame)
{
    panic_frame(frame, "page fault: %s %s 0x%llx: %s",
                frame->error_code & 4 ? "ring 3" : "the kernel",
                frame->error_code & 16  ? "runs code at"
                : frame->error_code & 2 ? "writes to"
                                        : "reads from",
                (unsigned long long)read_cr2(),
                frame->error_code & 8   ? "a reserved bit is set in a page table"
                : frame->error_code & 1 ? "the page forbids it"
                                        : "nothing is mapped there");
}

/* Its usual cause is a stack that is used up: the page fault found no room for its own frame. */
static noreturn void double_fault(const struct interrupt_frame *frame)
{
    const char *stack;

    if (stack_guard_at(read_cr2(), &stack) || stack_guard_at(frame->rsp - 8, &stack))
        panic_frame(frame, "double fault (exception 8): the %s stack is full", stack);
    panic_frame(frame, "double fault (exception 8); the address of the last page fault is 0x%llx",
                (unsigned long long)read_cr2());
}

/* SDM vol. 3, 17.2.3: DR6 says what a debug exception was. */
static void debug(struct interrupt_frame *frame)
{
    uint64_t status;

    __asm__ volatile("mov %%dr6, %0" : "=r"(status));
    log_warn("cpu", "debug exception at 0x%llx: %s", (unsigned long long)frame->rip,
             status & 1ull << 14   ? "a single step"
             : status & 1ull << 13 ? "debug registers touched"
             : status & 15         ? "a breakpoint of the debug registers"
                                   : "int1, or a task switch");
    __asm__ volatile("mov %0, %%dr6" : : "r"(0xffff0ff0ull));
    frame->rflags &= ~RFLAGS_TRAP;
}

static bool has_selector(uint64_t vector)
{
    return vector >= 10 && vector <= 13;
}

static noreturn void fatal(const struct interrupt_frame *frame)
{
    uint64_t error = frame->error_code;
    const char *who = frame->cs & 3 ? " in ring 3" : "";

    /* Error codes of segment faults: bit 0 external, bits 1–2 table, then the index (SDM 6.13). */
    if (error && has_selector(frame->vector))
        panic_frame(frame, "%s (exception %u)%s, %s entry 0x%x%s", names[frame->vector],
                    (unsigned)frame->vector, who,
                    error & 2 ? "IDT" : error & 4 ? "LDT" : "GDT", (unsigned)(error >> 3 & 0x1fff),
                    error & 1 ? ", from outside" : "");
    if (error)
        panic_frame(frame, "%s (exception %u)%s, error code 0x%llx", names[frame->vector],
                    (unsigned)frame->vector, who, (unsigned long long)error);
    panic_frame(frame, "%s (exception %u)%s", names[frame->vector], (unsigned)frame->vector, who);
}

/* One of the checks that the compiler put in failed; or it is an instruction that no CPU knows. */
static noreturn void invalid_opcode(const struct interrupt_frame *frame)
{
    const void *at = (const void *)(uintptr_t)frame->rip;
    uint8_t bytes[CHECK_TRAP_BYTES] = {0};
    const char *check = NULL;
    char where[80];

    if (!(frame->cs & 3) && !probe_read(at, bytes, sizeof(bytes)))
        check = check_trap_name(bytes);
    if (check && symbol_describe(frame->rip, where, sizeof(where)))
        panic_frame(frame, "%s failed at %s", check, where);
    fatal(frame);
}

static bool is_user_address(uint64_t address)
{
    return address < USER_HALF_END;
}

/* A page fault at an address of a program, by itself or by the kernel copying for it: perhaps
   the page only has to be brought. What held preemption or interrupts off cannot wait for that.
   CR2 is read before interrupts may come, which may fault as well. 1: not such a fault; else
   user_page_fault's answer. */
static int bring_page(const struct interrupt_frame *frame, uint64_t address)
{
    bool may_wait = frame->rflags & CPU_INTERRUPTS_ON && preempt_count() == 0;

    if (frame->vector != EXCEPTION_PAGE_FAULT || !thread_current()->process || !may_wait
        || !is_user_address(address) || (!(frame->cs & 3) && !fixup_known(frame)))
        return 1;
    cpu_user_access_end();
    cpu_enable_interrupts();
    int error = user_page_fault(address, (unsigned)frame->error_code);

    (void)cpu_save_interrupts();
    return error;
}

/* A program uses the FPU, whose registers are not its own at the moment. 1: not such a fault; else
   fpu_trap's answer. */
static int bring_fpu(const struct interrupt_frame *frame)
{
    if (frame->vector != EXCEPTION_NO_FPU || !(frame->cs & 3) || !thread_current()->space)
        return 1;
    cpu_enable_interrupts();
    int error = fpu_trap();

    (void)cpu_save_interrupts();
    return error;
}

static void fault_of_a_program(const struct interrupt_frame *frame, uint64_t address, int error)
{
    const struct cpu_exception exception = {
        .vector = (unsigned)frame->vector,
        .error_code = frame->error_code,
        .rip = frame->rip,
        .address = frame->vector == EXCEPTION_PAGE_FAULT ? address : 0,
    };

    cpu_enable_interrupts();
    user_fault(&exception, error);
    (void)cpu_save_interrupts();
}

void exception_dispatch(struct interrupt_frame *frame)
{
    uint64_t address = frame->vector == EXCEPTION_PAGE_FAULT ? read_cr2() : 0;

    switch (frame->vector) {
    case EXCEPTION_NMI:
        nmi_handle(frame);
        return;
    case EXCEPTION_MACHINE_CHECK:
        machine_check_handle(frame);
        return;
    default:
        break;
    }
    int error = frame->vector == EXCEPTION_NO_FPU ? bring_fpu(frame) : bring_page(frame, address);

    if (error == 0 || fixup_recover(frame) || caught(frame))
        return;
    if (frame->cs & 3 && thread_current()->process) {
        fault_of_a_program(frame, address, error);
        return;
    }
    switch (frame->vector) {
    case EXCEPTION_DEBUG:
        debug(frame);
        return;
    case EXCEPTION_BREAKPOINT:
        log_warn("cpu", "breakpoint (int3) at 0x%llx", (unsigned long long)frame->rip - 1);
        return;
    case EXCEPTION_INVALID_OPCODE:
        invalid_opcode(frame);
    case EXCEPTION_PAGE_FAULT:
        page_fault(frame);
    case EXCEPTION_DOUBLE_FAULT:
        double_fault(frame);
    default:
        fatal(frame);
    }
}
