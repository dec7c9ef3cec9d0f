/* Locks: one for the answer of the last request; the texts look at fields that only tell, of drivers that
   stay meanwhile. */
#include "kernel/fs/driver_file.h"

#include "kernel/core/driver/module.h"
#include "kernel/core/driver/program.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/device.h"
#include "kernel/fs/module_file.h"
#include "kernel/fs/proc.h"
#include "lib/cmdline.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"

#define NUMBER      DEVICE(240, 1) /* for local use */
#define ORDER_MAX   288u
#define WORDS       4u
#define ANSWER_NS   (10 * NS_PER_SECOND)

typedef unsigned long long ull;

/* ---- telling --------------------------------------------------------------------------------- */

static const char *placement_name(enum ddi_placement placement)
{
    static const char *const names[DDI_PLACEMENTS] = {"off", "kernel", "user"};

    return (unsigned)placement < DDI_PLACEMENTS ? names[placement] : "?";
}

static void tell_driver(struct proc_text *text, const struct driver *driver)
{
    const struct ddi_manifest *manifest = &driver->code->manifest;

    proc_print(text, "%-12s %-8s %-9s %-10s %10llu %9llu %8llu %10llu %9llu %s\n", manifest->name,
               driver_class_name(manifest->class), placement_name(driver->placement),
               driver_state_name(driver->state), (ull)driver->generation, (ull)driver->failures,
               (ull)driver->refusals, (ull)driver->interrupts, (ull)(driver->worst_ns / NS_PER_US),
               driver->reason[0] ? driver->reason : "-");
}

typedef void teller(struct proc_text *text, const struct driver *driver);

static void tell_all(struct proc_text *text, teller *tell)
{
    for (unsigned i = 0; i < DRIVERS_MAX; i++) {
        struct driver *driver = driver_get_at(i);

        if (!driver)
            continue;
        tell(text, driver);
        driver_put(driver);
    }
}

static int make_drivers(struct proc_text *text, void *context)
{
    (void)context;
    proc_print(text, "%-12s %-8s %-9s %-10s %10s %9s %8s %10s %9s %s\n", "# name", "class", "placement",
               "state", "generation", "failures", "refused", "interrupts", "worst-us", "reason");
    tell_all(text, tell_driver);
    return 0;
}

static void put_ports(struct proc_text *text, const struct ddi_ports *ports, bool steps_only)
{
    if (ports->first == 0 && ports->last == 0)
        return;
    proc_print(text, "    ports %04x-%04x", ports->first, ports->last);
    if (steps_only)
        proc_print(text, ", interrupt program only");
    if (!ports->values)
        proc_print(text, ", read");
    struct text values = text_of(ports->values, ports->values_size);

    for (size_t i = 0; i < values.size; i++)
        proc_print(text, "%s %02x", i ? "" : ", written with", (unsigned)(uint8_t)text_at(values, i));
    proc_print(text, "\n");
}

static void put_step(struct proc_text *text, const struct ddi_step *step)
{
    static const char *const does[] = {"", "read", "keep", "write", "needs", "lacks"};
    bool is_port = step->does <= DDI_STEP_WRITE, has_value = step->does >= DDI_STEP_WRITE;

    if (step->does == DDI_STEP_END || step->does >= array_length(does))
        return;
    proc_print(text, "    step %s", does[step->does]);
    if (is_port)
        proc_print(text, " %04x", step->port);
    if (has_value)
        proc_print(text, " %02x", step->value);
    proc_print(text, "\n");
}

static void tell_manifest(struct proc_text *text, const struct driver *driver)
{
    const struct ddi_manifest *manifest = &driver->code->manifest;

    proc_print(text, "%s: %s\n", manifest->name, manifest->what ? manifest->what : "");
    proc_print(text, "    class %s, placement %s%s\n", driver_class_name(manifest->class),
               placement_name(manifest->placement),
               manifest->built_in ? ", built in" : driver->module ? ", module" : "");
    for (unsigned k = 0; k < DDI_RANGES_MAX; k++)
        put_ports(text, &manifest->ports[k], manifest->steps_only >> k & 1);
    for (unsigned irq = 0; irq < 16; irq++)
        if (manifest->irqs & 1u << irq)
            proc_print(text, "    irq %u\n", irq);
    for (unsigned i = 0; i < DDI_STEPS_MAX; i++)
        put_step(text, &manifest->steps[i]);
    if (manifest->shares)
        proc_print(text, "    shares %s\n", manifest->shares);
    if (manifest->pci_class)
        proc_print(text, "    PCI devices of class %02x%02x\n", manifest->pci_class, manifest->pci_subclass);
    if (manifest->dma)
        proc_print(text, "    DMA by tables of %s\n",
                   manifest->dma == DDI_DMA_IDE ? "bus-master IDE" : "AHCI");
    if (manifest->memory_kb)
        proc_print(text, "    memory %u KiB\n", manifest->memory_kb);
    if (manifest->once)
        proc_print(text, "    not restarted\n");
    if (manifest->heartbeat_ms)
        proc_print(text, "    heartbeat %u ms\n", manifest->heartbeat_ms);
}

static int make_manifests(struct proc_text *text, void *context)
{
    (void)context;
    tell_all(text, tell_manifest);
    return 0;
}

/* ---- orders ---------------------------------------------------------------------------------- */

struct words {
    char bytes[ORDER_MAX];
    const char *at[WORDS];
    unsigned count;
};

/* Cut at blanks, in place. -EINVAL: too many. */
static int cut(struct words *words)
{
    struct room room = room_of(words->bytes, sizeof(words->bytes));
    bool in_word = false;

    for (size_t i = 0; i < room.size && words->bytes[i]; i++) {
        bool blank = words->bytes[i] == ' ' || words->bytes[i] == '\n';

        if (blank)
            words->bytes[i] = '\0';
        else if (!in_word && words->count == WORDS)
            return -EINVAL;
        else if (!in_word)
            words->at[words->count++] = &words->bytes[i];
        in_word = !blank;
    }
    return 0;
}

static struct mutex lock = MUTEX("driver orders");
static int64_t last_answer;

static int ask(struct driver *driver, const struct words *words)
{
    uint64_t what, value = 0;
    int error = words->count < 3 ? -EINVAL : parse_size(words->at[2], &what);

    if (!error && words->count > 3)
        error = parse_size(words->at[3], &value);
    if (error)
        return error;
    int64_t answer = driver_request(driver, (unsigned)what, value, time_now_ns() + ANSWER_NS);

    mutex_lock(&lock);
    last_answer = answer;
    mutex_unlock(&lock);
    return 0;
}

static const struct order {
    const char *name, *to;
    enum driver_order order;
} orders[] = {
    {"start", NULL, DRIVER_START},
    {"stop", NULL, DRIVER_STOP},
    {"restart", NULL, DRIVER_RESTART},
    {"kill", NULL, DRIVER_KILL},
    {"placement", "off", DRIVER_PLACE_OFF},
    {"placement", "kernel", DRIVER_PLACE_KERNEL},
    {"placement", "user", DRIVER_PLACE_USER},
};

static enum driver_order find_order(const struct words *words)
{
    for (unsigned i = 0; i < array_length(orders); i++)
        if (words->count == (orders[i].to ? 3 : 2) && strcmp(words->at[1], orders[i].name) == 0
            && (!orders[i].to || strcmp(words->at[2], orders[i].to) == 0))
            return orders[i].order;
    return DRIVER_NO_ORDER;
}

/* One that shall start, or be placed, may be a module that is not there yet. -ENODEV. */
static int find_driver(const char *name, enum driver_order order, struct driver **driver)
{
    int error = 0;

    *driver = driver_get(name);
    if (!*driver && (order == DRIVER_START || order == DRIVER_PLACE_KERNEL || order == DRIVER_PLACE_USER)) {
        error = module_file_load_named(name);
        *driver = driver_get(name);
    }
    return *driver ? 0 : error && error != -ENOENT ? error : -ENODEV;
}

static int obey(const struct words *words)
{
    struct driver *driver;

    if (words->count == 2 && strcmp(words->at[0], "load") == 0)
        return module_file_load(words->at[1]);
    if (words->count == 2 && strcmp(words->at[0], "unload") == 0)
        return module_unload(words->at[1]);
    if (words->count < 2)
        return -EINVAL;
    bool asks = strcmp(words->at[1], "request") == 0;
    enum driver_order order = find_order(words);
    int error = find_driver(words->at[0], order, &driver);

    if (error)
        return error;
    if (asks)
        error = ask(driver, words);
    else
        error = order != DRIVER_NO_ORDER ? driver_program_keep(driver, order) : -EINVAL;
    if (!error && !asks)
        error = driver_order(driver, order);
    driver_put(driver);
    return error;
}

static int64_t take_order(struct file *file, struct io *io, uint64_t *position)
{
    struct words words = {.count = 0};
    int error = io_left(io) < sizeof(words.bytes) ? io_take(io, words.bytes, io_left(io)) : -EINVAL;

    (void)file;
    *position = 0;
    if (!error)
        error = cut(&words);
    if (!error)
        error = obey(&words);
    return error ? error : (int64_t)io->done;
}

static int64_t tell_answer(struct file *file, struct io *io, uint64_t *position)
{
    char text[32];

    (void)file;
    mutex_lock(&lock);
    size_t size = (size_t)snprintf(text, sizeof(text), "%lld\n", (long long)last_answer);

    mutex_unlock(&lock);
    return io_tell(io, position, text, size);
}

int driver_files_register(void)
{
    static const struct file_operations operations = {.read = tell_answer, .write = take_order};
    int error = proc_register("drivers", make_drivers, NULL);

    if (!error)
        error = proc_register("manifests", make_manifests, NULL);
    return error ? error : device_register(NUMBER, "drivers", S_IFCHR | 0600, &operations, NULL);
}
