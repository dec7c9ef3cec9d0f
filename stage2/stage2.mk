# stage2/: real mode to long mode, then the kernel.
#
#   build/stage2.elf        with symbols, for gdb
#   build/stage2.bin        whole sectors, header and checksum filled in
#   build/stage2_size.inc   %define STAGE2_SECTORS, for the boot sector

STAGE2_CFLAGS := $(TARGET_CFLAGS) -Os -fno-pie -mcmodel=small -fno-stack-protector

STAGE2_LDFLAGS := -nostdlib -static --gc-sections --build-id=none -z noexecstack \
    --no-warn-rwx-segments -T $(SHARED)/gen/boot_memory.ld -T stage2/stage2.ld

STAGE2_C    := $(filter-out %_test.c,$(wildcard stage2/*.c)) $(LIB_SOURCES)
STAGE2_ASM  := $(wildcard stage2/*.asm)
STAGE2_OBJS := $(STAGE2_ASM:%.asm=$(B)/stage2/%.asm.o) $(STAGE2_C:%.c=$(B)/stage2/%.o)

$(B)/stage2/%.o: %.c Makefile stage2/stage2.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(STAGE2_CFLAGS) $(STAGE2_CFLAGS_$(notdir $*)) -c $< -o $@

# Without SSE4.2 the kernel's checksum would be the dearest step of all.
STAGE2_CFLAGS_crc32 := -O2
# And unpacking it, the dearest of all; relocating it comes next.
STAGE2_CFLAGS_lz4 := -O2
STAGE2_CFLAGS_elf := -O2

$(B)/stage2/%.asm.o: %.asm lib/abi/boot_header.inc $(SHARED)/gen/boot_memory.inc \
    Makefile stage2/stage2.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(NASM) -f elf64 -g -F dwarf $(NASMFLAGS) $< -o $@

# The linker script speaks of the areas by name.
$(SHARED)/gen/boot_memory.ld: $(SHARED)/gen/boot_memory.h
	sed -n 's/^#define \(BOOT_[A-Z0-9_]*\) \(.*\)/\1 = \2;/p' $< > $@

$(B)/stage2.elf: $(STAGE2_OBJS) stage2/stage2.ld $(SHARED)/gen/boot_memory.ld
	$(LD) $(STAGE2_LDFLAGS) $(STAGE2_OBJS) -o $@

$(B)/stage2.bin $(B)/stage2_size.inc &: $(B)/stage2.elf tools/stage2_seal.py
	$(OBJCOPY) -O binary -j .stage2 $< $(B)/stage2.raw
	$(PYTHON) tools/stage2_seal.py $(B)/stage2.raw $(B)/stage2.bin $(B)/stage2_size.inc

# Other kernels with their checksum at the end, for tests of stage 2.
$(B)/%.sealed.elf: $(B)/%.elf tools/kernel_seal.py
	$(PYTHON) tools/kernel_seal.py $< $@

-include $(shell find $(B)/stage2 -name '*.d' 2>/dev/null)
