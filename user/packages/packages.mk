# user/packages/: Debian's static libraries in programs of ours (docs/dependencies.md says which, and why).
#
#   $(eval $(call package_program,bin/viewer,SOURCES,LIBRARIES))    as `program`; links what it needs of them
#
# build/packages/include holds copies of their headers, so that nothing else of the host is seen.

PACKAGE_FOLDER   := /usr/lib/x86_64-linux-gnu
PACKAGE_LIBS     := libpng16.a libjpeg.a libqrcodegen.a libz.a
PACKAGE_HEADERS  := png.h pngconf.h libpng16/pnglibconf.h zlib.h zconf.h jpeglib.h jmorecfg.h jerror.h \
    x86_64-linux-gnu/jconfig.h
PACKAGE_INCLUDE  := $(SHARED)/packages/include
PACKAGES         := $(addprefix $(SHARED)/packages/,$(PACKAGE_LIBS) libnames.a)
PACKAGE_LICENCES := libpng-dev zlib1g-dev libjpeg62-turbo-dev libqrcodegen-dev

$(SHARED)/packages/headers: $(SHARED)/deps/build user/packages/packages.mk
	@mkdir -p $(PACKAGE_INCLUDE)
	@cp -pL $(PACKAGE_HEADERS:%=/usr/include/%) $(PACKAGE_INCLUDE)
	@cp -prL /usr/include/qrcodegen $(PACKAGE_INCLUDE)
	@touch $@

$(SHARED)/packages/lib%.a: $(PACKAGE_FOLDER)/lib%.a
	@mkdir -p $(@D) && cp -pL $< $@

$(SHARED)/packages/libnames.a: $(SHARED)/programs/tree/user/packages/glibc_names.o \
    $(SHARED)/user/packages/setjmp_name.o
	@mkdir -p $(@D) && rm -f $@
	@$(AR) qcsD $@ $^

$(SHARED)/user/packages/%.o: user/packages/%.asm
	@mkdir -p $(@D)
	$(NASM) -f elf64 $(NASMFLAGS) $< -o $@

# What the packages' licences ask for: that they come along.
$(SHARED)/licences/%.txt: /usr/share/doc/%/copyright
	@mkdir -p $(@D) && cp -pL $< $@

define package_program
$(call program,$1,$2,$3 $(PACKAGES))
$(2:%.c=$(SHARED)/programs/tree/%.o): $(SHARED)/packages/headers
$(2:%.c=$(SHARED)/programs/tree/%.o): COMPILE_PROGRAM += -isystem $(PACKAGE_INCLUDE)
endef

$(eval $(call package_program,usr/tests/packages,user/packages/test/packages.c))
