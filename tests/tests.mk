# tests/: `make test` and its parts.
