# The documents in a window, and the documents.
$(eval $(call ui_program,help))

# For disk.img.mk.
HELP_FILES := $(foreach f,README.md $(wildcard docs/*.md),usr/share/doc/fastos/$(notdir $f):$f)
