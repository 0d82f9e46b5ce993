package maildrift.probes.migration;

import com.google.common.base.CharMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Severity;
import maildrift.probes.declared.DeclaredProbe;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Gateway;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Migration.Phase;
import maildrift.probes.domain.Prescription;

/** What other probes' judgements of the same look say of a migration. Nothing is judged twice. */
final class Siblings {
  static final Set<String> NAMES = Set.of("spf", "gateway", "tls", "declared");

  static final String DISABLE_DELIVERY = "disable_delivery";

  /** What the new state needs, by the probe that judges it. */
  private static final Map<String, List<String>> NEEDED =
      Map.of(
          "gateway",
          List.of("gateway.ptr", "gateway.fcrdns", "gateway.banner", "gateway.helo"),
          "tls",
          List.of("tls.chain", "tls.connector-name"),
          "declared",
          List.of(
              "declared.smarthost",
              "declared.connector",
              "declared.mta",
              "declared.unresolved",
              "declared.route"));

  /** Of {@code HOST[ADDRESS]:PORT} and {@code HOST:PORT}. */
  private static final CharMatcher ADDRESS_OR_PORT = CharMatcher.anyOf("[:");

  private final ManagedDomain domain;
  private final Map<String, Judgement> siblings;
  private final Migration migration;

  Siblings(ManagedDomain domain, Map<String, Judgement> siblings) {
    this.domain = domain;
    this.siblings = siblings;
    this.migration = domain.migration().orElseThrow();
  }

  Judgement with(Judgement own) {
    // A probe that did not come back knows no phase.
    var phase = own.facts().get("phase");
    if (Phase.ANNOUNCED.word().equals(phase) || Phase.LEAD.word().equals(phase)) {
      return readiness(own, Phase.LEAD.word().equals(phase));
    }
    return Phase.AFTER.word().equals(phase) ? oldSpf(own) : own;
  }

  private Judgement readiness(Judgement own, boolean isNear) {
    var facts = new ArrayList<Map<String, Object>>();
    var open = new ArrayList<Finding>();
    new TreeMap<>(NEEDED)
        .forEach(
            (probe, rules) ->
                Optional.ofNullable(siblings.get(probe))
                    .ifPresent(said -> rules.forEach(rule -> one(rule, said, facts, open))));
    var more = new LinkedHashMap<>(own.facts());
    more.put("readiness", facts);
    var with =
        new Judgement(own.outcome(), more, own.records(), own.findings(), own.gaps(), own.asides());
    if (!isNear || open.isEmpty()) {
      return with;
    }
    return with.plus(
        Finding.of(
                MigrationRules.READINESS,
                domain.name().toString(),
                "the migration of %s to %s begins at %s, and not all is ready: %s"
                    .formatted(
                        domain.name(),
                        migration.to().label(),
                        migration.start(),
                        open.stream()
                            .map(finding -> finding.rule().id() + " of " + finding.subject())
                            .collect(Collectors.joining(", "))))
            .cause(Move.cause(migration))
            .with("open", open.stream().map(finding -> finding.rule().id()).distinct().toList())
            .remedy(
                open.stream()
                    .map(finding -> finding.rule().id() + ": " + finding.remedy())
                    .distinct()
                    .collect(Collectors.joining("\n"))));
  }

  private void one(
      String rule, Judgement said, List<Map<String, Object>> facts, List<Finding> open) {
    var found =
        said.findings().stream()
            .filter(one -> one.rule().id().equals(rule))
            .filter(one -> one.severity() != Severity.INFO && isOfTheNewState(one.subject()))
            .toList();
    open.addAll(found);
    if (found.isEmpty() && !isAsked(rule)) {
      return;
    }
    var isHidden =
        said.outcome() == Outcome.UNOBSERVABLE
            || isNotLookedAt(rule)
            || Stream.concat(said.gaps().stream(), said.asides().stream())
                .filter(gap -> gap.subject().map(this::isOfTheNewState).orElse(true))
                .anyMatch(gap -> gap.hides(new Finding.Key(rule, gap.subject().orElse(""))));
    var fact = new LinkedHashMap<String, Object>();
    fact.put("rule", rule);
    fact.put("state", !found.isEmpty() ? "open" : isHidden ? "unseen" : "ready");
    if (!found.isEmpty()) {
      fact.put("why", found.stream().map(Finding::message).toList());
    }
    facts.add(fact);
  }

  /** Whether the new state has anything that the rule is held against. */
  private boolean isAsked(String rule) {
    return switch (rule) {
      case "gateway.helo" -> newGateways().anyMatch(gateway -> gateway.helo().isPresent());
      case "gateway.ptr", "gateway.fcrdns", "gateway.banner" -> newGateways().findAny().isPresent();
      default -> !rule.startsWith("declared.") || DeclaredProbe.isAsked(rule, domain);
    };
  }

  /**
   * Greetings and certificates are seen of those only that are spoken to: before the MX leads to
   * them these are the gateways, as long as not only others may reach them. Greetings come from the
   * looks of the tls probe; without it there are none to be seen.
   */
  private boolean isNotLookedAt(String rule) {
    var isSpoken = rule.equals("gateway.banner") || rule.startsWith("tls.");
    return isSpoken
        && (!siblings.containsKey("tls")
            || newGateways().findAny().isEmpty()
            || newGateways().anyMatch(gateway -> gateway.settings().onlyFrom().isPresent()));
  }

  /** Those of the domain's gateways that the new state leads to. */
  private Stream<Gateway> newGateways() {
    var named = migration.to().parameter("gateway");
    return domain.gateways().stream()
        .filter(
            gateway ->
                isHost(migration.to(), gateway.host())
                    || named.filter(gateway.host().toString()::equals).isPresent());
  }

  /** What the hosts of the old state lack need not be put right any more. */
  private boolean isOfTheNewState(String subject) {
    var end = ADDRESS_OR_PORT.indexIn(subject);
    return DnsName.parse(end < 0 ? subject : subject.substring(0, end))
        .map(host -> !isHost(migration.from(), host) || isHost(migration.to(), host))
        .orElse(true);
  }

  private static boolean isHost(Prescription of, DnsName host) {
    return of.mx().stream()
        .flatMap(set -> set.hosts().stream())
        .anyMatch(one -> one.host().matches(host));
  }

  /** Terms of the old state in the domain's own record that nothing else of the domain needs. */
  private Judgement oldSpf(Judgement own) {
    var spf = siblings.get("spf");
    if (spf == null) {
      return own;
    }
    var subject = domain.name() + " SPF";
    var record = spf.records().get(subject);
    if (record == null) {
      return own.aside(
          Gap.of(
                  MigrationProbe.NAME,
                  subject,
                  "the probe spf did not see it",
                  MigrationRules.LEFTOVER.id())
              .subject(subject));
    }
    var old = new HashSet<>(SpfTerms.of(migration.from(), domain));
    domain.prescriptions().forEach(needed -> old.removeAll(SpfTerms.of(needed, domain)));
    // The mailboxes may go on to send by themselves.
    if (migration.staying().isPresent()) {
      old.removeAll(SpfTerms.of(migration.from(), domain));
    }
    // Whatever the MX is now, its hosts may send.
    old.remove("mx");
    old.retainAll(SpfTerms.of(record));
    if (old.isEmpty()) {
      return own;
    }
    return own.plus(
        Finding.of(
                MigrationRules.LEFTOVER,
                subject,
                "%s still has %s, which only %s needs; the migration to %s ended at %s"
                    .formatted(
                        subject,
                        String.join(" ", old.stream().sorted().toList()),
                        migration.from().label(),
                        migration.to().label(),
                        migration.end()))
            .cause(Move.cause(migration))
            .with("stale", old.stream().sorted().toList())
            .remedy(
                "Publish as the only SPF record of %s:\n%s"
                    .formatted(domain.name(), SpfTerms.without(record, old))));
  }
}
