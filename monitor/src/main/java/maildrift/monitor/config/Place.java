package maildrift.monitor.config;

import java.nio.file.Path;

/** Where something stands in a file; line and column from 1. */
public record Place(Source source, int line, int column) {

  /**
   * A file as the reader knows it.
   *
   * @param shown in messages: as the operator named it, or as the naming file leads to it
   * @param path to open it, absolute
   */
  public record Source(String shown, Path path) {

    /** A file named in this one: relative paths start here. */
    Source sibling(String written) {
      var shownParent = Path.of(shown).getParent();
      return new Source(
          shownParent == null ? written : shownParent.resolve(written).normalize().toString(),
          path.resolveSibling(written).normalize());
    }

    Place start() {
      return new Place(this, 1, 1);
    }
  }

  public Problem problem(String message) {
    return new Problem(source.shown(), line, column, message);
  }

  /** For messages at another place: {@code file:line}. */
  @Override
  public String toString() {
    return source.shown() + ":" + line;
  }
}
