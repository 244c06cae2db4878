"""The statements, as files: the same texts run on Athena and on DuckDB."""
