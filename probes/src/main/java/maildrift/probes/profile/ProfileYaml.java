package maildrift.probes.profile;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A YAML document as plain maps, lists and texts, with the place of everything in it. The only
 * class of this package that knows the YAML library.
 *
 * @param source named in messages
 * @param places {@code LINE:COLUMN} by path, of the key where there is one
 */
record ProfileYaml(String source, Map<String, Object> data, Map<String, String> places) {

  private static final int DEEPEST = 12;
  private static final int MOST_NODES = 20_000;

  static ProfileYaml read(String source, InputStream yaml) {
    try {
      var root =
          new Compose(LoadSettings.builder().setLabel(source).build()).composeInputStream(yaml);
      var walk = new Walk(source);
      var data = root.map(node -> walk.value("", node, 0)).orElse(Map.of());
      if (!(data instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException(source + ":1:1: key: value pairs are expected here");
      }
      var named = new LinkedHashMap<String, Object>();
      map.forEach((key, value) -> named.put(String.valueOf(key), value));
      return new ProfileYaml(source, named, walk.places);
    } catch (MarkedYamlEngineException broken) {
      throw new IllegalArgumentException(
          "%s:%s: %s"
              .formatted(
                  source,
                  broken.getProblemMark().map(ProfileYaml::place).orElse("1:1"),
                  broken.getProblem()),
          broken);
    } catch (YamlEngineException broken) {
      throw new IllegalArgumentException(source + ":1:1: " + broken.getMessage(), broken);
    }
  }

  /** {@code SOURCE:LINE:COLUMN} of a path, or of what is nearest above it. */
  String at(String path) {
    var up = path;
    while (!places.containsKey(up) && !up.isEmpty()) {
      var cut = Math.max(up.lastIndexOf('.'), up.lastIndexOf('['));
      up = cut < 0 ? "" : up.substring(0, cut);
    }
    return source + ":" + places.getOrDefault(up, "1:1");
  }

  private static String place(Mark mark) {
    return (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
  }

  private static final class Walk {
    private final String source;
    private final Map<String, String> places = new HashMap<>();
    private int nodes;

    Walk(String source) {
      this.source = source;
    }

    Object value(String path, Node node, int depth) {
      if (depth > DEEPEST || ++nodes > MOST_NODES) {
        throw new IllegalArgumentException(
            "%s:%s: too deep or too much (aliases?)".formatted(source, placeOf(node)));
      }
      places.putIfAbsent(path, placeOf(node));
      return switch (node) {
        case MappingNode mapping -> map(path, mapping, depth);
        case SequenceNode sequence -> list(path, sequence, depth);
        case ScalarNode scalar -> scalar.getValue();
        default -> throw new IllegalArgumentException(source + ": " + node.getNodeType());
      };
    }

    private Map<String, Object> map(String path, MappingNode mapping, int depth) {
      var map = new LinkedHashMap<String, Object>();
      for (var entry : mapping.getValue()) {
        var key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
        var at = path.isEmpty() ? key : path + "." + key;
        if (map.containsKey(key)) {
          throw new IllegalArgumentException(
              "%s:%s: '%s' is there twice".formatted(source, placeOf(entry.getKeyNode()), key));
        }
        places.put(at, placeOf(entry.getKeyNode()));
        map.put(key, value(at, entry.getValueNode(), depth + 1));
      }
      return map;
    }

    private List<Object> list(String path, SequenceNode sequence, int depth) {
      var list = new ArrayList<Object>();
      for (var item : sequence.getValue()) {
        list.add(value("%s[%d]".formatted(path, list.size()), item, depth + 1));
      }
      return list;
    }

    private static String placeOf(Node node) {
      Optional<Mark> mark = node.getStartMark();
      return mark.map(ProfileYaml::place).orElse("1:1");
    }
  }
}
