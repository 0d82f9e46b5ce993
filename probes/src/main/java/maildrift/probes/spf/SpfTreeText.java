package maildrift.probes.spf;

import com.google.common.base.Suppliers;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import maildrift.probes.Outcome;
import maildrift.probes.network.Cidr;

/** A tree for people (aligned columns) and for programs (JSON-like maps). */
public final class SpfTreeText {
  /** More terms than this are not shown: the count of what is left out is. */
  static final int MOST_TERMS = 500;

  private static final int MOST_NETWORKS = 4;

  private SpfTreeText() {}

  private record Row(
      String term, String cost, String lookups, String voids, String networks, String note) {}

  /**
   * One line a term, indented by depth: what it costs, the running total of lookups, void lookups,
   * the networks it names, and what there is to say.
   */
  public static String render(SpfTree tree) {
    var rows = new ArrayList<Row>();
    rows.add(new Row("term", "cost", "total", "void", "networks", ""));
    rows(tree.root(), 0, rows);
    var left = rows.size() - 1 - MOST_TERMS;
    var shown = rows.subList(0, Math.min(rows.size(), MOST_TERMS + 1));

    var out = new StringBuilder();
    out.append(tree.domain()).append("  ").append(headline(tree)).append('\n');
    lines(shown, out);
    if (left > 0) {
      out.append("… and %d terms more\n".formatted(left));
    }
    out.append(summary(tree)).append('\n');
    for (var unseen : tree.unseen()) {
      out.append("not seen: %s: %s\n".formatted(unseen.question(), Printable.of(unseen.why())));
    }
    return out.toString();
  }

  private static String headline(SpfTree tree) {
    return switch (tree.root().seen()) {
      case SpfTree.Published(var record, _, _) -> record.shown();
      case SpfTree.Several(var records) ->
          "%d SPF records, which receivers answer with permerror".formatted(records.size());
      case SpfTree.Missing(var why, _, _) -> Printable.of(why);
      case SpfTree.Unanswered(var why) -> "not seen: " + Printable.of(why);
      case SpfTree.Loop _ -> "a loop";
      case SpfTree.Cut(var why) -> why;
    };
  }

  private static String summary(SpfTree tree) {
    var all = tree.all().map(qualifier -> ", all: " + qualifier.word()).orElse("");
    return "lookups %s%d of %d, void lookups %d of %d, networks %d%s"
        .formatted(
            tree.isComplete() ? "" : "at least ",
            tree.lookups(),
            SpfCheck.MAX_TERMS,
            tree.voidLookups(),
            SpfCheck.MAX_VOIDS,
            tree.published().size(),
            all);
  }

  private static void lines(List<Row> rows, StringBuilder out) {
    var termWidth = width(rows.stream().map(Row::term).toList());
    var networkWidth = width(rows.stream().map(Row::networks).toList());
    for (var row : rows) {
      var line =
          "  %s  %4s  %5s  %4s  %s  %s"
              .formatted(
                  padded(row.term, termWidth),
                  row.cost,
                  row.lookups,
                  row.voids,
                  padded(row.networks, networkWidth),
                  row.note);
      out.append(line.stripTrailing()).append('\n');
    }
  }

  private static int width(List<String> cells) {
    return Math.min(64, cells.stream().mapToInt(String::length).max().orElse(0));
  }

  private static String padded(String cell, int width) {
    return cell + " ".repeat(Math.max(0, width - cell.length()));
  }

  private static void rows(SpfTree.Policy policy, int depth, List<Row> rows) {
    var indent = "  ".repeat(depth);
    for (var node : policy.nodes()) {
      var asks = node.term().asks() && !node.ignored();
      rows.add(
          new Row(
              indent + Printable.of(node.term().text()),
              asks ? "" + node.cost() : "",
              asks ? "" + node.lookups() : "",
              node.voids() > 0 ? "" + node.voids() : "",
              networks(node.networks()),
              Printable.of(node.reason())));
      node.target().ifPresent(target -> rows(target, depth + 1, rows));
    }
    policy
        .record()
        .ifPresent(
            record ->
                record
                    .problems()
                    .forEach(
                        problem -> rows.add(new Row(indent + "! " + problem, "", "", "", "", ""))));
  }

  private static String networks(List<Cidr> networks) {
    var some = networks.stream().limit(MOST_NETWORKS).map(Cidr::toString).toList();
    var left = networks.size() - some.size();
    return String.join(" ", some) + (left > 0 ? " +" + left : "");
  }

  /**
   * The fact {@code tree}: {@code name, outcome, record?, why?, terms: [{term, cost, lookups,
   * voidLookups, outcome, reason, networks, opaque, ignored, target?}]}, at most 500 terms.
   */
  public static Map<String, Object> facts(SpfTree tree) {
    return new LazyMap(() -> facts(tree.root(), new int[] {MOST_TERMS}));
  }

  /** Made when somebody looks: a sweep over all domains does not. */
  private static final class LazyMap extends AbstractMap<String, Object> {
    private final Supplier<Map<String, Object>> facts;

    LazyMap(Supplier<Map<String, Object>> facts) {
      this.facts = Suppliers.memoize(facts::get);
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
      return Collections.unmodifiableMap(facts.get()).entrySet();
    }
  }

  private static Map<String, Object> facts(SpfTree.Policy policy, int[] left) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("name", Printable.of(policy.name()));
    switch (policy.seen()) {
      case SpfTree.Published(var record, _, _) -> {
        facts.put("outcome", Outcome.OBSERVED.word());
        facts.put("record", record.shown());
        if (!record.problems().isEmpty()) {
          facts.put("problems", record.problems().stream().map(SyntaxProblem::toString).toList());
        }
      }
      case SpfTree.Several(var records) -> {
        facts.put("outcome", Outcome.OBSERVED.word());
        facts.put("records", records.stream().map(SpfRecord::shown).toList());
      }
      case SpfTree.Missing(var why, _, _) -> why(facts, Outcome.ABSENT, why);
      case SpfTree.Unanswered(var why) -> why(facts, Outcome.UNOBSERVABLE, why);
      case SpfTree.Loop _ -> why(facts, Outcome.OBSERVED, "a loop: it is being evaluated above");
      case SpfTree.Cut(var why) -> why(facts, Outcome.UNOBSERVABLE, why);
    }
    var terms = new ArrayList<Map<String, Object>>();
    for (var node : policy.nodes()) {
      if (left[0]-- <= 0) {
        facts.put("truncated", true);
        break;
      }
      terms.add(facts(node, left));
    }
    facts.put("terms", terms);
    return facts;
  }

  private static void why(Map<String, Object> facts, Outcome outcome, String why) {
    facts.put("outcome", outcome.word());
    facts.put("why", Printable.of(why));
  }

  private static Map<String, Object> facts(SpfTree.Node node, int[] left) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("term", Printable.of(node.term().text()));
    facts.put("cost", node.cost());
    facts.put("lookups", node.lookups());
    facts.put("voidLookups", node.voids());
    facts.put("outcome", node.outcome().word());
    facts.put("reason", Printable.of(node.reason()));
    facts.put("networks", node.networks().stream().map(Cidr::toString).toList());
    facts.put("opaque", node.opaque());
    facts.put("ignored", node.ignored());
    node.target().ifPresent(target -> facts.put("target", facts(target, left)));
    return facts;
  }
}
