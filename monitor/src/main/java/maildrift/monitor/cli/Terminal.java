package maildrift.monitor.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import maildrift.probes.Severity;
import maildrift.probes.Verdict;

/**
 * Prints for people: colour only on a terminal, and nothing from outside that a terminal would
 * obey.
 */
final class Terminal {
  /** Of a terminal that does not say. */
  private static final int USUAL_WIDTH = 80;

  /** Prose in longer lines is hard to read; in shorter ones nothing fits. */
  private static final int MOST_WIDTH = 110;

  private static final int LEAST_WIDTH = 30;

  private final PrintWriter out;
  private final boolean colour;
  private final int width;

  /**
   * @param width of a line; {@link Integer#MAX_VALUE} where nobody wants broken lines
   */
  Terminal(PrintStream out, boolean colour, int width) {
    this.out = new PrintWriter(out, true, StandardCharsets.UTF_8);
    this.colour = colour;
    this.width = width;
  }

  /**
   * Standard output; coloured where {@link #isColoured} says so. Lines are broken for a terminal
   * only: what a file or a pipe gets can be searched line by line.
   */
  static Terminal standard(boolean noColour) {
    var isTerminal = readsResults();
    return new Terminal(
        System.out,
        isColoured(noColour, isTerminal, System.getenv()),
        isTerminal
            ? Math.clamp(columns().orElse(USUAL_WIDTH), LEAST_WIDTH, MOST_WIDTH)
            : Integer.MAX_VALUE);
  }

  /** As {@code stty size} has it, which knows the terminal; the JDK does not. */
  private static OptionalInt columns() {
    try {
      var stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var said =
          new String(stty.getInputStream().readNBytes(64), StandardCharsets.US_ASCII).strip();
      var columns = Integer.parseInt(said.substring(said.indexOf(' ') + 1));
      return columns > 0 ? OptionalInt.of(columns) : OptionalInt.empty();
    } catch (IOException | NumberFormatException _) {
      return OptionalInt.empty();
    }
  }

  /**
   * Only a terminal is coloured, unless {@code --no-color}, NO_COLOR (set and not empty, see
   * no-color.org) or a terminal that cannot ({@code TERM=dumb}) says otherwise.
   */
  static boolean isColoured(boolean noColour, boolean isTerminal, Map<String, String> environment) {
    return isTerminal
        && !noColour
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  /**
   * Whether stdout is a terminal, wherever stdin comes from. The JDK tells only of both together;
   * that it is asked where the system does not tell.
   */
  @SuppressWarnings(
      "SystemConsoleNull") // it may still be null where the jdk.console property says so
  static boolean readsResults() {
    var descriptor = Path.of("/proc/self/fd/1");
    if (Files.exists(descriptor, LinkOption.NOFOLLOW_LINKS)) {
      return isTerminal(descriptor);
    }
    var console = System.console();
    return console != null && console.isTerminal();
  }

  /**
   * Whether stderr is a terminal, wherever stdout goes. The JDK does not tell; where the system
   * does not either, it is none.
   */
  static boolean readsErrors() {
    return isTerminal(Path.of("/proc/self/fd/2"));
  }

  /** Whether a descriptor, as the system shows it, leads to a terminal. */
  static boolean isTerminal(Path descriptor) {
    try {
      var target = Files.readSymbolicLink(descriptor).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException _) {
      return false;
    }
  }

  void line(String text) {
    out.println(text);
  }

  void line() {
    out.println();
  }

  /**
   * Prints prose after a prefix; its further lines stand below its beginning.
   *
   * @param indent how wide the prefix is on the screen
   */
  void hanging(String prefix, int indent, String prose) {
    var before = prefix;
    for (var part :
        Wrap.lines(
            prose,
            width == Integer.MAX_VALUE ? width : Math.max(LEAST_WIDTH / 2, width - indent))) {
      out.println((before + part).stripTrailing());
      before = " ".repeat(indent);
    }
  }

  /** Whether so many characters fit on a line. */
  boolean fits(int characters) {
    return characters <= width;
  }

  /** Whether nobody wants broken lines. */
  boolean isEndless() {
    return width == Integer.MAX_VALUE;
  }

  String bold(String text) {
    return paint("1", text);
  }

  String dim(String text) {
    return paint("2", text);
  }

  /** What may be pasted. */
  String paste(String text) {
    return paint("32", text);
  }

  String of(Severity severity, String text) {
    return switch (severity) {
      case CRITICAL -> paint("1;31", text);
      case WARNING -> paint("33", text);
      case INFO -> paint("36", text);
    };
  }

  String of(Verdict verdict) {
    return of(verdict, verdict.word().toUpperCase(java.util.Locale.ROOT));
  }

  /** In the colour of a verdict. */
  String of(Verdict verdict, String word) {
    return switch (verdict) {
      case FAIL -> paint("1;31", word);
      case WARN -> paint("33", word);
      case PASS -> paint("32", word);
      case UNKNOWN -> paint("35", word);
    };
  }

  private String paint(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  /**
   * Text from outside, on one line, with everything spelled out that a terminal might obey or that
   * changes reading direction.
   */
  static String safe(String text) {
    StringBuilder out = null;
    for (var i = 0; i < text.length(); ) {
      var c = text.codePointAt(i);
      var plain = isPlain(c);
      if (!plain && out == null) {
        out = new StringBuilder(text.substring(0, i));
      }
      if (out != null) {
        if (plain) {
          out.appendCodePoint(c);
        } else {
          out.append(c < 0x100 ? "\\x%02x".formatted(c) : "\\u%04x".formatted(c));
        }
      }
      i += Character.charCount(c);
    }
    return out == null ? text : out.toString();
  }

  /** As {@link #safe}, but line ends stay, each line indented. */
  static String safeLines(String text, String indent) {
    return String.join("\n" + indent, text.lines().map(Terminal::safe).toList());
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          false;
      default -> true;
    };
  }
}
