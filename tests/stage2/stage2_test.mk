# A kernel that checks what stage 2 hands over (kernel.c), for tests of stage 2 alone.

T2_OBJS := $(B)/tests/stage2/kernel.o $(B)/tests/stage2/entry.asm.o \
           $(patsubst %,$(B)/tests/stage2/lib_%.o,printf copy string memmap)

$(B)/tests/stage2/%.o: tests/stage2/%.c Makefile | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(TARGET_CFLAGS) -Os -fPIE -fvisibility=hidden -c $< -o $@

$(B)/tests/stage2/lib_%.o: lib/%.c Makefile | $(GENERATED)
	@mkdir -p $(@D)
	$(CC) $(TARGET_CFLAGS) -Os -fPIE -fvisibility=hidden -c $< -o $@

$(B)/tests/stage2/entry.asm.o: tests/stage2/entry.asm Makefile
	@mkdir -p $(@D)
	$(NASM) -f elf64 $(NASMFLAGS) $< -o $@

$(B)/tests/stage2/kernel.elf: $(T2_OBJS)
	$(LD) -pie --no-dynamic-linker -z text -z max-page-size=4096 -z noexecstack -z separate-code \
	    --hash-style=sysv --build-id=none --gc-sections -Bsymbolic -s -e _start $(T2_OBJS) -o $@

SYSTEM_TEST_PARTS += $(B)/tests/stage2/kernel.sealed.elf

# Stage 2 with one way alone, or none, to switch the A20 line on: stage2-a20-kbc.bin and so on. As
# long as the real one, because the boot sector knows its length.
A20_port92 := -DA20_NO_INT15 -DA20_NO_KBC
A20_kbc    := -DA20_NO_INT15 -DA20_NO_PORT92
A20_none   := -DA20_NO_INT15 -DA20_NO_PORT92 -DA20_NO_KBC
A20_TESTS  := $(foreach way,port92 kbc none,$(B)/tests/stage2/stage2-a20-$(way).bin)

$(A20_TESTS): $(B)/tests/stage2/stage2-a20-%.bin: stage2/a20.asm $(B)/stage2.bin
	$(NASM) -f elf64 $(NASMFLAGS) $(A20_$*) $< -o $(@:.bin=.o)
	$(LD) $(STAGE2_LDFLAGS) $(filter-out %/a20.asm.o,$(STAGE2_OBJS)) $(@:.bin=.o) -o $(@:.bin=.elf)
	$(OBJCOPY) -O binary -j .stage2 $(@:.bin=.elf) $(@:.bin=.raw)
	truncate -s $$(stat -c %s $(B)/stage2.bin) $(@:.bin=.raw)
	$(PYTHON) tools/stage2_seal.py $(@:.bin=.raw) $@ $(@:.bin=.inc)

SYSTEM_TEST_PARTS += $(A20_TESTS)
