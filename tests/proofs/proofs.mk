# The proved tier (docs/85-safety.md). SOURCES='lib/ring.c' proves some of it, FORCE=1 also what has not
# changed since it was proved, RECORD=1 writes down what was (tests/proofs/proved.txt).
PROVE := $(PYTHON) -B tests/proofs/prove.py --work $(B)/proofs --flags '-I. -I$(SHARED)/gen'

.PHONY: prove
prove: $(GENERATED) ## prove tests/proofs/modules.txt (SOURCES=… some, FORCE=1 all anew, RECORD=1 keeps it)
	$(PROVE) $(if $(FORCE),--force) \
	    $(if $(RECORD),--record) $(SOURCES)
