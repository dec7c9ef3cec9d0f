# The raw disk image: what lies where, and how it is assembled (tools/mkimage.py does it).
#
#   sector        what                                      from
#   ------        ----                                      ----
#   0             master boot record: 440 bytes of code,    bootsector/
#                 disk signature, partition table, 55AAh    tools/mkimage.py
#   1 …           stage 2, as long as its header says       stage2/
#   START - 1     settings sector, zeros: stage 2's own     –
#   START …       the partition: ext2 by mke2fs, FASTOS     build/root/ and EXTRA
#
#   flavour       START  CHS     entry  size
#   -------       -----  ---     -----  ----
#   disk          2048   255×63  1      follows the content, whole cylinders of 16×63 sectors
#   usb-zip       2048   64×32   4      the same, for BIOSes that take a stick for a ZIP drive
#   floppy        after stage 2  18×2   1  1.44 MB
#
# In the partition /boot comes first, and the build fails if any of it lies beyond 64 MiB.

# All programs are known by now.
-include $(wildcard $(PROGRAM_OBJECTS:.o=.d))

ROOT := $(B)/root
BLOCK ?= 1024

# What the system itself brings: PATH:SOURCE. build/root holds exactly these.
ROOT_FILES := boot/kernel.elf:$(B)/kernel.elf \
              boot/kernel.tests:$(B)/kernel.tests \
              boot/boot.cfg:tools/root/boot.cfg \
              bin/hello:$(SHARED)/user/hello \
              $(foreach p,$(USER_TESTS),usr/tests/$p:$(SHARED)/user/tests/$p) \
              $(foreach p,$(USER_BENCH),usr/tests/bench/$p:$(SHARED)/user/bench/$p) \
              $(foreach d,$(USER_DRIVERS),lib/drivers/$d:$(SHARED)/user/drivers/$d) \
              $(foreach m,$(MODULES),lib/drivers/$m.fko:$(B)/modules/$m.fko) \
              $(PROGRAMS) \
              $(DRAW_FILES) $(DESKTOP_FILES) $(HELP_FILES) \
              $(foreach f,$(wildcard tools/root/etc/*),etc/$(notdir $f):$f) \
              $(foreach f,$(wildcard tools/root/usr/share/keyboard/*),usr/share/keyboard/$(notdir $f):$f) \
              README.txt:tools/root/README.txt \
              usr/share/licences/FastOS.txt:LICENSE \
              usr/share/licences/console-font.txt:$(SHARED)/licences/console-font.txt \
              usr/share/licences/newlib.txt:$(NEWLIB)/src/COPYING.NEWLIB \
              $(foreach p,$(PACKAGE_LICENCES),usr/share/licences/$p.txt:$(SHARED)/licences/$p.txt)

# EXTRA=dir puts the files of dir in. It is remembered, so that `make run` after `make img
# EXTRA=dir` boots what was asked for; `EXTRA=` forgets it.
ifeq ($(origin EXTRA),undefined)
EXTRA := $(shell cat $(B)/extra 2>/dev/null)
endif
export EXTRA

# What goes into the image beside its parts, rewritten only when it changes.
$(B)/image.inputs: FORCE
	@[ -z "$$EXTRA" ] || [ -d "$$EXTRA" ] || { echo "EXTRA=$$EXTRA: no such directory"; exit 1; }
	@mkdir -p $(B); if [ -n "$$EXTRA" ]; then realpath "$$EXTRA"; fi > $(B)/extra
	@echo "$(YOURS)" > $(B)/user.folder
	@{ echo "$(BLOCK) $(ROOT_FILES)"; cat $(B)/extra; \
	   [ -z "$$EXTRA" ] || find "$$EXTRA"/ -printf '%P %y %m %s %T@ %l\n' | LC_ALL=C sort; } > $@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
.PHONY: FORCE
FORCE:

IMAGE_PARTS := $(B)/mbr.bin $(B)/stage2.bin $(foreach f,$(ROOT_FILES),$(lastword $(subst :, ,$f))) \
               tools/mkimage.py disk.img.mk $(B)/image.inputs
MKIMAGE = $(PYTHON) tools/mkimage.py --mbr $(B)/mbr.bin --stage2 $(B)/stage2.bin --root $(ROOT)
stage_root = rm -rf $(ROOT) && mkdir -p $(addprefix $(ROOT)/,dev proc tmp root mnt) \
    $(foreach f,$(ROOT_FILES),$(stage_file))
# Each tool is a link to the one program that all of them are (user/tools/tool.h).
stage_root += && for tool in $(filter-out tools,$(TOOL_NAMES)); do \
    ln -f $(ROOT)/bin/tools $(ROOT)/bin/$$tool; done
is_program = $(filter-out %.fko,$(filter bin/% usr/bin/% usr/tests/% lib/drivers/%,$1))
stage_file = && install -D -m $(if $(call is_program,$f),755,644) \
    $(lastword $(subst :, ,$f)) $(ROOT)/$(firstword $(subst :, ,$f))

# The three images are of one tree.
$(B)/root.staged: $(IMAGE_PARTS)
	@$(stage_root)
	@touch $@

$(IMAGE): $(B)/root.staged
	@$(MKIMAGE) --block $(BLOCK) $${EXTRA:+--extra "$$EXTRA"} $@

$(B)/fastos-usb-zip.img: $(B)/root.staged
	@$(MKIMAGE) --flavour usb-zip --block $(BLOCK) $${EXTRA:+--extra "$$EXTRA"} $@

$(B)/fastos-floppy.img: $(B)/root.staged
	@$(MKIMAGE) --flavour floppy $@

.PHONY: img floppy usb-zip
img: $(IMAGE) ## build the raw disk image, build/fastos.img (EXTRA=dir adds your files)
usb-zip: $(B)/fastos-usb-zip.img ## the image with 64×32 geometry and partition 4, for old BIOSes
floppy: $(B)/fastos-floppy.img ## a 1.44 MB floppy with the kernel alone
