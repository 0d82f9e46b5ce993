package maildrift.monitor.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.monitor.check.LookLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** How much is logged and in which format; where it goes is in logback.xml. */
final class Logging {
  /** How much; {@code off} says nothing at all. */
  enum Amount {
    OFF,
    ERROR,
    WARN,
    INFO,
    DEBUG;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
      return word();
    }
  }

  /** How a line looks. */
  enum Format {
    TEXT,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Path STDERR = Path.of("/proc/self/fd/2");

  private static volatile boolean isJson;
  private static volatile boolean isJournal;

  private Logging() {}

  /**
   * What an option says, else its variable, else {@code usual}; an empty variable is an unset one.
   */
  static <E extends Enum<E>> E said(@Nullable E option, String variable, E usual) {
    return option != null
        ? option
        : said(Optional.ofNullable(System.getenv(variable)), variable, usual);
  }

  static <E extends Enum<E>> E said(Optional<String> value, String variable, E usual) {
    var word = value.map(String::strip).filter(text -> !text.isEmpty());
    if (word.isEmpty()) {
      return usual;
    }
    return Stream.of(usual.getDeclaringClass().getEnumConstants())
        .filter(one -> one.name().equalsIgnoreCase(word.get()))
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    "%s: '%s' is none of %s"
                        .formatted(
                            variable,
                            word.get(),
                            Stream.of(usual.getDeclaringClass().getEnumConstants())
                                .map(Object::toString)
                                .collect(Collectors.joining(", ")))));
  }

  /** A line for whoever starts the daemon; where logs are JSON it is one of them. */
  static void tell(org.slf4j.event.Level level, String line) {
    if (isJson) {
      LoggerFactory.getLogger("maildrift").atLevel(level).log(line);
    } else {
      var safe = Terminal.safe(line);
      var priority = Journal.priority(Level.convertAnSLF4JLevel(level).toInt());
      System.err.println(isJournal ? Journal.marked(priority, safe) : safe);
    }
  }

  /** Whether what is told is JSON. */
  static boolean isJson() {
    return isJson;
  }

  /** Why the daemon ends, at any level: not even {@code off} hides that. */
  static void last(Exception failure) {
    level("maildrift", Amount.ERROR);
    var logger = LoggerFactory.getLogger("maildrift");
    if (failure instanceof Failure) {
      logger.error("{}", failure.getMessage());
    } else {
      logger.error("internal error, please report it", failure);
    }
  }

  /** For the daemon, which tells what it does. */
  static void set(Amount own, Amount looks, Format format) {
    level("maildrift", own);
    level(LookLog.NAME, looks);
    isJson = format == Format.JSON;
    isJournal = Journal.takes(STDERR, System.getenv());
    if (isJson || isJournal) {
      encode();
    }
  }

  /** For commands, which tell only what went wrong; {@code -v} tells more, of looks too. */
  static void quiet(boolean verbose) {
    level("maildrift", verbose ? Amount.DEBUG : Amount.ERROR);
    level(LookLog.NAME, verbose ? Amount.DEBUG : Amount.OFF);
  }

  private static void level(String name, Amount amount) {
    if (LoggerFactory.getLogger(name) instanceof ch.qos.logback.classic.Logger logger) {
      logger.setLevel(Level.toLevel(amount.name()));
    }
  }

  private static void encode() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context
          .getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
          .iteratorForAppenders()
          .forEachRemaining(
              appender -> {
                if (appender instanceof OutputStreamAppender<ILoggingEvent> stream) {
                  stream.stop();
                  Encoder<ILoggingEvent> lines = isJson ? json(context) : stream.getEncoder();
                  stream.setEncoder(isJournal ? new Journal.Marking(lines) : lines);
                  stream.start();
                }
              });
    }
  }

  /** One object a line; a record's control characters are escaped by JSON itself. */
  private static JsonEncoder json(LoggerContext context) {
    var encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithThreadName(false);
    encoder.setWithContext(false);
    encoder.setWithMarkers(false);
    encoder.setWithMDC(false);
    encoder.setWithKVPList(false);
    encoder.setWithArguments(false);
    encoder.setWithMessage(false);
    encoder.setWithFormattedMessage(true);
    encoder.start();
    return encoder;
  }
}
