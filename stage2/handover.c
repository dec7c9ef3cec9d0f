/* The state the kernel is entered in (lib/abi/boot_info.h), made step by step. Nothing is printed
   from here on: the screen may be a framebuffer already. */
#include "stage2/handover.h"

#include "stage2/console.h"
#include "stage2/cpu.h"
#include "stage2/page_tables.h"
#include "stage2/stage2.h"

#define MSR_PAT  0x277
#define MSR_EFER 0xc0000080
#define EFER_NXE (1ull << 11)
#define CR0_WP   (1ull << 16)

#define PIC_MASTER_MASK 0x21
#define PIC_SLAVE_MASK  0xa1
#define CMOS_INDEX      0x70
#define CMOS_DATA       0x71
#define CMOS_NMI_OFF    0x80

static void mask_interrupts(void)
{
    outb(PIC_MASTER_MASK, 0xff);
    outb(PIC_SLAVE_MASK, 0xff);
    outb(CMOS_INDEX, CMOS_NMI_OFF | 0x0d); /* index 0Dh: reading it changes nothing */
    inb(CMOS_DATA);
}

static void set_features(void)
{
    struct cpu_features features = cpu_features();

    if (features.pat)
        wrmsr(MSR_PAT, PAGE_TABLES_PAT);
    if (features.nx)
        wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE);
    write_cr0(read_cr0() | CR0_WP);
}

_Noreturn void handover(void)
{
    console_drain();
    mask_interrupts();
    set_features();
    stamp("kernel entry");
    handover_jump(boot_info.page_table_phys, boot_info.kernel.entry_virt,
                  VIRT_PHYSICAL_MAP + (uint64_t)&boot_info);
}
