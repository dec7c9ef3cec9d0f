$(eval $(call ui_program,editor))
