package maildrift.monitor.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.monitor.check.ProbeResult;
import maildrift.probes.Gap;
import maildrift.probes.Outcome;
import maildrift.probes.smtp.Trial;
import org.jspecify.annotations.Nullable;

/** One line of facts a probe. */
final class Summary {
  /** Of a fact that is a list, for probes that have no line of their own. */
  private static final int FIRST = 3;

  private Summary() {}

  static String of(ProbeResult probe) {
    return switch (probe.judgement().outcome()) {
      case UNOBSERVABLE ->
          nothingToDo(probe)
              .or(() -> probe.judgement().asides().stream().findFirst().map(Summary::told))
              .map(why -> "could not look: " + why)
              .orElse("could not look");
      case ABSENT ->
          nothingToDo(probe)
              .orElse(probe.probe().equals("gateway") ? "no name could be seen" : "none published");
      case OBSERVED -> nothingToDo(probe).orElseGet(() -> seen(probe));
    };
  }

  private static String told(Gap aside) {
    return "%s: %s".formatted(aside.unseen(), aside.why());
  }

  /** Why there was nothing to look at; such a probe has passed nothing. */
  static Optional<String> nothingToDo(ProbeResult probe) {
    var facts = probe.judgement().facts();
    return switch (probe.probe()) {
      case "dkim" ->
          ifEmpty(facts, "selectors", "no selector is known; --selector NAME looks at one");
      case "tls" -> ifEmpty(facts, "hosts", "no mail host");
      case "gateway" -> ifEmpty(facts, "addresses", "no mail host");
      case "smtp" -> ifEmpty(facts, "hosts", "no mail host");
      case "netblocks" -> ifEmpty(facts, "sources", "no source prescribed");
      case "records" -> ifEmpty(facts, "records", "nothing else prescribed");
      case "declared" -> ifEmpty(facts, "judged", "nothing is declared");
      case "rbl" -> ifEmpty(facts, "lists", "no list is named; --rbl ZONE asks one");
      case "zone" -> Optional.of(text(facts, "notAsked")).filter(why -> !why.isEmpty());
      default -> Optional.empty();
    };
  }

  private static Optional<String> ifEmpty(Map<?, ?> facts, String list, String text) {
    return facts.get(list) instanceof List<?> some && some.isEmpty()
        ? Optional.of(text)
        : Optional.empty();
  }

  private static String seen(ProbeResult probe) {
    var facts = probe.judgement().facts();
    return switch (probe.probe()) {
      case "spf" ->
          "%s · lookups: %s of 10, void: %s · networks: %d"
              .formatted(
                  text(facts, "record"),
                  text(facts, "lookups"),
                  text(facts, "voidLookups"),
                  size(facts, "netblocks"));
      case "dkim" ->
          joined(
              facts,
              "selectors",
              key ->
                  text(key, "outcome").equals(Outcome.OBSERVED.word())
                      ? "%s %s %s"
                          .formatted(text(key, "selector"), text(key, "type"), text(key, "bits"))
                          .strip()
                      : text(key, "selector") + " " + text(key, "outcome"),
              "");
      case "dmarc" ->
          "%s · %s in effect".formatted(text(facts, "record"), text(facts, "effectivePolicy"));
      case "mx" ->
          joined(
              facts,
              "hosts",
              host -> text(host, "preference") + " " + text(host, "host"),
              Boolean.TRUE.equals(facts.get("nullMx")) ? "null MX: takes no mail" : "no mail host");
      case "tls" ->
          joined(
              facts,
              "hosts",
              host ->
                  text(host, "host")
                      + ":"
                      + text(host, "port")
                      + " "
                      + (text(host, "level").isEmpty()
                          ? text(host, "outcome")
                          : text(host, "level")),
              "");
      case "netblocks" ->
          joined(
              facts,
              "sources",
              source ->
                  // Without an allowlist, or where it was not seen, nothing is known to be missing.
                  source.containsKey("allowlist")
                      ? "%s %d published, %d missing, %d stale, %d wider"
                          .formatted(
                              text(source, "name"),
                              size(source, "published"),
                              size(source, "missing"),
                              size(source, "stale"),
                              size(source, "wider"))
                      : "%s %d published"
                          .formatted(text(source, "name"), size(source, "published")),
              "");
      case "records" -> "as prescribed, or what differs is below";
      case "caa" ->
          facts.get("records") instanceof List<?> records
              ? records.stream().map(String::valueOf).collect(Collectors.joining(", "))
              : "";
      case "dnssec" ->
          "%s · signatures until %s · validated by %s"
              .formatted(
                  text(facts, "status"),
                  text(facts, "signaturesExpire"),
                  text(facts, "validatedBy"));
      case "rbl" ->
          joined(
              facts,
              "lists",
              list ->
                  "%s: %s"
                      .formatted(
                          text(list, "list"),
                          text(list, "asked").equals("0")
                              ? "no address to ask for"
                              : list.containsKey("why")
                                  ? "could not look"
                                  : size(list, "listed") == 0
                                      ? "not listed"
                                      : size(list, "listed") + " listed"),
              "");
      case "dane" ->
          joined(
              facts,
              "hosts",
              host ->
                  "%s %s, %d records"
                      .formatted(text(host, "host"), text(host, "status"), size(host, "records"))
                      .replace("  ", " "),
              "");
      case "smtp" ->
          joined(
              facts,
              "hosts",
              host ->
                  Stream.concat(
                          Stream.of(
                              "%s %s"
                                  .formatted(
                                      text(host, "host"),
                                      host.get("requiretls") instanceof Boolean offers
                                          ? offers ? "REQUIRETLS" : "no REQUIRETLS"
                                          : "")),
                          Stream.of(Trial.values())
                              .map(Trial::word)
                              .filter(host::containsKey)
                              .map(word -> word + " " + text(host, word)))
                      .map(String::strip)
                      .collect(Collectors.joining(", ")),
              "");
      case "gateway" ->
          joined(
              facts,
              "addresses",
              place ->
                  "%s %s"
                      .formatted(
                          text(place, "address"),
                          place.get("ptr") instanceof List<?> names
                              ? names.isEmpty()
                                  ? "has no reverse name"
                                  : names.stream()
                                      .map(String::valueOf)
                                      .collect(Collectors.joining(", "))
                              : "(reverse name not seen)"),
              "");
      case "declared" ->
          "hosts: %d · rules that apply: %d".formatted(size(facts, "hops"), size(facts, "judged"));
      case "zone" ->
          joined(
              facts,
              "servers",
              server ->
                  "%s %s"
                      .formatted(
                          text(server, "name"),
                          text(server, "serial").isEmpty()
                              ? text(server, "udp")
                              : text(server, "serial")),
              "");
      default -> facts.get("record") instanceof String record ? record : generic(facts);
    };
  }

  /** The facts that are short. */
  private static String generic(Map<?, ?> facts) {
    return facts.entrySet().stream()
        .flatMap(fact -> shortly(fact.getValue()).map(text -> fact.getKey() + ": " + text).stream())
        .collect(Collectors.joining(" · "));
  }

  private static Optional<String> shortly(@Nullable Object value) {
    return switch (value) {
      case String text -> text.isEmpty() ? Optional.empty() : Optional.of(text);
      case Number number -> Optional.of(number.toString());
      case Boolean flag -> Optional.of(flag ? "yes" : "no");
      case List<?> list when list.isEmpty() -> Optional.empty();
      case List<?> list
          when list.size() <= FIRST && list.stream().allMatch(String.class::isInstance) ->
          Optional.of(list.stream().map(String::valueOf).collect(Collectors.joining(", ")));
      case List<?> list -> Optional.of("" + list.size());
      case null, default -> Optional.empty();
    };
  }

  @FunctionalInterface
  private interface Part {
    String of(Map<?, ?> entry);
  }

  private static String joined(Map<?, ?> facts, String name, Part part, String none) {
    if (!(facts.get(name) instanceof List<?> list) || list.isEmpty()) {
      return none;
    }
    return String.join(
        " · ",
        list.stream()
            .filter(Map.class::isInstance)
            .map(entry -> part.of((Map<?, ?>) entry))
            .toList());
  }

  private static String text(Map<?, ?> facts, String name) {
    var value = facts.get(name);
    return value == null ? "" : value.toString();
  }

  private static int size(Map<?, ?> facts, String name) {
    return facts.get(name) instanceof List<?> list ? list.size() : 0;
  }
}
