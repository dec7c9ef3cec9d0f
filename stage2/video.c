/* Video mode: vbe.asm asks, video_choice.c sorts, this file sets. VBE 3.0 core functions 4F02h. */
#include "stage2/video.h"

#include "lib/abi/boot_info.h"
#include "lib/bytes.h"
#include "lib/cmdline.h"
#include "lib/edid.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "stage2/bios.h"
#include "stage2/console.h"
#include "stage2/memory.h"
#include "stage2/screen.h"
#include "stage2/stage2.h"
#include "stage2/video_choice.h"

#define VBE_OK        0x004f
#define INFO_VERSION  0x04
#define INFO_MEMORY   0x12 /* in 64 KiB */
#define MODE_LINEAR   0x4000
#define MODE_KEEP     0x8000 /* do not clear: the kernel paints all of it anyway */
#define VECTORS_BYTES 1024
#define TEXT_80X25    0x0003
#define TRIES         12 /* modes that may fail before it is text */

void vbe_query(void); /* vbe.asm, as are: */
void edid_query(void);
extern uint8_t interrupt_vectors[VECTORS_BYTES]; /* address 0: stage2.ld */
extern const uint16_t vbe_mode_count;
extern const uint8_t vbe_answered;
extern const uint8_t vbe_info_answer[], edid_answer[], vbe_modes_answer[]; /* stage2.ld */

static struct video_mode modes[VIDEO_MODES_MAX];
static uint32_t mode_count;

/* Video BIOSes are known that run over their caller's stack into the interrupt vectors. A question
   must not change any: put them back and say so. */
static void ask_guarded(void (*routine)(void))
{
    static uint8_t kept[VECTORS_BYTES];

    memcpy(kept, interrupt_vectors, VECTORS_BYTES);
    real_mode(routine);
    if (!memcmp(kept, interrupt_vectors, VECTORS_BYTES))
        return;
    memcpy(interrupt_vectors, kept, VECTORS_BYTES);
    say("the video BIOS changed interrupt vectors; they are restored");
}

static struct video_wish read_wish(const char *cmdline)
{
    struct video_wish wish = {0};
    char text[32];

    if (cmdline_has(cmdline, "safe"))
        wish.text = true;
    if (cmdline_get(cmdline, "video", text, sizeof(text)) == -ENOENT)
        return wish;
    if (video_wish_parse(text, &wish))
        say("video=%s: not WIDTHxHEIGHT, WIDTHxHEIGHTxBITS or text", text);
    return wish;
}

/* The monitor's answer changes nothing when the user's wish can be met, or when there is nothing
   larger than 1024×768 to choose from. */
static bool edid_matters(const struct video_wish *wish)
{
    bool matters = false;

    for (uint32_t i = 0; i < mode_count; i++) {
        if (wish->width == modes[i].width && wish->height == modes[i].height)
            return false;
        matters |= modes[i].width > 1024 || modes[i].height > 768;
    }
    return matters;
}

static void read_edid(void)
{
    struct boot_framebuffer *fb = &boot_info.framebuffer;

    ask_guarded(edid_query);
    if (edid_preferred(edid_answer, &fb->edid_width, &fb->edid_height)) {
        fb->edid_width = fb->edid_height = 0;
        return;
    }
    memcpy(fb->edid, edid_answer, sizeof(fb->edid));
}

static void decode_modes(void)
{
    uint16_t version = rd16(vbe_info_answer + INFO_VERSION);
    uint64_t vram = (uint64_t)rd16(vbe_info_answer + INFO_MEMORY) << 16;

    mode_count = 0;
    for (uint32_t i = 0; i < vbe_mode_count && i < VIDEO_MODES_MAX; i++) {
        const uint8_t *record = vbe_modes_answer + i * VIDEO_RECORD_BYTES;
        if (!video_mode_decode(record, version, vram, &modes[mode_count]))
            mode_count++;
    }
}

static uint64_t mode_bytes(const struct video_mode *mode)
{
    return (uint64_t)mode->pitch * mode->height;
}

void video_query(const char *cmdline)
{
    struct video_wish wish = read_wish(cmdline);

    mode_count = 0;
    if (wish.text)
        return;
    ask_guarded(vbe_query);
    if (!vbe_answered)
        return;
    decode_modes();
    if (edid_matters(&wish))
        read_edid();
    mode_count = video_modes_sort(modes, mode_count, &wish, boot_info.framebuffer.edid_width,
                                  boot_info.framebuffer.edid_height);
    if (wish.width && (!mode_count || !video_mode_is_wished(&modes[0], &wish)))
        say("video=%ux%u%s: the video BIOS has no such mode", wish.width, wish.height,
            wish.bits_per_pixel ? " of that depth" : "");
    for (uint32_t i = 0; i < mode_count; i++) {
        if (memmap_is(&memory, modes[i].phys & ~4095ull, 4096, BOOT_MEMORY_USABLE))
            memory_reserve(modes[i].phys, mode_bytes(&modes[i]), BOOT_MEMORY_FRAMEBUFFER);
    }
}

/* One size a mode, in the order of preference, without the repeats that other depths make. */
void video_show_modes(void)
{
    video_query("");
    for (uint32_t i = 0; i < mode_count; i++) {
        if (i && modes[i].width == modes[i - 1].width && modes[i].height == modes[i - 1].height)
            continue;
        console_printf(" %ux%u", modes[i].width, modes[i].height);
    }
    console_write(mode_count ? "\n" : " none: text only\n");
}

uint64_t video_bytes_max(void)
{
    uint64_t most = 0;

    for (uint32_t i = 0; i < mode_count; i++)
        most = mode_bytes(&modes[i]) > most ? mode_bytes(&modes[i]) : most;
    return most;
}

static int set_mode(const struct video_mode *mode)
{
    struct bios_regs r = {.eax = 0x4f02, .ebx = mode->number | MODE_LINEAR | MODE_KEEP};

    bios_call(0x10, &r);
    if ((uint16_t)r.eax == VBE_OK)
        return 0;
    say("video mode %x (%ux%ux%u) failed, AX=%04x", mode->number, mode->width, mode->height,
        mode->bits_per_pixel, (uint16_t)r.eax);
    return -EIO;
}

static void publish(const struct video_mode *mode)
{
    struct boot_framebuffer *fb = &boot_info.framebuffer;

    fb->phys = mode->phys;
    fb->width = mode->width;
    fb->height = mode->height;
    fb->pitch = mode->pitch;
    fb->vbe_mode = mode->number;
    fb->bits_per_pixel = mode->bits_per_pixel;
    fb->red = mode->red;
    fb->green = mode->green;
    fb->blue = mode->blue;
}

/* INT 10h AX=1A00h answers 1Ah on every VGA; without one nothing changes AL. */
static bool vga_present(void)
{
    struct bios_regs r = {.eax = 0x1a00};

    bios_call(0x10, &r);
    return (r.eax & 0xff) == 0x1a;
}

static void use_text(bool mode_may_be_broken)
{
    if (!vga_present())
        return;
    if (mode_may_be_broken || !screen_is_text()) {
        struct bios_regs r = {.eax = TEXT_80X25};
        bios_call(0x10, &r);
        console_use_screen(true);
    }
    boot_info.framebuffer.has_vga_text = screen_is_text();
}

void video_set(void)
{
    for (uint32_t i = 0; i < mode_count && i < TRIES; i++) {
        if (set_mode(&modes[i]))
            continue;
        console_use_screen(false);
        publish(&modes[i]);
        return;
    }
    use_text(mode_count > 0);
}
