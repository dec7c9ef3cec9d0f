# A kernel that checks what stage 2 hands over (kernel.c), for tests of stage 2 alone.

T2_OBJS := $(B)/tests/stage2/kernel.o $(B)/tests/stage2/entry.asm.o \
           $(patsubst %,$(B)/tests/stage2/lib_%.o,printf string memmap)

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
