package maildrift.alerts.notify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Something that must not be seen: it prints {@code ***}. One in a file is read whenever it is
 * used, so that a rotated file counts at once.
 */
public sealed interface Secret {
  /** No secret is longer; a file that is was named by mistake. */
  int LONGEST_FILE = 64 * 1024;

  /**
   * The secret itself, without the line break at its end.
   *
   * @throws IOException when its file cannot be read or is empty; the message names the file
   */
  String reveal() throws IOException;

  /** Several secrets in one, a line each: the new one and, while a rotation lasts, the old one. */
  default List<String> revealLines() throws IOException {
    return reveal().lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  static Secret of(String text) {
    return new Text(text);
  }

  static Secret in(Path file) {
    return new InFile(file);
  }

  /** One that the configuration or the environment holds. */
  record Text(String text) implements Secret {
    public Text {
      if (text.isBlank()) {
        throw new IllegalArgumentException("a secret must not be empty");
      }
    }

    @Override
    public String reveal() {
      return text;
    }

    @Override
    public String toString() {
      return "***";
    }
  }

  /** One in a file. */
  record InFile(Path file) implements Secret {
    @Override
    public String reveal() throws IOException {
      try (var in = Files.newInputStream(file)) {
        var bytes = in.readNBytes(LONGEST_FILE + 1);
        var text = new String(bytes, StandardCharsets.UTF_8).stripTrailing();
        if (text.isEmpty() || bytes.length > LONGEST_FILE) {
          throw new IOException("the secret file " + file + " is empty or no secret");
        }
        return text;
      } catch (FileSystemException e) {
        throw new IOException("cannot read the secret file " + file, e);
      }
    }

    @Override
    public String toString() {
      return "***";
    }
  }
}
