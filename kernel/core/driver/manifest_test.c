/* The arbiter, and whose ports are whose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/core/driver/manifest.h"

static char why[MANIFEST_WHY];

static struct ddi_manifest manifest_of(const char *name, uint16_t first, uint16_t last, unsigned irqs)
{
    return (struct ddi_manifest){
        .version = DDI_VERSION,
        .name = name,
        .ports = {{first, last, DDI_ANY_VALUE, 0}},
        .irqs = (uint16_t)irqs,
        .placement = DDI_PLACED_KERNEL,
    };
}

static void expect_refused(struct ddi_manifest manifest, const char *reason)
{
    assert_int_equal(manifest_check(&manifest, why), -EINVAL);
    assert_string_equal(why, reason);
}

static void manifests_are_checked(void **state)
{
    struct ddi_manifest good = manifest_of("good", 0x300, 0x307, 1u << 5), bad = good;

    assert_int_equal(manifest_check(&good, why), 0);
    bad.version = 7;
    expect_refused(bad, "interface version 7, this kernel has 1");
    bad = good;
    bad.name = "";
    expect_refused(bad, "a name has 1 to 15 characters");
    bad.name = "a-name-that-is-too-long";
    expect_refused(bad, "a name has 1 to 15 characters");
    bad = good;
    bad.name = "../bad";
    expect_refused(bad, "a name has letters, digits, - and _");
    bad = good;
    bad.placement = 9;
    expect_refused(bad, "placement 9");
    expect_refused(manifest_of("bad", 0x307, 0x300, 0), "ports 0x307 to 0x300");
    bad = good;
    bad.ports[1] = (struct ddi_ports){0x310, 0x310, NULL, 3};
    expect_refused(bad, "port 0x310: 3 values, but no list");
}

static void interrupt_programs_are_checked(void **state)
{
    struct ddi_manifest good = manifest_of("good", 0x300, 0x307, 1u << 5), bad;

    good.ports[1] = (struct ddi_ports){0x310, 0x310, "\x0c", 1};
    good.ports[2] = (struct ddi_ports){0x311, 0x311, NULL, 0};
    good.steps_only = 1u << 1 | 1u << 2;
    good.steps[0] = (struct ddi_step){DDI_STEP_READ, 0, 0x311};
    good.steps[1] = (struct ddi_step){DDI_STEP_NEEDS, 1, 0};
    good.steps[2] = (struct ddi_step){DDI_STEP_KEEP, 0, 0x300};
    good.steps[3] = (struct ddi_step){DDI_STEP_WRITE, 0x0c, 0x310};
    assert_int_equal(manifest_check(&good, why), 0);
    assert_false(manifest_may_read(&good, 0x311, 1)); /* the driver itself */
    assert_false(manifest_may_write(&good, 0x310, 1, 0x0c));
    bad = good;
    bad.steps[3].value = 0x0d;
    expect_refused(bad, "an interrupt step 3 of port 0x310, value 0xd");
    bad = good;
    bad.steps[7] = (struct ddi_step){DDI_STEP_READ, 0, 0x308};
    expect_refused(bad, "an interrupt step 1 of port 0x308, value 0x0");
    bad = good;
    bad.steps[7] = (struct ddi_step){DDI_STEP_WRITE, 0, 0x311};
    expect_refused(bad, "an interrupt step 3 of port 0x311, value 0x0");
    bad = good;
    bad.steps[0].does = DDI_STEP_LACKS + 1;
    expect_refused(bad, "an interrupt step 6 of port 0x311, value 0x0");
}

static void the_kernel_keeps_its_own(void **state)
{
    static const uint16_t kept[] = {0x20, 0x21, 0x40,  0x43,  0x70,  0x92,
                                    0xa1, 0xe9, 0xf4,  0x4d0, 0xcf8, 0xcff};

    for (unsigned i = 0; i < array_length(kept); i++) {
        struct ddi_manifest bad = manifest_of("bad", kept[i], kept[i], 0);

        assert_int_equal(manifest_check(&bad, why), -EINVAL);
        bad = manifest_of("bad", (uint16_t)(kept[i] - 8), (uint16_t)(kept[i] + 8), 0);
        assert_int_equal(manifest_check(&bad, why), -EINVAL);
        bad.built_in = true;
        assert_int_equal(manifest_check(&bad, why), 0);
    }
    expect_refused(manifest_of("bad", 0x3d, 0x40, 0), "ports 0x3d to 0x40: the PIT is the kernel's");
}

static void nothing_is_two_drivers(void **state)
{
    struct ddi_manifest a = manifest_of("a", 0x300, 0x307, 1u << 5);
    struct ddi_manifest b = manifest_of("b", 0x308, 0x30f, 1u << 6);

    assert_int_equal(manifest_overlap(&a, &b, why), 0);
    assert_int_equal(manifest_overlap(&a, &a, why), -EBUSY);
    assert_string_equal(why, "there is a driver a already");
    b.ports[0].first = 0x307;
    assert_int_equal(manifest_overlap(&b, &a, why), -EBUSY);
    assert_string_equal(why, "ports 0x307 to 0x30f are also a's");
    b = manifest_of("b", 0x308, 0x30f, 1u << 5 | 1u << 6);
    assert_int_equal(manifest_overlap(&a, &b, why), -EBUSY);
    assert_string_equal(why, "irq 5 is also b's");
    b.irqs = 0;
    a.pci_class = b.pci_class = 1;
    a.pci_subclass = b.pci_subclass = 6;
    assert_int_equal(manifest_overlap(&a, &b, why), -EBUSY);
    assert_string_equal(why, "PCI class 0106 is also b's");
    b.pci_subclass = 1;
    assert_int_equal(manifest_overlap(&a, &b, why), 0);
}

static void what_is_shared_is_ports(void **state)
{
    struct ddi_manifest a = manifest_of("a", 0x60, 0x64, 1u << 1), b = manifest_of("b", 0x60, 0x64, 1u << 12);

    assert_int_equal(manifest_overlap(&a, &b, why), -EBUSY);
    a.shares = "8042";
    assert_int_equal(manifest_overlap(&a, &b, why), -EBUSY);
    assert_false(manifest_share(&a, &b));
    b.shares = "8043";
    assert_int_equal(manifest_overlap(&b, &a, why), -EBUSY);
    b.shares = "8042";
    assert_int_equal(manifest_overlap(&a, &b, why), 0);
    assert_true(manifest_share(&a, &b));
    b.irqs = a.irqs;
    assert_int_equal(manifest_overlap(&a, &b, why), -EBUSY);
    assert_string_equal(why, "irq 1 is also b's");
}

static void ports_are_read_whole(void **state)
{
    struct ddi_manifest a = manifest_of("a", 0x300, 0x307, 0);

    a.ports[3] = (struct ddi_ports){0xffff, 0xffff, NULL, 0};
    assert_true(manifest_may_read(&a, 0x300, 1));
    assert_true(manifest_may_read(&a, 0x304, 4));
    assert_true(manifest_may_read(&a, 0xffff, 1));
    assert_false(manifest_may_read(&a, 0xffff, 2));
    assert_false(manifest_may_read(&a, 0x305, 4));
    assert_false(manifest_may_read(&a, 0x2ff, 1));
    assert_false(manifest_may_read(&a, 0x308, 1));
    assert_false(manifest_may_read(&a, 0, 1));
}

static void values_are_looked_at(void **state)
{
    struct ddi_manifest a = manifest_of("a", 0x300, 0x307, 0);

    a.ports[1] = (struct ddi_ports){0x64, 0x64, "\x20\x60\xad", 3};
    a.ports[2] = (struct ddi_ports){0x65, 0x66, NULL, 0};
    assert_true(manifest_may_write(&a, 0x300, 4, 0xdeadbeef));
    assert_true(manifest_may_write(&a, 0x64, 1, 0x60));
    assert_false(manifest_may_write(&a, 0x64, 1, 0xfe));
    assert_false(manifest_may_write(&a, 0x64, 1, 0));
    assert_true(manifest_may_read(&a, 0x65, 2));
    assert_false(manifest_may_write(&a, 0x65, 1, 0));
    assert_false(manifest_may_write(&a, 0x307, 2, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manifests_are_checked),
        cmocka_unit_test(interrupt_programs_are_checked), cmocka_unit_test(the_kernel_keeps_its_own),
        cmocka_unit_test(nothing_is_two_drivers), cmocka_unit_test(what_is_shared_is_ports),
        cmocka_unit_test(ports_are_read_whole),
        cmocka_unit_test(values_are_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
