package maildrift.probes.migration;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Migration.Phase;
import maildrift.probes.migration.MigrationSeen.Moving;
import maildrift.probes.migration.MovingMx.Says;
import maildrift.probes.records.RecordsProbe;
import maildrift.probes.zone.ZoneServers;
import maildrift.probes.zone.ZoneServers.Server;

/** Judges one domain's migration; made for one look. */
final class MigrationJudge {
  private static final long USUAL_TTL = 3600;
  private static final String SPF = "v=spf1";

  private final ManagedDomain domain;
  private final Moving seen;
  private final Migration migration;
  private final Phase phase;
  private final Instant now;
  private final Context context;
  private final MovingMx mx;
  private final List<Server> servers;
  private final Judgement.Builder judgement = new Judgement.Builder();

  MigrationJudge(ManagedDomain domain, Moving seen, Context context) {
    this.domain = domain;
    this.seen = seen;
    this.migration = seen.migration();
    this.phase = seen.phase();
    this.now = context.now();
    this.context = context;
    this.mx = new MovingMx(migration);
    this.servers = seen.servers() instanceof ZoneServers.Look.Asked(var asked) ? asked : List.of();
  }

  Judgement judge() {
    judgement
        .fact("phase", phase.word())
        .fact("start", migration.start().toString())
        .fact("end", migration.end().toString())
        .fact("from", migration.from().label())
        .fact("to", migration.to().label())
        .fact("checklist", migration.checklist().orElse(null))
        .fact("reason", migration.reason());
    if (seen.servers() instanceof ZoneServers.Look.Unknown(var unseen, var why)) {
      judgement.aside(
          Gap.of(
              MigrationProbe.NAME,
              unseen,
              why,
              MigrationRules.TTL_HIGH.id(),
              MigrationRules.TTL_LOW.id(),
              MigrationRules.PROPAGATION.id()));
      hidden(unseen, why, mxRecord(), MigrationRules.LEFTOVER);
    }
    ttls();
    if (MovingMx.isMoving(migration) && phase.compareTo(Phase.WINDOW) >= 0) {
      propagation();
    }
    if (phase == Phase.AFTER) {
      leftovers();
    }
    return judgement.build(Outcome.OBSERVED);
  }

  private String mxRecord() {
    return domain.name() + " MX";
  }

  private void hidden(String unseen, String why, String subject, Rule... rules) {
    judgement.aside(
        Gap.of(
                MigrationProbe.NAME,
                unseen,
                why,
                Stream.of(rules).map(Rule::id).toArray(String[]::new))
            .subject(subject));
  }

  /** At most what the new profile asks for while the MX moves. */
  private Duration low() {
    return migration.to().ttl().migration().orElse(Duration.ofSeconds(Migration.LOW_TTL));
  }

  private void ttls() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("mx", ttl(mxRecord(), Moving.MX, servers));
    facts.put("spf", ttl(domain.name() + " SPF", Moving.TXT, withSpf()));
    judgement.fact("ttls", facts);
  }

  /** Texts share one time to live; without an SPF record among them theirs is no matter. */
  private List<Server> withSpf() {
    var isPublished =
        servers.stream()
            .flatMap(server -> server.answers().get(Moving.TXT).stream())
            .flatMap(answer -> answer.records(Rdata.Txt.class).stream())
            .anyMatch(text -> text.utf8().startsWith(SPF));
    return isPublished || servers.stream().anyMatch(this::isUnheard) ? servers : List.of();
  }

  private boolean isUnheard(Server server) {
    return server.isMissed() && server.answers().get(Moving.TXT).isEmpty();
  }

  private Map<String, Object> ttl(String record, int question, List<Server> from) {
    var ttl = Ttl.of(record, from, question, low(), context.memory(), now);
    ttl.value().ifPresent(value -> judgement.record(ttl.watched(), value));
    ttl.sightings().ifPresent(value -> judgement.record(ttl.sighting(), value));
    if (!ttl.isWhole() && (ttl.isLow() || ttl.seconds().isEmpty())) {
      hidden(
          record + " at every server",
          unheard(question),
          record,
          MigrationRules.TTL_HIGH,
          MigrationRules.TTL_LOW);
    } else {
      judge(ttl);
    }
    var facts = new LinkedHashMap<String, Object>();
    facts.put("seconds", ttl.seconds().isPresent() ? ttl.seconds().getAsLong() : null);
    facts.put("low", ttl.seconds().isPresent() ? ttl.isLow() : null);
    facts.put("lowSince", ttl.since().map(Instant::toString).orElse(null));
    facts.put("oldAnswersUntil", ttl.oldAnswersUntil().map(Instant::toString).orElse(null));
    // Who looks only once cannot tell for how long it has been low.
    facts.put(
        "ready",
        ttl.seconds().isEmpty()
            ? null
            : !ttl.isLow()
                ? Boolean.valueOf(false)
                : ttl.isWhole()
                    ? ttl.since()
                        .map(since -> !now.isBefore(since.plus(Migration.LEAD)))
                        .orElse(null)
                    : null);
    ttl.unobserved().ifPresent(pause -> facts.put("notObserved", pause));
    facts.put("readyAt", ttl.readyAt(Migration.LEAD).map(Instant::toString).orElse(null));
    return facts;
  }

  private String unheard(int question) {
    return servers.stream()
        .filter(server -> server.isMissed() && server.answers().get(question).isEmpty())
        .map(server -> server.name() + " did not answer")
        .collect(Collectors.joining(", "));
  }

  private void judge(Ttl ttl) {
    if (ttl.seconds().isEmpty()) {
      return;
    }
    switch (phase) {
      case ANNOUNCED -> {}
      case LEAD -> {
        if (ttl.isLow()) {
          late(ttl);
        } else {
          high(ttl, "the migration of %s begins at %s".formatted(domain.name(), migration.start()));
        }
      }
      case WINDOW -> {
        if (!ttl.isLow() && servers.stream().anyMatch(this::isBehind)) {
          high(
              ttl,
              "the migration of %s has begun at %s".formatted(domain.name(), migration.start()));
        }
      }
      case AFTER -> {
        if (ttl.isLow() && !now.isBefore(migration.end().plus(Migration.AFTERCARE))) {
          judgement.add(
              about(
                      MigrationRules.TTL_LOW,
                      ttl.record(),
                      "%s still has a time to live of %d s, %d days after the migration to %s ended"
                          .formatted(
                              ttl.record(),
                              ttl.seconds().getAsLong(),
                              Duration.between(migration.end(), now).toDays(),
                              migration.to().label()))
                  .with("seconds", ttl.seconds().getAsLong())
                  .remedy(
                      "Publish with a time to live of an hour to a day:\n"
                          + lines(
                              ttl.record(),
                              migration
                                  .to()
                                  .ttl()
                                  .normal()
                                  .map(Duration::toSeconds)
                                  .orElse(USUAL_TTL))));
        }
      }
    }
  }

  private boolean isBehind(Server server) {
    return server.answers().get(Moving.MX).filter(answer -> mx.says(answer).isOld()).isPresent();
  }

  private void high(Ttl ttl, String what) {
    judgement.add(
        about(
                MigrationRules.TTL_HIGH,
                ttl.record(),
                "%s has a time to live of %d s, and %s: what is changed is not seen everywhere before that time is over"
                    .formatted(ttl.record(), ttl.seconds().getAsLong(), what))
            .with("seconds", ttl.seconds().getAsLong())
            .with("start", migration.start().toString())
            .remedy(
                "Publish with a time to live of %d s now:\n%s"
                    .formatted(low().toSeconds(), lines(ttl.record(), low().toSeconds()))));
  }

  /** Low now, but not for the whole day before the start. */
  private void late(Ttl ttl) {
    if (ttl.since().isEmpty()
        || !ttl.since().get().plus(Migration.LEAD).isAfter(migration.start())) {
      return;
    }
    var since = ttl.since().get();
    var until = ttl.oldAnswersUntil();
    var isHarmless = until.isPresent() && !until.get().isAfter(migration.start());
    var said =
        until.isPresent()
            ? "answers of before, which may be kept for %s, are gone by %s"
                .formatted(MigrationProbe.text(ttl.before().orElseThrow()), until.get())
            : "answers of before may be kept until %s".formatted(since.plus(Migration.LEAD));
    judgement.add(
        about(
                MigrationRules.TTL_HIGH,
                ttl.record(),
                "%s has been seen with a low time to live only since %s%s; %s, and the migration of %s begins at %s"
                    .formatted(
                        ttl.record(),
                        since,
                        ttl.unobserved().map(pause -> " (not observed " + pause + ")").orElse(""),
                        said,
                        domain.name(),
                        migration.start()))
            .severity(isHarmless ? Severity.INFO : Severity.WARNING)
            .with("lowSince", since.toString())
            .with("start", migration.start().toString())
            .remedy(
                isHarmless
                    ? "Nothing: what was published before is forgotten by the start."
                    : "Begin at %s or later, or expect mail at the old host until then."
                        .formatted(
                            ttl.readyAt(Migration.LEAD).orElse(since.plus(Migration.LEAD)))));
  }

  /** What is published now, with another time to live. */
  private String lines(String record, long seconds) {
    var isMx = record.equals(mxRecord());
    return servers.stream()
        .flatMap(server -> server.answers().get(isMx ? Moving.MX : Moving.TXT).stream())
        .filter(Answer.Found.class::isInstance)
        .findFirst()
        .map(
            answer ->
                isMx
                    ? answer.records(Rdata.Mx.class).stream()
                        .map(one -> line(seconds, one))
                        .collect(Collectors.joining("\n"))
                    : answer.records(Rdata.Txt.class).stream()
                        .map(Rdata.Txt::utf8)
                        .filter(text -> text.startsWith(SPF))
                        .map(
                            text ->
                                "%s. %d IN TXT \"%s\""
                                    .formatted(domain.name(), seconds, SpfTerms.printable(text)))
                        .collect(Collectors.joining("\n")))
        .orElse("");
  }

  private String line(long seconds, Rdata.Mx one) {
    return "%s. %d IN MX %d %s.".formatted(domain.name(), seconds, one.preference(), one.host());
  }

  private Finding about(Rule rule, String subject, String message) {
    return Finding.of(rule, subject, message).cause(Move.cause(migration));
  }

  /** Who still gives the old MX, and for how long. */
  private void propagation() {
    var facts = new ArrayList<Map<String, Object>>();
    var old = new ArrayList<String>();
    var unseen = new ArrayList<String>();
    var isBegun = false;
    for (var server : servers) {
      var answer = server.answers().get(Moving.MX);
      if (answer.isPresent()) {
        var says = mx.says(answer.get());
        isBegun |= says == Says.NEW || says == Says.BOTH;
        facts.add(facts(server.name(), "authoritative", answer.get(), says));
        if (says.isOld()) {
          old.add("%s, which publishes it".formatted(server.name()));
        }
      } else if (server.isMissed()) {
        unseen.add(server.name());
        facts.add(unheard(server.name(), "authoritative"));
      }
    }
    for (var resolver : seen.resolvers()) {
      if (resolver.answer() instanceof Answer.Unanswered) {
        unseen.add(resolver.name());
        facts.add(unheard(resolver.name(), "resolver"));
        continue;
      }
      var says = mx.says(resolver.answer());
      isBegun |= says == Says.NEW || says == Says.BOTH;
      facts.add(facts(resolver.name(), "resolver", resolver.answer(), says));
      if (says.isOld()) {
        old.add("the resolver %s for %s".formatted(resolver.name(), left(resolver.answer())));
      }
    }
    judgement.fact("propagation", facts);
    // Where nobody was heard, nobody has said that it is gone.
    var isHeard = facts.size() > unseen.size();
    judgement.fact(
        "oldGone", !old.isEmpty() ? Boolean.FALSE : (isHeard && unseen.isEmpty()) ? true : null);
    if (isBegun && !old.isEmpty()) {
      judgement.add(
          about(
                  MigrationRules.PROPAGATION,
                  domain.name().toString(),
                  "the old MX of %s is still given by %s"
                      .formatted(domain.name(), String.join("; by ", old)))
              .with("servers", old));
    } else if (!unseen.isEmpty()) {
      hidden(
          mxRecord() + " at " + String.join(", ", unseen),
          "no answer",
          domain.name().toString(),
          MigrationRules.PROPAGATION);
    }
  }

  private static String left(Answer answer) {
    return answer instanceof Answer.Found found
        ? "another " + found.ttl().toSeconds() + " s"
        : "some time";
  }

  private Map<String, Object> facts(String name, String kind, Answer answer, Says says) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("server", name);
    facts.put("kind", kind);
    facts.put("says", says.word());
    facts.put("mx", answer.records(Rdata.Mx.class).stream().map(Rdata.Mx::text).toList());
    if (answer instanceof Answer.Found found) {
      facts.put("ttl", found.ttl().toSeconds());
      if (kind.equals("resolver")) {
        facts.put("until", now.plus(found.ttl()).truncatedTo(ChronoUnit.SECONDS).toString());
      }
    }
    return facts;
  }

  private static Map<String, Object> unheard(String name, String kind) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("server", name);
    facts.put("kind", kind);
    facts.put("says", null);
    return facts;
  }

  private void leftovers() {
    if (MovingMx.isMoving(migration)) {
      oldMx();
    }
    seen.old().forEach(this::leftover);
    if (domain.declared().disableDelivery().equals(Optional.of(true))) {
      judgement.add(
          about(
                  MigrationRules.LEFTOVER,
                  Siblings.DISABLE_DELIVERY,
                  "disable_delivery of %s is declared as true, though its migration to %s ended at %s: the gateway answers mail with 422"
                      .formatted(domain.name(), migration.to().label(), migration.end()))
              .remedy(
                  "On the gateway: Customers, Extended Fields, disable_delivery: false. Then in the configuration of %s:\ndisable_delivery: false"
                      .formatted(domain.name())));
    }
  }

  private void oldMx() {
    var behind = servers.stream().filter(this::isBehind).toList();
    if (!behind.isEmpty()) {
      var hosts =
          behind.stream()
              .flatMap(server -> mx.old(server.answers().get(Moving.MX).orElseThrow()).stream())
              .distinct()
              .toList();
      var names = behind.stream().map(Server::name).toList();
      judgement.add(
          about(
                  MigrationRules.LEFTOVER,
                  mxRecord(),
                  "%s still name%s %s as MX of %s, though its migration to %s ended at %s"
                      .formatted(
                          String.join(", ", names),
                          names.size() == 1 ? "s" : "",
                          hosts.stream()
                              .map(one -> one.host().toString())
                              .distinct()
                              .collect(Collectors.joining(", ")),
                          domain.name(),
                          migration.to().label(),
                          migration.end()))
              .with("servers", names)
              .with("stale", hosts.stream().map(Rdata.Mx::text).toList())
              .remedy(
                  "Remove there:\n"
                      + hosts.stream()
                          .map(
                              one ->
                                  "%s. IN MX %d %s."
                                      .formatted(domain.name(), one.preference(), one.host()))
                          .collect(Collectors.joining("\n"))));
      return;
    }
    var unheard = unheard(Moving.MX);
    if (!unheard.isEmpty()) {
      hidden(mxRecord() + " at every server", unheard, mxRecord(), MigrationRules.LEFTOVER);
    } else if (servers.stream().allMatch(server -> server.answers().get(Moving.MX).isEmpty())) {
      hidden(
          mxRecord() + " at every server",
          seen.servers() instanceof ZoneServers.Look.Nobody(var why)
              ? why
              : "no server of the zone was heard",
          mxRecord(),
          MigrationRules.LEFTOVER);
    }
  }

  /** Mail that is under way is verified by the old key for days. */
  private void leftover(MigrationSeen.Old old) {
    var subject = old.question().toString();
    if (old.answer() instanceof Answer.Unanswered(var _, var why, var _)) {
      hidden(subject, why, subject, MigrationRules.LEFTOVER);
      return;
    }
    if (old.isKey()) {
      var isThere = old.answer() instanceof Answer.Found || !aliases(old.answer()).isEmpty();
      if (isThere && !now.isBefore(migration.end().plus(Migration.AFTERCARE))) {
        judgement.add(
            about(
                    MigrationRules.LEFTOVER,
                    subject,
                    "the DKIM key %s of %s is still published, though the migration to %s ended at %s: who holds the key may still sign as the domain"
                        .formatted(
                            old.question().name(),
                            migration.from().label(),
                            migration.to().label(),
                            migration.end()))
                .severity(Severity.INFO)
                .remedy(
                    "Remove the record %s, once no mail is signed with it.".formatted(subject)));
      }
      return;
    }
    var left =
        old.answer().records(Rdata.class).stream()
            .map(data -> data instanceof Rdata.Txt text ? text.utf8() : data.text())
            .filter(value -> RecordsProbe.matches(old.value(), value))
            .toList();
    if (!left.isEmpty()) {
      judgement.add(
          about(
                  MigrationRules.LEFTOVER,
                  subject,
                  "%s is still %s, which only %s prescribes; the migration to %s ended at %s"
                      .formatted(
                          subject,
                          String.join(", ", left),
                          migration.from().label(),
                          migration.to().label(),
                          migration.end()))
              .with("stale", left)
              .remedy(
                  "Remove:\n"
                      + left.stream()
                          .map(
                              value ->
                                  "%s. IN %s %s"
                                      .formatted(
                                          old.question().name(),
                                          old.question().type(),
                                          SpfTerms.printable(value)))
                          .collect(Collectors.joining("\n"))));
    }
  }

  private static List<?> aliases(Answer answer) {
    return switch (answer) {
      case Answer.Found found -> found.aliases();
      case Answer.NoData none -> none.aliases();
      case Answer.NoSuchName none -> none.aliases();
      case Answer.Unanswered _ -> List.of();
    };
  }
}
