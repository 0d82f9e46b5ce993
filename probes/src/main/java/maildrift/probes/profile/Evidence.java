package maildrift.probes.profile;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where a fact of a profile comes from.
 *
 * @param facts the sections it vouches for, e.g. {@code mx}
 * @param source a vendor's page, a record that was seen
 * @param date when it was last seen so
 */
public record Evidence(List<String> facts, String source, LocalDate date, Confidence confidence) {

  public Evidence {
    facts = List.copyOf(facts);
  }

  /** For some of its facts alone, if there are any. */
  Optional<Evidence> about(Predicate<String> facts) {
    var left = this.facts.stream().filter(facts).toList();
    return left.isEmpty()
        ? Optional.empty()
        : Optional.of(new Evidence(left, source, date, confidence));
  }

  /** How sure it is. From a guess no critical finding may follow. */
  public enum Confidence {
    HIGH,
    MEDIUM,
    LOW,
    GUESS;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Confidence> parse(String word) {
      return Arrays.stream(values()).filter(value -> value.word().equals(word)).findFirst();
    }
  }
}
