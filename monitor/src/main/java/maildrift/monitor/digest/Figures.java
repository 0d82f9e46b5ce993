package maildrift.monitor.digest;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.probes.Severity;
import tools.jackson.core.JacksonException;

/**
 * What one digest is compared with by the next: some numbers of each domain, as text in the mark
 * that it was made.
 */
public record Figures(SortedMap<String, Of> domains) {
  static final Figures NONE = new Figures(new TreeMap<>());

  public Figures {
    domains = Collections.unmodifiableSortedMap(new TreeMap<>(domains));
  }

  /**
   * One domain's.
   *
   * @param lookups of its SPF policy; empty where that was not seen
   */
  record Of(String verdict, Optional<Integer> lookups, int critical, int warning, int info) {
    static Of of(DomainState state) {
      return new Of(
          state.verdict().word(),
          Facts.of(state, "spf")
              .map(facts -> facts.path("lookups"))
              .filter(node -> node.isInt())
              .map(node -> node.asInt()),
          count(state, Severity.CRITICAL),
          count(state, Severity.WARNING),
          count(state, Severity.INFO));
    }

    private static int count(DomainState state, Severity severity) {
      return (int)
          state.findings().stream()
              .filter(finding -> !finding.waived() && finding.severity() == severity)
              .count();
    }

    int findings() {
      return critical + warning + info;
    }
  }

  static Figures of(Iterable<DomainState> states) {
    var domains = new TreeMap<String, Of>();
    states.forEach(state -> domains.put(state.domain().name().toString(), Of.of(state)));
    return new Figures(domains);
  }

  String toJson() {
    var root = CheckJson.mapper().createObjectNode();
    domains.forEach(
        (name, of) -> {
          var node = root.putObject(name);
          node.put("verdict", of.verdict());
          of.lookups().ifPresent(count -> node.put("lookups", count));
          node.put("critical", of.critical());
          node.put("warning", of.warning());
          node.put("info", of.info());
        });
    return CheckJson.mapper().writeValueAsString(root);
  }

  /** What {@link #toJson} wrote; nothing of what cannot be read. */
  static Figures parse(String json) {
    var domains = new TreeMap<String, Of>();
    try {
      for (Map.Entry<String, tools.jackson.databind.JsonNode> one :
          CheckJson.mapper().readTree(json).properties()) {
        var node = one.getValue();
        domains.put(
            one.getKey(),
            new Of(
                node.path("verdict").asString(""),
                node.path("lookups").asIntOpt().stream().boxed().findFirst(),
                node.path("critical").asInt(0),
                node.path("warning").asInt(0),
                node.path("info").asInt(0)));
      }
    } catch (JacksonException e) {
      return NONE;
    }
    return new Figures(domains);
  }
}
