package maildrift.probes.dkim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A key record (RFC 6376 §3.6.1). Parsing never fails: what is wrong stands in {@code problems}, so
 * that a broken record can be shown, and compared, as far as it was understood.
 *
 * @param text as published, one char an octet
 * @param type {@code k=} in lower case, {@code rsa} when absent
 * @param key what {@code p=} holds
 * @param published {@code p=} without white space; empty text when revoked, nothing when there is
 *     no {@code p=}
 * @param hashes {@code h=}; empty: all are allowed
 * @param services {@code s=}; {@code *} when absent
 * @param flags {@code t=}
 * @param problems in the order of the record
 */
public record KeyRecord(
    String text,
    String type,
    Key key,
    Optional<String> published,
    List<String> hashes,
    List<String> services,
    List<String> flags,
    List<Problem> problems) {

  /** RFC 8301 §3.2: verifiers must not accept fewer. */
  static final int FEWEST_BITS = 1024;

  /** A list of more items than this says nothing more. */
  private static final int MAX_ITEMS = 32;

  private static final int MAX_NAME = 32;

  /** Holds a key of 4,096 bits. */
  private static final int MAX_VALUE = 1024;

  public KeyRecord {
    hashes = List.copyOf(hashes);
    services = List.copyOf(services);
    flags = List.copyOf(flags);
    problems = List.copyOf(problems);
  }

  /** Verifiers can read it; whether they like the key is another question. */
  public boolean isReadable() {
    return problems.stream().noneMatch(Problem::fatal);
  }

  public boolean isRevoked() {
    return key instanceof Key.Revoked;
  }

  public boolean isTesting() {
    return flags.contains("y");
  }

  /** The tags as written, in their order and within bounds; only of what is a tag at all. */
  Map<String, String> tags() {
    var tags = new LinkedHashMap<String, String>();
    TagList.parse(text).tags().stream()
        .limit(MAX_ITEMS)
        .forEach(tag -> tags.put(cut(tag.name(), MAX_NAME), cut(tag.value(), MAX_VALUE)));
    return tags;
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }

  /** One spelling for equal keys: {@code k=rsa; p=MIIB…}; the text itself where there is none. */
  public String normalised() {
    return published.map(p -> "k=" + type + "; p=" + p).orElse(text);
  }

  public static KeyRecord parse(String text) {
    var list = TagList.parse(text);
    var problems = new ArrayList<>(list.problems());
    version(list, problems);
    var type = list.tag("k").map(tag -> tag.value().toLowerCase(Locale.ROOT)).orElse("rsa");
    if (list.tag("k").filter(tag -> tag.value().isEmpty()).isPresent()) {
      problems.add(new Problem(list.tag("k").get().position(), "k= without a key type", true));
    }
    var p = list.tag("p");
    if (p.isEmpty() && list.problems().stream().noneMatch(Problem::fatal)) {
      problems.add(new Problem(text.length() + 1, "no p=, so there is no key", true));
    }
    var key = p.map(tag -> key(tag, type, problems)).orElse(new Key.Unreadable());
    return new KeyRecord(
        text,
        type,
        key,
        p.map(tag -> KeyText.withoutSpace(tag.value())),
        items(list, "h"),
        list.tag("s").isPresent() ? items(list, "s") : List.of("*"),
        items(list, "t"),
        problems);
  }

  /** "If specified, this tag MUST be set to DKIM1 … MUST be the first tag in the record." */
  private static void version(TagList list, List<Problem> problems) {
    var v = list.tag("v");
    if (v.isEmpty()) {
      return;
    }
    var tag = v.get();
    if (!tag.value().equals("DKIM1")) {
      problems.add(
          new Problem(tag.position(), "v= must be DKIM1, exactly and in capital letters", true));
    } else if (!list.tags().getFirst().name().equals("v")) {
      problems.add(new Problem(tag.position(), "v=DKIM1 must be the first tag", true));
    }
  }

  private static Key key(TagList.Tag p, String type, List<Problem> problems) {
    var base64 = KeyText.withoutSpace(p.value());
    if (base64.isEmpty()) {
      return new Key.Revoked();
    }
    var octets = octets(p, base64, problems);
    if (octets.isEmpty()) {
      return new Key.Unreadable();
    }
    return switch (type) {
      case "rsa" -> rsa(p, octets.get(), problems);
      case "ed25519" -> ed25519(p, octets.get(), problems);
      default -> new Key.Unknown();
    };
  }

  private static Optional<byte[]> octets(TagList.Tag p, String base64, List<Problem> problems) {
    var decoded = KeyText.decode(base64);
    if (decoded.isEmpty()) {
      problems.add(notBase64(p));
    }
    return decoded;
  }

  private static Problem notBase64(TagList.Tag p) {
    for (var i = 0; i < p.value().length(); i++) {
      var c = p.value().charAt(i);
      if (!KeyText.isBase64Char(c) && c != '=' && !TagList.isSpace(c)) {
        return new Problem(
            p.position() + i, TagList.shown(c) + " in p= does not belong to base64", true);
      }
    }
    return new Problem(
        p.position() + p.value().length(), "p= is not whole base64: a part is missing", true);
  }

  private static Key rsa(TagList.Tag p, byte[] octets, List<Problem> problems) {
    var rsa = RsaKey.read(octets);
    if (rsa.isEmpty() || !rsa.get().usable()) {
      problems.add(
          new Problem(
              p.position(),
              octets.length == KeyText.ED25519_OCTETS || KeyText.unwrapEd25519(octets).isPresent()
                  ? "p= holds an Ed25519 key, but k=ed25519 is missing"
                  : "p= is no RSA public key, or only a part of one",
              true));
      return new Key.Unreadable();
    }
    if (rsa.get().bare()) {
      problems.add(
          new Problem(
              p.position(),
              "p= is a bare RSAPublicKey; most verifiers read only a SubjectPublicKeyInfo",
              false));
    }
    if (rsa.get().trailing()) {
      problems.add(
          new Problem(p.position() + p.value().length(), "p= goes on after the key", false));
    }
    return new Key.Rsa(rsa.get().bits());
  }

  private static Key ed25519(TagList.Tag p, byte[] octets, List<Problem> problems) {
    if (octets.length == KeyText.ED25519_OCTETS) {
      return new Key.Ed25519();
    }
    problems.add(
        new Problem(
            p.position(),
            KeyText.unwrapEd25519(octets).isPresent()
                ? "p= is a SubjectPublicKeyInfo; for Ed25519 it must be the 32 octets of the key"
                : "p= has %d octets; an Ed25519 key has 32".formatted(octets.length),
            true));
    return new Key.Unreadable();
  }

  /** A list with colons and folding white space; unknown items are kept, and ignored later. */
  private static List<String> items(TagList list, String name) {
    var items = new ArrayList<String>();
    list.tag(name)
        .map(TagList.Tag::value)
        .ifPresent(
            value -> {
              var start = 0;
              while (start <= value.length() && items.size() < MAX_ITEMS) {
                var colon = value.indexOf(':', start);
                var end = colon < 0 ? value.length() : colon;
                var item = KeyText.withoutSpace(value.substring(start, end));
                if (!item.isEmpty()) {
                  items.add(item);
                }
                start = end + 1;
              }
            });
    return items;
  }
}
