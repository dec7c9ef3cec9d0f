/*
 * The controller: takes it over from the BIOS, resets it, listens to its interrupt.
 */
#include "drivers/disk/ahci/controller.h"

#define ABAR           5u /* the base address register with its memory (§2.1.11) */
#define RESET_MS      1000u /* §10.4.3 */
#define HANDOFF_MS    25u   /* §10.6.3 */
#define HANDOFF_BUSY_MS 2000u

static uint32_t in(const struct ahci_controller *controller, uint32_t reg)
{
    return ddi_mmio_read32(&controller->registers, reg);
}

static void out(const struct ahci_controller *controller, uint32_t reg, uint32_t value)
{
    ddi_mmio_write32(&controller->registers, reg, value);
}

static int await_clear(const struct ahci_controller *controller, uint32_t reg, uint32_t mask,
                       uint32_t timeout_ms)
{
    uint64_t since = ddi_now_us();

    while ((in(controller, reg) & mask) != 0) {
        if (ddi_now_us() - since > 1000ull * timeout_ms)
            return -ETIMEDOUT;
        ddi_delay_us(10);
    }
    return 0;
}

/* ---- start ----------------------------------------------------------------------------------- */

/* A BIOS that does not let go in time is passed over (§10.6.3). */
static void take_from_bios(const struct ahci_controller *controller)
{
    if (!(in(controller, AHCI_CAP2) & AHCI_CAP2_BOH))
        return;
    out(controller, AHCI_BOHC, in(controller, AHCI_BOHC) | AHCI_BOHC_OOS);
    if (!await_clear(controller, AHCI_BOHC, AHCI_BOHC_BOS, HANDOFF_MS))
        return;
    if (in(controller, AHCI_BOHC) & AHCI_BOHC_BB
        && !await_clear(controller, AHCI_BOHC, AHCI_BOHC_BOS, HANDOFF_BUSY_MS))
        return;
    ddi_log(DDI_WARN, "ahci", "the BIOS does not let go of the controller: taken");
}

static uint32_t linked_ports(const struct ahci_controller *controller, uint32_t ports)
{
    uint32_t linked = 0;

    for (unsigned i = 0; i < AHCI_PORTS; i++)
        if (ports >> i & 1
            && (in(controller, AHCI_PORT(i) + AHCI_SSTS) & AHCI_DET) == AHCI_DET_LINKED)
            linked |= 1u << i;
    return linked;
}

/* Those that there is room for among its registers. */
static uint32_t possible_ports(const struct ahci_controller *controller)
{
    uint32_t count = (controller->registers.bytes - AHCI_PORT(0)) / AHCI_PORT_BYTES;

    return count >= AHCI_PORTS ? UINT32_MAX : (1u << count) - 1;
}

static int reset(const struct ahci_controller *controller)
{
    out(controller, AHCI_GHC, AHCI_GHC_AE);
    out(controller, AHCI_GHC, AHCI_GHC_AE | AHCI_GHC_HR);
    int error = await_clear(controller, AHCI_GHC, AHCI_GHC_HR, RESET_MS);
    if (!error)
        out(controller, AHCI_GHC, AHCI_GHC_AE);
    return error;
}

static bool is_nonsense(const struct ahci_controller *controller)
{
    uint32_t version = in(controller, AHCI_VS) >> 16;

    return controller->capabilities == UINT32_MAX || version == 0 || version > 0xff;
}

int ahci_controller_start(struct ahci_controller *controller)
{
    int error = ddi_pci_map(controller->place, ABAR, &controller->registers);
    if (error)
        return error;
    if (controller->registers.bytes < AHCI_PORT(1))
        return -EIO;
    controller->capabilities = in(controller, AHCI_CAP);
    if (is_nonsense(controller))
        return -EIO;
    uint32_t before = in(controller, AHCI_PI); /* some forget it in a reset */
    take_from_bios(controller);
    controller->linked = linked_ports(controller, before & possible_ports(controller)) != 0;
    error = reset(controller);
    if (error)
        return error;
    uint32_t ports = in(controller, AHCI_PI);
    controller->ports = (ports ? ports : before) & possible_ports(controller);
    if (controller->ports == 0)
        return -EIO;
    return 0;
}

/* ---- interrupts ------------------------------------------------------------------------------ */

/* The ports first, then what says which of them it was (§5.6.2). */
void ahci_controller_interrupt(struct ahci_controller *controller)
{
    uint32_t which = in(controller, AHCI_IS);

    if (which == UINT32_MAX) /* gone */
        return;
    for (unsigned i = 0; i < AHCI_PORTS; i++)
        if (which >> i & 1 && controller->by_number[i])
            ahci_port_interrupt(controller->by_number[i]);
    out(controller, AHCI_IS, which);
}

void ahci_controller_enable_irq(struct ahci_controller *controller)
{
    out(controller, AHCI_IS, UINT32_MAX);
    int line = ddi_pci_irq_listen(controller->place);
    if (line < 0) {
        ddi_log(DDI_WARN, "ahci", "no interrupt can be had (error %d): polling", line);
        return;
    }
    controller->line = (uint8_t)line;
    controller->irq_bound = true;
    out(controller, AHCI_GHC, AHCI_GHC_AE | AHCI_GHC_IE);
}

void ahci_controller_cut_off(struct ahci_controller *controller)
{
    (void)!ddi_pci_master(controller->place, false);
    controller->dead = true;
    ddi_log(DDI_ERROR, "ahci", "a port does not stop: the controller is cut off from memory");
}
