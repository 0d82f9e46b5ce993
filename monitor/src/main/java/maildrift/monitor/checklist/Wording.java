package maildrift.monitor.checklist;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.dkim.ZoneLine;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.NextHop;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;

/**
 * The placeholders of a step's texts, {@code {domain}} and so on, and what stands for them: what
 * the profiles say that the checklist is for, never what another of the domain's says.
 */
public record Wording(Checklist checklist, ManagedDomain domain, Instant now) {
  private static final int USUAL_PREFERENCE = 10;
  private static final String SELECTOR_OF_GATEWAYS = "default";

  /** Ahead of now, for a change that has to be announced. */
  private static final Duration AHEAD = Duration.ofDays(7);

  private static final int EVENING = 20;

  private static final Map<String, Function<Wording, Optional<String>>> WORDS = words();

  /** The names that may stand in braces. */
  public static Set<String> placeholders() {
    return WORDS.keySet();
  }

  private static Map<String, Function<Wording, Optional<String>>> words() {
    var words = new LinkedHashMap<String, Function<Wording, Optional<String>>>();
    words.put("domain", own -> Optional.of(own.domain.name().toString()));
    words.put("tenant", own -> Optional.of(own.domain.tenant().id()).filter(id -> !id.isEmpty()));
    words.put("gateway", own -> own.gateway().map(Gateway::id));
    words.put("host", own -> own.gateway().map(gateway -> gateway.host().toString()));
    words.put(
        "address",
        own ->
            own.gateway()
                .flatMap(gateway -> gateway.addresses().stream().findFirst())
                .map(address -> address.getHostAddress()));
    words.put("connector_name", own -> own.gateway().flatMap(Gateway::connectorName));
    words.put("region", own -> own.parameter("region"));
    words.put("variant", own -> own.parameter("variant"));
    words.put(
        "include",
        own ->
            own.prescriptions()
                .map(Prescription::spfInclude)
                .filter(term -> !term.isEmpty())
                .findFirst());
    words.put(
        "netblocks",
        own ->
            own.prescriptions()
                .flatMap(profile -> profile.netblocks().stream())
                .map(DnsName::toString)
                .findFirst());
    words.put("mx_records", Wording::mxRecords);
    words.put("forwarding_server", own -> own.domain.forwardingServer().map(NextHop::written));
    words.put("smarthost", own -> own.domain.smarthost().map(NextHop::written));
    words.put("allowlist", own -> own.domain.allowlist().map(Allowlist::name));
    words.put(
        "selector",
        own ->
            Stream.concat(own.keys(), own.domain.dkim().stream())
                .map(DkimExpectation::selector)
                .findFirst());
    words.put("gateway_selector", own -> Optional.of(own.gatewaySelector()));
    words.put("dkim_records", Wording::dkimRecords);
    words.put("start", own -> own.domain.migration().map(Migration::start).map(Object::toString));
    words.put("days_ahead", own -> Optional.of(own.daysAhead()));
    return words;
  }

  private Optional<Gateway> gateway() {
    return domain.gateways().stream().findFirst();
  }

  private Stream<Prescription> prescriptions() {
    return checklist.prescriptions(domain).stream();
  }

  private Optional<String> parameter(String name) {
    return prescriptions().flatMap(profile -> profile.parameter(name).stream()).findFirst();
  }

  private Stream<DkimExpectation> keys() {
    return prescriptions().flatMap(profile -> profile.dkim().stream());
  }

  /** The declared one that is no provider's, else the one that gateways have by themselves. */
  private String gatewaySelector() {
    var providers =
        domain.prescriptions().stream()
            .filter(profile -> profile.parameter("gateway").isEmpty())
            .filter(profile -> profile.role() != Role.GATEWAY)
            .flatMap(profile -> profile.dkim().stream())
            .map(DkimExpectation::selector)
            .toList();
    return domain.dkim().stream()
        .map(DkimExpectation::selector)
        .filter(selector -> !providers.contains(selector))
        .findFirst()
        .orElse(SELECTOR_OF_GATEWAYS);
  }

  /** As lines of a zone, of the keys that are known. */
  private Optional<String> dkimRecords() {
    var lines =
        keys()
            .filter(key -> key.key().isPresent())
            .map(
                key ->
                    ZoneLine.txt(
                        key.selector() + "._domainkey." + domain.name(),
                        "v=DKIM1; k=rsa; p=" + key.key().get()))
            .toList();
    return lines.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", lines));
  }

  /** On the evening of a day that leaves time to lower times to live before. */
  private String daysAhead() {
    return now.plus(AHEAD).truncatedTo(ChronoUnit.DAYS).plus(Duration.ofHours(EVENING)).toString();
  }

  /** As lines of a zone; where nothing is prescribed, the gateway's own. */
  private Optional<String> mxRecords() {
    return prescriptions()
        .flatMap(profile -> profile.mx().stream().limit(1))
        .findFirst()
        .map(
            set ->
                set.hosts().stream()
                    .map(host -> mx(host.preference().orElse(USUAL_PREFERENCE), host.host()))
                    .collect(Collectors.joining("\n")))
        .or(
            () ->
                gateway()
                    .map(
                        own ->
                            "%s. IN MX %d %s."
                                .formatted(domain.name(), USUAL_PREFERENCE, own.host())));
  }

  /** A pattern is no line to paste: then it says of what form the host is. */
  private String mx(int preference, HostPattern host) {
    return host.isExact()
        ? "%s. IN MX %d %s.".formatted(domain.name(), preference, host.text())
        : "the MX of %s with preference %d and the host that the provider names, of the form %s"
            .formatted(domain.name(), preference, host.text().replace("|", " or "));
  }

  /** The text with its placeholders filled in; what is not known stands there in capitals. */
  String filled(String text) {
    var out = new StringBuilder(text.length() + 64);
    var at = 0;
    for (var word = next(text, 0); word.isPresent(); word = next(text, at)) {
      var name = word.get().name();
      var value = WORDS.get(name);
      out.append(text, at, word.get().start());
      out.append(
          value == null
              ? "{" + name + "}"
              : value.apply(this).orElseGet(() -> name.toUpperCase(Locale.ROOT)));
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
