package maildrift.monitor.cli;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;

/** Which probes {@code --only} and {@code --skip} leave. */
record ProbeChoice(List<String> only, List<String> skip) {

  ProbeChoice {
    only = List.copyOf(only);
    skip = List.copyOf(skip);
    var known = all();
    Stream.concat(only.stream(), skip.stream())
        .filter(name -> !known.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new Failure(
                  "there is no probe '%s'; the probes are %s"
                      .formatted(name, String.join(", ", known)));
            });
    if (known.stream().noneMatch(wanted(only, skip))) {
      throw new Failure("--only and --skip leave no probe to run");
    }
  }

  private static List<String> all() {
    return ProbeCatalog.all().stream().map(Probe::name).toList();
  }

  boolean wants(String probe) {
    return wanted(only, skip).test(probe);
  }

  private static Predicate<String> wanted(List<String> only, List<String> skip) {
    return probe -> (only.isEmpty() || only.contains(probe)) && !skip.contains(probe);
  }

  /** It was named as one to leave out; what {@code --only} does not name may serve what it does. */
  boolean skips(String probe) {
    return skip.contains(probe);
  }

  /** What is named to be left out, also for other probes' sake. */
  Set<String> skipped() {
    return Set.copyOf(skip);
  }
}
