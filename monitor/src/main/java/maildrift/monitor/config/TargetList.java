package maildrift.monitor.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A document as Prometheus' file_sd and http_sd read it, JSON or YAML: a list of {@code targets}
 * with {@code labels}. It is used as a whole or not at all, since half of a list would take domains
 * away.
 */
public final class TargetList {
  /** So many bytes of one source are read. */
  public static final int MOST_BYTES = Reading.LARGEST_LIST;

  static final int MOST_TARGETS = 200_000;
  private static final int MOST_LABELS = 64;

  private TargetList() {}

  /** What stands in {@code targets}, with the labels of its group, and where. */
  public record Target(String name, Map<String, String> labels, Place place) {
    public Target {
      labels = Map.copyOf(labels);
    }

    /** Why it cannot be used. */
    public Problem problem(String why) {
      return place.problem("'%s' %s".formatted(Words.shortened(name), why));
    }
  }

  /** The document cannot be used; the message says where and why. */
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    private final Problem problem;

    Unreadable(Problem problem) {
      super(problem.toString());
      this.problem = problem;
    }

    public Problem problem() {
      return problem;
    }
  }

  /** Reads a document that is called {@code shown} in messages. */
  public static List<Target> parse(String shown, String text) throws Unreadable {
    var problems = new ArrayList<Problem>();
    var source = new Place.Source(shown, Path.of("targets"));
    var root = Yaml.read(source, text, problems::add);
    if (!problems.isEmpty()) {
      throw new Unreadable(problems.getFirst());
    }
    if (!(root.orElse(null) instanceof Node.Sequence groups)) {
      throw new Unreadable(
          root.map(Node::place)
              .orElse(source.start())
              .problem("this is no list of targets; an empty one is written []"));
    }
    var targets = new ArrayList<Target>();
    for (var group : groups.items()) {
      if (!(group instanceof Node.Mapping mapping)) {
        throw wrong(group, "an item must have targets and may have labels");
      }
      var labels = labels(mapping);
      for (var target : targets(mapping)) {
        if (targets.size() == MOST_TARGETS) {
          throw new Unreadable(
              target.place().problem("more than %d targets".formatted(MOST_TARGETS)));
        }
        targets.add(new Target(target.text(), labels, target.place()));
      }
    }
    return targets;
  }

  private static List<Node.Scalar> targets(Node.Mapping group) throws Unreadable {
    var names = new ArrayList<Node.Scalar>();
    var list = entry(group, "targets");
    if (!(list.orElse(null) instanceof Node.Sequence items)) {
      throw wrong(list.orElse(group), "targets must be a list");
    }
    for (var item : items.items()) {
      if (!(item instanceof Node.Scalar scalar)) {
        throw wrong(item, "a target must be a domain's name");
      }
      names.add(scalar);
    }
    return names;
  }

  private static Map<String, String> labels(Node.Mapping group) throws Unreadable {
    var labels = new LinkedHashMap<String, String>();
    var written = entry(group, "labels");
    if (written.isEmpty()
        || (written.get() instanceof Node.Scalar empty && empty.kind() == Node.Kind.EMPTY)) {
      return labels;
    }
    if (!(written.get() instanceof Node.Mapping mapping)
        || mapping.entries().size() > MOST_LABELS) {
      throw wrong(
          written.get(), "labels must be a mapping of at most %d names".formatted(MOST_LABELS));
    }
    for (var entry : mapping.entries()) {
      if (!(entry.value() instanceof Node.Scalar scalar)) {
        throw wrong(entry.value(), "a label's value must be text");
      }
      labels.put(entry.key(), scalar.text());
    }
    return labels;
  }

  private static Optional<Node> entry(Node.Mapping mapping, String key) {
    return mapping.entries().stream()
        .filter(entry -> entry.key().equals(key))
        .map(Node.Entry::value)
        .findFirst();
  }

  private static Unreadable wrong(Node node, String message) {
    return new Unreadable(node.place().problem(message));
  }
}
