/*
 * gcc: UD2 (0F 0B), for everything. clang: UD1 EAX, [EAX + number] with an address-size prefix
 * (67 0F B9 40 number, and 67 0F B9 00 for the number 0), the number from LIST_SANITIZER_CHECKS in
 * its lib/CodeGen/CodeGenFunction.h; UD2 too, for what it knows at compile time to go wrong.
 */
#include "kernel/arch/x86_64/check_trap.h"

#include <stddef.h>

#include "lib/compiler.h"

static const char *by_number(uint8_t number)
{
    static const char *const names[] = {
        [0] = "an overflow check (addition)",
        [1] = "a check for code that is never reached",
        [3] = "an overflow check (division)",
        [12] = "an overflow check (multiplication)",
        [13] = "an overflow check (negation)",
        [18] = "a bounds check",
        [20] = "a shift check",
        [21] = "an overflow check (subtraction)",
    };
    const char *name = number < array_length(names) ? names[number] : NULL;

    return name ? name : "a check";
}

const char *check_trap_name(const uint8_t bytes[CHECK_TRAP_BYTES])
{
    if (bytes[0] == 0x0f && bytes[1] == 0x0b)
        return "a bounds or overflow check";
    if (bytes[0] != 0x67 || bytes[1] != 0x0f || bytes[2] != 0xb9)
        return NULL;
    if (bytes[3] == 0x40)
        return by_number(bytes[4]);
    return bytes[3] == 0 ? by_number(0) : NULL;
}
