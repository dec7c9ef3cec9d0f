# The proved tier (docs/85-safety.md). SOURCES='lib/ring.c' proves some of it, FORCE=1 also what has not
# changed since it was proved.
PROVE := $(PYTHON) -B tests/proofs/prove.py --work $(B)/proofs --flags '-I. -I$(B)/gen'

.PHONY: prove
prove: $(GENERATED) ## prove the modules of tests/proofs/modules.txt (SOURCES=… some, FORCE=1 all anew)
	$(PROVE) $(if $(FORCE),--force) $(SOURCES)
