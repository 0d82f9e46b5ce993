package maildrift.monitor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Settings that environment variables say over the files: {@code MAILDRIFT_SECTION_KEY}, for each
 * single value and each list of single values of a section that stands in one file only. Which
 * there are is read from the schema, so that a new setting has its variable at once.
 */
final class EnvironmentSettings {
  private static final String PASSWORD = "password";

  static final String PREFIX = "MAILDRIFT_";
  static final String BASELINE = PREFIX + "BASELINE";

  private static final Pattern OF_KUBERNETES =
      Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT.*|PORT_[0-9]+_(TCP|UDP|SCTP).*)");
  private static final Pattern LINK = Pattern.compile("(tcp|udp|sctp)://");

  /** Those of which one file has the word; names of others' things do not fit into a variable. */
  private static final List<String> SECTIONS =
      List.of("dns", "smtp", "https", "http", "store", "schedule", "metrics", "alerts");

  /** What is read elsewhere: by the launcher, by commands, by the logs, by a health check. */
  private static final List<String> OTHERS =
      Stream.of("JAVA", "LOG", "TOKEN", "URL", "HEALTH").map(PREFIX::concat).toList();

  private final Map<String, String> environment;
  private final Map<String, Map<String, Setting>> settings;

  private record Setting(String variable, Shape shape) {
    Object shown(String key, String value) {
      if (key.equals(PASSWORD)) {
        return "${env:" + variable + "}";
      }
      return switch (shape) {
        case NUMBER -> Yaml.numeral(value);
        case FLAG -> value.equals("true") || value.equals("false") ? value.equals("true") : value;
        case LIST -> values(value);
        case TEXT, WORD -> value;
      };
    }
  }

  private enum Shape {
    TEXT,
    NUMBER,
    FLAG,
    /** One of a few words. */
    WORD,
    /** Several values, separated by commas. */
    LIST
  }

  EnvironmentSettings(Map<String, String> environment) {
    this.environment = environment;
    // Most have none, and then the schema need not be read.
    this.settings =
        environment.keySet().stream().anyMatch(name -> name.startsWith(PREFIX))
            ? read(ConfigSchema.json())
            : Map.of();
  }

  /** Whether it is a section of the daemon's own, which stands in one file only. */
  static boolean isSection(String key) {
    return SECTIONS.contains(key);
  }

  private static boolean isLike(String variable) {
    return variable.equals(BASELINE)
        || SECTIONS.stream().anyMatch(section -> variable.startsWith(begin(section)));
  }

  private static Map<String, Map<String, Setting>> read(JsonNode schema) {
    var settings = new LinkedHashMap<String, Map<String, Setting>>();
    for (var section : SECTIONS) {
      var keys = new TreeMap<String, Setting>();
      schema
          .at("/properties/" + section + "/properties")
          .properties()
          .forEach(
              property -> {
                var variable =
                    PREFIX
                        + (section + "_" + property.getKey().replace('-', '_'))
                            .toUpperCase(Locale.ROOT);
                shape(schema, property.getValue())
                    .ifPresent(shape -> keys.put(property.getKey(), new Setting(variable, shape)));
              });
      settings.put(section, keys);
    }
    return settings;
  }

  /** Empty: it is more than values. */
  private static Optional<Shape> shape(JsonNode schema, JsonNode property) {
    var resolved = ConfigSchema.resolved(schema, property);
    if (resolved.has("enum")) {
      return Optional.of(Shape.WORD);
    }
    if (isOf(resolved, "boolean")) {
      return Optional.of(Shape.FLAG);
    }
    if (isOf(resolved, "integer")) {
      return Optional.of(Shape.NUMBER);
    }
    if (isOf(resolved, "string")) {
      return Optional.of(Shape.TEXT);
    }
    return isOf(resolved, "array")
            && shape(schema, resolved.path("items")).filter(item -> item != Shape.LIST).isPresent()
        ? Optional.of(Shape.LIST)
        : Optional.empty();
  }

  private static boolean isOf(JsonNode property, String type) {
    var types = property.path("type");
    return types.isArray()
        ? types.valueStream().anyMatch(one -> one.asString("").equals(type))
        : types.asString("").equals(type);
  }

  /** What the environment says of this section. */
  List<Node.Entry> of(String section) {
    var entries = new ArrayList<Node.Entry>();
    settings
        .getOrDefault(section, Map.of())
        .forEach(
            (key, setting) ->
                value(setting.variable())
                    .ifPresent(value -> entries.add(entry(key, setting, value))));
    return entries;
  }

  Optional<Node.Entry> baseline() {
    return value(BASELINE)
        .map(value -> entry("baseline", new Setting(BASELINE, Shape.WORD), value));
  }

  /** What the environment says of any section, and by which variable. */
  Map<String, String> said() {
    var said = new LinkedHashMap<String, String>();
    settings.forEach(
        (section, keys) ->
            keys.forEach(
                (key, setting) ->
                    value(setting.variable())
                        .ifPresent(_ -> said.put(section + "." + key, setting.variable()))));
    baseline().ifPresent(_ -> said.put("baseline", BASELINE));
    return said;
  }

  /** The same as it would be written in a file, without what is secret. */
  Map<String, Object> shown(String section) {
    var shown = new LinkedHashMap<String, Object>();
    settings
        .getOrDefault(section, Map.of())
        .forEach(
            (key, setting) ->
                value(setting.variable())
                    .ifPresent(value -> shown.put(key, setting.shown(key, value.strip()))));
    return shown;
  }

  /** An empty variable is an unset one, as in a unit file or a chart that leaves it open. */
  private Optional<String> value(String variable) {
    return Optional.ofNullable(environment.get(variable))
        .filter(value -> !value.isBlank() && !isOfKubernetes(variable, value));
  }

  private static Node.Entry entry(String key, Setting setting, String value) {
    var place = place(setting.variable());
    var node =
        switch (setting.shape()) {
          // Not the value itself: a secret from the environment stays one.
          case TEXT, NUMBER, FLAG -> text(place, "${env:" + setting.variable() + "}");
          case WORD -> text(place, value.strip());
          case LIST ->
              new Node.Sequence(
                  place, values(value).stream().<Node>map(one -> text(place, one)).toList(), true);
        };
    return new Node.Entry(key, place, node);
  }

  private static List<String> values(String value) {
    return Stream.of(value.split(",")).map(String::strip).filter(one -> !one.isEmpty()).toList();
  }

  private static Node.Scalar text(Place place, String text) {
    return new Node.Scalar(place, text, Node.Kind.TEXT);
  }

  /** Relative paths in a variable start at the working directory. */
  private static Place place(String variable) {
    return new Place.Source(variable, Path.of(variable).toAbsolutePath()).start();
  }

  /**
   * Variables that look like settings and are none: a word that is written wrong must not be
   * without effect in silence.
   */
  List<Problem> unknown() {
    var known =
        settings.values().stream()
            .flatMap(keys -> keys.values().stream())
            .map(Setting::variable)
            .toList();
    return environment.keySet().stream()
        .filter(name -> name.startsWith(PREFIX) && !name.equals(BASELINE))
        .filter(name -> !known.contains(name))
        .filter(name -> isLike(name) || isNearly(name, known))
        .filter(name -> !isOfKubernetes(name, environment.getOrDefault(name, "")))
        .sorted()
        .map(
            name ->
                place(name)
                    .problem("this environment variable is no setting" + Words.hint(name, known)))
        .toList();
  }

  /**
   * Whether the section is written wrong. Others have variables with this beginning, too: those of
   * commands, and what {@code ${env:NAME}} names.
   */
  private static boolean isNearly(String variable, List<String> known) {
    if (OTHERS.stream().anyMatch(variable::startsWith)) {
      return false;
    }
    return Words.near(variable, known)
        .filter(
            meant ->
                Words.distance(
                        variable.substring(PREFIX.length()), meant.substring(PREFIX.length()))
                    <= Math.max(1, (meant.length() - PREFIX.length()) / 4))
        .isPresent();
  }

  /**
   * Kubernetes puts where each service of a namespace is into every container: of one that is named
   * {@code maildrift-https}, {@code MAILDRIFT_HTTPS_PORT=tcp://10.96.0.5:443}.
   */
  private static boolean isOfKubernetes(String variable, String value) {
    return OF_KUBERNETES.matcher(variable).matches() || LINK.matcher(value).lookingAt();
  }

  private static String begin(String section) {
    return PREFIX + section.toUpperCase(Locale.ROOT) + "_";
  }
}
