/*
 * Machine checks: the CPU reports faults of the hardware through banks of registers and, for those
 * that it could not put right, exception 18. Intel SDM vol. 3, chapter 15. Like an NMI it may come
 * anywhere: what is survived is told later, from deferred work.
 */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/exceptions.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/interrupt_frame.h"
#include "kernel/arch/x86_64/machine_check_text.h"
#include "kernel/core/interrupts/deferred.h"
#include "kernel/core/log/log.h"
#include "kernel/panic.h"

#define CPUID_1_EDX_MCE (1u << 7)
#define CPUID_1_EDX_MCA (1u << 14)
#define CR4_MCE         (1ull << 6)

#define MSR_MCG_CAP     0x179u /* bits 0–7: banks; bit 8: there is an MCG_CTL */
#define MSR_MCG_STATUS  0x17au
#define MSR_MCG_CTL     0x17bu
#define MSR_BANK_CTL(n)     (0x400u + 4 * (n))
#define MSR_BANK_STATUS(n)  (0x401u + 4 * (n))
#define MSR_BANK_ADDRESS(n) (0x402u + 4 * (n))
#define MCG_CAP_CTL        0x100u
#define MCG_STATUS_RESTART 1u /* the interrupted program can go on */
#define ALL                UINT64_MAX

static unsigned banks;
static char survived[200]; /* of the last one */

static void say(void *context)
{
    (void)context;
    log_error("cpu", "machine check: %s", survived);
}

static struct deferred report = {.name = "machine check", .run = say};

/* The text of bank n and its status, which is cleared; 0: it has nothing. */
static uint64_t take(unsigned n, char *text, size_t size)
{
    uint64_t status = fastos_read_msr(MSR_BANK_STATUS(n)), address = 0;

    if (!(status & MC_STATUS_VALID))
        return 0;
    if (status & MC_STATUS_HAS_ADDRESS)
        address = fastos_read_msr(MSR_BANK_ADDRESS(n));
    machine_check_text(n, status, address, text, size);
    fastos_write_msr(MSR_BANK_STATUS(n), 0);
    return status;
}

/* What a bank holds now is from before the start: said, for it may be why there was one. */
static void start_bank(unsigned n)
{
    char text[200];

    if (take(n, text, sizeof(text)))
        log_warn("cpu", "machine check from before the start: %s", text);
    fastos_write_msr(MSR_BANK_CTL(n), ALL);
}

void machine_check_init(void)
{
    uint32_t features = cpuid(1, 0).edx;

    if (!(features & CPUID_1_EDX_MCE))
        return;
    if (features & CPUID_1_EDX_MCA) {
        uint64_t capabilities = fastos_read_msr(MSR_MCG_CAP);

        banks = (unsigned)(capabilities & 0xff);
        if (capabilities & MCG_CAP_CTL)
            fastos_write_msr(MSR_MCG_CTL, ALL);
        for (unsigned n = 0; n < banks; n++)
            start_bank(n);
    }
    write_cr4(read_cr4() | CR4_MCE); /* without it a machine check resets the machine */
}

void machine_check_handle(const struct interrupt_frame *frame)
{
    uint64_t global = banks ? fastos_read_msr(MSR_MCG_STATUS) : 0, status;
    char text[200];

    for (unsigned n = 0; n < banks; n++) {
        status = take(n, text, sizeof(text));
        if (status & (MC_STATUS_UNCORRECTED | MC_STATUS_CORRUPT))
            panic_frame(frame, "machine check (exception 18), %s", text);
        if (status)
            __builtin_memcpy(survived, text, sizeof(survived));
    }
    if (!(global & MCG_STATUS_RESTART))
        panic_frame(frame, "machine check (exception 18), the program cannot go on (status 0x%llx)",
                    (unsigned long long)global);
    (void)irq_defer_from_nmi(&report);
    fastos_write_msr(MSR_MCG_STATUS, 0); /* last: until then a second one resets the machine */
}
