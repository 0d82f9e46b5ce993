package maildrift.monitor.digest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import maildrift.alerts.Alert;
import maildrift.alerts.ack.Acknowledgement;
import maildrift.alerts.mute.Mutes;
import maildrift.alerts.mute.Silence;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.check.ProbeResult;
import maildrift.monitor.checklist.Tick;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.FindingState;
import maildrift.monitor.state.ProbeState;
import maildrift.monitor.store.Baseline;
import maildrift.monitor.store.Change;
import maildrift.monitor.store.Episode;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a tenant may read of its own domains, in its digest and with a login that is limited to it.
 * Two rules compare tenants and name the others, and so does one fact: the tenant learns that there
 * is somebody, not who.
 */
public final class Discreet {
  /** Rules whose messages name another tenant. */
  private static final Set<String> NAMING =
      Set.of("declared.allowlist-overlap", "declared.header-check");

  private static final String NEIGHBOURS = "tenantsBeside";
  private static final String LESS =
      "another tenant is concerned; whoever runs maildrift can see which";

  /** Who did it, in a line of the history, before the time and the words. */
  private static final Pattern BY =
      Pattern.compile(
          "(?s)^(?<did>(?:acknowledged |taken back )?by )(?<name>.*?)(?: at [0-9]{4}-[0-9:TZ-]*(?:[:;].*)?)?$");

  /** The same of a step of a checklist. */
  private static final Pattern TICKED =
      Pattern.compile("(?s)^(?<did>(?:ticked|taken back) by )(?<name>.*?)(?:: .*)?$");

  private static final String ACCEPTED = "accepted by ";

  /** What maildrift accepts by itself, and why. */
  private static final Pattern BY_ITSELF = Pattern.compile("maildrift|migration to .*");

  /** Instead of the names of those who are on call. */
  private static final String STAFF = "whoever runs maildrift";

  private Discreet() {}

  /** Who is on call, and what they say to each other, is nothing for the tenant. */
  static boolean isAmongStaff(Change change) {
    return change.kind().equals(Change.ACKNOWLEDGED);
  }

  /** Unless one of the tenant's own logins did it. */
  public static Change of(Change change, Set<String> logins) {
    if (isAmongStaff(change)) {
      return of(change, BY, logins);
    }
    if (change.kind().equals(Change.TICKED)) {
      return of(change, TICKED, logins);
    }
    return change.kind().startsWith(ACCEPTED)
        ? new Change(
            change.at(),
            change.domain(),
            change.tenant(),
            change.record(),
            change.before(),
            change.after(),
            ACCEPTED + acceptor(change.kind().substring(ACCEPTED.length()), logins))
        : change;
  }

  private static Change of(Change change, Pattern by, Set<String> logins) {
    return new Change(
        change.at(),
        change.domain(),
        change.tenant(),
        change.record(),
        change.before().map(text -> of(text, by, logins)),
        change.after().map(text -> of(text, by, logins)),
        change.kind());
  }

  private static String acceptor(String name, Set<String> logins) {
    return isBy(name, logins) || BY_ITSELF.matcher(name).matches() ? name : STAFF;
  }

  public static Baseline of(Baseline baseline, Set<String> logins) {
    return Baseline.of(
        baseline.domain(),
        baseline.records(),
        baseline.acceptedAt(),
        acceptor(baseline.acceptedBy(), logins));
  }

  /** That somebody did a step, and when, is told. */
  public static Tick of(Tick tick, Set<String> logins) {
    return isBy(tick.by(), logins)
        ? tick
        : new Tick(
            tick.domain(), tick.checklist(), tick.step(), tick.migration(), STAFF, tick.at(), "");
  }

  /** One text of the history; where it names nobody, why an acknowledgement holds no more. */
  private static String of(String text, Pattern pattern, Set<String> logins) {
    var by = pattern.matcher(text);
    if (!by.find()) {
      return text;
    }
    return isBy(by.group("name"), logins) ? text : by.group("did") + STAFF;
  }

  public static Acknowledgement of(Acknowledgement taken, Set<String> logins) {
    var isOwn = isBy(taken.by(), logins);
    return new Acknowledgement(
        taken.fingerprint(),
        isOwn ? taken.by() : STAFF,
        taken.at(),
        isOwn ? taken.comment() : "",
        taken.severity(),
        taken.content(),
        taken.ended().map(end -> new Acknowledgement.Ended(end.at(), of(end.why(), BY, logins))));
  }

  public static Silence of(Silence silence, Set<String> logins) {
    return isBy(silence.createdBy(), logins)
        ? silence
        : new Silence(
            silence.id(),
            silence.matchers(),
            silence.startsAt(),
            silence.endsAt(),
            STAFF,
            "",
            silence.updatedAt());
  }

  public static Mutes.Why.Silenced of(Mutes.Why.Silenced why, Set<String> logins) {
    return isBy(why.by(), logins)
        ? why
        : new Mutes.Why.Silenced(why.id(), STAFF, "by " + STAFF, why.until());
  }

  /** A login stands last, whatever name its holder has given. */
  private static boolean isBy(String name, Set<String> logins) {
    return logins.stream()
        .anyMatch(login -> name.equals(login) || name.endsWith(" (as %s)".formatted(login)));
  }

  public static DomainState of(DomainState state) {
    if (state.probes().values().stream().noneMatch(Discreet::isTelling)
        && state.drift().stream().noneMatch(Discreet::isTelling)) {
      return state;
    }
    var probes = new LinkedHashMap<>(state.probes());
    probes.replaceAll((_, probe) -> of(probe));
    return new DomainState(
        state.domain(), state.checkedAt(), probes, of(state.drift()), state.recordsChanged());
  }

  /** A look that nobody remembers, as {@code /probe} takes it. */
  public static CheckResult of(CheckResult result) {
    return new CheckResult(
        result.domain(),
        result.checkedAt(),
        result.probes().stream().map(Discreet::of).toList(),
        discreet(result.findings()),
        result.contradictions(),
        result.secondHand());
  }

  private static ProbeResult of(ProbeResult probe) {
    return new ProbeResult(
        probe.probe(),
        probe.took(),
        of(probe.judgement()),
        probe.mark(),
        probe.asked(),
        probe.isRecalled(),
        of(probe.alone()));
  }

  private static Judgement of(Judgement judgement) {
    var facts = new LinkedHashMap<>(judgement.facts());
    facts.remove(NEIGHBOURS);
    return new Judgement(
        judgement.outcome(),
        facts,
        judgement.records(),
        discreet(judgement.findings()),
        judgement.gaps(),
        judgement.asides());
  }

  private static List<Finding> discreet(List<Finding> findings) {
    return findings.stream()
        .map(finding -> NAMING.contains(finding.rule().id()) ? of(finding) : finding)
        .toList();
  }

  private static Finding of(Finding finding) {
    return new Finding(
        finding.rule(),
        finding.severity(),
        finding.subject(),
        finding.cause(),
        LESS,
        Map.of(),
        "",
        finding.waived());
  }

  private static boolean isTelling(ProbeState probe) {
    return probe.facts().contains(NEIGHBOURS)
        || probe.findings().stream().anyMatch(Discreet::isTelling);
  }

  private static boolean isTelling(FindingState finding) {
    return NAMING.contains(finding.rule());
  }

  private static ProbeState of(ProbeState probe) {
    return isTelling(probe)
        ? new ProbeState(
            probe.probe(),
            probe.outcome(),
            probe.seconds(),
            probe.observedAt(),
            probe.unseenSince(),
            facts(probe.facts()),
            probe.gaps(),
            of(probe.findings()),
            probe.samples(),
            probe.unseen())
        : probe;
  }

  private static String facts(String json) {
    if (CheckJson.mapper().readTree(json) instanceof ObjectNode facts) {
      facts.remove(NEIGHBOURS);
      return facts.toString();
    }
    return json;
  }

  private static List<FindingState> of(List<FindingState> findings) {
    return findings.stream().map(Discreet::of).toList();
  }

  private static FindingState of(FindingState finding) {
    if (!isTelling(finding)
        || !(CheckJson.mapper().readTree(finding.json()) instanceof ObjectNode node)) {
      return finding;
    }
    node.put("message", LESS);
    node.putObject("evidence");
    node.put("remedy", "");
    return new FindingState(
        finding.rule(), finding.severity(), finding.subject(), finding.waived(), node.toString());
  }

  public static Alert of(Alert alert) {
    if (!NAMING.contains(alert.labels().get("alertname"))) {
      return alert;
    }
    var annotations = new TreeMap<>(alert.annotations());
    annotations.keySet().removeAll(Set.of("diff", "remedy"));
    annotations.put("summary", LESS);
    return new Alert(
        alert.labels(),
        annotations,
        alert.phase(),
        alert.looks(),
        alert.flaps(),
        alert.startsAt(),
        alert.updatedAt(),
        alert.endsAt(),
        alert.course());
  }

  static Episode of(Episode episode) {
    return NAMING.contains(episode.labels().get("alertname"))
        ? new Episode(
            episode.fingerprint(),
            episode.startedAt(),
            episode.endedAt(),
            episode.labels(),
            LESS,
            episode.resolution())
        : episode;
  }
}
