# The bot under fire for longer than `make check` has time for. The kills are drawn from a printed seed.
.PHONY: endurance load

endurance: $(VENV)/.dev
	TMPDIR=$$(test -d /dev/shm && echo /dev/shm || echo /tmp) VPCCIDR_FUZZ_LINES=100000 \
		$(BIN)/pytest -q -s tests/faults/test_endurance.py tests/faults/test_fuzz.py

load: $(VENV)/.dev
	$(BIN)/pytest -q -s tests/faults/test_load.py
