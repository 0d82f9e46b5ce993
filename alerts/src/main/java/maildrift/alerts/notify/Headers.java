package maildrift.alerts.notify;

import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Headers that the operator adds to requests; their values may be secrets and print {@code ***}.
 */
public record Headers(SortedMap<String, Secret> values) {
  public static final Headers NONE = new Headers(new TreeMap<>());

  /** How a message is framed and what it is are ours to say. */
  private static final Set<String> OURS =
      Set.of(
          "host",
          "connection",
          "content-length",
          "transfer-encoding",
          "te",
          "trailer",
          "upgrade",
          "expect");

  /** Whoever reads them may act in our name. */
  private static final Set<String> SECRET =
      Set.of("authorization", "proxy-authorization", "cookie");

  public Headers {
    var copy = new TreeMap<String, Secret>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(values);
    values = Collections.unmodifiableSortedMap(copy);
  }

  /**
   * Whether an operator may set it.
   *
   * @param ours in lower case: what the kind of receiver sets itself
   * @throws IllegalArgumentException that says why not
   */
  public static void checkName(String name, Set<String> ours) {
    if (name.isEmpty() || !name.chars().allMatch(Headers::isTokenCharacter)) {
      throw new IllegalArgumentException("it is no name of a header");
    }
    var plain = lower(name);
    if (OURS.contains(plain) || ours.contains(plain) || plain.startsWith("webhook-")) {
      throw new IllegalArgumentException("this header is set by maildrift");
    }
  }

  /**
   * Whether it can be a header's value; the message does not repeat it.
   *
   * @throws IllegalArgumentException when it has line breaks or other characters that no header has
   */
  public static void checkValue(String value) {
    if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "the value of a header is printable ASCII on a single line");
    }
  }

  public static boolean isSecret(String name) {
    return SECRET.contains(lower(name));
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** RFC 9110 section 5.6.2. */
  private static boolean isTokenCharacter(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /**
   * As they are sent, case-insensitive.
   *
   * @throws IOException when the file of one cannot be read
   */
  public SortedMap<String, String> reveal() throws IOException {
    var revealed = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (Map.Entry<String, Secret> header : values.entrySet()) {
      revealed.put(header.getKey(), header.getValue().reveal());
    }
    return revealed;
  }
}
