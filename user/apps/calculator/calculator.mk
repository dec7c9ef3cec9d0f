$(eval $(call ui_program,calculator))
