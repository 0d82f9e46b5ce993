package maildrift.probes.spf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import maildrift.probes.dns.server.NameServer;

/**
 * A random zone around one SPF record: other records that it includes, hosts, MX sets, aliases, and
 * mistakes. The same random numbers make the same zone.
 */
final class GeneratedZone {

  /** Who sends: from networks that records name, from their edges, and from nowhere. */
  static final List<String> CLIENTS =
      List.of(
          "192.0.2.1",
          "192.0.2.130",
          "198.51.100.7",
          "203.0.113.200",
          "2001:db8::1",
          "2001:db8:ffff::9");

  private static final List<String> HELOS =
      List.of(
          "helo.@",
          "helo.@",
          "helo.@",
          "@",
          "HELO.@",
          "",
          "host",
          "[192.0.2.1]",
          "h1.@.",
          "under_score.@");

  private static final List<String> SENDERS =
      List.of(
          "bob.x-y@#",
          "bob.x-y@#",
          "bob.x-y@#",
          "Bob+tag=1@#",
          "a-b.c_d/e@#",
          "",
          "",
          "#",
          "@#",
          "a@b@#",
          "bob@#.",
          "bob@[192.0.2.1]",
          "bob@host",
          "bob@a..#",
          "bob@gone.#");

  private static final List<String> IP4 =
      List.of(
          "192.0.2.1",
          "192.0.2.0/24",
          "192.0.2.128/25",
          "198.51.100.0/28",
          "203.0.113.200/32",
          "0.0.0.0/0");
  private static final List<String> IP6 =
      List.of(
          "2001:db8::1", "2001:db8::/32", "2001:DB8:FFFF::/48", "2001:db8:0:0:0:0:0:1/128", "::/0");
  private static final List<String> BROKEN =
      List.of(
          "ip4:192.0.2.256",
          "ip4:192.0.2.1/33",
          "ip4:192.0.2.1/024",
          "ip4:192.0.2",
          "ip4",
          "ip6:192.0.2.1",
          "ip6:2001:db8::1::2",
          "ip6:2001:db8::/129",
          "a:",
          "a:foo",
          "a/",
          "a/33",
          "a//129",
          "mx:x.test/",
          "include:",
          "include",
          "include:localhost",
          "exists",
          "exists:%{x}.test",
          "exists:%{i",
          "exists:%x.test",
          "exists:%{c}.test",
          "all:x.test",
          "all/8",
          "alll",
          "ptr/24",
          "redirect=",
          "redirect=foo",
          "exp=",
          "ipv4:192.0.2.1",
          "a=192.0.2.1",
          "unknown=%{x}",
          "_mod=x",
          "mod=%%-%_",
          "-",
          "++a",
          "A:host.-bad-",
          "a:%{d0}");

  private final String name;
  private final Random random;
  private final Optional<String> sender;
  private final List<String> lines = new ArrayList<>();
  private final List<Text> texts = new ArrayList<>();

  private record Text(String owner, String record) {}

  GeneratedZone(String name, Random random) {
    this.name = name;
    this.random = random;
    this.sender = Optional.empty();
    text(name, record(0));
    for (var i = 1; i <= 4; i++) {
      var owner = "i" + i + "." + name;
      switch (random.nextInt(10)) {
        case 0 -> {}
        case 1 -> text(owner, "not a policy");
        case 2 -> {
          text(owner, record(i));
          text(owner, record(i));
        }
        default -> text(owner, record(i));
      }
    }
    hosts();
    if (random.nextInt(3) > 0) {
      text(
          "helo." + name, pick(List.of("v=spf1 a mx -all", "v=spf1 include:i1." + name + " -all")));
      lines.add("helo." + name + " A " + pick(CLIENTS.subList(0, 4)));
    }
    text(
        "exp." + name,
        pick(
            List.of(
                "%{s} is not allowed by %{d}",
                "%{i} %{c} %{v} %{h} %{l} %{o} %{p}",
                "%{x}",
                "plain",
                "100%% %_ %-",
                "%{d2r} %{l1r-}",
                "%{S} %{L} %{O1} %{D2R} %{H}",
                "caf\u00e9",
                "two  spaces; marks",
                "%{ir}.%{v}._spf.%{d2}",
                "%")));
    if (random.nextInt(3) > 0) {
      text(
          "helo." + name, pick(List.of("v=spf1 a mx -all", "v=spf1 include:i1." + name + " -all")));
      lines.add("helo." + name + " A " + pick(CLIENTS.subList(0, 4)));
    }
  }

  private GeneratedZone(String name, Optional<String> sender) {
    this.name = name;
    this.sender = sender;
    this.random = new Random(0);
  }

  /** One with just these texts, each of the form {@code owner: text}, and one sender. */
  static GeneratedZone of(String name, String sender, List<String> texts) {
    var zone = new GeneratedZone(name, Optional.of(sender));
    for (var text : texts) {
      var colon = text.indexOf(": ");
      zone.text(text.substring(0, colon), text.substring(colon + 2));
    }
    return zone;
  }

  String name() {
    return name;
  }

  /** What the client says in HELO. */
  String helo() {
    return pick(HELOS).replace("@", name);
  }

  /** MAIL FROM. */
  String sender() {
    return sender.orElseGet(() -> pick(SENDERS).replace("#", name));
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private void text(String owner, String record) {
    texts.add(new Text(owner, record));
  }

  private void hosts() {
    for (var i = 1; i <= 3; i++) {
      var host = "h" + i + "." + name;
      switch (random.nextInt(6)) {
        case 0 -> {}
        case 1 -> lines.add(host + " CNAME h" + (i % 3 + 1) + "x." + name);
        default -> {
          lines.add(host + " A " + pick(CLIENTS.subList(0, 4)));
          if (random.nextBoolean()) {
            lines.add(host + " AAAA " + pick(CLIENTS.subList(4, 6)));
          }
        }
      }
      lines.add("h" + i + "x." + name + " A " + pick(CLIENTS.subList(0, 4)));
    }
    var exchanges = List.of(0, 1, 2, 3, 11).get(random.nextInt(5));
    for (var i = 1; i <= exchanges; i++) {
      lines.add(name + " MX " + 10 * i + " " + (i <= 3 ? "h" + i : "m" + i) + "." + name);
    }
    if (random.nextBoolean()) {
      lines.add(name + " A " + pick(CLIENTS.subList(0, 4)));
    }
    lines.add("*.e." + name + " A 127.0.0.2");
    lines.add(pick(CLIENTS.subList(0, 4)) + ".f." + name + " A 127.0.0.2");
  }

  /** A record at depth {@code level}: it includes deeper ones only, now and then itself. */
  private String record(int level) {
    var record = new StringBuilder(random.nextInt(20) == 0 ? "V=SPF1" : "v=spf1");
    var terms = random.nextInt(6);
    for (var i = 0; i < terms; i++) {
      record.append(random.nextInt(15) == 0 ? "  " : " ").append(term(level));
    }
    switch (random.nextInt(8)) {
      case 0 -> {}
      case 1 -> record.append(" redirect=").append(target(level));
      case 2 -> record.append(" exp=exp.").append(name).append(" -all");
      case 3 -> record.append(" -all exp=exp.%{o}");
      case 4 -> record.append(" ?all ip4:192.0.2.1");
      default -> record.append(pick(List.of(" -all", " ~all", " ?all", " +all", " -ALL")));
    }
    return record.toString();
  }

  private String target(int level) {
    if (random.nextInt(25) == 0) {
      return name;
    }
    return "i" + (level + 1 + random.nextInt(2)) + "." + name;
  }

  private String term(int level) {
    var qualifier = pick(List.of("", "", "", "+", "-", "~", "?"));
    return switch (random.nextInt(16)) {
      case 0, 1 -> qualifier + "ip4:" + pick(IP4);
      case 2 -> qualifier + "ip6:" + pick(IP6);
      case 3, 4 -> qualifier + "include:" + target(level);
      case 5 -> qualifier + "a";
      case 6 ->
          qualifier
              + "a:h"
              + (1 + random.nextInt(3))
              + "."
              + name
              + pick(List.of("", "/24", "/0", "//64", "/25//0"));
      case 7 -> qualifier + "mx" + pick(List.of("", "/24", "//32", ":" + name));
      case 8 -> qualifier + "exists:%{i}." + pick(List.of("e", "f", "g")) + "." + name;
      case 9 ->
          qualifier
              + "exists:%{"
              + pick(
                  List.of("l", "ir", "l1r-", "d2", "o", "h", "s", "v", "L", "dr", "lr-.+", "i99r"))
              + "}."
              + pick(List.of("e", "g"))
              + ".%{d}";
      case 10 -> qualifier + "ptr" + pick(List.of("", ":" + name, ":ptr.test"));
      case 11 -> qualifier + "a:" + pick(List.of("gone.", "h9.", "%{l}.", "a..b.")) + name;
      case 12 -> pick(List.of("mod=1", "x-y.z=%{i}", "Exp2=..", "t="));
      case 13 -> random.nextInt(3) == 0 ? pick(BROKEN) : qualifier + "ip4:" + pick(IP4);
      case 14 ->
          random.nextInt(6) == 0 ? "redirect=" + target(level) : qualifier + "ip6:" + pick(IP6);
      default -> qualifier.isEmpty() ? "a:h1x." + name : qualifier + "mx:h1." + name;
    };
  }

  void serveOn(NameServer server) {
    for (var text : texts) {
      var record = text.record;
      var parts = new ArrayList<String>();
      for (var at = 0; at < record.length(); at += 200) {
        parts.add(record.substring(at, Math.min(record.length(), at + 200)));
      }
      server.txt(text.owner, parts.toArray(String[]::new));
    }
    lines.forEach(server::add);
  }

  /** Names of the clients: one of them does not lead back. */
  static void reverseNames(NameServer server) {
    server.add(
        "1.2.0.192.in-addr.arpa PTR one.ptr.test",
        "one.ptr.test A 192.0.2.1",
        "130.2.0.192.in-addr.arpa PTR liar.ptr.test",
        "liar.ptr.test A 192.0.2.99");
  }

  @Override
  public String toString() {
    var out = new StringBuilder();
    for (var text : texts) {
      out.append("  ").append(text.owner).append(" TXT ").append(text.record).append('\n');
    }
    lines.forEach(line -> out.append("  ").append(line).append('\n'));
    return out.toString();
  }
}
