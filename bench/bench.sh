#!/bin/sh
# bench.sh CHECKOUT WHAT [options]: compiles the bench module and runs one of its programs.
set -eu
here=$1
shift
cd "$here"
MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
export MAVEN_OPTS
mvn -q -B -Dstyle.color=never -ntp -Pbench -Dmaven.test.skip=true -pl bench -am package
exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -Dagency.checkout="$here" -cp "bench/target/classes:$(cat bench/target/class-path)" agency.bench.BenchMain "$@"
