package maildrift.alerts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What identifies an alert: names and values, sorted; an empty value is the same as none. */
public record Labels(SortedMap<String, String> map) {
  public static final Labels NONE = new Labels(new TreeMap<>());

  public Labels {
    var copy = new TreeMap<>(map);
    copy.values().removeIf(String::isEmpty);
    map = Collections.unmodifiableSortedMap(copy);
  }

  public static Labels of(Map<String, String> map) {
    return new Labels(new TreeMap<>(map));
  }

  /** The value, or an empty text where there is none. */
  public String get(String name) {
    return map.getOrDefault(name, "");
  }

  /** Only the named ones. */
  public Labels only(Collection<String> names) {
    var kept = new TreeMap<>(map);
    kept.keySet().retainAll(names);
    return new Labels(kept);
  }

  /** A stable 16-digit hex identity. */
  public String fingerprint() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      map.forEach(
          (name, value) -> {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0xff);
            digest.update(value.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0xff);
          });
      return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), 8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public String toString() {
    return map.toString();
  }
}
