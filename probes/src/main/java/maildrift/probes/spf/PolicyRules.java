package maildrift.probes.spf;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.Finding;
import maildrift.probes.Severity;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.spf.SpfTree.Node;
import maildrift.probes.spf.SpfTree.Policy;

/** The rules about single records: the domain's own, those it redirects to, included ones. */
final class PolicyRules {
  private static final int LARGE_RECORD = 450;
  private static final int LARGE_RESPONSE = 512;

  /** More names than this say nothing more. */
  private static final int MANY_NAMES = 250;

  /** /0 to /15 and /0 to /31 in the domain's own record. */
  private static final int BROAD_IPV4 = 15;

  private static final int BROAD_IPV6 = 31;

  /** Providers own large networks; nobody owns these. */
  private static final int HUGE_IPV4 = 7;

  private static final int HUGE_IPV6 = 15;
  private static final BigInteger MANY_ADDRESSES = BigInteger.ONE.shiftLeft(17);

  private final SpfFindings out;
  private final SpfTree tree;
  private final String name;
  private final String ownCause;

  PolicyRules(SpfFindings out) {
    this.out = out;
    this.tree = out.tree();
    this.name = out.name();
    this.ownCause = out.ownCause();
  }

  void judge() {
    var visited = new LinkedHashSet<String>();
    for (var policy : tree.ownPolicies()) {
      var subject = out.isRoot(policy) ? name : Printable.of(policy.name());
      var cause = out.cause(policy);
      if (policy.seen() instanceof SpfTree.Published published && visited.add(policy.name())) {
        grammar(published, subject, cause);
        order(policy, subject, cause);
        size(published, subject, cause);
        ownBreadth(policy, subject, cause);
        terms(policy, subject, cause, true, visited);
      }
    }
    repeated();
  }

  /**
   * What is asked or written twice. Terms of the domain's own record are named as written; a name
   * that several includes lead to is its owner's choice, and costs again each time.
   */
  private void repeated() {
    var written = new LinkedHashMap<String, Integer>();
    var terms = new HashSet<String>();
    for (var node : tree.root().nodes()) {
      if (!node.ignored() && node.term() instanceof Term.Directive directive) {
        count(directive.text().toLowerCase(Locale.ROOT), terms, written);
      }
    }
    var reached = new LinkedHashMap<String, Integer>();
    reach(tree.root(), new HashSet<>(), reached);
    if (written.isEmpty() && reached.isEmpty()) {
      return;
    }
    var finding =
        out.own(
                SpfRules.DUPLICATE,
                written.isEmpty()
                    ? "%s leads to %s more than once, and pays for it each time"
                        .formatted(ownCause, String.join(", ", reached.keySet()))
                    : "%s lists %s more than once"
                        .formatted(ownCause, String.join(", ", written.keySet())))
            .with("terms", written)
            .with("names", reached);
    out.add(
        tree.root()
            .record()
            .filter(_ -> !written.isEmpty())
            .map(
                record -> finding.remedy(SpfFindings.publish(name, Repair.eachOnce(record.text()))))
            .orElse(finding));
  }

  /** Nearly every record has everything once: then this is all that is done. */
  private static void count(String text, Set<String> once, Map<String, Integer> more) {
    if (!once.add(text) && once.size() < MANY_NAMES) {
      more.merge(Printable.of(text), 2, (known, _) -> known + 1);
    }
  }

  /** How often evaluation gets to a policy below another, where it is more than once. */
  private static void reach(Policy policy, Set<String> once, Map<String, Integer> more) {
    for (var node : policy.nodes()) {
      if (!node.ignored() && node.target().isPresent()) {
        var target = node.target().get();
        if (node.term() instanceof Term.Directive && !(target.seen() instanceof SpfTree.Loop)) {
          count(target.name(), once, more);
        }
        reach(target, once, more);
      }
    }
  }

  /** What included records do wrong. */
  private void included(Policy policy, String head, Set<String> visited) {
    if (!visited.add(policy.name()) || !(policy.seen() instanceof SpfTree.Published published)) {
      return;
    }
    var cause = out.cause(policy);
    grammar(published, head, cause);
    for (var node : policy.nodes()) {
      if (!node.ignored()
          && node.term() instanceof Term.Directive directive
          && directive.mechanism() instanceof Term.All
          && directive.qualifier() == Qualifier.PASS) {
        out.add(
            Finding.of(
                    SpfRules.ALL_QUALIFIER,
                    head,
                    "%s, which %s includes, ends in +all: everybody may send in its name"
                        .formatted(cause, name))
                .severity(Severity.CRITICAL)
                .cause(cause)
                .remedy("Remove include:%s until its owner corrects it.".formatted(head)));
      }
    }
    terms(policy, head, cause, false, visited);
  }

  private void grammar(SpfTree.Published published, String subject, String cause) {
    var record = published.record();
    var glue = Glue.in(published.strings());
    glue.ifPresent(found -> out.add(spaceJoin(found, subject, cause)));
    var broken =
        record.problems().stream()
            .filter(
                problem ->
                    problem.kind() == SyntaxProblem.Kind.SYNTAX
                        || problem.kind() == SyntaxProblem.Kind.MISTAKE)
            .filter(problem -> glue.filter(found -> found.offset() == problem.offset()).isEmpty())
            .toList();
    if (!broken.isEmpty()) {
      out.add(syntax(record, broken, subject, cause));
    }
    for (var problem : record.problems()) {
      switch (problem.kind()) {
        case SECOND_REDIRECT ->
            out.add(
                Finding.of(
                        SpfRules.REDIRECT,
                        subject,
                        "%s has two redirects, which is a permanent error: %s"
                            .formatted(cause, problem))
                    .cause(cause)
                    .with("offset", problem.offset())
                    .remedy(
                        SpfFindings.publish(
                            SpfFindings.place(cause),
                            Repair.without(record.text(), List.of(problem.token())))));
        case SECOND_EXP ->
            out.add(
                Finding.of(
                        SpfRules.EXP,
                        subject,
                        "%s has two exp, which is a permanent error: %s".formatted(cause, problem))
                    .severity(Severity.CRITICAL)
                    .cause(cause)
                    .with("offset", problem.offset()));
        case SYNTAX, MISTAKE -> {}
      }
    }
  }

  static Finding spaceJoin(Glue glue, String subject, String cause) {
    return Finding.of(
            SpfRules.SPACE_JOIN,
            subject,
            "%s: '%s' and '%s' stand in two strings, which receivers join to '%s'"
                .formatted(
                    cause,
                    Printable.of(glue.left()),
                    Printable.of(glue.right()),
                    Printable.of(glue.left() + glue.right())))
        .cause(cause)
        .with("offset", glue.offset())
        .remedy(SpfFindings.publish(SpfFindings.place(cause), Printable.of(glue.repaired())));
  }

  private static Finding syntax(
      SpfRecord record, List<SyntaxProblem> problems, String subject, String cause) {
    var first = problems.getFirst();
    var isIgnored =
        problems.stream()
            .allMatch(
                problem ->
                    record.terms().stream()
                        .filter(term -> term.offset() == problem.offset())
                        .anyMatch(Term.Unknown.class::isInstance));
    var more = problems.size() > 1 ? " (and %d more)".formatted(problems.size() - 1) : "";
    var finding =
        Finding.of(SpfRules.SYNTAX, subject, "%s, %s%s".formatted(cause, first, more))
            .severity(isIgnored ? Severity.WARNING : Severity.CRITICAL)
            .cause(cause)
            .with("offset", first.offset())
            .with("token", first.token())
            .with("problems", problems.stream().map(SyntaxProblem::toString).toList())
            .with("record", record.shown());
    return Repair.corrected(record)
        .map(text -> finding.remedy(SpfFindings.publish(SpfFindings.place(cause), text)))
        .orElse(finding);
  }

  private void order(Policy policy, String subject, String cause) {
    var behind =
        policy.nodes().stream()
            .filter(node -> node.ignored() && node.term() instanceof Term.Directive)
            .map(node -> Printable.of(node.term().text()))
            .toList();
    var record = policy.record();
    if (!behind.isEmpty() && record.isPresent()) {
      out.add(
          Finding.of(
                  SpfRules.AFTER_ALL,
                  subject,
                  "%s: receivers never get to %s, behind all"
                      .formatted(cause, String.join(" ", behind)))
              .cause(cause)
              .with("terms", behind)
              .remedy(
                  SpfFindings.publish(
                      SpfFindings.place(cause), Repair.allLast(record.get().text()))));
    }
    for (var node : policy.nodes()) {
      if (node.ignored() && node.term() instanceof Term.Redirect redirect && record.isPresent()) {
        out.add(
            Finding.of(
                    SpfRules.REDIRECT,
                    subject,
                    "%s: %s is ignored, because the record has all"
                        .formatted(cause, Printable.of(redirect.text())))
                .severity(Severity.WARNING)
                .cause(cause)
                .remedy(
                    SpfFindings.publish(
                        SpfFindings.place(cause),
                        Repair.without(record.get().text(), List.of(redirect.text())))));
      }
    }
  }

  private void size(SpfTree.Published published, String subject, String cause) {
    var length = published.record().text().length();
    if (length > LARGE_RECORD) {
      out.add(
          Finding.of(
                  SpfRules.SIZE,
                  subject,
                  "%s has %d octets; above %d its answer may not fit into 512"
                      .formatted(cause, length, LARGE_RECORD))
              .cause(cause)
              .with("octets", length));
    } else if (published.responseOctets() > LARGE_RESPONSE) {
      out.add(
          Finding.of(
                  SpfRules.SIZE,
                  subject,
                  "the TXT records beside %s make an answer of about %d octets, above %d"
                      .formatted(cause, published.responseOctets(), LARGE_RESPONSE))
              .severity(Severity.INFO)
              .cause(cause)
              .with("octets", published.responseOctets())
              .remedy("Delete TXT records that are no longer used, such as old verifications."));
    }
  }

  private void ownBreadth(Policy policy, String subject, String cause) {
    var direct = new ArrayList<Cidr>();
    for (var node : policy.nodes()) {
      if (isPassing(node)) {
        direct.addAll(node.networks());
      }
    }
    var broad =
        direct.stream()
            .filter(network -> network.prefix() <= (network.isIpv4() ? BROAD_IPV4 : BROAD_IPV6))
            .toList();
    var ipv4 = NetworkSet.of(direct.stream().filter(Cidr::isIpv4).toList()).size();
    if (!broad.isEmpty() || ipv4.compareTo(MANY_ADDRESSES) > 0) {
      out.add(
          Finding.of(
                  SpfRules.BROAD,
                  subject,
                  broad.isEmpty()
                      ? "%s authorises %s IPv4 addresses by itself".formatted(cause, ipv4)
                      : "%s authorises all of %s"
                          .formatted(cause, String.join(", ", SpfFindings.texts(broad))))
              .cause(cause)
              .with("networks", SpfFindings.texts(broad))
              .with("addresses", ipv4.toString()));
    }
  }

  private static boolean isPassing(Node node) {
    return !node.ignored()
        && node.term() instanceof Term.Directive directive
        && directive.qualifier() == Qualifier.PASS;
  }

  private void terms(
      Policy policy, String subject, String cause, boolean isOwn, Set<String> visited) {
    for (var node : policy.nodes()) {
      if (node.ignored()) {
        continue;
      }
      term(node, subject, cause);
      var record = policy.record().map(SpfRecord::text).orElse("");
      node.target()
          .ifPresent(
              target -> {
                var head = isOwn ? Printable.of(target.name()) : subject;
                target(node, target, head, cause, record);
                if (!(isOwn && node.term() instanceof Term.Redirect)) {
                  included(target, head, visited);
                }
              });
      if (!isOwn) {
        hugeNetworks(node, subject, cause);
      }
    }
  }

  private void term(Node node, String subject, String cause) {
    var text = Printable.of(node.term().text());
    if (node.term() instanceof Term.Directive directive) {
      if (directive.mechanism() instanceof Term.Ptr) {
        out.add(
            Finding.of(
                    SpfRules.PTR,
                    subject,
                    "%s uses %s, which should not be published".formatted(cause, text))
                .cause(cause)
                .with("term", text));
      }
      if (node.exchanges() > SpfCheck.MAX_NAMES) {
        out.add(
            Finding.of(
                    SpfRules.MX_NAMES,
                    subject,
                    "%s: %s leads to %d MX records; beyond %d receivers answer permerror"
                        .formatted(cause, text, node.exchanges(), SpfCheck.MAX_NAMES))
                .cause(cause)
                .with("term", text)
                .with("count", node.exchanges()));
      }
      if (node.matchesEveryone() && directive.qualifier() == Qualifier.PASS) {
        out.add(
            Finding.of(
                    SpfRules.BROAD,
                    subject,
                    "%s: %s matches every sender, since the name exists".formatted(cause, text))
                .cause(cause)
                .with("term", text));
      }
    }
    node.term()
        .names()
        .filter(spec -> spec.macros().hasMacros())
        .ifPresent(spec -> out.add(macro(spec, text, subject, cause)));
  }

  private static Finding macro(DomainSpec spec, String text, String subject, String cause) {
    var usesReverseName = spec.macros().uses('p');
    return Finding.of(
            SpfRules.MACRO,
            subject,
            usesReverseName
                ? "%s: %s uses %%{p}, which should not be used".formatted(cause, text)
                : "%s: what %s authorises depends on the message".formatted(cause, text))
        .severity(usesReverseName ? Severity.WARNING : Severity.INFO)
        .cause(cause)
        .with("term", text);
  }

  private void target(Node node, Policy target, String head, String cause, String record) {
    var targetName = Printable.of(target.name());
    var targetCause = targetName + " TXT";
    var text = Printable.of(node.term().text());
    switch (target.seen()) {
      case SpfTree.Missing(var why, _, _) -> {
        if (node.term() instanceof Term.Redirect) {
          out.add(
              takeover(
                  Finding.of(
                          SpfRules.REDIRECT,
                          cause.equals(ownCause) ? name : head,
                          "%s: %s leads nowhere, which is a permanent error: %s%s"
                              .formatted(cause, text, Printable.of(why), free(target.name())))
                      .cause(targetCause)
                      .with("term", text),
                  target.name()));
        } else if (Mistakes.in(node.term()).isEmpty()) {
          out.add(
              takeover(
                  Finding.of(
                          SpfRules.INCLUDE_NONE,
                          head,
                          "%s includes %s, which is a permanent error: %s%s"
                              .formatted(cause, targetName, Printable.of(why), free(target.name())))
                      .cause(targetCause)
                      .with("term", text)
                      .remedy(
                          "Remove it, or correct the name. Without it:\n"
                              + Repair.without(record, List.of(node.term().text()))),
                  target.name()));
        }
      }
      case SpfTree.Several(var records) ->
          out.add(
              Finding.of(
                      SpfRules.MULTIPLE,
                      head,
                      "%s, to which %s leads, publishes %d SPF records: permerror"
                          .formatted(targetName, text, records.size()))
                  .cause(targetCause)
                  .with("count", records.size())
                  .with("records", records.stream().map(SpfRecord::shown).toList()));
      case SpfTree.Published _, SpfTree.Unanswered _, SpfTree.Loop _, SpfTree.Cut _ -> {}
    }
  }

  /** Where the registry does not know the domain behind a dead name: what that means. */
  private String free(String target) {
    return unregistered(target)
        .map(
            domain ->
                "; %s is not registered, and whoever registers it decides who may send in the name of %s"
                    .formatted(domain, name))
        .orElse("");
  }

  private Finding takeover(Finding finding, String target) {
    return unregistered(target)
        .map(domain -> finding.with("unregistered", domain.toString()))
        .orElse(finding);
  }

  private Optional<DnsName> unregistered(String target) {
    return DomainSpec.name(target)
        .flatMap(
            dead ->
                out.unregistered().stream().filter(domain -> dead.isWithin(domain)).findFirst());
  }

  private void hugeNetworks(Node node, String subject, String cause) {
    var huge =
        node.networks().stream()
            .filter(network -> network.prefix() <= (network.isIpv4() ? HUGE_IPV4 : HUGE_IPV6))
            .toList();
    if (isPassing(node) && !huge.isEmpty()) {
      out.add(
          Finding.of(
                  SpfRules.BROAD,
                  subject,
                  "%s, which %s includes, authorises all of %s"
                      .formatted(cause, name, String.join(", ", SpfFindings.texts(huge))))
              .cause(cause)
              .with("networks", SpfFindings.texts(huge)));
    }
  }
}
