/*
 * Attacks on the kernel from ring 3: a few bytes of code in a page of user space, entered by IRETQ;
 * the exception that they end with leads back. Each is followed by UD2: what nothing stops ends
 * there.
 */
#include "kernel/arch/address_space.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu_features.h"
#include "kernel/arch/x86_64/exceptions.h"
#include "kernel/arch/x86_64/stacks.h"
#include "kernel/core/memory/frames.h"
#include "kernel/test/ktest.h"
#include "lib/string.h"

#define CODE_PAGE  0x400000ull
#define STACK_PAGE 0x600000ull

#define INVALID_OPCODE EXCEPTION_INVALID_OPCODE
#define PROTECTION     13
#define PAGE_FAULT     EXCEPTION_PAGE_FAULT

#define FETCH 16ull

#define GATE(vector) ((vector) * 8 + 2) /* error code: the IDT's entry */

/* ring3_ktest.asm */
void ring3_enter(uint64_t rip, uint64_t rsp, uint64_t rdi, uint64_t rax);

struct attack {
    const char *name;
    const uint8_t *code;
    unsigned length;
    unsigned vector;
    uint64_t error_code;
};

#define CODE(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

/* With rdi pointing into the kernel, rsp to a stack of ring 3's, and the other registers 0. */
static const struct attack instructions[] = {
    {"cli", CODE(0xfa), PROTECTION, 0},
    {"sti", CODE(0xfb), PROTECTION, 0},
    {"hlt", CODE(0xf4), PROTECTION, 0},
    {"clts", CODE(0x0f, 0x06), PROTECTION, 0},
    {"invd", CODE(0x0f, 0x08), PROTECTION, 0},
    {"wbinvd", CODE(0x0f, 0x09), PROTECTION, 0},
    {"invlpg [rsp]", CODE(0x0f, 0x01, 0x3c, 0x24), PROTECTION, 0},
    {"swapgs", CODE(0x0f, 0x01, 0xf8), PROTECTION, 0},
    {"rdmsr", CODE(0x0f, 0x32), PROTECTION, 0},
    {"wrmsr", CODE(0x0f, 0x30), PROTECTION, 0},
    {"lmsw ax", CODE(0x0f, 0x01, 0xf0), PROTECTION, 0},
    {"mov rax, cr0", CODE(0x0f, 0x20, 0xc0), PROTECTION, 0},
    {"mov cr0, rax", CODE(0x0f, 0x22, 0xc0), PROTECTION, 0},
    {"mov rax, cr3", CODE(0x0f, 0x20, 0xd8), PROTECTION, 0},
    {"mov cr3, rax", CODE(0x0f, 0x22, 0xd8), PROTECTION, 0},
    {"mov cr4, rax", CODE(0x0f, 0x22, 0xe0), PROTECTION, 0},
    {"mov cr8, rax", CODE(0x44, 0x0f, 0x22, 0xc0), PROTECTION, 0},
    {"mov rax, dr7", CODE(0x0f, 0x21, 0xf8), PROTECTION, 0},
    {"mov dr7, rax", CODE(0x0f, 0x23, 0xf8), PROTECTION, 0},
    {"lgdt [rsp]", CODE(0x0f, 0x01, 0x14, 0x24), PROTECTION, 0},
    {"lidt [rsp]", CODE(0x0f, 0x01, 0x1c, 0x24), PROTECTION, 0},
    {"lldt ax", CODE(0x0f, 0x00, 0xd0), PROTECTION, 0},
    {"ltr ax", CODE(0x0f, 0x00, 0xd8), PROTECTION, 0},
    /* SMAP is the kernel's to open. Without SMAP there is no such instruction either. */
    {"stac", CODE(0x0f, 0x01, 0xcb), INVALID_OPCODE, 0},
    {"clac", CODE(0x0f, 0x01, 0xca), INVALID_OPCODE, 0},
    /* Into ring 0 by its selectors. */
    {"jmp far [rsp]", CODE(0x6a, 0x08, 0x57, 0x48, 0xff, 0x2c, 0x24), PROTECTION, 0x08},
    {"mov ss, 10h", CODE(0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd0), PROTECTION, 0x10},
    {"mov ds, 10h", CODE(0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd8), PROTECTION, 0x10},
};

static const struct attack ports[] = {
    {"in al, 60h", CODE(0xe4, 0x60), PROTECTION, 0},
    {"out 64h, al", CODE(0xe6, 0x64), PROTECTION, 0},
    {"in al, dx, port 0", CODE(0xec), PROTECTION, 0},
    {"out dx, al, port 0", CODE(0xee), PROTECTION, 0},
    {"in al, dx, port ffffh", CODE(0x66, 0xba, 0xff, 0xff, 0xec), PROTECTION, 0},
    {"in eax, dx, port cf8h", CODE(0x66, 0xba, 0xf8, 0x0c, 0xed), PROTECTION, 0},
    {"out dx, eax, port cf8h", CODE(0x66, 0xba, 0xf8, 0x0c, 0xef), PROTECTION, 0},
    {"outsb", CODE(0x6e), PROTECTION, 0},
};

static const struct attack gates[] = {
    {"int 0", CODE(0xcd, 0), PROTECTION, GATE(0)},
    {"int 2, the NMI", CODE(0xcd, 2), PROTECTION, GATE(2)},
    {"int3", CODE(0xcc), PROTECTION, GATE(3)},
    {"int 8, the double fault", CODE(0xcd, 8), PROTECTION, GATE(8)},
    {"int 14", CODE(0xcd, 14), PROTECTION, GATE(14)},
    {"int 18, the machine check", CODE(0xcd, 18), PROTECTION, GATE(18)},
    {"int 32, the timer", CODE(0xcd, 32), PROTECTION, GATE(32)},
    {"int 128", CODE(0xcd, 128), PROTECTION, GATE(128)},
    {"int 255", CODE(0xcd, 255), PROTECTION, GATE(255)},
    {"sysretq", CODE(0x48, 0x0f, 0x07), PROTECTION, 0},
};

/* Page-fault error codes: 1 the page is there, 2 write, 4 ring 3, 16 fetch (if the CPU says that).
   */
static const struct attack memory[] = {
    {"read [rdi]", CODE(0x8a, 0x07), PAGE_FAULT, 5},
    {"write [rdi]", CODE(0x88, 0x07), PAGE_FAULT, 7},
    {"jmp rdi", CODE(0xff, 0xe7), PAGE_FAULT, 5},
};

static const struct attack own_code[] = {
    {"write to its code", CODE(0x88, 0x07), PAGE_FAULT, 7},
};

static const struct attack own_data[] = {
    {"jump to its stack", CODE(0xff, 0xe4), PAGE_FAULT, 5 | FETCH},
};

static const struct attack descriptor_tables[] = {
    {"sgdt [rsp]", CODE(0x0f, 0x01, 0x04, 0x24), PROTECTION, 0},
    {"sidt [rsp]", CODE(0x0f, 0x01, 0x0c, 0x24), PROTECTION, 0},
    {"sldt ax", CODE(0x0f, 0x00, 0xc0), PROTECTION, 0},
    {"str ax", CODE(0x0f, 0x00, 0xc8), PROTECTION, 0},
    {"smsw ax", CODE(0x0f, 0x01, 0xe0), PROTECTION, 0},
};

/* ---- the excursion --------------------------------------------------------------------------- */

static struct {
    struct address_space space;
    uint64_t code, stack; /* frames */
    uint64_t rdi;
} user;

static int add_page(uint64_t virt, uint64_t *frame, unsigned flags)
{
    int error = alloc_frame(frame);

    if (!error) {
        memset(phys_to_virt(*frame), 0, PAGE_SIZE);
        error = address_space_map(&user.space, virt, *frame, PAGE_SIZE, PAGE_USER | flags);
    }
    return error;
}

static bool open_user(uint64_t rdi)
{
    user.rdi = rdi;
    if (address_space_create(&user.space))
        return false;
    if (add_page(CODE_PAGE, &user.code, PAGE_EXECUTE)
        || add_page(STACK_PAGE, &user.stack, PAGE_WRITE)) {
        address_space_free(&user.space);
        return false;
    }
    address_space_switch(&user.space);
    return true;
}

static void close_user(void)
{
    address_space_switch(NULL);
    address_space_free(&user.space);
    tss_set_kernel_stack(0);
}

/* The stack for what interrupts ring 3 is this one, further down. */
static void enter(void *context)
{
    uint64_t here = (uintptr_t)__builtin_frame_address(0);

    (void)context;
    tss_set_kernel_stack((here - 2048) & ~15ull);
    ring3_enter(CODE_PAGE, STACK_PAGE + PAGE_SIZE / 2, user.rdi, 0);
}

/* Not every CPU says that it was a fetch, and QEMU 7.2 counts a gate as 16 bytes, not 8. */
static bool same_error(uint64_t is, uint64_t wanted)
{
    return (is | FETCH) == (wanted | FETCH) || (wanted & 2 && is == (wanted & ~7ull) * 2 + 2);
}

/* Runs the code, with UD2 behind it. Exceptions in ring 3 are all that there is to come back by. */
static bool stopped(const struct attack *attack)
{
    struct cpu_exception caught = {.vector = 99};
    uint8_t *page = phys_to_virt(user.code);

    memcpy(page, attack->code, attack->length);
    page[attack->length] = 0x0f;
    page[attack->length + 1] = 0x0b;
    if (cpu_catch(enter, NULL, &caught) && caught.vector == attack->vector
        && same_error(caught.error_code, attack->error_code))
        return true;
    ktest_fail(__FILE__, __LINE__, attack->name, caught.vector << 16 | caught.error_code,
               attack->vector << 16 | attack->error_code);
    return false;
}

/* Tries them all, with rdi in ring 3 being that. */
static bool all_stopped(const struct attack *attacks, unsigned count, uint64_t rdi)
{
    bool all = true;

    if (!open_user(rdi))
        return false;
    for (unsigned i = 0; i < count; i++)
        all = stopped(&attacks[i]) && all;
    close_user();
    return all && cpu_interrupts_enabled();
}

#define ALL_STOPPED(table, rdi) all_stopped(table, array_length(table), rdi)

KTEST(ring3_cannot_use_privileged_instructions)
{
    EXPECT(ALL_STOPPED(instructions, (uintptr_t)enter));
}

KTEST(ring3_cannot_reach_ports)
{
    EXPECT(ALL_STOPPED(ports, 0));
}

KTEST(ring3_cannot_use_the_kernels_gates)
{
    EXPECT(ALL_STOPPED(gates, 0));
}

/* Code, constants, data, stack, physical memory, page tables, nothing at all. */
KTEST(ring3_cannot_touch_the_kernel)
{
    static const char constant[] = "constant";
    static uint64_t variable;
    uint64_t local;
    const uint64_t targets[] = {
        (uintptr_t)enter, (uintptr_t)constant, (uintptr_t)&variable, (uintptr_t)&local,
        (uintptr_t)phys_to_virt(user.code & ~4095ull), UINT64_MAX - 4095,
    };

    for (unsigned i = 0; i < array_length(targets); i++)
        EXPECT(ALL_STOPPED(memory, targets[i]));
}

KTEST(ring3_cannot_run_data_or_write_code)
{
    EXPECT(ALL_STOPPED(own_code, CODE_PAGE));
    if (cpu_features()->no_execute)
        EXPECT(ALL_STOPPED(own_data, 0));
}

KTEST(ring3_cannot_see_descriptor_tables)
{
    if (!cpu_features()->umip) {
        ktest_skip("the CPU has no UMIP");
        return;
    }
    EXPECT(ALL_STOPPED(descriptor_tables, 0));
}
