package maildrift.monitor.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.monitor.feed.M365Endpoints;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What is in force, as one document in the shape of a configuration: all files together, what the
 * environment and the command line say, and the defaults of the daemon's own sections and of what
 * is declared by name. Secrets are not in it: files and {@code ${env:NAME}} stand for them, and of
 * an address that may hold one the part that may is left out.
 */
final class Effective {
  static final String MASKED = "***";

  private static final Pattern ADDRESS =
      Pattern.compile("((?:jdbc:)?[a-z][a-z0-9+.-]*://)([^/?#]*)(.*)");

  /** Whose addresses are keys to them. */
  private static final Set<String> KEYS_BY_ADDRESS = Set.of("receivers", "heartbeats");

  /** Of a receiver: what may hold a key of its own, wherever in it. */
  private static final Set<String> OPAQUE = Set.of("form", "query", "body", "topic");

  private static final String HEADERS = "headers";

  /** A template that is JSON must stay it. */
  private static final String BODY = "body";

  /** Under receivers, a name and a kind. */
  private static final int IN_A_RECEIVER = 3;

  /**
   * What else has defaults that can be written down, by its way from the top; {@code *} is any name
   * or item. Not here is what says less by being absent, such as a digest or a policy.
   */
  private static final List<String> NESTED =
      List.of(
          "discovery.*",
          "feeds.m365-endpoints",
          "http.tokens.*",
          "rbl.lists.*",
          "allowlists.*",
          "gateways.*",
          "alerts.receivers.*.*",
          "alerts.routes.*",
          "alerts.heartbeats.*");

  /** A list that has one of these is fetched from nowhere. */
  private static final Set<String> HERE = Set.of("networks", "file", "files");

  private static final Set<String> OF_FETCHING =
      Set.of("url", "instance", "refresh", "allow_private");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:[^}]*}");

  private Effective() {}

  static String yaml(Collection<Section> roots, EnvironmentSettings settings, Overrides overrides) {
    Map<String, Object> merged = new LinkedHashMap<>();
    var written = new LinkedHashMap<String, Object>();
    for (var root : roots) {
      root.entries().stream()
          .filter(entry -> !entry.key().equals("include"))
          .forEach(entry -> merge(written, entry.key(), value(entry, 0)));
    }
    var schema = ConfigSchema.json();
    // In the order of the schema, which is the one of the documentation.
    for (var property : schema.path("properties").properties()) {
      var key = property.getKey();
      var value = written.get(key);
      if (EnvironmentSettings.isSection(key)) {
        value = section(schema, property.getValue(), value, settings.shown(key), key, overrides);
      } else if (key.equals("baseline")) {
        value =
            settings
                .baseline()
                .<Object>map(entry -> value(entry, 0))
                .orElse(value == null ? property.getValue().path("default").asString("") : value);
      }
      if (value == null && key.equals("feeds")) {
        value = Map.of(M365Endpoints.NAME, Map.of());
      }
      if (value != null) {
        merged.put(key, nested(schema, property.getValue(), key, value));
      }
    }
    return comments(settings, overrides) + Yaml.write(merged);
  }

  /** What is not in the files that this is made of. */
  private static String comments(EnvironmentSettings settings, Overrides overrides) {
    var lines = new ArrayList<String>();
    settings
        .said()
        .forEach((setting, variable) -> lines.add("%s is said by %s".formatted(setting, variable)));
    if (!overrides.resolvers().isEmpty()) {
      lines.add("dns.resolvers is said by --dns");
    }
    if (overrides.timeout().isPresent()) {
      lines.add("dns.timeout is said by --timeout");
    }
    if (!overrides.skip().isEmpty()) {
      lines.add(
          "left out of every domain by the command line: "
              + overrides.skip().stream().sorted().collect(Collectors.joining(", ")));
    }
    return lines.stream().map("# %s\n"::formatted).collect(Collectors.joining());
  }

  private static Object nested(JsonNode schema, JsonNode property, String key, Object value) {
    var filled = value;
    for (var way : NESTED) {
      var steps = List.of(way.split("[.]"));
      if (steps.getFirst().equals(key)) {
        filled = filled(schema, property, filled, steps, 1);
      }
    }
    return filled;
  }

  /** The same with defaults at the end of the way. */
  private static Object filled(
      JsonNode schema, JsonNode property, Object value, List<String> way, int gone) {
    var resolved = ConfigSchema.resolved(schema, property);
    if (value instanceof Map<?, ?> map) {
      var section = new LinkedHashMap<String, Object>();
      map.forEach((name, one) -> section.put(String.valueOf(name), one));
      if (gone == way.size()) {
        fillNested(schema, resolved, section, way);
        return section;
      }
      var step = way.get(gone);
      section.replaceAll(
          (name, one) ->
              one != null && (step.equals("*") || step.equals(name))
                  ? filled(schema, inside(resolved, name), one, way, gone + 1)
                  : one);
      return section;
    }
    return value instanceof Collection<?> list && gone < way.size()
        ? list.stream()
            .<Object>map(one -> filled(schema, resolved.path("items"), one, way, gone + 1))
            .toList()
        : value;
  }

  private static JsonNode inside(JsonNode property, String name) {
    var own = property.path("properties").path(name);
    return own.isMissingNode() ? property.path("additionalProperties") : own;
  }

  private static void fillNested(
      JsonNode schema, JsonNode property, Map<String, Object> section, List<String> way) {
    var written = Set.copyOf(section.keySet());
    fill(schema, property, section);
    var isHere = !Collections.disjoint(written, HERE);
    section
        .keySet()
        .removeIf(
            key ->
                !written.contains(key)
                    && ((isHere && OF_FETCHING.contains(key))
                        // The address of a receiver is masked, and may be in a file.
                        || (way.contains("receivers") && key.equals("url"))
                        // A form has a type of its own.
                        || (key.equals("content_type") && written.contains("form"))));
    if (way.getFirst().equals("discovery")) {
      section.putIfAbsent(
          "refresh_interval",
          Durations.text(isHere ? DiscoveryConfig.FILES_REFRESH : DiscoveryConfig.URL_REFRESH));
    }
  }

  private static Map<String, Object> section(
      JsonNode schema,
      JsonNode property,
      @Nullable Object written,
      Map<String, Object> environmental,
      String key,
      Overrides overrides) {
    var section = new LinkedHashMap<String, Object>();
    if (written instanceof Map<?, ?> map) {
      map.forEach((name, value) -> section.put(String.valueOf(name), value));
    }
    section.putAll(environmental);
    if (key.equals("dns")) {
      said(section, overrides);
    }
    fill(schema, property, section);
    if (key.equals("store") && isOnH2(section)) {
      var backup = new LinkedHashMap<String, Object>();
      if (section.get("backup") instanceof Map<?, ?> map) {
        map.forEach((name, value) -> backup.put(String.valueOf(name), value));
      }
      fill(schema, property.path("properties").path("backup"), backup);
      section.put("backup", backup);
    }
    return section;
  }

  /** One on PostgreSQL is backed up by others. */
  private static boolean isOnH2(Map<String, Object> store) {
    return String.valueOf(store.get("url")).startsWith("jdbc:h2:");
  }

  /** What is not written gets its default. */
  private static void fill(JsonNode schema, JsonNode property, Map<String, Object> section) {
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

  private static @Nullable Object value(Node.Entry entry, int depth) {
    var inside = depth > 0 || KEYS_BY_ADDRESS.contains(entry.key()) ? depth + 1 : 0;
    return entry.key().equals(HEADERS) || (depth >= IN_A_RECEIVER && OPAQUE.contains(entry.key()))
        ? masked(entry.value(), entry.key().equals(BODY) ? "\"" + MASKED + "\"" : MASKED)
        : value(entry.value(), inside);
  }

  /** But for variables. */
  private static Object masked(Node node, String mask) {
    return switch (node) {
      case Node.Mapping mapping -> {
        var map = new LinkedHashMap<String, Object>();
        mapping.entries().forEach(entry -> map.put(entry.key(), masked(entry.value(), mask)));
        yield map;
      }
      case Node.Sequence sequence ->
          sequence.items().stream().map(item -> masked(item, mask)).toList();
      case Node.Scalar scalar -> VARIABLE.matcher(scalar.text()).matches() ? scalar.text() : mask;
    };
  }

  /** Null where nothing stands after the colon. */
  private static @Nullable Object value(Node node, int depth) {
    return switch (node) {
      case Node.Mapping mapping -> {
        var map = new LinkedHashMap<String, Object>();
        mapping.entries().forEach(entry -> map.put(entry.key(), value(entry, depth)));
        yield map;
      }
      case Node.Sequence sequence -> {
        var list = new ArrayList<Object>();
        sequence.items().forEach(item -> list.add(value(item, depth)));
        yield list;
      }
      case Node.Scalar scalar ->
          switch (scalar.kind()) {
            case TEXT -> shown(scalar.text(), depth > 0);
            case WHOLE, FRACTION -> Yaml.numeral(scalar.text());
            case FLAG -> Boolean.parseBoolean(scalar.text());
            case EMPTY -> null;
          };
    };
  }

  /** Variables stay as they are written: what they hold may be a secret. */
  private static String shown(String text, boolean isKey) {
    var address = ADDRESS.matcher(text);
    if (!address.matches()) {
      return text;
    }
    var host = address.group(2);
    var path = address.group(3);
    var end = path.indexOf('?');
    return address.group(1)
        + (host.contains("@") ? MASKED + host.substring(host.lastIndexOf('@')) : host)
        + (isKey
            ? path.length() > 1 ? "/" + MASKED : path
            : end < 0 || text.startsWith("jdbc:") ? path : path.substring(0, end + 1) + MASKED);
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
