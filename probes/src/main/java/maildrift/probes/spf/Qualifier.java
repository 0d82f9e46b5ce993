package maildrift.probes.spf;

import java.util.Optional;

/**
 * What a match of a mechanism means (RFC 7208 §4.6.2): {@code qualifier = "+" / "-" / "?" / "~"}.
 */
public enum Qualifier {
  PASS('+', SpfResult.Result.PASS),
  FAIL('-', SpfResult.Result.FAIL),
  SOFTFAIL('~', SpfResult.Result.SOFTFAIL),
  NEUTRAL('?', SpfResult.Result.NEUTRAL);

  private final char symbol;
  private final SpfResult.Result result;

  Qualifier(char symbol, SpfResult.Result result) {
    this.symbol = symbol;
    this.result = result;
  }

  static Optional<Qualifier> of(char symbol) {
    for (var qualifier : values()) {
      if (qualifier.symbol == symbol) {
        return Optional.of(qualifier);
      }
    }
    return Optional.empty();
  }

  public char symbol() {
    return symbol;
  }

  /** What {@code check_host()} answers when a mechanism with this qualifier matches. */
  public SpfResult.Result result() {
    return result;
  }

  /** {@code pass}, {@code fail}, {@code softfail}, {@code neutral}. */
  public String word() {
    return result.word();
  }
}
