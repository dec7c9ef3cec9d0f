# Programs of user/, compiled for this machine under sanitizers, against this machine's own.
.PHONY: test-user
test-user: $(B)/host/user/libui/libui.a $(HOST_ALWAYS:%.c=$(B)/host/%.o)
test-user: $(HOST_TOOLS) $(HOST_SH) ## run the tools', the shell's and the tutorial's tests on this machine
	FASTOS_BUILD=$(B) $(PYTEST) -n $(JOBS) tests/user $(ONLY)
