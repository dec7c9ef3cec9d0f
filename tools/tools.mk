# tools/: what the build and the developer need on the host.

$(B)/gen/boot_memory.h $(B)/gen/boot_memory.inc &: lib/abi/boot_memory.txt tools/boot_memory.py
	@mkdir -p $(@D)
	$(PYTHON) tools/boot_memory.py $< $(B)/gen/boot_memory.h $(B)/gen/boot_memory.inc

GENERATED := $(B)/gen/boot_memory.h $(B)/gen/boot_memory.inc
