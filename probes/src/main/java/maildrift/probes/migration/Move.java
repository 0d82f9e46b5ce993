package maildrift.probes.migration;

import com.google.common.base.Splitter;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.dkim.DkimProbe;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Migration.Phase;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Prescription.Demand;
import maildrift.probes.domain.Prescription.RecordRule;
import maildrift.probes.mx.MxProbe;
import maildrift.probes.records.RecordsProbe;

/**
 * Which changes of watched records a domain's migration foresees. Pure; whether a record was seen
 * at all is the caller's business.
 *
 * @param domain as it was declared for the look
 */
public record Move(ManagedDomain domain, Migration migration) {
  private static final Set<String> SPF_FRAME = Set.of("v=spf1", "~all", "-all", "?all");

  /** Empty for a domain that stays. */
  public static Optional<Move> of(ManagedDomain domain) {
    return domain.migration().map(migration -> new Move(domain, migration));
  }

  /** What everything that is told of a migration comes down to, for all domains that it moves. */
  public static String cause(Migration migration) {
    return "migration to %s at %s".formatted(migration.to().label(), migration.start());
  }

  /** Both states are right, and what leads from one to the other. */
  public boolean isUnderWay() {
    return domain.prescriptions().stream().anyMatch(Prescription::isAlternative);
  }

  /** The window is over, and what has arrived is taken for right without anybody's asking. */
  public boolean isSettling(Instant now) {
    return !isUnderWay()
        && migration.phase(now) == Phase.AFTER
        && now.isBefore(migration.end().plus(Migration.AFTERCARE));
  }

  /** Whether a record may become this within the window, in either direction. */
  public boolean isOnTheWay(String record, String before, String now) {
    return switch (kind(record)) {
      case "MX" ->
          record.equals(domain.name() + " MX")
              && MovingMx.isMoving(migration)
              && hosts(now)
                  .filter(hosts -> MxProbe.isAmong(both(Prescription::mx), hosts))
                  .isPresent();
      case "SPF" ->
          record.equals(domain.name() + " SPF")
              && isExchange(before, now, both(this::terms), both(this::terms));
      case "DKIM" -> isKeyOnTheWay(record, before, now);
      default ->
          isForeseen(record)
              && (isRight(migration.from(), record, now) || isRight(migration.to(), record, now));
    };
  }

  /** Whether a record has become what the new state prescribes. */
  public boolean hasArrived(String record, String before, String now) {
    return switch (kind(record)) {
      case "MX" ->
          record.equals(domain.name() + " MX")
              && MovingMx.isMoving(migration)
              && hosts(now)
                  .filter(hosts -> MxProbe.isPrescribed(migration.to().mx(), hosts))
                  .isPresent();
      case "SPF" ->
          record.equals(domain.name() + " SPF")
              && isExchange(before, now, terms(migration.to()), terms(migration.from()));
      case "DKIM" -> isKeyOnTheWay(record, before, now);
      default -> isForeseen(record) && isRight(migration.to(), record, now);
    };
  }

  private boolean isForeseen(String record) {
    return Stream.of(migration.from(), migration.to())
        .anyMatch(state -> rules(state, record).findAny().isPresent());
  }

  private static String kind(String record) {
    return record.substring(record.lastIndexOf(' ') + 1);
  }

  /** Empty where there is none, or what stands there is no host. */
  private static Optional<List<DnsName>> hosts(String value) {
    var hosts =
        Splitter.on(", ")
            .omitEmptyStrings()
            .splitToStream(value)
            .map(one -> DnsName.parse(one.substring(one.indexOf(' ') + 1)))
            .toList();
    return hosts.isEmpty() || hosts.stream().anyMatch(Optional::isEmpty)
        ? Optional.empty()
        : Optional.of(hosts.stream().flatMap(Optional::stream).toList());
  }

  private <T> List<T> both(Function<Prescription, ? extends Collection<T>> part) {
    return Stream.of(migration.to(), migration.from())
        .flatMap(one -> part.apply(one).stream())
        .toList();
  }

  private Set<String> terms(Prescription prescription) {
    return SpfTerms.of(prescription, domain);
  }

  /** Nothing but these terms came, and nothing but those went. */
  private static boolean isExchange(
      String before, String now, Collection<String> mayCome, Collection<String> mayGo) {
    var came = new HashSet<>(SpfTerms.of(now));
    came.removeAll(SpfTerms.of(before));
    var went = new HashSet<>(SpfTerms.of(before));
    went.removeAll(SpfTerms.of(now));
    came.removeAll(mayCome);
    if (before.isEmpty()) {
      came.removeAll(SPF_FRAME);
    }
    went.removeAll(mayGo);
    return came.isEmpty() && went.isEmpty() && !now.isEmpty();
  }

  /** A key of the new state appears, or one that only the old state has goes. */
  private boolean isKeyOnTheWay(String record, String before, String now) {
    var name = record.substring(0, record.length() - DkimProbe.RECORD.length());
    return owners(migration.to()).contains(name)
        ? before.isEmpty() && !now.isEmpty()
        : owners(migration.from()).contains(name) && now.isEmpty();
  }

  private Set<String> owners(Prescription prescription) {
    return prescription.dkim().stream()
        .map(key -> key.selector().toLowerCase(Locale.ROOT) + "._domainkey." + domain.name())
        .collect(Collectors.toSet());
  }

  private Stream<RecordRule> rules(Prescription prescription, String record) {
    return prescription.records().stream()
        .filter(
            rule ->
                record.equals(
                    (rule.prefix().isEmpty()
                            ? "" + domain.name()
                            : rule.prefix().toLowerCase(Locale.ROOT) + "." + domain.name())
                        + " "
                        + rule.type()));
  }

  /** What a state says nothing of it has no use for. */
  private boolean isRight(Prescription state, String record, String value) {
    var rules = rules(state, record).toList();
    if (rules.isEmpty()) {
      return value.isEmpty();
    }
    var values = Splitter.on(", ").omitEmptyStrings().splitToList(value);
    return rules.stream()
        .allMatch(
            rule -> {
              var matches =
                  values.stream().anyMatch(one -> RecordsProbe.matches(rule.value(), one));
              return rule.demand() == Demand.FORBIDDEN
                  ? !matches
                  : matches || (values.isEmpty() && rule.demand() == Demand.OPTIONAL);
            });
  }
}
