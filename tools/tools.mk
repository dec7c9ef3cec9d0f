# tools/: what the build and the developer need on the host.

$(B)/gen/boot_memory.h $(B)/gen/boot_memory.inc &: lib/abi/boot_memory.txt tools/boot_memory.py
	@mkdir -p $(@D)
	$(PYTHON) tools/boot_memory.py $< $(B)/gen/boot_memory.h $(B)/gen/boot_memory.inc

# The console's font, from Debian's xfonts-terminus.
FONT_PACKAGE := /usr/share/fonts/X11/misc/ter-u16n_unicode.pcf.gz
FONT_LICENCE := /usr/share/doc/xfonts-terminus/copyright

$(B)/gen/font_8x16.h $(B)/licences/console-font.txt &: $(FONT_PACKAGE) tools/mkfont.py
	@mkdir -p $(B)/gen $(B)/licences
	$(PYTHON) tools/mkfont.py $< $(B)/gen/font_8x16.h $(FONT_LICENCE) $(B)/licences/console-font.txt

GENERATED := $(B)/gen/boot_memory.h $(B)/gen/boot_memory.inc $(B)/gen/font_8x16.h
