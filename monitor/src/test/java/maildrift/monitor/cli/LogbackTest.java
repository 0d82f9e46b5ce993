package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The configuration that ships: a mistake in it would put the library's own words on stdout. */
class LogbackTest {
  private final LoggerContext context = shipped();

  private static LoggerContext shipped() {
    var context = new LoggerContext();
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    try {
      configurator.doConfigure(
          Objects.requireNonNull(LogbackTest.class.getResource("/logback.xml")));
    } catch (JoranException failure) {
      throw new AssertionError("logback.xml is not well-formed", failure);
    }
    return context;
  }

  private ConsoleAppender<ILoggingEvent> appender() {
    var appender = context.getLogger("ROOT").getAppender("stderr");
    return (ConsoleAppender<ILoggingEvent>) Objects.requireNonNull(appender);
  }

  private String line(String message, @Nullable Throwable failure) {
    var event =
        new LoggingEvent(
            "", context.getLogger("maildrift.Test"), Level.WARN, message, failure, null);
    return new String(appender().getEncoder().encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void is_understood_and_writes_to_stderr_alone() {
    assertThat(context.getStatusManager().getCopyOfStatusList())
        .filteredOn(status -> status.getLevel() >= Status.WARN)
        .isEmpty();
    assertThat(appender().getTarget()).isEqualTo("System.err");
  }

  @Test
  void a_hostile_message_is_one_line_without_control_characters() {
    assertThat(line("a\r\nb\u001b[31mc\u202ed", null))
        .endsWith("WARN  Test a ⏎ b?[31mc?d" + System.lineSeparator());
  }

  @Test
  void the_words_of_a_failure_are_cleaned_too_and_keep_their_lines() {
    assertThat(line("failed", new IllegalStateException("x\u001b[2Jy")))
        .contains("IllegalStateException: x?[2Jy" + System.lineSeparator())
        .doesNotContain("\u001b");
  }
}
