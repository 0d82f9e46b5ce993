package maildrift.alerts.notify;

import java.util.List;
import java.util.function.Function;

/**
 * A kind of receiver, as the configuration knows it.
 *
 * @param key in the configuration: {@code oncall: {webhook: {…}}}
 * @param what it does, in a sentence
 * @param options that it has
 * @param read makes the receiver of its settings; throws IllegalArgumentException with what would
 *     have been right
 */
public record ReceiverKind(
    String key, String what, List<Option> options, Function<Settings, Receiver> read) {

  /** Every receiver has it. */
  public static final Option SEND_RESOLVED =
      new Option("send_resolved", Form.FLAG, false, "whether it hears of what has ended (true)");

  public ReceiverKind {
    options = List.copyOf(options);
  }

  /** What an option's value looks like. */
  public enum Form {
    TEXT,
    /** One text or a list of them. */
    TEXTS,
    FLAG,
    /** Prometheus notation, {@code 30s}. */
    DURATION,
    /** Its twin with {@code _file} at the end names a file that holds it. */
    SECRET
  }

  /**
   * One key.
   *
   * @param required whether it, or its {@code _file} twin, must be there
   */
  public record Option(String name, Form form, boolean required, String what) {}

  /**
   * Reads the settings of one receiver.
   *
   * @throws IllegalArgumentException with what would have been right
   */
  public Receiver receiver(Settings settings) {
    settings.check(options);
    return read.apply(settings);
  }
}
