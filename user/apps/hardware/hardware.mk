# What this machine is, as text and as QR codes.
$(eval $(call package_program,bin/hardware,$(call ui_sources,hardware),$(LIBSYSTEM) $(LIBUI)))
