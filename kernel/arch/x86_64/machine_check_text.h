/* The words for a machine check bank's status. Pure. Intel SDM vol. 3, 15.3.2.2 and 15.9. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define MC_STATUS_VALID       (1ull << 63)
#define MC_STATUS_OVERFLOW    (1ull << 62) /* another error came before this one was read */
#define MC_STATUS_UNCORRECTED (1ull << 61)
#define MC_STATUS_ENABLED     (1ull << 60)
#define MC_STATUS_HAS_MISC    (1ull << 59)
#define MC_STATUS_HAS_ADDRESS (1ull << 58)
#define MC_STATUS_CORRUPT     (1ull << 57) /* the processor's context is */

/* "data read, data cache level 1", cut to size with its end. */
void machine_check_code_text(uint16_t code, char *text, size_t size);
/* "bank 3: uncorrected: data read, …, context corrupt, at 0x1000 (status 0x…)". address counts when
   the status says that there is one. */
void machine_check_text(unsigned bank, uint64_t status, uint64_t address, char *text, size_t size);
