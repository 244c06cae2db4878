# A real Trino server against DuckDB and the oracle: needs Maven and Java 24 or later (VPCCIDR_JAVA_HOME).
# The server, about 0.8 GB, is fetched once and kept in VPCCIDR_CACHE (~/.cache/vpccidr).
.PHONY: trino
trino: $(VENV)/.dev
	$(BIN)/pytest -q -m trino tests/trino
