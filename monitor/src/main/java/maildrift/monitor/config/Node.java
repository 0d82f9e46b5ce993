package maildrift.monitor.config;

import java.util.List;

/** A piece of YAML that knows where it stands. */
sealed interface Node {

  Place place();

  /** Keys are unique; entries are in the order written. */
  record Mapping(Place place, List<Entry> entries) implements Node {
    public Mapping {
      entries = List.copyOf(entries);
    }
  }

  /** One {@code key: value}. */
  record Entry(String key, Place place, Node value) {}

  /** Flow style is the one in brackets. */
  record Sequence(Place place, List<Node> items, boolean isFlow) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /** The text as written, quotes and escapes undone. */
  record Scalar(Place place, String text, Kind kind) implements Node {}

  /** What YAML 1.2's core schema takes a plain scalar for; a quoted one is always text. */
  enum Kind {
    TEXT,
    WHOLE,
    FRACTION,
    FLAG,
    EMPTY
  }

  /** For messages: what it is, with its text where it is short. */
  default String shown() {
    return switch (this) {
      case Mapping _ -> "a mapping";
      case Sequence _ -> "a list";
      case Scalar(_, _, Kind kind) when kind == Kind.EMPTY -> "nothing";
      case Scalar(_, String text, _) -> "'" + Words.shortened(text) + "'";
    };
  }
}
