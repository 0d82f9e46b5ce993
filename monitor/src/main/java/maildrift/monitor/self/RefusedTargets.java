package maildrift.monitor.self;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import maildrift.alerts.Labels;
import maildrift.alerts.state.Problem;
import maildrift.monitor.config.Words;
import maildrift.monitor.watch.WatchRules;

/**
 * A list names domains that are not watched, or not for whom it says: who added them believes that
 * they are. One alert for each tenant that is not declared, and one for each target that is wrong.
 */
public final class RefusedTargets implements Symptom {
  /** Of each source; more would bury the others. */
  private static final int MOST = 20;

  private static final int MOST_NAMED = 5;

  private final Supplier<List<ListSource>> sources;

  public RefusedTargets(Supplier<List<ListSource>> sources) {
    this.sources = sources;
  }

  @Override
  public Set<String> alertnames() {
    return Set.of(WatchRules.DISCOVERY_REFUSED.id());
  }

  /** After a restart, and with other settings, until a list was believed. */
  @Override
  public boolean hides(Labels labels, Instant now) {
    return sources.get().stream()
        .anyMatch(
            source ->
                source.succeeded().isEmpty()
                    && labels.get("subject").startsWith(source.name() + ": "));
  }

  @Override
  public List<Problem> problems(Instant now) {
    return sources.get().stream()
        .flatMap(
            source ->
                Stream.of(undeclared(source), refused(source), more(source))
                    .flatMap(problems -> problems))
        .toList();
  }

  private static Stream<Problem> undeclared(ListSource source) {
    return source.undeclared().entrySet().stream()
        .limit(MOST)
        .map(
            tenant -> {
              var name = Words.shortened(tenant.getKey());
              var domains = tenant.getValue();
              return OwnProblem.of(
                  WatchRules.DISCOVERY_REFUSED,
                  "%s: tenant %s".formatted(source.name(), name),
                  "%s: %d of its domains name%s the tenant %s, which is not declared"
                      .formatted(
                          source.name(), domains.size(), domains.size() == 1 ? "s" : "", name),
                  "Without tenant %s watched: %s. Alerts go where those without tenant go, and logins of a tenant do not see them."
                      .formatted(domains.size() == 1 ? "is" : "are", named(domains)),
                  "Write under tenants: of the configuration, or put the list right:\n%s: {}"
                      .formatted(name));
            });
  }

  private static Stream<Problem> refused(ListSource source) {
    return source.refused().entrySet().stream()
        .limit(MOST)
        .map(
            target -> {
              var name = Words.shortened(target.getKey());
              return OwnProblem.of(
                  WatchRules.DISCOVERY_REFUSED,
                  "%s: %s".formatted(source.name(), name),
                  "%s: %s is not taken up: %s".formatted(source.name(), name, target.getValue()),
                  "If it was not managed before, nobody watches it; if it was, it is watched as before.",
                  "Put right what the list %s says of it, or take it out there."
                      .formatted(source.name()));
            });
  }

  private static Stream<Problem> more(ListSource source) {
    var left =
        Math.max(0, source.refused().size() - MOST)
            + Math.max(0, source.undeclared().size() - MOST);
    return left == 0
        ? Stream.empty()
        : Stream.of(
            OwnProblem.of(
                WatchRules.DISCOVERY_REFUSED,
                source.name() + ": more",
                "%s: %d more targets or tenants are not taken up".formatted(source.name(), left),
                "The log names the first ones; maildrift config check names all of a list in files.",
                "Put the list right. maildrift_discovery_targets_refused counts."));
  }

  private static String named(List<String> domains) {
    var first = String.join(", ", domains.stream().limit(MOST_NAMED).toList());
    return domains.size() > MOST_NAMED
        ? first + " and %d more".formatted(domains.size() - MOST_NAMED)
        : first;
  }
}
