# The two commands of the README are `make demo` and `make test`.

.PHONY: demo test prove bench pictures clean

## Installs what is missing, builds, and runs wall, terminal and hub on the demo's listings.
demo:
	tools/install.sh
	tools/demo.sh

## Everything that must pass: formatting, lints, tests, licences.
test:
	tools/install.sh
	tools/test.sh

## The proofs of the promise at length: thousands of seeds, power cuts and kills; hours.
prove:
	tools/install.sh
	tools/prove.sh

## Figures of the release build, beside Chromium: three quarters of an hour on a machine that does
## nothing else. Writes docs/benchmarks.md and target/bench/results.json.
bench:
	tools/install.sh
	tools/bench.sh

## The pictures of wall and terminal that README.md shows.
pictures:
	tools/install.sh
	tools/pictures.sh

clean:
	cargo clean
