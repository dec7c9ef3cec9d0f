# Programs of user/, compiled for this machine under sanitizers, against this machine's own.
.PHONY: test-user
test-user: $(HOST_TOOLS) $(HOST_SH) ## run the tools' and the shell's tests on this machine
	FASTOS_BUILD=$(B) $(PYTEST) -n $(JOBS) tests/user $(ONLY)
