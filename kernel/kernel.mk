# kernel/ and drivers/: build/kernel.elf, a static PIE linked at 0 that stage 2 relocates.
#
#   build/kernel.sym.elf   with all symbols, for gdb
#   build/kernel.elf       the same, stripped: what goes into the image
#
# It is linked twice: the second time with the table of the first one's function names, which the
# panic screen needs. The table lies behind all code, so the names' addresses stay.

KERNEL_CFLAGS := $(TARGET_CFLAGS) -O2 -fPIE -fvisibility=hidden -fno-omit-frame-pointer \
    -fstack-protector-strong -mstack-protector-guard=global

# Checks that the compiler puts in (docs/86-debug-kernel.md says what each costs and why it is there).
# Signed overflow is one of them, so the kernel is compiled without -fwrapv: with it neither compiler
# would look. Left out of the release: object-size (+6 % of code, little that bounds does not see),
# bool and enum (+2 %), null and division (the MMU and the CPU look for themselves).
IS_CLANG := $(findstring clang,$(notdir $(CC)))
CHECKS := $(if $(IS_CLANG),array-bounds,bounds-strict),signed-integer-overflow,shift,unreachable
TRAPS  := $(if $(IS_CLANG),-fsanitize-trap=all,-fsanitize-undefined-trap-on-error)
KERNEL_CFLAGS += -fno-wrapv

# make DEBUG=1: assertions on locks, and whatever else is too slow for everybody.
KERNEL_CFLAGS += $(if $(DEBUG),-DDEBUG,-fsanitize=$(CHECKS) $(TRAPS))
KERNEL_LDFLAGS := -pie --no-dynamic-linker -z text -z max-page-size=4096 -z noexecstack \
    --hash-style=sysv --build-id=none --gc-sections -Bsymbolic -T kernel/kernel.ld

KERNEL_C    := $(filter-out %_test.c,$(shell find kernel drivers -name '*.c')) $(LIB_SOURCES)
KERNEL_ASM  := $(shell find kernel -name '*.asm')
KERNEL_OBJS := $(KERNEL_C:%.c=$(B)/kernel/%.o) $(KERNEL_ASM:%.asm=$(B)/kernel/%.asm.o)

$(B)/kernel/%.o: %.c Makefile kernel/kernel.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) $(CFLAGS_$(notdir $*)) -c $< -o $@

$(B)/kernel/%.asm.o: %.asm Makefile | $(GENERATED)
	@mkdir -p $(@D)
	$(NASM) -f elf64 -g -F dwarf $(NASMFLAGS) -MD $(@:.o=.d) $< -o $@

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

$(B)/kernel.elf: $(B)/kernel.sym.elf
	$(OBJCOPY) --strip-all $< $@

-include $(shell find $(B)/kernel -name '*.d' 2>/dev/null)
