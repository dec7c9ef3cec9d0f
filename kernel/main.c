/*
 * kernel_main: the fifteen steps of the boot sequence, one line each. Stage 2 has brought the CPU
 * to 64-bit mode and the kernel to its place (docs/30-long-mode.md); docs/40-kernel-entry.md tells
 * the rest. Each step is stamped: `boot` in the monitor prints how long it took.
 */
#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/console/com.h"
#include "kernel/core/console/console.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/interrupts/deferred.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/inject.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/time.h"
#include "kernel/first_process.h"
#include "kernel/fs/driver_file.h"
#include "kernel/fs/input_file.h"
#include "kernel/fs/machine_file.h"
#include "kernel/fs/module_file.h"
#include "kernel/fs/pci_file.h"
#include "kernel/fs/root.h"
#include "kernel/fs/screen_file.h"
#include "kernel/fs/tty/hardware.h"
#include "kernel/fs/tty/pseudo.h"
#include "kernel/panic.h"
#include "kernel/process/driver_program.h"
#include "kernel/process/proc.h"
#include "kernel/process/process.h"
#include "kernel/process/terminals.h"
#include "kernel/process/threads.h"
#include "kernel/syscall/syscall.h"
#include "lib/cmdline.h"
#include "lib/printf.h"
#include "lib/string.h"

noreturn void kernel_main(const struct boot_info *from_stage2);

static const struct boot_info *handed_over;

/* console=serial: COM1 alone; console=screen: COM1 carries the log, the monitor is on the screen.
 */
static bool console_is(const char *which)
{
    char value[8];

    return boot_option("console", value, sizeof(value)) == 0 && strcmp(value, which) == 0;
}

/* What the command line says about the log; a wrong word is named and the default kept. */
static void set_log_level(void)
{
    char name[16];
    enum log_level level;

    if (boot_option("log", name, sizeof(name)))
        return;
    if (log_level_from_name(name, &level))
        log_warn("kernel", "log=%s: not one of error, warn, info, debug", name);
    else
        log_set_level(level);
}

static void start_serial(void)
{
    com_init(); /* a machine without COM1 is no error */
    log_add_sink(com1_log_sink);
}

/* Step 1. */
static void parse_boot_info(void)
{
    const char *why;
    char cpu[80];

    if (boot_info_take(handed_over, &why)) {
        start_serial();
        panic("boot info refused: %s", why);
    }
    console_announce(&boot_info()->framebuffer);
    time_init_early(boot_info()->stamp_count ? boot_info()->stamps[0].tsc : cpu_timestamp());
    set_log_level();
    drivers_init();
    start_serial();
    cpu_describe(cpu, sizeof(cpu));
    log_info("kernel", "FastOS on %s", cpu);
    log_info("kernel", "command line: %s", boot_info()->cmdline);
}

/* memory-fail=K: the K-th allocation from here on fails, to see what becomes of it (inject.h). */
static void fail_on_purpose(void)
{
    char value[8];

    if (boot_option("memory-fail", value, sizeof(value)) == 0
        && parse_size(value, &memory_fail_in) == 0)
        log_warn("memory", "allocation %llu will fail, as asked for",
                 (unsigned long long)memory_fail_in);
}

/* Step 5. */
static void start_frames(void)
{
    if (frames_init(boot_info()))
        panic("not enough memory: no room for the frame bitmap");
    fail_on_purpose();
}

/* Step 6. With the identity map gone nothing needs stage 2's memory any more. */
static void start_page_tables(void)
{
    paging_init();
    frames_release_type(boot_info(), BOOT_MEMORY_LOADER);
    log_info("memory", "%llu KiB free of %llu KiB",
             (unsigned long long)(frames_free() * FRAME_SIZE / 1024),
             (unsigned long long)(frames_total() * FRAME_SIZE / 1024));
}

static void describe_screen(const struct boot_framebuffer *fb)
{
    unsigned columns, rows;

    console_size(&columns, &rows);
    if (columns == 0)
        log_info("screen", "none");
    else if (fb->phys == 0)
        log_info("screen", "%ux%u text", columns, rows);
    else
        log_info("screen", "%ux%ux%u", fb->width, fb->height, fb->bits_per_pixel);
}

/* Step 8. The log's lines so far appear on the screen, and all later ones. */
static void start_screen(void)
{
    bool shown = !console_is("serial");

    if (shown)
        console_init(&boot_info()->framebuffer);
    driver_start(boot_info()->framebuffer.phys ? "framebuffer" : "vga");
    if (!shown)
        return;
    log_add_sink(console_log_sink);
    describe_screen(&boot_info()->framebuffer);
}

/* Step 9. */
static void start_keyboard(void)
{
    driver_start("keyboard"); /* says itself what is missing; COM1 remains */
}

/* Step 10. Its reset takes half a second, which nobody waits for: the line and a timer do the rest. */
static void start_mouse(void)
{
    driver_start("mouse");
}

/* Step 13. What runs here is a thread from now on, the one that is idle in the end. */
static void start_scheduler(void)
{
    threads_init();
    syscall_init();
    fpu_init();
    if (deferred_start_thread())
        panic("not enough memory for the first thread");
    pci_init();
    drivers_run();
}

/* What programs need beside files. */
static void start_processes(void)
{
    process_terminals_init();
    process_proc_init();
    if (processes_init() || futex_init() || syscalls_init() || pseudo_register() || input_file_register()
        || driver_files_register() || pci_file_register() || machine_files_register()
        || screen_file_register(&boot_info()->framebuffer))
        panic("not enough memory for the first process");
    driver_programs_start();
    driver_await("serial"); /* which ports there are */
    if (terminals_register(!console_is("screen")))
        panic("not enough memory for the terminals");
    module_files_start();
}

/* Step 14. What first_process needs takes the desktop's place. Disks come here, because their drivers
   wait for interrupts, which step 12 turned on. */
static void launch_desktop(void)
{
    com1_listen(!console_is("screen"));
    if (!com1_is_there())
        log_info("kernel", "no COM1");
    driver_start("ata");
    driver_start("ahci");
    (void)root_mount(boot_info()); /* says itself why there is no root; the monitor runs without */
    start_processes();
}

/* Step 15. This thread runs when no other wants to. */
static noreturn void idle_loop(void)
{
    log_info("kernel", "ready");
    boot_stamp("ready");
    if (thread_create("first", first_process, NULL, THREAD_DETACHED, NULL))
        panic("not enough memory for the first process's thread");
    for (;;)
        thread_idle();
}

static void step(const char *name, void (*run)(void))
{
    run();
    boot_stamp(name);
}

noreturn void kernel_main(const struct boot_info *from_stage2)
{
    handed_over = from_stage2;
    step("boot info", parse_boot_info);
    step("GDT and TSS", gdt_init);
    step("IDT", idt_init);
    step("PIC", pic_init);
    step("frames", start_frames);
    step("page tables", start_page_tables);
    step("heap", heap_init);
    /* Completes step 4; its registers need page tables. */
    step("APIC", interrupts_choose_controller);
    step("framebuffer", start_screen);
    step("keyboard", start_keyboard);
    step("mouse", start_mouse);
    step("timer", time_init);
    step("interrupts on", cpu_enable_interrupts);
    step("scheduler", start_scheduler);
    step("desktop", launch_desktop);
    idle_loop();
}
