# Sourced by the launchers. find_jdk NEED TOOL: prints the home of the first Java of at least release NEED whose bin/ has
# TOOL (java to run, javac to build), or returns 1.
#
# JAVA_HOME comes first, then the java on the PATH, then the usual folders, the newest release first.

java_release() {
  # The release file is read instead of starting a Java, which would cost a tenth of a second each.
  sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9][0-9]*\).*/\1/p' "$1/release" 2>/dev/null | head -n 1
}

find_jdk() {
  need=$1
  tool=$2
  on_path=
  if path_java=$(command -v java 2>/dev/null); then
    path_java=$(readlink -f "$path_java" 2>/dev/null || echo "$path_java")
    on_path=$(dirname "$(dirname "$path_java")")
  fi
  for home in "${JAVA_HOME:-}" "$on_path"; do
    [ -n "$home" ] && [ -x "$home/bin/$tool" ] || continue
    release=$(java_release "$home")
    if [ -n "$release" ] && [ "$release" -ge "$need" ]; then
      echo "$home"
      return 0
    fi
  done
  best=
  best_release=0
  for home in /usr/lib/jvm/* /usr/java/* /usr/local/*jdk* /usr/local/lib/jvm/* /opt/*jdk* /opt/*java* /opt/java/* \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -x "$home/bin/$tool" ] || continue
    release=$(java_release "$home")
    if [ -n "$release" ] && [ "$release" -ge "$need" ] && [ "$release" -gt "$best_release" ]; then
      best=$home
      best_release=$release
    fi
  done
  [ -n "$best" ] && echo "$best"
}

say_install_jdk() {
  cat >&2 <<TEXT
$1: no JDK 25 (or newer) found in JAVA_HOME, on the PATH or in the usual folders (/usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks).
Install one, e.g.
  Debian 13, Ubuntu 24.04 and newer:  apt install openjdk-25-jdk-headless
  Debian and RPM systems:             the package temurin-25-jdk of Eclipse Adoptium (https://adoptium.net)
  Fedora:                             dnf install java-25-openjdk-devel
  macOS:                              brew install openjdk@25
or unpack any JDK 25 and set JAVA_HOME to its folder.
TEXT
}
