/*
 * Order of the command line's words, the last of equal names wins: boot.cfg's general ones, the
 * menu entry's, fw_cfg's. The menu's entries: our own, then those of boot.cfg.
 */
#include "stage2/choice.h"

#include "lib/abi/boot_header.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "stage2/console.h"
#include "stage2/disk.h"
#include "stage2/fw_cfg.h"
#include "stage2/keys.h"
#include "stage2/settings.h"
#include "stage2/stage2.h"
#include "stage2/video.h"
#include "stage2/volume.h"

#define CONFIG_PATH     "/boot/boot.cfg"
#define PREVIOUS_KERNEL "/boot/kernel.old.elf"
#define SERIAL_TIMEOUT  10 /* seconds, when only a byte on COM1 asked for the menu: noise? */

enum extra { NOTHING, ASK_MEMORY, ASK_VIDEO, ASK_CMDLINE };

struct item {
    const char *title;
    const char *kernel;  /* NULL: boot.cfg's */
    const char *cmdline; /* words to add */
    enum extra extra;
};

static const struct item own_items[] = {
    {"Normal", NULL, "", NOTHING},
    {"Safe mode", NULL, "safe", NOTHING},
    {"Text screen", NULL, "video=text", NOTHING},
    {"Serial console", NULL, "console=serial", NOTHING},
    {"Memory limit", NULL, "mem=64M", ASK_MEMORY},
    {"Video mode", NULL, "video=1024x768", ASK_VIDEO},
    {"Edit the command line", NULL, "", ASK_CMDLINE},
    {"Previous kernel", PREVIOUS_KERNEL, "", NOTHING},
};

#define OWN_ITEMS array_length(own_items)
#define ITEMS_MAX (OWN_ITEMS + CONFIG_ENTRIES_MAX)

static const char digits[ITEMS_MAX + 1] = "123456789abce";

static struct config config;
static struct settings settings;
static struct item items[ITEMS_MAX];
static uint32_t item_count;
static char fw_cfg_words[BOOT_CMDLINE_MAX];

extern const struct stage2_header stage2_header; /* stage2.ld */
extern char config_text[CONFIG_BYTES_MAX];       /* BOOT_CONFIG: stage2.ld */

/* ---- reading --------------------------------------------------------------------------------- */

static void read_config(void)
{
    struct ext2_inode file;
    size_t got = 0;

    config_defaults(&config);
    int error = volume_find(CONFIG_PATH, &file);
    if (!error)
        error = ext2_read(&volume, &file, 0, config_text, CONFIG_BYTES_MAX, &got);
    if (error) {
        say("%s: %s; defaults are used", CONFIG_PATH, volume_why(error));
        return;
    }
    config_parse(config_text, got, &config);
    if (config.errors)
        say("%s line %u: %s%s", CONFIG_PATH, config.error_line, config.error,
            config.errors > 1 ? " (and more)" : "");
}

static uint64_t settings_lba(void)
{
    uint64_t lba = boot_info.disk.partition_start_lba - 1;

    return lba > stage2_header.sectors ? lba : 0; /* 0: there is no gap */
}

static void read_settings(void)
{
    static uint8_t sector[SETTINGS_BYTES];

    if (!settings_lba())
        return;
    if (disk_read(settings_lba(), 1, sector)) {
        say("settings sector: %s", volume_why(-EIO));
        return;
    }
    if (settings_decode(sector, &settings) == -EINVAL)
        say("the settings sector %llu is damaged: defaults are used",
            (unsigned long long)settings_lba());
}

static void write_settings(void)
{
    static uint8_t sector[SETTINGS_BYTES], back[SETTINGS_BYTES];

    if (!settings_lba()) {
        say("no room for settings before the partition");
        return;
    }
    settings_encode(&settings, sector);
    if (disk_write_sector(settings_lba(), sector) || disk_read(settings_lba(), 1, back))
        say("settings not saved: %s", volume_why(-EIO));
    else if (memcmp(sector, back, SETTINGS_BYTES))
        say("settings not saved: sector %llu reads back otherwise",
            (unsigned long long)settings_lba());
    else
        say("\"%s\" is the default from now on", settings.title);
}

static void read_fw_cfg(void)
{
    int error = fw_cfg_cmdline(fw_cfg_words, sizeof(fw_cfg_words));

    if (error == -E2BIG)
        say("fw_cfg opt/fastos/cmdline: longer than %u bytes, left out", BOOT_CMDLINE_MAX - 1);
    if (error)
        fw_cfg_words[0] = 0;
}

static void make_items(void)
{
    for (item_count = 0; item_count < OWN_ITEMS; item_count++)
        items[item_count] = own_items[item_count];
    for (uint32_t i = 0; i < config.entry_count; i++) {
        const struct config_entry *entry = &config.entries[i];
        items[item_count++] = (struct item){entry->title, entry->kernel[0] ? entry->kernel : NULL,
                                            entry->cmdline, NOTHING};
    }
}

/* ---- one item becomes the choice ------------------------------------------------------------- */

static void add_words(struct choice *choice, const char *words)
{
    if (!cmdline_append(choice->cmdline, words))
        say("the command line is longer than %u bytes, left out: %s", BOOT_CMDLINE_MAX - 1, words);
}

/* words: what the item adds, or for an edited command line all of it. */
static void choose(struct choice *choice, const struct item *item, const char *words)
{
    strlcpy(choice->kernel, item->kernel ? item->kernel : config.kernel, sizeof(choice->kernel));
    choice->cmdline[0] = 0;
    if (item->extra != ASK_CMDLINE)
        add_words(choice, config.cmdline);
    add_words(choice, words);
    add_words(choice, fw_cfg_words);
}

static uint32_t default_item(void)
{
    for (uint32_t i = 0; i < item_count; i++) {
        if (!strcmp(items[i].title, settings.title))
            return i;
    }
    return 0;
}

static void choose_default(struct choice *choice)
{
    uint32_t i = default_item();
    bool saved = settings.title[0] && !strcmp(items[i].title, settings.title);

    if (settings.title[0] && !saved)
        say("the saved default \"%s\" is not in the menu: Normal is started", settings.title);
    choose(choice, &items[i], saved ? settings.cmdline : items[i].cmdline);
}

/* ---- the menu -------------------------------------------------------------------------------- */

static void show_menu(void)
{
    uint32_t preset = default_item();

    console_write("\nFastOS boot menu\n\n");
    for (uint32_t i = 0; i < item_count; i++)
        console_printf(" %c %c  %s\n", i == preset ? '>' : ' ', digits[i], items[i].title);
    console_printf("\nNumber: start it. d and number: start it, now and always. Enter: %s.\n",
                   items[preset].title);
}

/* The item's words, asked for where it has some to ask. False: Escape. */
static bool ask_words(const struct item *item, char *words)
{
    words[0] = 0;
    if (item->extra == ASK_CMDLINE) {
        strlcpy(words, config.cmdline, BOOT_CMDLINE_MAX);
        return keys_edit(item->title, words, BOOT_CMDLINE_MAX);
    }
    strlcpy(words, item->cmdline, BOOT_CMDLINE_MAX);
    if (item->extra == ASK_VIDEO)
        video_show_modes();
    return item->extra == NOTHING || keys_edit(item->title, words, BOOT_CMDLINE_MAX);
}

static void save_default(const struct item *item, const char *words)
{
    if (strlen(words) >= SETTINGS_CMDLINE_MAX) {
        say("too long to be saved: %u bytes, allowed %u", (uint32_t)strlen(words),
            SETTINGS_CMDLINE_MAX - 1);
        return;
    }
    strlcpy(settings.title, item->title, sizeof(settings.title));
    strlcpy(settings.cmdline, words, sizeof(settings.cmdline));
    write_settings();
}

static const struct item *item_of(int key)
{
    const char *digit = key > 0 && key < 0x80 ? strchr(digits, key) : NULL;

    return digit && (uint32_t)(digit - digits) < item_count ? &items[digit - digits] : NULL;
}

/* ticks: without a key until the default is started, 0 never. Only a key that means something stops
   the clock: on COM1 there may be noise. */
static void run_menu(struct choice *choice, uint32_t ticks)
{
    static char words[BOOT_CMDLINE_MAX];
    bool save = false;

    show_menu();
    for (;;) {
        int key = keys_get(ticks);
        if (key == KEY_ENTER || key == KEY_NONE) {
            choose_default(choice);
            return;
        }
        if (key == 'd' && !save) {
            save = true;
            ticks = 0;
            console_write("d");
            continue;
        }
        const struct item *item = item_of(key);
        if (!item)
            continue;
        ticks = 0;
        console_printf("%c  %s\n", key, item->title);
        if (!ask_words(item, words)) {
            save = false;
            show_menu();
            continue;
        }
        if (save)
            save_default(item, words);
        choose(choice, item, words);
        return;
    }
}

void choice_make(struct choice *choice)
{
    read_config();
    read_settings();
    read_fw_cfg();
    make_items();
    bool by_key = keys_held();
    bool by_serial = !by_key && !config.menu && console_serial_byte() >= 0;
    if (by_key)
        run_menu(choice, 0);
    else if (by_serial)
        run_menu(choice, SERIAL_TIMEOUT * TICKS_PER_SECOND);
    else if (config.menu)
        run_menu(choice, config.timeout_s * TICKS_PER_SECOND);
    else
        choose_default(choice);
}

void choice_ask(struct choice *choice)
{
    say("no kernel was started: choose another way");
    run_menu(choice, 0);
}
