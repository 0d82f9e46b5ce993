# Sourced by the launcher and by what makes its cache, which must agree: a cache made with other options is not used.

common_options="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8"

# Short-lived: start fast.
command_options="-XX:+UseSerialGC -XX:TieredStopAtLevel=1"

# class_path TOP: every jar, always in the same order, which java's own lib/* does not promise.
class_path() {
  order=${LC_ALL-}
  LC_ALL=C
  path=
  for jar in "$1"/lib/*.jar; do
    path="$path${path:+:}$jar"
  done
  if [ -n "$order" ]; then LC_ALL=$order; else unset LC_ALL; fi
}
