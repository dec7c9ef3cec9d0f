/* Calls of the BIOS: registers in, real mode, registers out; then the stacks are checked. */
#include "stage2/bios.h"

#include <stddef.h>

#include "boot_memory.h"
#include "stage2/console.h"

#define STACK_CANARY 0x5afe57acu /* entry.asm writes it */

void real_call(void (*routine)(void)); /* long_mode.asm */
void bios_int(void);                   /* thunk.asm, as are these: */
extern uint8_t bios_int_number;
extern struct bios_regs bios_regs;

_Static_assert(sizeof(struct bios_regs) == 36, "thunk.asm knows this layout");
_Static_assert(offsetof(struct bios_regs, es) == 34, "thunk.asm knows this layout");

extern volatile uint32_t bios_stack_canary, stack_canary; /* stage2.ld */
extern volatile uint32_t above_canary;                    /* 1 MiB above bios_stack_canary */
void a20_restore(void);                                   /* a20.asm */
extern const uint8_t a20_lost;

static void check_stacks(void)
{
    if (bios_stack_canary != STACK_CANARY)
        fail("the BIOS used more than the %u bytes of stack it was given",
             BOOT_BIOS_STACK_END - BOOT_BIOS_STACK);
    if (stack_canary != STACK_CANARY)
        fail("stage 2 used more than its %u bytes of stack", BOOT_STACK_END - BOOT_STACK);
}

/* Some BIOSes switch the A20 line off while they work. Then the word 1 MiB above the canary is the
   canary itself; so it may also be by chance, hence the second look after a change. */
static bool a20_on(void)
{
    if (above_canary != bios_stack_canary)
        return true;
    bios_stack_canary = ~STACK_CANARY;
    bool on = above_canary != bios_stack_canary;
    bios_stack_canary = STACK_CANARY;
    return on;
}

static void check_a20(void)
{
    if (a20_on())
        return;
    real_call(a20_restore);
    if (a20_lost)
        fail("the BIOS switched the A20 line off, and it stays off");
}

void real_mode(void (*routine)(void))
{
    real_call(routine);
    check_stacks();
    check_a20();
}

void bios_call(uint8_t number, struct bios_regs *regs)
{
    bios_regs = *regs;
    bios_int_number = number;
    real_mode(bios_int);
    *regs = bios_regs;
}
