#!/usr/bin/env bash
# Packs the package, installs it elsewhere as a user would, and runs it there.
set -euo pipefail
cd "$(dirname "$0")/.."
node=$PWD/node_modules/.bin/node
elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT

tarball=$PWD/$(npm pack --silent --pack-destination "$elsewhere" | tail -n 1)
tarball=$elsewhere/$(basename "$tarball")
cd "$elsewhere"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund "$tarball"

bin=node_modules/proofpoint-otel/dist/main.js
expected=$(cd - >/dev/null && "$node" -p 'require("./package.json").version')
[ "$("$node" "$bin" --version)" = "$expected" ]
[ -x node_modules/.bin/proofpoint-otel ]
"$node" "$bin" demo --seconds 5 >demo.txt 2>demo.log || { cat demo.txt demo.log; exit 1; }
for kind in pod.message pod.maillog pod.audit tap.message.delivered tap.message.blocked tap.click.permitted tap.click.blocked; do
  grep -q "proofpoint.$kind" demo.txt || { echo "the demo showed no $kind"; tail -n 40 demo.txt; cat demo.log; exit 1; }
done
"$node" --input-type=module -e "import 'proofpoint-otel/mapping'"
echo "the packed proofpoint-otel $expected runs"
