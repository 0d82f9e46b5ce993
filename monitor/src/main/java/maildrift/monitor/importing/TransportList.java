package maildrift.monitor.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import maildrift.monitor.importing.Entry.Trouble;

/**
 * A Postfix transport table, or a list as gateways export it: {@code domain.tld smtp:[host]:port}
 * or {@code domain.tld [host]:port}. A line that begins with a blank continues the one before.
 */
final class TransportList {
  private static final Set<String> MAIL = Set.of("smtp", "smtps", "relay", "esmtp", "");

  private final List<Entry> entries = new ArrayList<>();
  private final List<Trouble> troubles = new ArrayList<>();
  private final List<Cell> words = new ArrayList<>();

  private TransportList() {}

  static Entry.Read read(String text) {
    var list = new TransportList();
    var number = 0;
    for (var line : (Iterable<String>) text.lines()::iterator) {
      number++;
      list.line(line, number);
    }
    list.end();
    return new Entry.Read(list.entries, list.troubles);
  }

  private void line(String line, int number) {
    if (line.isBlank() || line.strip().startsWith("#")) {
      return; // Postfix: neither ends a logical line.
    }
    var isContinued = line.charAt(0) == ' ' || line.charAt(0) == '\t';
    if (!isContinued) {
      end();
    } else if (words.isEmpty()) {
      troubles.add(new Trouble(number, 1, "a line that begins with a blank continues none", false));
      return;
    }
    var at = 0;
    while (at < line.length()) {
      if (line.charAt(at) == '#') {
        return;
      }
      if (Character.isWhitespace(line.charAt(at))) {
        at++;
        continue;
      }
      var from = at;
      while (at < line.length() && !Character.isWhitespace(line.charAt(at))) {
        at++;
      }
      words.add(new Cell(line.substring(from, at), number, from + 1));
    }
  }

  /** A logical line is whole. */
  private void end() {
    if (words.isEmpty()) {
      return;
    }
    var domain = words.getFirst();
    var rest = List.copyOf(words.subList(1, words.size()));
    words.clear();
    var objection = objection(domain.text());
    if (objection.isPresent()) {
      troubles.add(Trouble.at(domain, objection.get()));
    } else if (rest.isEmpty()) {
      troubles.add(
          Trouble.at(
              domain,
              "'%s' has nothing behind it; expected smtp:[host]:port or [host]:port"
                  .formatted(CsvList.shown(domain.text()))));
    } else if (foreign(rest.getFirst().text()).isPresent()) {
      // What stands behind such a transport is often a text of several words.
      troubles.add(Trouble.at(rest.getFirst(), foreign(rest.getFirst().text()).orElseThrow()));
    } else if (rest.size() > 1) {
      troubles.add(
          Trouble.at(
              rest.get(1),
              "'%s' is one word too many; a line is a domain and where its mail goes"
                  .formatted(CsvList.shown(rest.get(1).text()))));
    } else {
      destination(domain, rest.getFirst());
    }
  }

  private static Optional<String> objection(String domain) {
    if (domain.equals("*")) {
      return Optional.of("'*' stands for all other domains; name those that are yours");
    }
    if (domain.startsWith(".")) {
      return Optional.of(
          "'%s' stands for all subdomains; name those that are yours"
              .formatted(CsvList.shown(domain)));
    }
    return domain.indexOf('@') >= 0
        ? Optional.of(
            "'%s' is an address; only whole domains can be watched"
                .formatted(CsvList.shown(domain)))
        : Optional.empty();
  }

  /** The transport that is written, in lower case; nothing where the next hop is all. */
  private static Optional<String> transport(String text) {
    var bracket = text.indexOf('[');
    var colon = text.indexOf(':');
    return colon >= 0 && (bracket < 0 || colon < bracket) && isTransport(text, colon)
        ? Optional.of(text.substring(0, colon).toLowerCase(Locale.ROOT))
        : Optional.empty();
  }

  /** Why a transport leads to no mail server. */
  private static Optional<String> foreign(String text) {
    return transport(text)
        .filter(transport -> !MAIL.contains(transport))
        .map(
            transport ->
                "the transport '%s' hands mail to no mail server; maildrift knows smtp and relay"
                    .formatted(CsvList.shown(transport)));
  }

  /** {@code transport:nexthop}; the transport may be missing, and then the next hop is all. */
  private void destination(Cell domain, Cell written) {
    var text = written.text();
    var hops = transport(text).isPresent() ? text.substring(text.indexOf(':') + 1) : text;
    var column = written.column() + text.length() - hops.length();
    entries.add(
        Entry.of(
            domain,
            hops.isEmpty()
                ? Optional.empty() // delivered by the domain's own MX
                : Optional.of(new Cell(hops.replace(',', ' '), written.line(), column))));
  }

  /** {@code smtp:host}, not {@code host:25}. */
  private static boolean isTransport(String text, int colon) {
    var after = text.substring(colon + 1);
    return !(text.substring(0, colon).indexOf('.') >= 0
        || (!after.isEmpty() && after.chars().allMatch(c -> c >= '0' && c <= '9')));
  }
}
