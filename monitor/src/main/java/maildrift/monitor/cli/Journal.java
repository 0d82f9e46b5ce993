package maildrift.monitor.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What systemd's journal has to be told of a line's gravity, sd-daemon(3): a prefix {@code <3>} to
 * {@code <7>}, which it takes off. Without it all is of one priority, and {@code journalctl -p err}
 * finds nothing.
 */
final class Journal {
  private Journal() {}

  /**
   * Whether a file descriptor leads to the journal: {@code JOURNAL_STREAM} names its device and
   * inode. A daemon that inherited the variable and whose output goes elsewhere is not fooled.
   */
  static boolean takes(Path descriptor, Map<String, String> environment) {
    var named = Optional.ofNullable(environment.get("JOURNAL_STREAM")).map(String::strip);
    if (named.isEmpty()) {
      return false;
    }
    try {
      var is =
          "%s:%s"
              .formatted(
                  Files.getAttribute(descriptor, "unix:dev"),
                  Files.getAttribute(descriptor, "unix:ino"));
      return named.get().equals(is);
    } catch (IOException
        | UnsupportedOperationException
        | IllegalArgumentException unknown) { // no /proc, or no such attributes here
      return false;
    }
  }

  /** Each line of {@code text} with the prefix: the journal takes every line as a message. */
  static String marked(int priority, String text) {
    var prefix = "<" + priority + ">";
    var body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return prefix + body.replace("\n", "\n" + prefix) + text.substring(body.length());
  }

  /** The priority of a level, as syslog(3) numbers them: 3 error, 4 warning, 6 info, 7 debug. */
  static int priority(int level) {
    if (level >= Level.ERROR_INT) {
      return 3;
    }
    if (level >= Level.WARN_INT) {
      return 4;
    }
    return level >= Level.INFO_INT ? 6 : 7;
  }

  /** What another encoder writes, marked for the journal. */
  static final class Marking extends EncoderBase<ILoggingEvent> {
    private final Encoder<ILoggingEvent> lines;

    Marking(Encoder<ILoggingEvent> lines) {
      this.lines = lines;
    }

    @Override
    public byte[] headerBytes() {
      return lines.headerBytes();
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
      return marked(
              priority(event.getLevel().toInt()),
              new String(lines.encode(event), StandardCharsets.UTF_8))
          .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
      return lines.footerBytes();
    }
  }
}
