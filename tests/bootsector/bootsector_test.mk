# A boot sector with a stage 2 that only reports, for tests/system/test_bootsector.py.
# 80 sectors: more than the 32 KiB up to the first 64 KiB boundary.

BOOTSECTOR_TEST := $(B)/tests/bootsector
BOOTSECTOR_TEST_SECTORS := 80

$(BOOTSECTOR_TEST)/stage2.bin $(BOOTSECTOR_TEST)/stage2_size.inc &: \
        tests/bootsector/dummy_stage2.asm tools/stage2_seal.py lib/abi/boot_header.inc \
        $(SHARED)/gen/boot_memory.inc tests/bootsector/bootsector_test.mk
	@mkdir -p $(@D)
	$(NASM) $(NASMFLAGS) -D SECTORS=$(BOOTSECTOR_TEST_SECTORS) -f bin $< -o $(@D)/stage2.raw
	$(PYTHON) tools/stage2_seal.py $(@D)/stage2.raw $(@D)/stage2.bin $(@D)/stage2_size.inc

$(BOOTSECTOR_TEST)/mbr.bin: bootsector/mbr.asm $(BOOTSECTOR_TEST)/stage2_size.inc
	$(NASM) $(NASMFLAGS) -P $(@D)/stage2_size.inc -f bin $< -o $@

SYSTEM_TEST_PARTS += $(BOOTSECTOR_TEST)/mbr.bin $(BOOTSECTOR_TEST)/stage2.bin \
                     $(B)/fastos-floppy.img $(B)/fastos-usb-zip.img
