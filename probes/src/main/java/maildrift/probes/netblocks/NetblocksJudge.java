package maildrift.probes.netblocks;

import com.google.common.base.Splitter;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.domain.Allowlist;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.network.Cidr;
import maildrift.probes.network.Drift;
import maildrift.probes.network.NetworkSet;
import maildrift.probes.network.SpecialNetworks;
import maildrift.probes.spf.Netblocks;

/** Judges one domain's allowlist against its sources; made for one look. */
final class NetblocksJudge {

  /** A message names so many networks; the evidence has all. */
  private static final int MOST_NAMED = 5;

  /** Between the networks of a watched record. */
  private static final String SEPARATOR = ", ";

  /** Whom SEPPmail's Exchange Online integration lets in without any list. */
  private static final String EXCHANGE = "microsoft365";

  /** Where nothing may relay by the list: an empty one would accept all. */
  private static final String PLACEHOLDER = "10.255.255.254";

  private static final Splitter NETWORKS = Splitter.on(SEPARATOR).omitEmptyStrings();

  private final ManagedDomain domain;
  private final List<Source> sources;
  private final Context context;

  /** What can be compared: a list that was read. Whether it is empty is another matter. */
  private final Optional<Allowlist> allowlist;

  private final Judgement.Builder judgement = new Judgement.Builder();

  NetblocksJudge(ManagedDomain domain, NetblocksProbe.Seen seen, Context context) {
    this.domain = domain;
    this.sources = seen.sources();
    seen.records().forEach(judgement::record);
    this.context = context;
    this.allowlist = domain.allowlist().filter(list -> list.unreadable().isEmpty());
  }

  Judgement judge() {
    domain
        .allowlist()
        .flatMap(Allowlist::unreadable)
        .ifPresent(
            why ->
                judgement.add(
                    Gap.of(
                        NetblocksProbe.NAME,
                        place(domain.allowlist().orElseThrow()),
                        why,
                        NetblocksRules.MISSING.id(),
                        NetblocksRules.STALE.id(),
                        NetblocksRules.WIDER.id(),
                        NetblocksRules.ALLOWLIST_EMPTY.id())));
    allowlist.filter(list -> list.entries().isEmpty()).ifPresent(this::acceptsAll);
    sources.forEach(this::published);
    var drift = comparable().map(list -> Drift.between(union(), list.entries()));
    var facts = new ArrayList<Map<String, Object>>();
    for (var source : sources) {
      var missing = missingFrom(source);
      facts.add(facts(source, missing, drift));
      var untold = untold(source, missing);
      if (!untold.isEmpty()) {
        missingUnlessMoving(source, untold, allowlist.orElseThrow());
      }
    }
    judgement.fact("sources", facts);
    comparable()
        .filter(NetblocksJudge::isClosed)
        .ifPresent(
            list ->
                judgement.fact(
                    "relaying",
                    "nobody may relay: the allowlist %s holds nothing but %s, where no mail comes from"
                        .formatted(list.name(), named(list.entries()))));
    if (drift.isPresent() && isUnionKnown() && !sources.isEmpty()) {
      stale(drift.get().stale(), comparable().orElseThrow());
      wider(drift.get().wider(), comparable().orElseThrow());
    }
    return judgement.build(outcome());
  }

  /** An empty list accepts all, so that nothing is missing from it, stale or wider. */
  private Optional<Allowlist> comparable() {
    return allowlist.filter(list -> !list.entries().isEmpty());
  }

  private Outcome outcome() {
    if (sources.isEmpty()
        || sources.stream().anyMatch(source -> source.seen() instanceof Netblocks.Known)) {
      return Outcome.OBSERVED;
    }
    return sources.stream().anyMatch(source -> source.seen() instanceof Netblocks.Unseen)
        ? Outcome.UNOBSERVABLE
        : Outcome.ABSENT;
  }

  private void acceptsAll(Allowlist list) {
    judgement.add(
        Finding.of(
                NetblocksRules.ALLOWLIST_EMPTY,
                domain.name().toString(),
                "the allowlist %s of %s is empty, and an empty list accepts all"
                    .formatted(list.name(), domain.name()))
            .cause(place(list))
            .with("allowlist", list.name())
            .remedy(
                sources.isEmpty() || !isUnionKnown()
                    ? NetblocksRules.ALLOWLIST_EMPTY.remedy()
                    : isExchangeIntegrated()
                        ? "With Exchange Online Integration an entry is mandatory all the same. Enter the servers besides Exchange Online that may send for the domain; where there is none, one private address that is never routed to the gateway:\n"
                            + PLACEHOLDER
                        : "Enter this list in %s:\n%s".formatted(list.name(), toPaste())));
  }

  /** The record to watch, and what is wrong with the source itself. */
  private void published(Source source) {
    switch (source.seen()) {
      case Netblocks.Known known ->
          judgement.record(
              record(source),
              known.networks().networks().stream()
                  .map(Cidr::toString)
                  .collect(Collectors.joining(SEPARATOR)));
      case Netblocks.None(_, var why) -> {
        judgement.record(record(source), "");
        judgement.add(
            Finding.of(
                    NetblocksRules.SOURCE,
                    source.name(),
                    "%s, from which %s takes its networks: %s"
                        .formatted(source.name(), labels(source), why))
                .cause(source.cause()));
      }
      case Netblocks.Unseen unseen -> {
        var hidden =
            gap(
                source,
                unseen,
                source.name(),
                NetblocksRules.SOURCE,
                NetblocksRules.CHANGED,
                NetblocksRules.MISSING);
        if (isIdle(source)) {
          judgement.aside(hidden);
        } else {
          judgement.add(hidden);
        }
        if (domain.allowlist().isPresent() && !isDispensable(source)) {
          var together = subject(domain.allowlist().orElseThrow());
          judgement.add(gap(source, unseen, together, NetblocksRules.STALE, NetblocksRules.WIDER));
        }
      }
    }
  }

  /** Mail does not depend on it, and a machine may be kept from the web on purpose. */
  private boolean isIdle(Source source) {
    return source.kind() == Source.Kind.FEED
        && (domain.allowlist().isEmpty() || isDispensable(source));
  }

  /** A feed that nobody here has ever read, where the profile's SPF record says the same. */
  private boolean isDispensable(Source source) {
    return source.seen() instanceof Netblocks.Unseen
        && isBeside(source)
        && context.memory().of(record(source)).isEmpty();
  }

  /** A feed of profiles that name an SPF record, too; that record speaks for both. */
  private boolean isBeside(Source source) {
    return source.kind() == Source.Kind.FEED
        && prescribing(source).stream()
            .noneMatch(prescription -> prescription.netblocks().isEmpty());
  }

  private static String record(Source source) {
    return source.name() + " netblocks";
  }

  private static Gap gap(Source source, Netblocks.Unseen unseen, String subject, Rule... rules) {
    var question =
        unseen.unseen().isEmpty() ? source.cause() : unseen.unseen().getFirst().question();
    return new Gap(
        NetblocksProbe.NAME,
        question,
        unseen.why(),
        List.of(rules).stream().map(Rule::id).collect(Collectors.toSet()),
        Optional.of(subject));
  }

  /**
   * Published by all sources together, in their order; and what the operator declares to send
   * besides, as far as the list has it.
   */
  private List<Cidr> union() {
    return union(_ -> true);
  }

  /** The list that would be right: whom the gateway lets in by other means is not on it. */
  private String toPaste() {
    var networks = Drift.between(union(source -> !isLetIn(source)), List.of()).paste();
    return networks.isEmpty() ? PLACEHOLDER : NetworkSet.lines(networks);
  }

  private List<Cidr> union(Predicate<Source> wanted) {
    var published =
        sources.stream()
            .filter(wanted)
            .filter(source -> source.seen() instanceof Netblocks.Known)
            .flatMap(source -> ((Netblocks.Known) source.seen()).entries().stream());
    return Stream.concat(published, ownSenders()).toList();
  }

  private Stream<Cidr> ownSenders() {
    var accepted = allowlist.map(Allowlist::networks).orElse(NetworkSet.EMPTY);
    return domain.declared().outboundAddresses().stream().filter(accepted::overlaps);
  }

  /** All sources were seen, and say all they have: only then can an entry be called stale. */
  private boolean isUnionKnown() {
    return sources.stream()
        .filter(source -> !isDispensable(source))
        .allMatch(
            source -> source.seen() instanceof Netblocks.Known known && known.opaque().isEmpty());
  }

  private Map<String, Object> facts(Source source, List<Cidr> missing, Optional<Drift> drift) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("name", source.name());
    if (source.kind() == Source.Kind.LISTED) {
      facts.put("listedOn", source.listedOn().map(LocalDate::toString).orElse(""));
    }
    var compared = allowlist.filter(_ -> !isLetIn(source));
    if (isLetIn(source)) {
      facts.put("letInBy", "Exchange Online Integration");
    } else if (!isDispensable(source)) {
      domain.allowlist().ifPresent(list -> facts.put("allowlistName", list.name()));
    }
    switch (source.seen()) {
      case Netblocks.Known known -> {
        facts.put("outcome", Outcome.OBSERVED.word());
        facts.put("published", texts(known.entries()));
        if (!known.opaque().isEmpty()) {
          facts.put("opaque", known.opaque());
        }
        if (!known.problems().isEmpty()) {
          facts.put("problems", known.problems());
        }
        compared.ifPresent(
            list -> {
              facts.put("allowlist", texts(list.entries()));
              facts.put("missing", texts(missing));
              if (isUnionKnown()) {
                facts.put("stale", drift.map(found -> texts(found.stale())).orElse(List.of()));
                facts.put(
                    "wider",
                    drift
                        .map(
                            found ->
                                texts(
                                    found.wider().stream()
                                        .filter(known.networks()::overlaps)
                                        .toList()))
                        .orElse(List.of()));
              }
            });
      }
      case Netblocks.None(_, var why) -> {
        facts.put("outcome", Outcome.ABSENT.word());
        facts.put("published", List.of());
        facts.put("why", why);
      }
      case Netblocks.Unseen unseen -> {
        facts.put("outcome", Outcome.UNOBSERVABLE.word());
        facts.put("why", unseen.why());
      }
    }
    return facts;
  }

  /** Nothing is missing from what was not seen, or from a list that accepts all. */
  private List<Cidr> missingFrom(Source source) {
    return comparable()
        .filter(_ -> !isLetIn(source))
        .filter(list -> !isClosed(list) || prescribed(source, Role.INBOUND))
        .filter(_ -> source.seen() instanceof Netblocks.Known)
        .map(
            list ->
                Drift.between(((Netblocks.Known) source.seen()).entries(), list.entries())
                    .missing())
        .orElse(List.of());
  }

  /** Of a feed beside an SPF record, what that record does not say already. */
  private List<Cidr> untold(Source source, List<Cidr> missing) {
    if (!isBeside(source)) {
      return missing;
    }
    var told =
        sources.stream()
            .filter(other -> other.kind() == Source.Kind.SPF)
            .filter(other -> prescribing(source).stream().anyMatch(other::isOf))
            .flatMap(
                other ->
                    other.seen() instanceof Netblocks.Known known
                        ? known.entries().stream()
                        : Stream.of())
            .toList();
    return Drift.between(missing, told).missing();
  }

  /**
   * The integration lets Exchange Online in; the list is for all others. Not where the MX points to
   * Exchange Online: that is mail from strangers, which the integration is not about.
   */
  private boolean isLetIn(Source source) {
    var by = prescribing(source);
    return isExchangeIntegrated()
        && !by.isEmpty()
        && by.stream()
            .allMatch(
                prescription ->
                    prescription.profile().equals(EXCHANGE) && prescription.role() != Role.INBOUND);
  }

  private boolean isExchangeIntegrated() {
    return domain.declared().exchangeOnline().filter(on -> on).isPresent();
  }

  /**
   * While the domain moves, the networks of one state may be missing where those of the other are
   * accepted. Where these were not all seen, nobody knows.
   */
  private void missingUnlessMoving(Source source, List<Cidr> missing, Allowlist list) {
    var others = otherStates(source);
    if (others.stream().anyMatch(state -> state.stream().allMatch(this::isAccepted))) {
      return;
    }
    var unseen =
        others.stream()
            .filter(
                state -> state.stream().allMatch(one -> isAccepted(one) || unseen(one).isPresent()))
            .flatMap(state -> state.stream().flatMap(one -> unseen(one).stream()))
            .findFirst();
    unseen.ifPresentOrElse(
        why -> judgement.add(gap(source, why, source.name(), NetblocksRules.MISSING)),
        () -> missing(source, missing, list));
  }

  private boolean isAccepted(Source source) {
    return source.seen() instanceof Netblocks.Known && missingFrom(source).isEmpty();
  }

  private static Optional<Netblocks.Unseen> unseen(Source source) {
    return source.seen() instanceof Netblocks.Unseen unseen
        ? Optional.of(unseen)
        : Optional.empty();
  }

  /** The sources of each state that may stand in for the one that needs this source. */
  private List<List<Source>> otherStates(Source source) {
    var prescribing = prescribing(source);
    return !prescribing.stream().allMatch(Prescription::isAlternative)
        ? List.of()
        : domain.prescriptions().stream()
            .filter(Prescription::isAlternative)
            .filter(other -> !prescribing.contains(other))
            .map(other -> sources.stream().filter(seen -> seen.isOf(other)).toList())
            .toList();
  }

  /**
   * Nothing but placeholders: by this list nobody may relay. That is right where the gateway lets
   * the provider in by other means (SEPPmail's Exchange Online integration), and wrong for the
   * provider whom the MX points to.
   */
  private static boolean isClosed(Allowlist list) {
    return list.entries().stream().allMatch(SpecialNetworks::isPlaceholder);
  }

  private boolean prescribed(Source source, Role role) {
    return prescribing(source).stream().anyMatch(prescription -> prescription.role() == role);
  }

  private List<Prescription> prescribing(Source source) {
    return domain.prescriptions().stream().filter(source::isOf).toList();
  }

  private String labels(Source source) {
    return prescribing(source).stream()
        .map(Prescription::label)
        .distinct()
        .collect(Collectors.joining(" and "));
  }

  private void missing(Source source, List<Cidr> missing, Allowlist list) {
    // The feed is wider than what sends mail: it alone wakes nobody up.
    var most = isBeside(source) ? Severity.WARNING : Severity.CRITICAL;
    var severity =
        prescribing(source).stream()
            .map(prescription -> prescription.atMost(source.kind().area(), most))
            .max(Comparator.naturalOrder())
            .orElse(most);
    judgement.add(
        Finding.of(
                NetblocksRules.MISSING,
                source.name(),
                "%s publishes %s, which the allowlist %s of %s does not accept: mail from %s will be refused"
                    .formatted(
                        source.name(),
                        named(missing),
                        list.name(),
                        domain.name(),
                        missing.size() == 1 ? "this network" : "these networks"))
            .severity(severity)
            .cause(source.cause())
            .with("missing", texts(missing))
            .with("allowlist", list.name())
            .remedy(
                remedy("Add to %s:\n%s".formatted(list.name(), NetworkSet.lines(missing)), list)));
  }

  /** What to do, and the whole list to paste where it is known. */
  private String remedy(String change, Allowlist list) {
    return isUnionKnown()
        ? "%s\nThe whole list for %s:\n%s".formatted(change, list.name(), toPaste())
        : change;
  }

  private void stale(List<Cidr> stale, Allowlist list) {
    var doubleRun = new LinkedHashMap<Cidr, Instant>();
    for (var entry : stale) {
      withdrawn(entry)
          .map(gone -> gone.plus(list.doubleRun()))
          .filter(context.now()::isBefore)
          .ifPresent(until -> doubleRun.put(entry, until));
    }
    var now = stale.stream().filter(entry -> !doubleRun.containsKey(entry)).toList();
    if (stale.isEmpty()) {
      return;
    }
    var from = names();
    var finding =
        now.isEmpty()
            ? about(
                    NetblocksRules.STALE,
                    list,
                    "%s has withdrawn %s, which the allowlist %s of %s still accepts; remove before %s"
                        .formatted(
                            from,
                            named(stale),
                            list.name(),
                            domain.name(),
                            doubleRun.values().stream()
                                .min(Comparator.naturalOrder())
                                .orElseThrow()))
                .severity(Severity.INFO)
            : about(
                NetblocksRules.STALE,
                list,
                "the allowlist %s of %s accepts %s, which %s does not publish: strangers may relay from there"
                    .formatted(list.name(), domain.name(), named(now), from));
    if (!doubleRun.isEmpty()) {
      finding = finding.with("doubleRun", untils(doubleRun));
    }
    judgement.add(
        finding
            .with("stale", texts(now.isEmpty() ? stale : now))
            .with("allowlist", list.name())
            .remedy(
                remedy(
                    "Remove from %s:\n%s"
                        .formatted(list.name(), NetworkSet.lines(now.isEmpty() ? stale : now)),
                    list)));
  }

  /** When maildrift first saw that what the entry covers had gone, the latest time counts. */
  private Optional<Instant> withdrawn(Cidr entry) {
    return sources.stream()
        .map(source -> context.withdrawn().getOrDefault(source.name(), Map.of()))
        .flatMap(gone -> gone.entrySet().stream())
        .filter(gone -> gone.getKey().overlaps(entry))
        .map(Map.Entry::getValue)
        .max(Comparator.naturalOrder())
        .or(() -> wasPublished(entry) ? Optional.of(context.now()) : Optional.empty());
  }

  /** This look is the first that does not see it any more, or the first few, until it is sure. */
  private boolean wasPublished(Cidr entry) {
    return sources.stream()
        .flatMap(source -> context.memory().of(record(source)).stream())
        .flatMap(past -> NETWORKS.splitToStream(past.last()))
        .anyMatch(network -> Cidr.parse(network).overlaps(entry));
  }

  private static Map<String, Object> untils(Map<Cidr, Instant> doubleRun) {
    var untils = new LinkedHashMap<String, Object>();
    doubleRun.forEach((network, until) -> untils.put(network.toString(), until.toString()));
    return untils;
  }

  private void wider(List<Cidr> wider, Allowlist list) {
    if (wider.isEmpty()) {
      return;
    }
    judgement.add(
        about(
                NetblocksRules.WIDER,
                list,
                "the allowlist %s of %s accepts %s, which covers more than %s publishes"
                    .formatted(list.name(), domain.name(), named(wider), names()))
            .with("wider", texts(wider))
            .with("allowlist", list.name())
            .remedy(
                remedy(
                    "Replace in %s:\n%s".formatted(list.name(), NetworkSet.lines(wider)), list)));
  }

  /** About the list as a whole: what several sources publish together. */
  private Finding about(Rule rule, Allowlist list, String message) {
    return Finding.of(rule, subject(list), message)
        .cause(only().map(Source::cause).orElseGet(() -> place(list)));
  }

  /** One source's list is named by the source; a list that follows several by its own name. */
  private String subject(Allowlist list) {
    return only().map(Source::name).orElseGet(list::name);
  }

  /** The one source that the list follows; a feed beside an SPF record does not count. */
  private Optional<Source> only() {
    if (sources.size() == 1) {
      return Optional.of(sources.getFirst());
    }
    var own = sources.stream().filter(source -> !isBeside(source)).toList();
    return own.size() == 1 ? Optional.of(own.getFirst()) : Optional.empty();
  }

  private static String place(Allowlist list) {
    return "allowlist " + list.name();
  }

  private String names() {
    return sources.stream().map(Source::name).collect(Collectors.joining(" or "));
  }

  private static String named(List<Cidr> networks) {
    var some =
        networks.stream().limit(MOST_NAMED).map(Cidr::toString).collect(Collectors.joining(", "));
    return networks.size() <= MOST_NAMED
        ? some
        : "%s and %d more".formatted(some, networks.size() - MOST_NAMED);
  }

  private static List<String> texts(List<Cidr> networks) {
    return networks.stream().map(Cidr::toString).toList();
  }
}
