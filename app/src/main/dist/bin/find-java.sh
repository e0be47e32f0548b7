# Sourced: find_java VERSION [jdk] sets JAVA_HOME to a Java of at least that version, or returns 1.
# Reads the `release` file that every JDK carries instead of starting each one.

java_version_of() {
  [ -x "$1/bin/java" ] && [ -f "$1/release" ] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" | head -n 1
}

find_java() {
  wanted=$1
  kind=${2:-jre}
  on_path=$(command -v java 2>/dev/null || true)
  if [ -n "$on_path" ]; then
    resolved=$(readlink -f "$on_path" 2>/dev/null || echo "$on_path")
    on_path=${resolved%/bin/java}
  fi
  for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /opt/java/* /opt/jdk* /opt/*jdk* /usr/java/* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    [ -n "$candidate" ] || continue
    found=$(java_version_of "$candidate") || continue
    [ -n "$found" ] && [ "$found" -ge "$wanted" ] || continue
    [ "$kind" != jdk ] || [ -x "$candidate/bin/javac" ] || continue
    JAVA_HOME=$candidate
    return 0
  done
  return 1
}
