/* What is wrong with an ACPI table, in words. */
#include "lib/acpi.h"
#include "lib/printf.h"

void acpi_explain(const struct acpi_damage *damage, char *text, size_t size)
{
    if (damage->low == damage->high)
        snprintf(text, size, "%s is 0x%llx, must be 0x%llx", damage->what,
                 (unsigned long long)damage->value, (unsigned long long)damage->low);
    else
        snprintf(text, size, "%s is 0x%llx, allowed 0x%llx to 0x%llx", damage->what,
                 (unsigned long long)damage->value, (unsigned long long)damage->low,
                 (unsigned long long)damage->high);
}
