# The two commands of the README are `make demo` and `make test`.

.PHONY: demo test pictures clean

## Installs what is missing, builds, and runs wall, terminal and hub on the demo's listings.
demo:
	tools/install.sh
	tools/demo.sh

## Everything that must pass: formatting, lints, tests, licences.
test:
	tools/install.sh
	tools/test.sh

## The pictures of wall and terminal that README.md shows.
pictures:
	tools/install.sh
	tools/pictures.sh

clean:
	cargo clean
