$(eval $(call ui_program,blocks))
