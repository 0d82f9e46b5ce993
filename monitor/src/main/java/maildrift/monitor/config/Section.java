package maildrift.monitor.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A mapping whose keys are asked for one by one. What nobody asked for by the time of {@link #end}
 * is unknown, so that the reader's code is the list of known keys. Whatever is wrong becomes a
 * problem and the default is returned: reading goes on and says everything at once.
 */
final class Section {
  private final Reading reading;
  private final String pattern;
  private final String shown;
  private final Place place;
  private final Map<String, Node.Entry> entries = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();

  private Section(Reading reading, String pattern, String shown, Node.Mapping mapping) {
    this.reading = reading;
    this.pattern = pattern;
    this.shown = shown;
    this.place = mapping.place();
    mapping.entries().forEach(entry -> entries.put(entry.key(), entry));
  }

  /**
   * @param pattern where such a section may stand: {@code *} for a name, {@code []} for an item
   * @param shown how messages call it; empty: the whole file
   */
  static Section of(Reading reading, String pattern, String shown, Node.Mapping mapping) {
    return new Section(reading, pattern, shown, mapping);
  }

  /** With {@code node} if it is a mapping; else empty, and a problem. */
  static Section of(Reading reading, String pattern, String shown, Node node) {
    return switch (node) {
      case Node.Mapping mapping -> new Section(reading, pattern, shown, mapping);
      case Node.Sequence _, Node.Scalar _ -> {
        if (!isEmpty(node)) {
          reading.problem(
              node.place(),
              "%s must be a mapping of keys and values, not %s"
                      .formatted(shown.isEmpty() ? "the file" : shown, node.shown())
                  + (node instanceof Node.Scalar scalar && looksLikeKey(scalar.text())
                      ? "; a space belongs after the colon"
                      : ""));
        }
        yield new Section(reading, pattern, shown, new Node.Mapping(node.place(), List.of()));
      }
    };
  }

  /** {@code interval:5m} is one word to YAML. */
  private static boolean looksLikeKey(String text) {
    var colon = text.indexOf(':');
    return colon > 0
        && colon < text.length() - 1
        && text.substring(0, colon).chars().allMatch(c -> c == '_' || (c >= 'a' && c <= 'z'));
  }

  /** The same with these entries in the place of what it says of their keys. */
  Section with(List<Node.Entry> others) {
    var all = new LinkedHashMap<>(entries);
    others.forEach(entry -> all.put(entry.key(), entry));
    return new Section(reading, pattern, shown, new Node.Mapping(place, List.copyOf(all.values())));
  }

  Place place() {
    return place;
  }

  String shown() {
    return shown;
  }

  /** Where the key stands, or the section where it does not. */
  Place placeOf(String key) {
    var entry = entries.get(key);
    return entry == null ? place : entry.place();
  }

  boolean has(String key) {
    knows(key);
    return isFilled(key);
  }

  /** As {@link #has}, of a key that need not be one. */
  boolean isFilled(String key) {
    return entries.containsKey(key) && !isEmpty(entries.get(key).value());
  }

  /** The keys themselves, where they are names and not words of ours. */
  List<Node.Entry> entries() {
    return List.copyOf(entries.values());
  }

  private void knows(String key) {
    if (known.add(key)) {
      reading.knows(pattern, key);
    }
  }

  private static boolean isEmpty(Node node) {
    return node instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.EMPTY;
  }

  void problem(String key, String message) {
    var entry = entries.get(key);
    reading.problem(entry == null ? place : entry.value().place(), message);
  }

  /** What stands there; nothing after the colon is the same as no key. */
  Optional<Node> node(String key) {
    knows(key);
    return Optional.ofNullable(entries.get(key))
        .map(Node.Entry::value)
        .filter(value -> !isEmpty(value));
  }

  private Optional<Node.Scalar> scalar(String key, String wanted) {
    knows(key);
    var entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (!(entry.value() instanceof Node.Scalar scalar)) {
      reading.problem(
          entry.value().place(),
          "%s must be %s, not %s".formatted(key, wanted, entry.value().shown()));
      return Optional.empty();
    }
    if (scalar.kind() == Node.Kind.EMPTY) {
      reading.problem(
          entry.place(), "'%s' has no value; leave the key out for its default".formatted(key));
      return Optional.empty();
    }
    return Optional.of(scalar);
  }

  /** Text; a number or {@code true} is not, unless it is quoted. */
  Optional<Text> text(String key) {
    return scalar(key, "text").flatMap(scalar -> text(key, scalar));
  }

  /** Text, and a number as it is written. */
  Optional<Text> anyText(String key) {
    return scalar(key, "text").flatMap(reading::text).filter(text -> isFilled(key, text));
  }

  /** As {@link #anyText}, of a key whose word is not ours: it does not count as known. */
  Optional<Text> parameter(String key) {
    var entry = entries.get(key);
    if (entry != null && entry.value() instanceof Node.Scalar scalar && !isEmpty(scalar)) {
      return reading.text(scalar).filter(text -> isFilled(key, text));
    }
    if (entry != null) {
      reading.problem(
          entry.value().place(), "%s must be text, not %s".formatted(key, entry.value().shown()));
    }
    return Optional.empty();
  }

  private Optional<Text> text(String key, Node.Scalar scalar) {
    if (scalar.kind() != Node.Kind.TEXT) {
      reading.problem(
          scalar.place(), "%s must be text; put %s into quotes".formatted(key, scalar.text()));
      return Optional.empty();
    }
    return reading.text(scalar).filter(text -> isFilled(key, text));
  }

  private boolean isFilled(String key, Text text) {
    if (text.value().isBlank()) {
      reading.problem(text.place(), "%s must not be empty".formatted(key));
      return false;
    }
    return true;
  }

  /** As {@link #text}; its absence is a problem. */
  Optional<Text> required(String key) {
    if (!entries.containsKey(key)) {
      knows(key);
      lacks(key);
      return Optional.empty();
    }
    return text(key);
  }

  void lacks(String key) {
    reading.problem(place, "%s lacks '%s'".formatted(shown, key));
  }

  /** The text as something else; the parser's complaint becomes the problem. */
  <T> Optional<T> parsed(String key, Function<String, T> parser) {
    return text(key).flatMap(text -> parse(key, text, parser));
  }

  <T> Optional<T> parse(String key, Text text, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(text.value()));
    } catch (IllegalArgumentException wrong) {
      reading.problem(
          text.place(),
          text.isFromEnvironment()
              ? "%s: what %s stands for is not valid here".formatted(key, text.shown())
              : "%s: %s".formatted(key, wrong.getMessage()));
      return Optional.empty();
    }
  }

  int whole(String key, int least, int most, int byDefault) {
    var scalar = scalar(key, "a whole number");
    if (scalar.isEmpty()) {
      return byDefault;
    }
    var text = reading.text(scalar.get());
    if (text.isEmpty()) {
      return byDefault;
    }
    var isNumber = scalar.get().kind() == Node.Kind.WHOLE || text.get().isFromEnvironment();
    try {
      var number = isNumber ? Long.parseLong(text.get().value().strip()) : least - 1L;
      if (isNumber && number >= least && number <= most) {
        return (int) number;
      }
    } catch (NumberFormatException _) {
      // Too many digits; said below.
    }
    if (scalar.get().kind() == Node.Kind.TEXT
        && Yaml.kind(scalar.get().text()) == Node.Kind.WHOLE) {
      reading.problem(
          text.get().place(),
          "%s must be a number; write %s without quotes".formatted(key, text.get().written()));
      return byDefault;
    }
    reading.problem(
        text.get().place(),
        most == Integer.MAX_VALUE
            ? "%s must be a whole number, at least %d, not %s"
                .formatted(key, least, text.get().shown())
            : "%s must be a whole number between %d and %d, not %s"
                .formatted(key, least, most, text.get().shown()));
    return byDefault;
  }

  boolean flag(String key, boolean byDefault) {
    return flag(key).orElse(byDefault);
  }

  /** Neither true nor false where nobody said so. */
  Optional<Boolean> flag(String key) {
    var scalar = scalar(key, "true or false");
    var text = scalar.flatMap(reading::text);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (scalar.orElseThrow().kind() == Node.Kind.FLAG || text.get().isFromEnvironment()) {
      if (text.get().value().equalsIgnoreCase("true")) {
        return Optional.of(true);
      }
      if (text.get().value().equalsIgnoreCase("false")) {
        return Optional.of(false);
      }
    }
    reading.problem(
        text.get().place(), "%s must be true or false, not %s".formatted(key, text.get().shown()));
    return Optional.empty();
  }

  Duration duration(String key, Duration least, Duration byDefault) {
    return duration(key, least).orElse(byDefault);
  }

  Optional<Duration> duration(String key, Duration least) {
    var text = scalar(key, "a duration").flatMap(reading::text);
    var duration = text.flatMap(written -> parse(key, written, Durations::parse));
    if (duration.isPresent() && duration.get().compareTo(least) < 0) {
      reading.problem(
          text.orElseThrow().place(),
          "%s must be at least %s, not %s"
              .formatted(key, Durations.text(least), text.orElseThrow().shown()));
      return Optional.empty();
    }
    return duration;
  }

  /** One of our words. */
  <E extends Enum<E>> Optional<E> choice(String key, E[] values, Function<E, String> word) {
    return choice(key, key, values, word);
  }

  /**
   * @param what the value is called, where the key does not say it
   */
  <E extends Enum<E>> Optional<E> choice(
      String key, String what, E[] values, Function<E, String> word) {
    var words = Arrays.stream(values).collect(Collectors.toMap(word, Function.identity()));
    var scalar =
        scalar(key, "one of " + String.join(", ", Arrays.stream(values).map(word).toList()));
    if (scalar.isEmpty()) {
      return Optional.empty();
    }
    var found = Optional.ofNullable(words.get(scalar.get().text()));
    if (found.isEmpty()) {
      reading.problem(
          scalar.get().place(),
          "unknown %s %s%s"
              .formatted(
                  what, scalar.get().shown(), Words.hint(scalar.get().text(), words.keySet())));
    }
    return found;
  }

  /** The section under a key; an empty one where there is none, so that its keys are known. */
  Section section(String key) {
    return node(key)
        .map(node -> of(reading, under(key), path(key), node))
        .orElseGet(
            () ->
                new Section(
                    reading, under(key), path(key), new Node.Mapping(placeOf(key), List.of())));
  }

  /** The sections under a key, by the names the operator gave them. */
  List<Named> named(String key) {
    var outer = section(key);
    return outer.entries().stream()
        .filter(entry -> outer.isName(entry))
        .map(
            entry ->
                new Named(
                    entry.key(),
                    entry.place(),
                    of(reading, outer.under("*"), outer.path(entry.key()), entry.value())))
        .toList();
  }

  private boolean isName(Node.Entry entry) {
    var name = entry.key();
    if (name.isBlank() || name.length() > 200 || name.chars().anyMatch(Character::isISOControl)) {
      reading.problem(
          entry.place(), "'%s' is no name for one of %s".formatted(Words.shortened(name), shown));
      return false;
    }
    return true;
  }

  record Named(String name, Place place, Section section) {}

  /** The items of a list; a single value is not one. */
  List<Node> items(String key) {
    return switch (node(key).orElse(new Node.Sequence(place, List.of(), false))) {
      case Node.Sequence sequence -> sequence.items();
      case Node.Mapping mapping -> {
        reading.problem(mapping.place(), "%s must be a list, not a mapping".formatted(key));
        yield List.of();
      }
      case Node.Scalar scalar -> {
        reading.problem(
            scalar.place(),
            "%s must be a list, not %s; write [%s]"
                .formatted(key, scalar.shown(), Words.shortened(scalar.text())));
        yield List.of();
      }
    };
  }

  /** The sections in a list. */
  List<Section> sections(String key) {
    return items(key).stream()
        .map(item -> of(reading, under(key) + "[]", path(key), item))
        .toList();
  }

  /** A list of texts. */
  List<Text> texts(String key) {
    return texts(key, items(key));
  }

  /** A list of texts, or of numbers as they are written. */
  List<Text> anyTexts(String key) {
    var texts = new ArrayList<Text>();
    for (var item : items(key)) {
      if (item instanceof Node.Scalar scalar) {
        reading.text(scalar).filter(text -> isFilled(key, text)).ifPresent(texts::add);
      } else {
        reading.problem(
            item.place(), "an item of %s must be text, not %s".formatted(key, item.shown()));
      }
    }
    return texts;
  }

  /** A list of texts, or a single one. */
  List<Text> oneOrMore(String key) {
    return oneOrMore(key, node(key));
  }

  /**
   * As {@link #oneOrMore(String)}, of next hops, whose brackets YAML takes for a list's unless they
   * are quoted.
   */
  List<Text> quotedOneOrMore(String key) {
    var node = node(key);
    if (node.isPresent()
        && node.get() instanceof Node.Sequence list
        && list.isFlow()
        && list.items().size() == 1
        && list.items().getFirst() instanceof Node.Scalar only
        && !only.text().startsWith("[")) {
      reading.problem(
          list.place(),
          "%s: [%s] without quotes is a list to YAML; write \"[%s]\" to look up its address, or %s to look up its MX"
              .formatted(key, only.text(), only.text(), only.text()));
      return List.of();
    }
    return oneOrMore(key, node);
  }

  private List<Text> oneOrMore(String key, Optional<Node> node) {
    return node.isPresent() && node.get() instanceof Node.Scalar
        ? text(key).stream().toList()
        : texts(key);
  }

  private List<Text> texts(String key, List<Node> items) {
    var texts = new ArrayList<Text>();
    for (var item : items) {
      if (item instanceof Node.Scalar scalar) {
        text(key, scalar).ifPresent(texts::add);
      } else {
        reading.problem(
            item.place(), "an item of %s must be text, not %s".formatted(key, item.shown()));
      }
    }
    return texts;
  }

  String under(String key) {
    return pattern.isEmpty() ? key : pattern + "." + key;
  }

  private String path(String key) {
    if (shown.startsWith("domain ")) {
      return key + " of " + shown;
    }
    return shown.isEmpty() ? key : shown + "." + key;
  }

  /**
   * {@code key} or {@code key_file}: a secret from the environment or a file, never written in the
   * configuration itself.
   */
  Optional<Secret> secret(String key) {
    return secret(key, Secret::new, (_, content) -> new Secret(content), _ -> Optional.empty());
  }

  /**
   * As {@link #secret(String)}, for those who want something else of it.
   *
   * @param written makes it of what the environment holds; what it throws becomes the problem
   * @param inFile makes it of the file and what is in it now; likewise
   * @param unseen makes it of a file that only the daemon's unit can read
   */
  <T> Optional<T> secret(
      String key,
      Function<String, T> written,
      BiFunction<Path, String, T> inFile,
      Function<Path, Optional<T>> unseen) {
    var file = text(key + "_file");
    var here = scalar(key, "text");
    if (here.isPresent() && file.isPresent()) {
      reading.problem(
          placeOf(key), "%s and %s_file exclude each other; keep one".formatted(key, key));
      return Optional.empty();
    }
    if (here.isPresent()) {
      if (isWrittenDown(here.get().text())) {
        reading.problem(
            here.get().place(),
            "%s must not be written here; use %s_file: FILE or %s: ${env:NAME}"
                .formatted(key, key, key));
        return Optional.empty();
      }
      return reading
          .text(here.get())
          .filter(value -> isFilled(key, value))
          .flatMap(value -> made(key, value.place(), () -> written.apply(value.value())));
    }
    return file.flatMap(from -> secretFile(key + "_file", from, inFile, unseen));
  }

  /** As {@link #secret}, and those of the same name in the plural besides, with several. */
  <T> List<T> secrets(
      String key,
      Function<String, T> written,
      BiFunction<Path, String, T> inFile,
      Function<Path, Optional<T>> unseen) {
    var secrets = new ArrayList<T>();
    secret(key, written, inFile, unseen).ifPresent(secrets::add);
    var several = key + "s";
    var files = key + "_files";
    for (var text : oneOrMore(several)) {
      if (isWrittenDown(text.written())) {
        reading.problem(
            text.place(),
            "%s must not be written here; use %s: [FILE] or %s: [\"${env:NAME}\"]"
                .formatted(several, files, several));
      } else {
        made(several, text.place(), () -> written.apply(text.value())).ifPresent(secrets::add);
      }
    }
    for (var file : oneOrMore(files)) {
      secretFile(files, file, inFile, unseen).ifPresent(secrets::add);
    }
    return secrets;
  }

  private static boolean isWrittenDown(String text) {
    return !text.startsWith("${env:") || text.indexOf('}') != text.length() - 1;
  }

  /** A secret in the file that a text names. */
  <T> Optional<T> secretFile(
      String key,
      Text file,
      BiFunction<Path, String, T> inFile,
      Function<Path, Optional<T>> unseen) {
    var source = file.place().source().sibling(file.value());
    var content = reading.file(source, file.place(), key, Reading.LARGEST_SECRET);
    if (reading.isUnseen(source)) {
      return unseen.apply(source.path());
    }
    content.ifPresent(_ -> reading.warnIfOthersRead(source, file.place()));
    var secret = content.map(String::strip);
    if (secret.isPresent() && secret.get().isEmpty()) {
      reading.problem(file.place(), "%s: %s is empty".formatted(key, file.shown()));
      return Optional.empty();
    }
    return secret.flatMap(text -> made(key, file.place(), () -> inFile.apply(source.path(), text)));
  }

  private <T> Optional<T> made(String key, Place place, Supplier<T> maker) {
    try {
      return Optional.of(maker.get());
    } catch (IllegalArgumentException wrong) {
      reading.problem(place, "%s: %s".formatted(key, wrong.getMessage()));
      return Optional.empty();
    }
  }

  /** Says which keys nobody asked for. */
  void end() {
    for (var entry : entries.values()) {
      if (!known.contains(entry.key())) {
        reading.problem(
            entry.place(),
            "unknown key '%s'%s%s"
                .formatted(
                    Words.shortened(entry.key()),
                    shown.isEmpty() ? "" : " in " + shown,
                    Words.hint(entry.key(), known)));
      }
    }
  }
}
