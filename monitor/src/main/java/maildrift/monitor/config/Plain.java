package maildrift.monitor.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Maps, lists and scalars of YAML as plain Java values, for readers that know no positions. */
final class Plain {
  /** Aliases share what they repeat; spelled out it must stay small. */
  private static final int MOST_VALUES = 100_000;

  private final Reading reading;
  private int values;
  private boolean readable = true;

  Plain(Reading reading) {
    this.reading = reading;
  }

  /** Empty when an environment variable is missing or the whole is too large. */
  Optional<Map<String, Object>> map(Node.Mapping mapping) {
    var map = plainMap(mapping);
    return readable ? Optional.of(map) : Optional.empty();
  }

  private Map<String, Object> plainMap(Node.Mapping mapping) {
    var map = new LinkedHashMap<String, Object>();
    for (var entry : mapping.entries()) {
      if (!(entry.value() instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.EMPTY)) {
        map.put(entry.key(), plain(entry.value()));
      }
    }
    return map;
  }

  private Object plain(Node node) {
    if (++values > MOST_VALUES) {
      if (readable) {
        reading.problem(node.place(), "more than %d values".formatted(MOST_VALUES));
        readable = false;
      }
      return "";
    }
    return switch (node) {
      case Node.Mapping mapping -> plainMap(mapping);
      case Node.Sequence(_, List<Node> items, _) -> {
        var list = new ArrayList<Object>();
        items.forEach(item -> list.add(plain(item)));
        yield list;
      }
      case Node.Scalar scalar -> plain(scalar);
    };
  }

  private Object plain(Node.Scalar scalar) {
    return switch (scalar.kind()) {
      case FLAG -> Boolean.valueOf(scalar.text());
      case WHOLE -> whole(scalar.text());
      case TEXT, FRACTION, EMPTY -> {
        var text = reading.text(scalar);
        readable &= text.isPresent();
        yield text.map(Text::value).orElse("");
      }
    };
  }

  private static Object whole(String text) {
    try {
      var number = Long.parseLong(text);
      if (number == (int) number) {
        return (int) number;
      }
      return number;
    } catch (NumberFormatException _) {
      return text;
    }
  }

  /** Where a path such as {@code mx[0].host} leads to, as far as it can be followed. */
  static Place placeOf(Node.Mapping root, String path) {
    Node node = root;
    var place = root.place();
    var at = 0;
    while (at < path.length()) {
      if (path.charAt(at) == '.') {
        at++;
        continue;
      }
      if (path.charAt(at) == '[') {
        var end = path.indexOf(']', at);
        if (!(node instanceof Node.Sequence list) || end < 0) {
          return place;
        }
        var index = Integer.parseInt(path.substring(at + 1, end));
        if (index >= list.items().size()) {
          return place;
        }
        node = list.items().get(index);
        place = node.place();
        at = end + 1;
        continue;
      }
      if (!(node instanceof Node.Mapping mapping)) {
        return place;
      }
      var start = at;
      // A key may hold dots itself (a rule id under deviations): the longest that fits is meant.
      var found =
          mapping.entries().stream()
              .filter(entry -> path.startsWith(entry.key(), start))
              .filter(
                  entry ->
                      start + entry.key().length() == path.length()
                          || ".[".indexOf(path.charAt(start + entry.key().length())) >= 0)
              .max((a, b) -> Integer.compare(a.key().length(), b.key().length()));
      if (found.isEmpty()) {
        return place;
      }
      place = found.get().place();
      node = found.get().value();
      at = start + found.get().key().length();
      if (at == path.length() && node instanceof Node.Scalar) {
        place = node.place();
      }
    }
    return place;
  }
}
