# tools/: what the build and the developer need on the host.

$(SHARED)/gen/boot_memory.h $(SHARED)/gen/boot_memory.inc &: lib/abi/boot_memory.txt tools/boot_memory.py
	@mkdir -p $(@D)
	$(PYTHON) tools/boot_memory.py $< $(SHARED)/gen/boot_memory.h $(SHARED)/gen/boot_memory.inc

# The console's font, from Debian's xfonts-terminus.
FONT_PACKAGE := /usr/share/fonts/X11/misc/ter-u16n_unicode.pcf.gz
FONT_LICENCE := /usr/share/doc/xfonts-terminus/copyright

$(SHARED)/gen/font_8x16.h $(SHARED)/licences/console-font.txt &: $(FONT_PACKAGE) tools/mkfont.py
	@mkdir -p $(SHARED)/gen $(SHARED)/licences
	$(PYTHON) tools/mkfont.py $< $(SHARED)/gen/font_8x16.h $(FONT_LICENCE) $(SHARED)/licences/console-font.txt

# The system calls, from their one table.
SYSCALL_FILES := $(addprefix $(SHARED)/gen/,syscalls.h syscall_table.inc fastos/syscalls.h \
    fastos/syscall_names.h fastos/syscall_stubs.asm)
SYSCALL_MAKER := lib/abi/syscalls.txt tools/syscalls.py
$(SHARED)/gen/syscalls.h: MAKES := kernel-header
$(SHARED)/gen/syscall_table.inc: MAKES := kernel-table
$(SHARED)/gen/fastos/syscalls.h: MAKES := user-header
$(SHARED)/gen/fastos/syscall_names.h: MAKES := names
$(SHARED)/gen/fastos/syscall_stubs.asm: MAKES := user-stubs
$(SYSCALL_FILES): $(SYSCALL_MAKER)
	@mkdir -p $(@D)
	$(PYTHON) tools/syscalls.py $(MAKES) > $@

.PHONY: syscalls
syscalls: ## write docs/syscalls.md anew, from lib/abi/syscalls.txt
	$(PYTHON) tools/syscalls.py docs > docs/syscalls.md

# The keyboard layout that the kernel has built in.
$(SHARED)/gen/layout_us.inc: tools/root/usr/share/keyboard/us.map lib/keyboard_keys.h tools/mklayout.py
	@mkdir -p $(@D)
	$(PYTHON) tools/mklayout.py tools/root/usr/share/keyboard/us.map lib/keyboard_keys.h > $@

GENERATED := $(addprefix $(SHARED)/gen/,boot_memory.h boot_memory.inc font_8x16.h layout_us.inc) \
    $(SYSCALL_FILES)

# ---- the machines --------------------------------------------------------------------------------
# make run ACCEL=kvm MEM=1G CPUS=2 QEMU_ARGS='-vga cirrus' CMDLINE='log=debug'
QEMU  ?= qemu-system-x86_64
ACCEL ?= tcg
MEM   ?= 256M
CPUS  ?= 1
comma := ,
# QEMU wants commas twice; the shell has the whole in single quotes.
CMDLINE_ESCAPED = $(subst ','\'',$(subst $(comma),$(comma)$(comma),$(CMDLINE)))
SCREEN := $(DISPLAY)$(WAYLAND_DISPLAY)
QEMU_MACHINE = -accel $(ACCEL) -cpu max -m $(MEM) -smp $(CPUS) -nic none -vga std \
    -device isa-debug-exit,iobase=0xf4,iosize=4 \
    $(if $(CMDLINE),-fw_cfg name=opt/fastos/cmdline$(comma)string='$(CMDLINE_ESCAPED)') \
    $(QEMU_ARGS)
QEMU_DISK = -drive file=$(IMAGE),format=raw,if=ide

# A machine that ends through isa-debug-exit gives QEMU's status twice its own and one.
LEFT = { status=$$?; exit $$((status & 1 ? status >> 1 : status)); }

.PHONY: run screenshot
run: $(IMAGE) ## boot FastOS in QEMU: in a window, or in this terminal where there is no display
	@echo "$(if $(SCREEN),FastOS in a window; its log here.,FastOS in this terminal.) Ctrl-A X ends it."
	@$(QEMU) $(QEMU_MACHINE) $(QEMU_DISK) -serial mon:stdio $(if $(SCREEN),,-display none) || $(LEFT)

# COMMANDS='"ls /" memory' are typed before the picture is taken.
COMMANDS ?= "ls -l /" "ps -ef"
screenshot: $(IMAGE) ## boot without a window and save the screen as build/screenshot.png
	@$(PYTHON) -B tools/screenshot.py $(IMAGE) $(B)/screenshot.png $(COMMANDS)

# ---- debuggers -----------------------------------------------------------------------------------
# GDB_ARGS='-batch -ex boot-info' drives gdb from a script.
GDB ?= gdb
export GDB_ARGS
DEBUGGER = $(PYTHON) -B tools/debug.py
DEBUG_MACHINE = $(QEMU) $(QEMU_MACHINE) $(QEMU_DISK),snapshot=on $(if $(SCREEN),,-display none)

.PHONY: debug debug-boot
debug: $(IMAGE) ## gdb on QEMU, stopped at the kernel's first instruction, symbols where it lies
	@$(DEBUGGER) kernel $(GDB) $(DEBUG_MACHINE)

debug-boot: $(IMAGE) ## gdb on QEMU, stopped at the boot sector, 16-bit code shown as such
	@$(DEBUGGER) boot $(GDB) $(DEBUG_MACHINE)

# Without a display Bochs draws into nothing, and COM1 (build/bochs.com1) is what one sees.
BOCHS ?= bochs
BOCHS_RUN = rm -f $(IMAGE).lock; $(if $(SCREEN),,SDL_VIDEODRIVER=dummy)
export BATCH

.PHONY: bochs bochs-debug
bochs: $(IMAGE) ## boot FastOS in Bochs (bochsrc says which machine)
	@echo "FastOS in Bochs; COM1 goes to $(B)/bochs.com1. Ctrl-C, then q, ends it."
	@$(BOCHS_RUN) $(BOCHS) -q -f bochsrc -rc <(echo c)

bochs-debug: $(IMAGE) ## Bochs and its debugger, with stops from the boot sector to the kernel
	@$(BOCHS_RUN) $(PYTHON) -B tools/bochs_debug.py $(NM) $(BOCHS) -q -f bochsrc

# ---- a real disk ---------------------------------------------------------------------------------
# KEEP=1: the FastOS that is on it keeps its files. FILE=1: DISK is a plain file.
.PHONY: install
install: $(IMAGE) ## write the image to a disk: DISK=/dev/sdX (KEEP=1 keeps an older FastOS's files)
	[ -n "$(DISK)" ] || { echo "make install DISK=/dev/sdX; lsblk lists the disks"; exit 1; }
	$(PYTHON) -B tools/install.py $(if $(KEEP),--keep) $(if $(FILE),--file) $(IMAGE) "$(DISK)"

# ---- the cross compiler --------------------------------------------------------------------------
.PHONY: toolchain
toolchain: ## build x86_64-elf-gcc from Debian's sources into build/toolchain (long; JOBS=n)
	@tools/toolchain $(TOOLCHAIN) $(JOBS)
	@echo "The build takes it from now on: make clean is advised before the next one."

# ---- what the sources must be --------------------------------------------------------------------
# The kernel by both compilers, warnings as errors, each in a folder of its own; the image of the second one
# boots. Programs are of one compiler; clang reads them as host tests.
CHECK := $(PYTHON) -B tools/check.py

.PHONY: check check-sources check-gcc check-clang
check: ## form, layers, tiers, a clean build of the kernel by gcc and clang
	$(call in_turn,check-sources check-tiers check-gcc check-clang,WERROR=1)

check-sources: $(GENERATED) sysroot $(SHARED)/packages/headers
	echo "  form";    $(CHECK) text
	echo "  layers";  $(CHECK) layers
	echo "  scripts"; $(CHECK) scripts
	echo "  headers"; $(CHECK) headers system $(CC) $(TARGET_CFLAGS)
	$(CHECK) headers user $(CC) $(FASTOS_CFLAGS) -isystem $(PACKAGE_INCLUDE) -std=gnu17 -D_GNU_SOURCE -I. \
	    -I$(SHARED)/gen

check-gcc: $(IMAGE)
	echo "  gcc"; $(MAKE) B=$(B)/check/gcc WERROR=1 EXTRA= $(B)/check/gcc/fastos.img
	echo "  drivers"; $(CHECK) drivers $(NM) $(B)/check/gcc

check-clang: $(IMAGE)
	echo "  clang"; $(MAKE) B=$(B)/check/clang CC=clang WERROR=1 EXTRA= $(B)/check/clang/fastos.img
	tests/smoke $(B)/check/clang/fastos.img

# The tiers of safety (docs/85-safety.md), counted with the flags of the kernel that is shipped.
# V=1 lists what is unchecked, LOWER=1 keeps the share that is reached.
.PHONY: tiers check-tiers
tiers: check-tiers ## lines proved, checked, trusted and unchecked (V=1 says why)
check-tiers: $(GENERATED)
	echo "  tiers"
	$(PYTHON) -B tools/tiers.py $(if $(V),--list) $(if $(LOWER),--lower) --flags '$(KERNEL_CFLAGS)' \
	    $(KERNEL_C) $(MODULE_C) $(KERNEL_ASM)
