package maildrift.monitor.cli;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Fingerprints of alerts as people write them: the whole, or as many digits as tell it apart. */
final class Fingerprints {
  private static final int WHOLE = 16;
  private static final int LEAST = 6;
  private static final int USUAL = 8;

  private Fingerprints() {}

  /** A matcher has an operator; what has none is meant to be a fingerprint. */
  static boolean areMeant(Collection<String> words) {
    var matchers = words.stream().filter(word -> word.indexOf('=') >= 0 || word.contains("!~"));
    var count = matchers.count();
    if (count > 0 && count < words.size()) {
      throw new Failure("name alerts by fingerprints or by matchers, not by both");
    }
    return count == 0;
  }

  /** How many digits it takes to tell these apart. */
  static int digits(Collection<String> all) {
    for (var digits = USUAL; digits < WHOLE; digits++) {
      var length = digits;
      if (all.stream()
              .map(one -> one.substring(0, Math.min(length, one.length())))
              .distinct()
              .count()
          == all.size()) {
        return digits;
      }
    }
    return WHOLE;
  }

  /**
   * @param known the alerts there are; asked for only where a word is not the whole
   */
  static List<String> whole(Collection<String> words, Supplier<Collection<String>> known) {
    words.forEach(Fingerprints::check);
    var all =
        words.stream().allMatch(word -> word.length() == WHOLE)
            ? Optional.<Collection<String>>empty()
            : Optional.of(known.get());
    return words.stream()
        .map(word -> all.map(alerts -> whole(word, alerts)).orElse(word))
        .distinct()
        .toList();
  }

  private static String whole(String word, Collection<String> known) {
    var meant = known.stream().filter(one -> one.startsWith(word)).sorted().toList();
    if (word.length() == WHOLE) {
      return word;
    }
    if (meant.isEmpty()) {
      throw new Failure("no alert's fingerprint begins with %s".formatted(word));
    }
    if (meant.size() > 1) {
      throw new Failure(
          "%s is the beginning of %d fingerprints: %s"
              .formatted(word, meant.size(), String.join(", ", meant)));
    }
    return meant.getFirst();
  }

  private static void check(String word) {
    if (word.length() < LEAST
        || word.length() > WHOLE
        || !word.chars().allMatch(Fingerprints::isHex)) {
      throw new Failure(
          "'%s' is not the fingerprint of an alert: that has 16 of the digits 0-9 and a-f, of which the first %d or more will do"
              .formatted(Arguments.shown(word, 80), LEAST));
    }
  }

  private static boolean isHex(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }
}
