/* Fuzz what ACPI's tables say about leaving. The input: a byte that chooses FADT or AML, then the table. */
/* links: lib/acpi_power.c lib/acpi_explain.c */
/* options: -max_len=400 */
#include "lib/acpi_power.h"
#include "lib/errno.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct acpi_power power = {0};
    struct acpi_damage damage = {0};
    char text[200];

    if (size < 1)
        return 0;
    uint8_t *copy = exact_copy(bytes + 1, size - 1);
    struct span table = span_of(copy, size - 1);
    int error;

    if (bytes[0] & 1) {
        error = acpi_fadt_parse(table, &power, &damage);
        must(error == 0 || error == -EUCLEAN);
        if (error) {
            acpi_explain(&damage, text, sizeof(text));
            must(strlen(text) > 10);
        }
        must(!power.has_s5);
    } else {
        error = acpi_find_s5(table, &power);
        must(error == 0 || error == -ENOENT);
        must(power.has_s5 == !error);
        must(power.s5_a <= ACPI_SLEEP_TYPE_MAX && power.s5_b <= ACPI_SLEEP_TYPE_MAX);
    }
    free(copy);
    return 0;
}
