# kernel/ and drivers/: build/kernel.elf, a static PIE linked at 0 that stage 2 relocates.
#
#   build/kernel.sym.elf   with all symbols, for gdb
#   build/kernel.elf       the same, stripped and sealed: what goes into the image
#   build/kernel.tests     its tests and benchmarks, which the kernel loads when it is asked to
#
# It is linked twice: the second time with the tables of the first one's function names, which the
# panic screen needs. They lie behind all code that they name, or count from its start, so the names'
# addresses stay.

KERNEL_CFLAGS := $(TARGET_CFLAGS) -O2 -fPIE -include kernel/hidden.h -fno-omit-frame-pointer \
    -fstack-protector-strong -mstack-protector-guard=global

# What nobody waits for is made small instead of fast: the BIOS reads every byte of it (docs/boot.md).
COLD := kernel/monitor/% kernel/core/acpi/% kernel/core/boot/% kernel/core/console/% kernel/core/driver/% \
    kernel/core/input/% kernel/core/log/% kernel/fs/% kernel/panic kernel/power kernel/symbols \
    kernel/tests \
    $(addprefix kernel/arch/x86_64/,apic cpu_features device_map exceptions gdt idt ioapic \
    machine_check% nmi page_walk pic stacks write_combining) \
    $(addprefix kernel/core/,interrupts/controller memory/code_pages memory/heap_debug memory/heap_linear \
    memory/list_heap memory/heap_bump memory/bump_space time/clock% time/hpet% time/wall%) \
    $(addprefix drivers/,framebuffer/dispi keyboard/% mouse/% pci/% pcspeaker/% power/% rtc/% serial/% \
    timer/apic/% timer/hpet/% vga/%) \
    $(addprefix lib/,acpi% ata_identity calendar cmdline edid elf errno ext2/% mbr memmap module printf utf8)
# What each read, write, open and stat runs through is not.
HOT  := $(addprefix kernel/fs/,attributes change descriptors file inode io memory_devices names open \
    page_cache page_file pipe tmpfs walk) \
    $(addprefix lib/ext2/,allocate bits directory map names node truncate)
size_of = $(if $(filter $(COLD),$(filter-out $(HOT),$1)),-Os)

# Checks that the compiler puts in (docs/86-debug-kernel.md says what each costs and why it is there).
# Signed overflow is one of them, so the kernel is compiled without -fwrapv: with it neither compiler
# would look. Left out of the release: object-size (+6 % of code, little that bounds does not see),
# bool and enum (+2 %), null and division (the MMU and the CPU look for themselves).
IS_CLANG := $(findstring clang,$(notdir $(CC)))
CHECKS := $(if $(IS_CLANG),array-bounds,bounds-strict),signed-integer-overflow,shift,unreachable
TRAPS  := $(if $(IS_CLANG),-fsanitize-trap=all,-fsanitize-undefined-trap-on-error)
KERNEL_CFLAGS += -fno-wrapv

KASAN ?= $(DEBUG)

# make DEBUG=1: assertions on locks, and whatever else is too slow for everybody. Failed checks say what
# they saw (kernel/sanitizer/ubsan.c), and locals start out as a pattern.
DEBUG_CHECKS := $(CHECKS),bool,enum,integer-divide-by-zero
KERNEL_CFLAGS += $(if $(DEBUG),-DDEBUG -fsanitize=$(DEBUG_CHECKS) -ftrivial-auto-var-init=pattern, \
    -fsanitize=$(CHECKS) $(TRAPS))
KERNEL_CFLAGS += $(if $(KASAN),-DKASAN)
KERNEL_LDFLAGS := -pie --no-dynamic-linker -z text -z max-page-size=4096 -z noexecstack \
    --hash-style=sysv -z pack-relative-relocs --build-id=none --gc-sections -Bsymbolic -T kernel/kernel.ld

# The debug kernel's own part, and KASAN: a check of every access to memory (KASAN= leaves it out). The
# shadow's offset is kernel/arch/x86_64/shadow.h's.
KASAN_FILES   := kernel/sanitizer/kasan% kernel/arch/x86_64/shadow.c
DEBUG_FILES   := kernel/sanitizer/% kernel/fs/inject_file.c
SHADOW_OFFSET := 0xdffffc0000000000
KASAN_GCC     := -fasan-shadow-offset=$(SHADOW_OFFSET) \
    --param asan-stack=1 --param asan-globals=1 --param asan-instrumentation-with-call-threshold=0
KASAN_CLANG   := $(addprefix -mllvm ,-asan-mapping-offset=$(SHADOW_OFFSET) -asan-stack=1 \
    -asan-globals=1 -asan-instrumentation-with-call-threshold=0)
KASAN_CFLAGS  := -fsanitize=kernel-address $(if $(IS_CLANG),$(KASAN_CLANG),$(KASAN_GCC))

# What KASAN does not look into, and why. NASM sources are none of the compiler's.
NOT_CHECKED := $(patsubst %.c,%,$(filter-out %_ktest.c,$(wildcard kernel/sanitizer/*.c))) # the checks
NOT_CHECKED += kernel/arch/x86_64/shadow          # runs before there is a shadow, and from the checks
NOT_CHECKED += kernel/core/memory/heap_debug      # its tails and canaries are the redzones
NOT_CHECKED += kernel/core/memory/list_heap       # its headers lie in what is free
NOT_CHECKED += kernel/core/thread/stack           # fills and reads whole stacks, redzones and all
NOT_CHECKED += lib/string lib/copy                # kasan_string.c checks their arguments instead
kasan_of = $(if $(KASAN),$(if $(filter $(NOT_CHECKED),$1),,$(KASAN_CFLAGS)) \
    $(if $(filter lib/string lib/copy,$1),-include kernel/sanitizer/kasan_rename.h))

# Drivers that are files of their own, loaded when they are wanted: their manifests say `.module = true`.
MODULE_FOLDERS := $(patsubst %/,%,$(sort $(dir \
    $(shell grep -rls '^ *\.module = true' drivers --include='*.c'))))
MODULES        := $(notdir $(MODULE_FOLDERS))
MODULE_C       := $(filter-out %_test.c,$(wildcard $(MODULE_FOLDERS:%=%/*.c)))

KERNEL_C    := $(filter-out %_test.c $(if $(KASAN),,$(KASAN_FILES)) $(if $(DEBUG),,$(DEBUG_FILES)), \
                 $(shell find kernel drivers -name '*.c')) $(LIB_SOURCES)
KERNEL_C    := $(filter-out $(MODULE_FOLDERS:%=%/%),$(KERNEL_C))
KERNEL_ASM  := $(shell find kernel -name '*.asm')
KERNEL_OBJS := $(KERNEL_C:%.c=$(B)/kernel/%.o) $(KERNEL_ASM:%.asm=$(B)/kernel/%.asm.o)

# What goes into kernel.tests: its sections get names of their own, for kernel.ld.
TEST_OBJS := $(foreach o,$(KERNEL_OBJS),$(if $(filter %_ktest.o %_ktest.asm.o %_kbench.o \
    $(B)/kernel/kernel/test/%,$o),$o))
set_apart = $(if $(filter $@,$(TEST_OBJS)),$(OBJCOPY) --prefix-alloc-sections=.tests $@)

# A driver's source knows whose it is: drivers/disk/ata/dma is of ddi_driver_ata (self.h).
self_of = $(if $(filter drivers/%,$1),-include kernel/core/driver/self.h \
    -DDDI_SELF=ddi_driver_$(notdir $(patsubst %/,%,$(dir $1))))

$(B)/kernel/%.o: %.c Makefile kernel/kernel.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) $(call self_of,$*) $(call size_of,$*) $(call kasan_of,$*) -c $< -o $@
	$(set_apart)

# A driver as a file: the same source and the same `self`, with the kernel's functions reached by a table of
# addresses (lib/module.h). Not instrumented in the debug kernel either.
MODULE_CFLAGS := $(TARGET_CFLAGS) -Os -fPIC -fno-plt -fvisibility=hidden -fno-omit-frame-pointer \
    -fstack-protector-strong -mstack-protector-guard=global -fno-wrapv -fsanitize=$(CHECKS) $(TRAPS)
MODULE_LDFLAGS := -shared -z text -z now -z max-page-size=4096 -z noexecstack --hash-style=sysv \
    --build-id=none --gc-sections -Bsymbolic -T drivers/module.ld

$(B)/modules/%.o: %.c Makefile kernel/kernel.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(MODULE_CFLAGS) $(call self_of,$*) -c $< -o $@

define module
$(B)/modules/$(notdir $1).fko: $(patsubst %.c,$(B)/modules/%.o,$(filter $1/%,$(MODULE_C))) drivers/module.ld
	$$(LD) $(MODULE_LDFLAGS) --strip-all $$(filter %.o,$$^) -o $$@
endef
$(foreach f,$(MODULE_FOLDERS),$(eval $(call module,$f)))

# nasm 2.16's -MD forgets what is included.
ASM_INCLUDES := $(wildcard kernel/arch/x86_64/*.inc) $(SHARED)/gen/syscall_table.inc
$(B)/kernel/%.asm.o: %.asm $(ASM_INCLUDES) Makefile | $(GENERATED)
	@mkdir -p $(@D)
	$(NASM) -f elf64 -g -F dwarf $(NASMFLAGS) $(if $(KASAN),-DKASAN) $< -o $@
	$(set_apart)

$(B)/kernel/no_symbols.o: tools/ksyms.py
	@mkdir -p $(@D)
	$(PYTHON) tools/ksyms.py < /dev/null > $(@:.o=.asm)
	$(NASM) -f elf64 $(@:.o=.asm) -o $@

$(B)/kernel/kernel.pass1.elf: $(KERNEL_OBJS) $(B)/kernel/no_symbols.o kernel/kernel.ld
	$(LD) $(KERNEL_LDFLAGS) $(KERNEL_OBJS) $(B)/kernel/no_symbols.o -o $@

$(B)/kernel/symbols.o: $(B)/kernel/kernel.pass1.elf tools/ksyms.py
	$(NM) -n $< | $(PYTHON) tools/ksyms.py > $(@:.o=.asm)
	$(NASM) -f elf64 $(@:.o=.asm) -o $@

$(B)/kernel.sym.elf: $(KERNEL_OBJS) $(B)/kernel/symbols.o kernel/kernel.ld
	$(LD) $(KERNEL_LDFLAGS) $(KERNEL_OBJS) $(B)/kernel/symbols.o -o $@

$(B)/kernel.elf $(B)/kernel.tests &: $(B)/kernel.sym.elf tools/kernel_files.py tools/kernel_seal.py \
    tools/lz4_block.py
	$(OBJCOPY) --strip-all $< $(B)/kernel/kernel.stripped.elf
	$(PYTHON) tools/kernel_files.py $(B)/kernel/kernel.stripped.elf $(B)/kernel.elf $(B)/kernel.tests

-include $(shell find $(B)/kernel $(B)/modules -name '*.d' 2>/dev/null)
