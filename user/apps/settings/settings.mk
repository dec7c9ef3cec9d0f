# Settings, and the assistant of the first start.
$(eval $(call program,bin/settings,$(call ui_sources,settings),$(LIBSYSTEM) $(LIBUI)))
