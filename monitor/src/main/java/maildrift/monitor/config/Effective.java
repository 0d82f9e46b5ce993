package maildrift.monitor.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is in force, as one document in the shape of a configuration: all files together, what the
 * environment and the command line say, and the defaults of the daemon's own sections. Secrets are
 * not in it: files and {@code ${env:NAME}} stand for them, and of an address that may hold one the
 * part that may is left out.
 */
final class Effective {
  static final String MASKED = "***";

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:(MAILDRIFT_[A-Z0-9_]+)}");
  private static final Pattern ADDRESS = Pattern.compile("([a-z][a-z0-9+.-]*://)([^/?#]*)(.*)");

  /** Whose addresses are keys to them. */
  private static final Set<String> KEYS_BY_ADDRESS = Set.of("receivers", "heartbeats");

  private static final Set<String> SECRETS = Set.of("password", "secret", "token");

  private final Map<String, String> environment;

  private Effective(Map<String, String> environment) {
    this.environment = environment;
  }

  static String yaml(
      Collection<Section> roots,
      EnvironmentSettings settings,
      Overrides overrides,
      Map<String, String> environment) {
    return new Effective(environment).text(roots, settings, overrides);
  }

  private String text(
      Collection<Section> roots, EnvironmentSettings settings, Overrides overrides) {
    Map<String, Object> merged = new LinkedHashMap<>();
    var written = new LinkedHashMap<String, Object>();
    for (var root : roots) {
      root.entries().stream()
          .filter(entry -> !entry.key().equals("include"))
          .forEach(entry -> merge(written, entry.key(), value(entry, false)));
    }
    var schema = ConfigSchema.json();
    // In the order of the schema, which is the one of the documentation.
    for (var property : schema.path("properties").properties()) {
      var key = property.getKey();
      var value = written.get(key);
      if (EnvironmentSettings.isSection(key)) {
        value = section(schema, property.getValue(), value, settings.of(key), key, overrides);
      } else if (key.equals("baseline")) {
        value =
            settings
                .baseline()
                .<Object>map(entry -> value(entry, false))
                .orElse(value == null ? property.getValue().path("default").asString("") : value);
      }
      if (value != null) {
        merged.put(key, value);
      }
    }
    var skipped = overrides.skip().stream().sorted().collect(Collectors.joining(", "));
    return (skipped.isEmpty()
            ? ""
            : "# left out of every domain by the command line: " + skipped + "\n")
        + Yaml.write(merged);
  }

  private Map<String, Object> section(
      JsonNode schema,
      JsonNode property,
      @Nullable Object written,
      List<Node.Entry> environmental,
      String key,
      Overrides overrides) {
    var section = new LinkedHashMap<String, Object>();
    if (written instanceof Map<?, ?> map) {
      map.forEach((name, value) -> section.put(String.valueOf(name), value));
    }
    environmental.forEach(entry -> section.put(entry.key(), value(entry, false)));
    if (key.equals("dns")) {
      said(section, overrides);
    }
    property
        .path("properties")
        .properties()
        .forEach(
            one -> {
              var standard = ConfigSchema.resolved(schema, one.getValue()).path("default");
              var own = one.getValue().path("default");
              var value = own.isMissingNode() ? standard : own;
              if (!value.isMissingNode() && section.get(one.getKey()) == null) {
                section.put(one.getKey(), plain(value));
              }
            });
    return section;
  }

  private static void said(Map<String, Object> dns, Overrides overrides) {
    if (!overrides.resolvers().isEmpty()) {
      dns.put("resolvers", overrides.resolvers().stream().map(Object::toString).toList());
      dns.remove("confirm_with");
      dns.remove("authoritative");
    }
    overrides.timeout().ifPresent(timeout -> dns.put("timeout", Durations.text(timeout)));
  }

  /** Lists and names of all files are put together; of anything else there is only one. */
  private static void merge(Map<String, Object> into, String key, @Nullable Object value) {
    var there = into.get(key);
    if (there instanceof Map<?, ?> first && value instanceof Map<?, ?> second) {
      var both = new LinkedHashMap<String, Object>();
      first.forEach((name, one) -> both.put(String.valueOf(name), one));
      second.forEach((name, one) -> merge(both, String.valueOf(name), one));
      into.put(key, both);
    } else if (there instanceof Collection<?> first && value instanceof Collection<?> second) {
      into.put(key, Stream.<Object>concat(first.stream(), second.stream()).toList());
    } else if (there == null && value != null) {
      into.put(key, value);
    }
  }

  private @Nullable Object value(Node.Entry entry, boolean isKey) {
    return value(entry.value(), entry.key(), isKey || KEYS_BY_ADDRESS.contains(entry.key()));
  }

  /** Null where nothing stands after the colon. */
  private @Nullable Object value(Node node, String key, boolean isKey) {
    return switch (node) {
      case Node.Mapping mapping -> {
        var map = new LinkedHashMap<String, Object>();
        mapping.entries().forEach(entry -> map.put(entry.key(), value(entry, isKey)));
        yield map;
      }
      case Node.Sequence sequence -> {
        var list = new ArrayList<Object>();
        sequence.items().forEach(item -> list.add(value(item, key, isKey)));
        yield list;
      }
      case Node.Scalar scalar ->
          switch (scalar.kind()) {
            case TEXT -> shown(scalar.text(), key, isKey);
            case WHOLE, FRACTION -> Yaml.numeral(scalar.text());
            case FLAG -> Boolean.parseBoolean(scalar.text());
            case EMPTY -> null;
          };
    };
  }

  private String shown(String text, String key, boolean isKey) {
    var variable = VARIABLE.matcher(text);
    if (variable.matches() && !SECRETS.contains(key)) {
      // A setting from the environment; others' variables may be secrets.
      text = environment.getOrDefault(variable.group(1), text);
    }
    var address = ADDRESS.matcher(text);
    if (!address.matches() || text.startsWith("jdbc:")) {
      return text;
    }
    var host = address.group(2);
    var path = address.group(3);
    var end = path.indexOf('?');
    return address.group(1)
        + (host.contains("@") ? MASKED + host.substring(host.lastIndexOf('@')) : host)
        + (isKey
            ? path.length() > 1 ? "/" + MASKED : path
            : end < 0 ? path : path.substring(0, end + 1) + MASKED);
  }

  private static Object plain(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> value.booleanValue();
      case NUMBER -> value.numberValue();
      case ARRAY -> value.valueStream().map(Effective::plain).toList();
      default -> value.asString("");
    };
  }
}
