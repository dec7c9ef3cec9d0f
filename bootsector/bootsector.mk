# bootsector/: the 512-byte MBR.
#
#   build/mbr.bin   the sector; tools/mkimage.py adds disk signature and partition table
#   build/mbr.lst   its listing
#   build/mbr.elf   the same code with symbols, for gdb

MBR_DEPS := bootsector/mbr.asm lib/abi/boot_header.inc $(SHARED)/gen/boot_memory.inc \
            $(B)/stage2_size.inc bootsector/bootsector.mk
MBR_NASM = $(NASM) $(NASMFLAGS) -P $(B)/stage2_size.inc

$(B)/mbr.bin: $(MBR_DEPS)
	$(MBR_NASM) -f bin -l $(B)/mbr.lst $< -o $@

$(B)/mbr.elf: $(MBR_DEPS)
	$(MBR_NASM) -f elf32 -g -F dwarf $< -o $(B)/mbr.o
	$(LD) -m elf_i386 -Ttext=0x7c00 -e boot_sector $(B)/mbr.o -o $@
