/*
 * The local APIC, in its memory-mapped form (xAPIC). Intel SDM vol. 3, chapter 10. A BIOS leaves
 * it in virtual wire mode: the PIC at pin LINT0, the NMI at LINT1. lapic_find only looks;
 * lapic_enable is the point of no return.
 */
#include "kernel/arch/x86_64/lapic.h"

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/core/log/log.h"
#include "lib/errno.h"

#define MSR_APIC_BASE    0x1bu
#define BASE_X2APIC      (1ull << 10)
#define BASE_ENABLED     (1ull << 11)
#define BASE_ADDRESS     0x000ffffffffff000ull
#define MSR_TSC_DEADLINE 0x6e0u

#define CPUID_1_EDX_APIC         (1u << 9)
#define CPUID_1_ECX_TSC_DEADLINE (1u << 24)

/* Registers: bytes from the base. */
enum {
    REG_ID = 0x20,
    REG_TASK_PRIORITY = 0x80,
    REG_END_OF_INTERRUPT = 0xb0,
    REG_SPURIOUS = 0xf0,
    REG_IN_SERVICE = 0x100, /* eight of 32 bits, 16 bytes apart */
    REG_ERROR_STATUS = 0x280,
    REG_COMMAND_LOW = 0x300,
    REG_COMMAND_HIGH = 0x310,
    REG_LVT_TIMER = 0x320,
    REG_LVT_LINT0 = 0x350,
    REG_LVT_LINT1 = 0x360,
    REG_LVT_ERROR = 0x370,
};

#define REGISTERS_BYTES 4096

#define SPURIOUS_ENABLE   0x100u
#define LVT_MASKED        (1u << 16)
#define LVT_NMI           (4u << 8)
#define LVT_LOW           (1u << 13)
#define LVT_LEVEL         (1u << 15)
#define COMMAND_PENDING   (1u << 12)
#define COMMAND_ASSERT    (1u << 14)

/* An IPI leaves within microseconds; a bus that never takes it must not hang us. */
#define SEND_POLLS_MAX 1000000u

static volatile uint8_t *registers;

static uint32_t read(unsigned at)
{
    return *(volatile uint32_t *)(registers + at);
}

static void write(unsigned at, uint32_t value)
{
    *(volatile uint32_t *)(registers + at) = value;
}

int lapic_find(const struct acpi_madt *madt, const char **why)
{
    uint64_t base, phys;

    *why = "the CPU has no local APIC";
    if (!(cpuid(1, 0).edx & CPUID_1_EDX_APIC))
        return -ENODEV;
    base = fastos_read_msr(MSR_APIC_BASE);
    *why = "the BIOS turned the local APIC off";
    if (!(base & BASE_ENABLED))
        return -ENODEV;
    *why = "the BIOS left the local APIC in x2APIC mode";
    if (base & BASE_X2APIC)
        return -ENOTSUP;
    phys = base & BASE_ADDRESS;
    if (phys != madt->local_apic_phys) /* the CPU knows better than a table */
        log_warn("apic", "the MADT has the local APIC at 0x%llx, the CPU at 0x%llx",
                 (unsigned long long)madt->local_apic_phys, (unsigned long long)phys);
    *why = "no memory to map the local APIC";
    registers = device_map(phys, REGISTERS_BYTES, PAGE_WRITE | PAGE_UNCACHED);
    return registers ? 0 : -ENOMEM;
}

/* What a BIOS left in service would hold back all of lower priority. At most 256 can be. */
static void finish_in_service(void)
{
    for (unsigned i = 0; i < 256; i++) {
        uint32_t any = 0;

        for (unsigned n = 0; n < 8; n++)
            any |= read(REG_IN_SERVICE + 16 * n);
        if (!any)
            return;
        write(REG_END_OF_INTERRUPT, 0);
    }
}

static uint32_t processor_of(const struct acpi_madt *madt, uint32_t apic)
{
    for (uint32_t i = 0; i < madt->cpus; i++)
        if (madt->cpu[i].apic == apic)
            return madt->cpu[i].processor;
    return ACPI_CPU_ALL;
}

/* The table's NMI pins. Without any, LINT1 stays as the BIOS set it. */
static void connect_nmis(const struct acpi_madt *madt)
{
    uint32_t self = processor_of(madt, apic_id());

    for (uint32_t i = 0; i < madt->local_nmis; i++) {
        const struct acpi_local_nmi *nmi = &madt->local_nmi[i];

        if (nmi->processor != ACPI_CPU_ALL && nmi->processor != self)
            continue;
        write(nmi->pin ? REG_LVT_LINT1 : REG_LVT_LINT0,
              LVT_NMI | (nmi->low ? LVT_LOW : 0) | (nmi->level ? LVT_LEVEL : 0));
    }
}

void lapic_enable(const struct acpi_madt *madt)
{
    write(REG_LVT_LINT0, LVT_MASKED); /* the PIC */
    write(REG_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
    write(REG_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    write(REG_TASK_PRIORITY, 0);
    write(REG_LVT_ERROR, VECTOR_ERROR);
    (void)apic_take_errors();
    finish_in_service();
    connect_nmis(madt);
}

unsigned apic_id(void)
{
    return read(REG_ID) >> 24;
}

void apic_acknowledge(void)
{
    write(REG_END_OF_INTERRUPT, 0);
}

uint32_t apic_take_errors(void)
{
    write(REG_ERROR_STATUS, 0); /* the write brings what was gathered into view */
    return read(REG_ERROR_STATUS);
}

void apic_send(unsigned to_apic, unsigned vector)
{
    uint64_t saved = cpu_save_interrupts();

    write(REG_COMMAND_HIGH, to_apic << 24);
    write(REG_COMMAND_LOW, COMMAND_ASSERT | vector);
    for (unsigned i = 0; i < SEND_POLLS_MAX && read(REG_COMMAND_LOW) & COMMAND_PENDING; i++)
        cpu_pause();
    cpu_restore_interrupts(saved);
}

/* ---- its timer: drivers/timer/apic ----------------------------------------------------------- */

volatile void *apic_registers(uint32_t *bytes)
{
    *bytes = REGISTERS_BYTES;
    return registers;
}

bool cpu_has_deadline(void)
{
    return cpuid(1, 0).ecx & CPUID_1_ECX_TSC_DEADLINE;
}

void cpu_set_deadline(uint64_t tsc)
{
    /* The timer's mode lies in memory, the deadline in an MSR: one before the other (10.5.4.1). */
    __asm__ volatile("mfence" ::: "memory");
    fastos_write_msr(MSR_TSC_DEADLINE, tsc);
}
