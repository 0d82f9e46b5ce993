package maildrift.monitor.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The only class that knows snakeyaml-engine. It reads events and builds {@link Node}s itself:
 * duplicate keys are problems with both places, nesting and aliases are bounded, and what an alias
 * repeats is shared, so that no document can blow up.
 */
final class Yaml {
  /** Deeper than any configuration; a recursive reader stays far from the end of its stack. */
  private static final int MAX_DEPTH = 40;

  private static final int MAX_ALIASES = 50;

  private final Place.Source source;
  private final Consumer<Problem> problems;
  private final Iterator<Event> events;
  private final Map<String, Node> anchors = new HashMap<>();
  private int aliases;

  private Yaml(Place.Source source, String text, Consumer<Problem> problems) {
    this.source = source;
    this.problems = problems;
    var settings =
        LoadSettings.builder()
            .setLabel(source.shown())
            .setCodePointLimit(Integer.MAX_VALUE)
            .setUseMarks(true)
            .build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /**
   * Reads one document. Syntax errors go to {@code problems}; then there is no node, nor is there
   * for an empty document.
   */
  static Optional<Node> read(Place.Source source, String text, Consumer<Problem> problems) {
    try {
      return new Yaml(source, text, problems).document();
    } catch (Unreadable unreadable) {
      problems.accept(unreadable.problem);
    } catch (MarkedYamlEngineException malformed) {
      problems.accept(explained(source, text, malformed));
    } catch (ReaderException unprintable) {
      problems.accept(
          placeOf(source, text, unprintable.getPosition())
              .problem(
                  "the character U+%04X may not stand in YAML"
                      .formatted(unprintable.getCodePoint())));
    } catch (YamlEngineException other) {
      problems.accept(source.start().problem("this is not YAML: " + other.getMessage()));
    }
    return Optional.empty();
  }

  /** Maps, lists, texts, numbers and flags as a document in block style. */
  static String write(Object document) {
    var settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setIndicatorIndent(2)
            .setIndentWithIndicator(true)
            .setWidth(1000)
            .build();
    return new Dump(settings).dumpToString(document);
  }

  /** What a plain scalar that is a number stands for; as it is written where that is no decimal. */
  static Object numeral(String text) {
    try {
      if (text.matches("[-+]?[0-9]+")) {
        return Long.valueOf(text);
      }
      return Double.valueOf(text);
    } catch (NumberFormatException _) {
      return text;
    }
  }

  private Optional<Node> document() {
    Optional<Node> root = Optional.empty();
    var documents = 0;
    while (events.hasNext()) {
      var event = events.next();
      switch (event.getEventId()) {
        case DocumentStart -> {
          documents++;
          if (documents > 1) {
            throw new Unreadable(
                place(event).problem("a second document starts here; a file holds only one"));
          }
          root = Optional.of(node(events.next(), 0));
        }
        case StreamStart, DocumentEnd, StreamEnd, Comment -> {}
        case Alias, Scalar, MappingStart, MappingEnd, SequenceStart, SequenceEnd ->
            throw new IllegalStateException("the parser gave " + event + " between documents");
      }
    }
    return root;
  }

  private Node node(Event event, int depth) {
    if (depth > MAX_DEPTH) {
      throw new Unreadable(
          place(event).problem("nested deeper than %d levels".formatted(MAX_DEPTH)));
    }
    return switch (event.getEventId()) {
      case Alias -> alias((AliasEvent) event);
      case Scalar -> anchored((NodeEvent) event, scalar((ScalarEvent) event));
      case SequenceStart -> {
        rejectTag((CollectionStartEvent) event);
        yield anchored((NodeEvent) event, sequence(event, depth));
      }
      case MappingStart -> {
        rejectTag((CollectionStartEvent) event);
        yield anchored((NodeEvent) event, mapping(event, depth));
      }
      case StreamStart, StreamEnd, DocumentStart, DocumentEnd, SequenceEnd, MappingEnd, Comment ->
          throw new IllegalStateException("the parser gave " + event + " where a node belongs");
    };
  }

  private Node anchored(NodeEvent event, Node node) {
    event.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), node));
    return node;
  }

  private Node alias(AliasEvent event) {
    var name = event.getAlias().getValue();
    var node = anchors.get(name);
    if (node == null) {
      throw new Unreadable(
          place(event)
              .problem("the alias '*%s' has no anchor '&%s' before it".formatted(name, name)));
    }
    if (!(node instanceof Node.Scalar) && ++aliases > MAX_ALIASES) {
      throw new Unreadable(
          place(event)
              .problem(
                  "'*%s' is one alias too many; a file may repeat lists and mappings %d times"
                      .formatted(name, MAX_ALIASES)));
    }
    return node;
  }

  private Node.Scalar scalar(ScalarEvent event) {
    var kind = event.isPlain() ? kind(event.getValue()) : Node.Kind.TEXT;
    if (event.getTag().isPresent()) {
      var tag = event.getTag().get();
      if (!tag.equals("tag:yaml.org,2002:str") && !tag.equals("!")) {
        throw new Unreadable(
            place(event).problem("the tag '%s' is not understood; leave it out".formatted(tag)));
      }
      kind = Node.Kind.TEXT;
    }
    return new Node.Scalar(place(event), event.getValue(), kind);
  }

  private void rejectTag(CollectionStartEvent event) {
    if (event.getTag().isPresent()) {
      throw new Unreadable(
          place(event)
              .problem(
                  "the tag '%s' is not understood; leave it out".formatted(event.getTag().get())));
    }
  }

  private Node sequence(Event start, int depth) {
    var items = new ArrayList<Node>();
    while (true) {
      var event = events.next();
      if (event.getEventId() == Event.ID.SequenceEnd) {
        return new Node.Sequence(place(start), items, ((CollectionStartEvent) start).isFlow());
      }
      items.add(node(event, depth + 1));
    }
  }

  private Node mapping(Event start, int depth) {
    var entries = new LinkedHashMap<String, Node.Entry>();
    var merged = new ArrayList<Node>();
    while (true) {
      var event = events.next();
      if (event.getEventId() == Event.ID.MappingEnd) {
        merged.forEach(node -> merge(node, entries));
        return new Node.Mapping(place(start), List.copyOf(entries.values()));
      }
      if (!(node(event, depth + 1) instanceof Node.Scalar key)) {
        throw new Unreadable(place(event).problem("a list or mapping cannot be a key"));
      }
      var at = place(event);
      var value = node(events.next(), depth + 1);
      if (key.text().equals("<<") && event instanceof ScalarEvent plain && plain.isPlain()) {
        merged.add(value);
        continue;
      }
      var first = entries.putIfAbsent(key.text(), new Node.Entry(key.text(), at, value));
      if (first != null) {
        problems.accept(
            at.problem(
                "the key '%s' is set twice; first at line %d"
                    .formatted(Words.shortened(key.text()), first.place().line())));
      }
    }
  }

  /** {@code <<: *defaults}: what is written wins over what is merged. */
  private void merge(Node node, Map<String, Node.Entry> entries) {
    switch (node) {
      case Node.Mapping mapping ->
          mapping.entries().forEach(entry -> entries.putIfAbsent(entry.key(), entry));
      case Node.Sequence sequence -> sequence.items().forEach(item -> merge(item, entries));
      case Node.Scalar scalar ->
          problems.accept(scalar.place().problem("'<<' merges a mapping, not " + scalar.shown()));
    }
  }

  /** YAML 1.2 section 10.3.2: {@code no}, {@code on} and dates are text. */
  static Node.Kind kind(String plain) {
    return switch (plain) {
      case "", "~", "null", "Null", "NULL" -> Node.Kind.EMPTY;
      case "true", "True", "TRUE", "false", "False", "FALSE" -> Node.Kind.FLAG;
      case ".inf", "-.inf", "+.inf", ".nan", ".Inf", ".INF", ".NaN", ".NAN" -> Node.Kind.FRACTION;
      default -> number(plain);
    };
  }

  private static Node.Kind number(String plain) {
    var at = plain.charAt(0) == '-' || plain.charAt(0) == '+' ? 1 : 0;
    var digits = 0;
    var dots = 0;
    var exponents = 0;
    for (var i = at; i < plain.length(); i++) {
      var c = plain.charAt(i);
      if (c >= '0' && c <= '9') {
        digits++;
      } else if (c == '.' && dots == 0 && exponents == 0) {
        dots++;
      } else if ((c == 'e' || c == 'E') && digits > 0 && exponents == 0 && i + 1 < plain.length()) {
        exponents++;
        if (plain.charAt(i + 1) == '-' || plain.charAt(i + 1) == '+') {
          i++;
        }
      } else {
        return Node.Kind.TEXT;
      }
    }
    if (digits == 0) {
      return Node.Kind.TEXT;
    }
    var last = plain.charAt(plain.length() - 1);
    if (exponents > 0 && (last < '0' || last > '9')) {
      return Node.Kind.TEXT;
    }
    return dots == 0 && exponents == 0 ? Node.Kind.WHOLE : Node.Kind.FRACTION;
  }

  private Place place(Event event) {
    return event.getStartMark().map(mark -> place(source, mark)).orElseGet(source::start);
  }

  private static Place place(Place.Source source, Mark mark) {
    return new Place(source, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static Place placeOf(Place.Source source, String text, int codePoints) {
    var end =
        text.offsetByCodePoints(0, Math.min(codePoints, text.codePointCount(0, text.length())));
    var line = 1;
    var lineStart = 0;
    for (var i = 0; i < end; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new Place(source, line, text.codePointCount(lineStart, end) + 1);
  }

  /** The engine's words, put into the operator's where the cause is known. */
  private static Problem explained(
      Place.Source source, String text, MarkedYamlEngineException malformed) {
    var mark = malformed.getProblemMark().or(malformed::getContextMark);
    var at = mark.map(m -> place(source, m)).orElseGet(source::start);
    var line = lineOf(text, at.line());
    var indent = line.substring(0, line.length() - line.stripLeading().length());
    if (indent.indexOf('\t') >= 0) {
      return new Place(source, at.line(), indent.indexOf('\t') + 1)
          .problem("a tab; YAML indents with spaces");
    }
    if (line.isEmpty() && malformed.getContextMark().isPresent()) {
      var opened = place(source, malformed.getContextMark().get());
      var first = lineOf(text, opened.line()).strip();
      return first.isEmpty()
          ? at.problem("the file ends in the middle of something; a bracket is not closed")
          : opened.problem(
              "what begins here is never closed, in '%s'".formatted(Words.shortened(first)));
    }
    var value = line.substring(line.indexOf(": ") + 1).strip();
    if (value.startsWith("[") && value.indexOf("]:") > 0) {
      return new Place(source, at.line(), line.indexOf('[') + 1)
          .problem("[ ] is a list to YAML; put '%s' into quotes".formatted(Words.shortened(value)));
    }
    var problem = malformed.getProblem() == null ? "this is not YAML" : malformed.getProblem();
    var context = malformed.getContext() == null ? "" : " (" + malformed.getContext() + ")";
    return at.problem("%s%s, in '%s'".formatted(problem, context, Words.shortened(line.strip())));
  }

  private static String lineOf(String text, int line) {
    return text.lines().skip(line - 1L).findFirst().orElse("");
  }

  /** The document cannot be read further. */
  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient Problem problem;

    Unreadable(Problem problem) {
      super(problem.message(), null, false, false);
      this.problem = problem;
    }
  }
}
