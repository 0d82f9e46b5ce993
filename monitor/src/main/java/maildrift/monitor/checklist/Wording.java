package maildrift.monitor.checklist;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.Prescription;

/** The placeholders of a step's texts, {@code {domain}} and so on, and what stands for them. */
public final class Wording {
  private static final int USUAL_PREFERENCE = 10;

  private static final Map<String, Function<ManagedDomain, Optional<String>>> WORDS = words();

  private Wording() {}

  /** The names that may stand in braces. */
  public static Set<String> placeholders() {
    return WORDS.keySet();
  }

  private static Map<String, Function<ManagedDomain, Optional<String>>> words() {
    var words = new LinkedHashMap<String, Function<ManagedDomain, Optional<String>>>();
    words.put("domain", domain -> Optional.of(domain.name().toString()));
    words.put("tenant", domain -> Optional.of(domain.tenant().id()).filter(id -> !id.isEmpty()));
    words.put("gateway", domain -> gateway(domain).map(Gateway::id));
    words.put("host", domain -> gateway(domain).map(gateway -> gateway.host().toString()));
    words.put(
        "address",
        domain ->
            gateway(domain)
                .flatMap(gateway -> gateway.addresses().stream().findFirst())
                .map(address -> address.getHostAddress()));
    words.put("connector_name", domain -> gateway(domain).flatMap(Gateway::connectorName));
    words.put("region", domain -> parameter(domain, "region"));
    words.put("variant", domain -> parameter(domain, "variant"));
    words.put(
        "include",
        domain ->
            prescriptions(domain)
                .map(Prescription::spfInclude)
                .filter(term -> !term.isEmpty())
                .findFirst());
    words.put(
        "netblocks",
        domain ->
            prescriptions(domain)
                .flatMap(profile -> profile.netblocks().stream())
                .map(DnsName::toString)
                .findFirst());
    words.put("mx_records", Wording::mxRecords);
    words.put("forwarding_server", domain -> domain.forwardingServer().map(NextHop::written));
    words.put("smarthost", domain -> domain.smarthost().map(NextHop::written));
    words.put("allowlist", domain -> domain.allowlist().map(Allowlist::name));
    words.put(
        "selector",
        domain ->
            Stream.concat(
                    domain.dkim().stream(),
                    prescriptions(domain).flatMap(profile -> profile.dkim().stream()))
                .map(DkimExpectation::selector)
                .findFirst());
    words.put("start", domain -> domain.migration().map(Migration::start).map(Object::toString));
    return words;
  }

  private static Optional<Gateway> gateway(ManagedDomain domain) {
    return domain.gateways().stream().findFirst();
  }

  /** What will be prescribed comes before what is. */
  private static Stream<Prescription> prescriptions(ManagedDomain domain) {
    return Stream.concat(
        domain.migration().map(Migration::to).stream(), domain.prescriptions().stream());
  }

  private static Optional<String> parameter(ManagedDomain domain, String name) {
    return prescriptions(domain)
        .flatMap(profile -> Optional.ofNullable(profile.parameters().get(name)).stream())
        .findFirst();
  }

  /** As lines of a zone. */
  private static Optional<String> mxRecords(ManagedDomain domain) {
    var inbound = domain.migration().map(Migration::to).or(domain::inbound);
    return inbound
        .flatMap(profile -> profile.mx().stream().findFirst())
        .map(
            set ->
                set.hosts().stream()
                    .map(
                        host ->
                            "%s. IN MX %d %s."
                                .formatted(
                                    domain.name(),
                                    host.preference().orElse(USUAL_PREFERENCE),
                                    host.host().text()))
                    .collect(Collectors.joining("\n")));
  }

  /** The text with its placeholders filled in; what is not known stands there in capitals. */
  static String filled(String text, ManagedDomain domain) {
    var out = new StringBuilder(text.length() + 64);
    var at = 0;
    for (var word = next(text, 0); word.isPresent(); word = next(text, at)) {
      var name = word.get().name();
      var value = WORDS.get(name);
      out.append(text, at, word.get().start());
      out.append(
          value == null
              ? "{" + name + "}"
              : value.apply(domain).orElseGet(() -> name.toUpperCase(Locale.ROOT)));
      at = word.get().end();
    }
    return out.append(text, at, text.length()).toString();
  }

  /** The first word in braces of a text that nothing stands for. */
  public static Optional<String> unknownIn(String text) {
    for (var word = next(text, 0); word.isPresent(); word = next(text, word.get().end())) {
      if (!WORDS.containsKey(word.get().name())) {
        return Optional.of(word.get().name());
      }
    }
    return Optional.empty();
  }

  private record Placeholder(String name, int start, int end) {}

  /** The next word in braces; YAML's own braces hold more than a word. */
  private static Optional<Placeholder> next(String text, int from) {
    for (var open = text.indexOf('{', from); open >= 0; open = text.indexOf('{', open + 1)) {
      var close = open + 1;
      while (close < text.length() && isLetter(text.charAt(close))) {
        close++;
      }
      if (close > open + 1 && close < text.length() && text.charAt(close) == '}') {
        return Optional.of(new Placeholder(text.substring(open + 1, close), open, close + 1));
      }
    }
    return Optional.empty();
  }

  private static boolean isLetter(char c) {
    return c == '_' || (c >= 'a' && c <= 'z');
  }
}
