package maildrift.monitor.cli;

import java.util.List;
import java.util.Map;
import maildrift.monitor.check.ProbeResult;
import maildrift.probes.Outcome;

/** One line of facts a probe. */
final class Summary {
  private Summary() {}

  static String of(ProbeResult probe) {
    var facts = probe.judgement().facts();
    if (probe.judgement().outcome() != Outcome.OBSERVED) {
      return switch (probe.judgement().outcome()) {
        case ABSENT -> "none published";
        case UNOBSERVABLE -> "could not look";
        case OBSERVED -> "";
      };
    }
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
              "no selector known");
      case "dmarc" ->
          "%s · %s in effect".formatted(text(facts, "record"), text(facts, "effectivePolicy"));
      case "mx" ->
          joined(
              facts,
              "hosts",
              host -> text(host, "preference") + " " + text(host, "host"),
              "no mail host");
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
              "no mail host");
      case "netblocks" ->
          joined(
              facts,
              "sources",
              source ->
                  "%s %d published, %d missing, %d stale, %d wider"
                      .formatted(
                          text(source, "name"),
                          size(source, "published"),
                          size(source, "missing"),
                          size(source, "stale"),
                          size(source, "wider")),
              "no source prescribed");
      case "records" -> "nothing else prescribed, or all as prescribed";
      default -> text(facts, "record");
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
