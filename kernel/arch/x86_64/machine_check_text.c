/* The words for a machine check: see the header. Tables 15-8 to 15-14 of the manual. */
#include "kernel/arch/x86_64/machine_check_text.h"

#include "lib/compiler.h"
#include "lib/printf.h"
#include "lib/string.h"

static const char *const simple[] = {
    "no error",
    "an error that the processor does not classify",
    "parity in the microcode's memory",
    "an error that another processor signalled",
    "functional redundancy check",
    "internal parity",
    "system management code outside its memory",
};

static const char *const requests[16] = {
    "an access", "read", "write", "data read", "data write", "instruction fetch", "prefetch",
    "eviction", "snoop", "an access (9)", "an access (10)", "an access (11)", "an access (12)",
    "an access (13)", "an access (14)", "an access (15)",
};

static const char *const kinds[4] = {"instruction", "data", "generic", "generic"};
static const char *const levels[4] = {"level 0", "level 1", "level 2", "some level"};
static const char *const memory_kinds[8] = {
    "an access", "read", "write", "address or command", "scrub", "access (5)", "access (6)",
    "access (7)",
};
static const char *const participants[4] = {"by this processor", "answered by this processor",
                                            "seen by this processor", "by somebody"};

void machine_check_code_text(uint16_t code, char *text, size_t size)
{
    unsigned plain = code & 0xefffu; /* bit 12 only says that corrected ones are filtered */
    const char *request = requests[plain >> 4 & 15];
    const char *kind = kinds[plain >> 2 & 3], *level = levels[plain & 3];

    if (plain < array_length(simple))
        strlcpy(text, simple[plain], size);
    else if (plain == 0x400)
        strlcpy(text, "internal timer", size);
    else if (plain >> 10 == 1)
        snprintf(text, size, "internal error 0x%x", plain & 0x3ff);
    else if (plain >> 2 == 3)
        snprintf(text, size, "cache of %s", level);
    else if (plain >> 4 == 1)
        snprintf(text, size, "%s TLB of %s", kind, level);
    else if (plain >> 7 == 1)
        snprintf(text, size, "memory controller: %s, channel %u", memory_kinds[plain >> 4 & 7],
                 plain & 15);
    else if (plain >> 8 == 1)
        snprintf(text, size, "%s, %s cache of %s", request, kind, level);
    else if (plain >> 11 == 1)
        snprintf(text, size, "bus: %s, %s%s", request, participants[plain >> 9 & 3],
                 plain & 0x100 ? ", timed out" : "");
    else
        snprintf(text, size, "code 0x%04x", code);
}

void machine_check_text(unsigned bank, uint64_t status, uint64_t address, char *text, size_t size)
{
    char code[80], where[32] = "";

    machine_check_code_text((uint16_t)status, code, sizeof(code));
    if (status & MC_STATUS_HAS_ADDRESS)
        snprintf(where, sizeof(where), ", at 0x%llx", (unsigned long long)address);
    snprintf(text, size, "bank %u: %s: %s%s%s%s (status 0x%016llx)", bank,
             status & MC_STATUS_UNCORRECTED ? "uncorrected" : "corrected", code,
             status & MC_STATUS_CORRUPT ? ", context corrupt" : "", where,
             status & MC_STATUS_OVERFLOW ? ", and others before it" : "",
             (unsigned long long)status);
}
