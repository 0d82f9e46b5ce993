package maildrift.probes.migration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.OneResolver;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Migration.Phase;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Prescription.Demand;
import maildrift.probes.zone.ZoneServers;

/** Is a domain that moves to another profile ready, how far has it come, what did it leave? */
public final class MigrationProbe implements Probe<MigrationSeen> {
  static final String NAME = "migration";

  /** Judged where the baseline is known. */
  public static final Rule PROGRESS = MigrationRules.PROGRESS;

  /** Rules that are no alarm, and told all the same: whoever moves a domain waits for them. */
  public static final Set<String> NEWS =
      Set.of(MigrationRules.PROGRESS.id(), MigrationRules.PROPAGATION.id());

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return MigrationRules.ALL;
  }

  @Override
  public MigrationSeen observe(ManagedDomain domain, Network network) {
    if (domain.migration().isEmpty()) {
      return new MigrationSeen.Staying();
    }
    var migration = domain.migration().get();
    var phase = migration.phase(network.now());
    var mx = new Question(domain.name(), RecordType.MX);
    return new MigrationSeen.Moving(
        migration,
        phase,
        ZoneServers.ask(
            domain.name(), network, List.of(mx, new Question(domain.name(), RecordType.TXT))),
        asksResolvers(migration, phase, network) ? resolvers(network, mx) : List.of(),
        phase == Phase.AFTER ? old(domain, migration, network) : List.of());
  }

  /** What they remember counts from the change on, until all of it is over. */
  private static boolean asksResolvers(Migration migration, Phase phase, Network network) {
    return MovingMx.isMoving(migration)
        && switch (phase) {
          case ANNOUNCED, LEAD -> false;
          case WINDOW -> true;
          case AFTER -> network.now().isBefore(migration.end().plus(Migration.AFTERCARE));
        };
  }

  private static List<MigrationSeen.Resolver> resolvers(Network network, Question mx) {
    var all = network.eachResolver();
    var answers = OneResolver.ask(all, mx);
    var seen = new ArrayList<MigrationSeen.Resolver>();
    for (var i = 0; i < all.size(); i++) {
      seen.add(new MigrationSeen.Resolver(all.get(i).name(), answers.get(i)));
    }
    return seen;
  }

  private static List<MigrationSeen.Old> old(
      ManagedDomain domain, Migration migration, Network network) {
    var wanted =
        Stream.concat(records(domain, migration), keys(domain, migration)).limit(MOST_OLD).toList();
    if (wanted.isEmpty()) {
      return List.of();
    }
    var answers = network.dns().ask(wanted.stream().map(Wanted::question).toList());
    var old = new ArrayList<MigrationSeen.Old>();
    for (var i = 0; i < wanted.size(); i++) {
      var one = wanted.get(i);
      old.add(new MigrationSeen.Old(one.question(), one.value(), one.isKey(), answers.get(i)));
    }
    return old;
  }

  private static final int MOST_OLD = 32;

  private record Wanted(Question question, String value, boolean isKey) {}

  private static Stream<Wanted> records(ManagedDomain domain, Migration migration) {
    return migration.from().records().stream()
        .filter(rule -> rule.demand() != Demand.FORBIDDEN && !rule.value().isEmpty())
        .filter(
            rule ->
                domain.prescriptions().stream()
                    .flatMap(own -> own.records().stream())
                    .noneMatch(
                        own ->
                            own.type() == rule.type()
                                && own.prefix().equalsIgnoreCase(rule.prefix())))
        .flatMap(
            rule ->
                owner(rule.prefix(), domain.name())
                    .map(
                        owner ->
                            new Wanted(new Question(owner, rule.type()), rule.value(), false)));
  }

  private static Stream<Wanted> keys(ManagedDomain domain, Migration migration) {
    var own =
        Stream.concat(
                domain.dkim().stream(),
                domain.prescriptions().stream().map(Prescription::dkim).flatMap(List::stream))
            .map(DkimExpectation::selector)
            .map(selector -> selector.toLowerCase(Locale.ROOT))
            .toList();
    return migration.from().dkim().stream()
        .map(DkimExpectation::selector)
        .filter(selector -> !own.contains(selector.toLowerCase(Locale.ROOT)))
        .flatMap(selector -> owner(selector + "._domainkey", domain.name()))
        .map(owner -> new Wanted(new Question(owner, RecordType.TXT), "", true));
  }

  private static Stream<DnsName> owner(String prefix, DnsName domain) {
    return prefix.isEmpty() ? Stream.of(domain) : DnsName.parse(prefix + "." + domain).stream();
  }

  /** Of a domain that stays there is nothing to see, and nothing to see again. */
  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return domain.migration().isEmpty();
  }

  /** What is not yet, or no longer, held against the move was not seen to be right. */
  @Override
  public boolean looksAt(Rule rule, Judgement own) {
    return own.facts().get("phase") instanceof String phase
        && LOOKED_AT.getOrDefault(phase, List.of()).contains(rule);
  }

  private static final Map<String, List<Rule>> LOOKED_AT =
      Map.of(
          Phase.ANNOUNCED.word(),
          List.of(),
          Phase.LEAD.word(),
          List.of(MigrationRules.TTL_HIGH, MigrationRules.READINESS),
          Phase.WINDOW.word(),
          List.of(MigrationRules.TTL_HIGH, MigrationRules.PROGRESS, MigrationRules.PROPAGATION),
          Phase.AFTER.word(),
          List.of(MigrationRules.TTL_LOW, MigrationRules.PROPAGATION, MigrationRules.LEFTOVER));

  @Override
  public Judgement judge(ManagedDomain domain, MigrationSeen seen, Context context) {
    return switch (seen) {
      case MigrationSeen.Staying _ -> new Judgement.Builder().build(Outcome.OBSERVED);
      case MigrationSeen.Moving moving -> new MigrationJudge(domain, moving, context).judge();
    };
  }

  @Override
  public Set<String> siblings() {
    return Siblings.NAMES;
  }

  @Override
  public Judgement among(ManagedDomain domain, Judgement own, Map<String, Judgement> siblings) {
    return domain.migration().isEmpty() ? own : new Siblings(domain, siblings).with(own);
  }

  /** Whether a watched record is a time to live: remembered since when it is so, and no news. */
  public static boolean isTtl(String record) {
    return Ttl.isRecord(record);
  }

  /** Whether a watched record says when something was last seen, which each look sees anew. */
  public static boolean isSighting(String record) {
    return Ttl.isSighting(record);
  }

  /** A time with its unit, in the largest whole one. */
  static String text(Duration duration) {
    var seconds = duration.toSeconds();
    if (seconds > 0 && seconds % 86_400 == 0) {
      return seconds / 86_400 + " d";
    }
    return seconds > 0 && seconds % 3600 == 0 ? seconds / 3600 + " h" : seconds + " s";
  }
}
